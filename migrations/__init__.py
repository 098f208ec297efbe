"""Alembic migrations; ``lianqiao migrate`` runs them."""

HEAD = "0023"
"""The newest revision; a test holds it against the scripts."""
