"""Alembic migrations; ``lianqiao migrate`` runs them."""
