"""What is actually searched for a need: its head phrase, its title, kindred words, and their tokens."""

from __future__ import annotations

import re
from dataclasses import dataclass

from matching.knowledge import Expander, Term, shipped
from matching.need import Need
from search.analysis import tokens, words, words_of_term

KIN_TOKENS = 32
"""Tokens of kindred terms searched for; each costs about as much time as a word of the buyer's own."""


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
    kin: tuple[Term, ...] = ()
    """Other words for the thing, its kinds, its class and its making, weightiest first."""
    kin_tokens: tuple[str, ...] = ()
    kin_weights: tuple[float, ...] = ()
    """One a token of ``kin_tokens``: the weight of the weightiest term that holds it."""
    industries: tuple[tuple[str, float], ...] = ()
    """GB/T 4754 codes of those who make or do it, with their shares, likeliest first."""
    refused: tuple[str, ...] = ()
    """What the buyer refuses and does not ask for in the same breath, in lower case: words that speak against a thing."""


def queries_of(need: Need, expander: Expander | None = None) -> Queries:
    """Head first; processes, materials and grades help whole-firm words only, or a common steel would outweigh the part.

    ``expander`` knows the trade (the shipped tables when None).
    """
    expander = expander or shipped()
    refused = _refused(need)
    title = _without(refused, need.title) or " ".join(need.what) or need.text[:200]
    also = expander.meant(title, need.also) if need.language == "en" else need.also
    head = " ".join((*need.what, *also)) or need.text[:200]
    extra = " ".join((*need.processes, *need.materials, *need.grades))
    head_tokens = tuple(dict.fromkeys(tokens(head)))
    phrases = (*need.what[:2], *also) or (head[:60],)
    mentioned = expander.mentioned(phrases, around=(title, *need.application))
    kin = expander.expand(phrases, mentioned)
    weights = _token_weights(kin)
    return Queries(
        head=head,
        title=title[:200],
        head_tokens=head_tokens,
        all_tokens=tuple(dict.fromkeys((*head_tokens, *tokens(f"{title[:200]} {extra}")))),
        head_set=frozenset(head_tokens),
        head_words=frozenset(words(f"{head} {extra}")),
        kin=kin,
        kin_tokens=tuple(weights),
        kin_weights=tuple(weights.values()),
        industries=expander.industries(mentioned),
        refused=refused,
    )


def _refused(need: Need) -> tuple[str, ...]:
    head = " ".join((*need.what, *need.also)).lower()
    return tuple(word.lower() for word in need.exclusions if len(word) > 1 and word.lower() not in head)


def _without(refused: tuple[str, ...], title: str) -> str:
    """A title without what it refuses, which would be found by its words otherwise."""
    for word in refused:
        title = re.sub(re.escape(word), " ", title, flags=re.IGNORECASE)
    return title.strip()


def _token_weights(terms: tuple[Term, ...]) -> dict[str, float]:
    """Words of the terms (no bigrams: they are many and add little) with their weights, the weightiest kept."""
    weights: dict[str, float] = {}
    for term in terms:
        for word in words_of_term(term.text):
            weights[word] = max(term.weight, weights.get(word, 0.0))
    ranked = sorted(weights.items(), key=lambda pair: -pair[1])
    return dict(ranked[:KIN_TOKENS])
