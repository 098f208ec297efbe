"""Alembic migrations; ``lianqiao migrate`` runs them."""

HEAD = "0024"
"""The newest revision; a test holds it against the scripts."""
