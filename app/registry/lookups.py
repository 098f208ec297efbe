"""Lookups that forms and filters need: divisions and industries by parent or by words."""

from __future__ import annotations

from functools import lru_cache

from app.registry.industries import Industry, all_industries
from search.divisions import Division, read_divisions

MOST_FOUND = 100


@lru_cache(maxsize=1)
def _divisions() -> list[Division]:
    return read_divisions()


def divisions(*, parent: str = "", words: str = "") -> list[Division]:
    """Divisions right below ``parent`` (provinces when empty); with ``words``, those so named, anywhere inside it."""
    if not words:
        return [division for division in _divisions() if division.parent == parent]
    prefix = parent.rstrip("0")
    found = [d for d in _divisions() if words in d.name and d.adcode.startswith(prefix)]
    return found[:MOST_FOUND]


def industries(*, parent: str = "", words: str = "") -> list[Industry]:
    """Industries right below ``parent`` (sections when empty); with ``words``, those so named, anywhere inside it."""
    listed = all_industries()
    if not words:
        return [industry for industry in listed if industry.parent == parent]
    inside = subtree(parent) if parent else ("",)
    return [i for i in listed if words in i.name and i.code.startswith(inside)][:MOST_FOUND]


def subtree(code: str) -> tuple[str, ...]:
    """What every code inside ``code`` begins with: a section (a letter) is the two-digit divisions it holds."""
    if not code.isalpha():
        return (code,)
    return tuple(industry.code for industry in all_industries() if industry.parent == code)
