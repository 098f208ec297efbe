"""Column types that behave the same on SQLite and PostgreSQL."""

from __future__ import annotations

from sqlalchemy import String


def code(length: int) -> String:
    """A code of letters and digits, ordered and ranged byte by byte, as SQLite does, whatever language PostgreSQL sorts by."""
    kind: String = String(length).with_variant(String(length, collation="C"), "postgresql")
    return kind
