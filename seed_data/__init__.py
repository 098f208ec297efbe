"""The demo world: fictional firms of Liaoning on the real divisions, industries and procurement catalogue."""
