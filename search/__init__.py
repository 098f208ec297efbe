"""Finding: what is indexed, how Chinese text is analysed, the index backends, and keeping them true."""
