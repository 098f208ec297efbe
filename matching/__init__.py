"""Ranking: from a demand to explained suppliers."""
