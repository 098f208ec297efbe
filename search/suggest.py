"""What somebody who types in the search box may mean: titles that begin so, and firms whose names have the words in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from search.analysis import bigrams, normalise
from search.index import LONGEST_TITLE, Filters, SearchIndex, TextLeg

FIRMS_LOOKED_AT = 40
"""Names are found by pairs of characters, and checked afterwards for having them in this order."""
MOST_FIRMS = 3


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Words to search for, or a firm (with its key)."""

    text: str
    of: Literal["title", "firm"]
    firms: int = 1
    """How many active firms say it."""
    key: str = ""


def suggest(index: SearchIndex, typed: str, *, limit: int) -> list[Suggestion]:
    """At most ``limit``, titles first. Any text is taken; nothing comes for what is empty or long. Raises SearchUnavailable."""
    wanted = normalise(typed).strip()
    if not wanted or len(wanted) > LONGEST_TITLE:
        return []
    firms = suggest_firms(index, wanted, limit=MOST_FIRMS)
    titles = [
        Suggestion(title, "title", count)
        for title, count in index.titles(wanted, limit=limit)
        if title.lower() != wanted
    ]
    return [*titles[: limit - len(firms)], *firms]


def suggest_firms(index: SearchIndex, typed: str, *, limit: int) -> list[Suggestion]:
    """At most ``limit`` firms with these very characters in their name, those whose name begins so first. Raises SearchUnavailable."""
    wanted = normalise(typed).strip()
    pairs = tuple(bigrams(wanted))
    if len(wanted) < 2 or not pairs:
        return []
    (hits,) = index.search([TextLeg(pairs, "name", FIRMS_LOOKED_AT)], Filters())
    documents = index.documents([hit.key for hit in hits])
    named = [
        (document.name, key) for key, document in documents.items() if wanted in normalise(document.name)
    ]
    named.sort(key=lambda pair: not normalise(pair[0]).startswith(wanted))
    return [Suggestion(name, "firm", key=key) for name, key in named[:limit]]
