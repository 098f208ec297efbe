"""Training: the encoder from open word lists, the ranker from judgments and outcomes."""
