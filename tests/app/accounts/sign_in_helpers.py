"""What several tests of signing in need."""

from __future__ import annotations


def wrong(code: str) -> str:
    """Another code than this one."""
    return f"{(int(code) + 1) % 1_000_000:06}"
