"""What is actually searched for a need: its head phrase, its title, and their tokens."""

from __future__ import annotations

from dataclasses import dataclass

from matching.need import Need
from search.analysis import tokens, words


@dataclass(frozen=True, slots=True)
class Queries:
    """``head`` is the thing itself; ``title`` the buyer's own line; tokens are ready for the index."""

    head: str
    title: str
    head_tokens: tuple[str, ...]
    all_tokens: tuple[str, ...]
    head_set: frozenset[str]
    head_words: frozenset[str]
    """Words a person can check, for evidence (no bigrams)."""


def queries_of(need: Need) -> Queries:
    """Head first; processes, materials and grades help whole-firm words only, or a common steel would outweigh the part."""
    head = " ".join((*need.what, *need.also)) or need.text[:200]
    title = need.title or head
    extra = " ".join((*need.processes, *need.materials, *need.grades))
    head_tokens = tuple(dict.fromkeys(tokens(head)))
    return Queries(
        head=head,
        title=title[:200],
        head_tokens=head_tokens,
        all_tokens=tuple(dict.fromkeys((*head_tokens, *tokens(f"{title[:200]} {extra}")))),
        head_set=frozenset(head_tokens),
        head_words=frozenset(words(f"{head} {extra}")),
    )
