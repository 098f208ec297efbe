"""The other way round: demands that suit a firm.

Standing demands lie in an index of their own behind the same protocol as firms: a demand is a document with one item,
its head phrase, told in the words of its trade. What a firm offers finds candidates there; each is then matched as its
buyer would match it, and the firm's own place in that answer is what counts. So a firm reads the score and the evidence
that the buyer reads, and a demand whose buyer would not be shown the firm is not shown to the firm either.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from matching.encoders.base import Encoder
from matching.knowledge import AskedAs, Expander
from matching.match import explained, need_filters, usual_dial
from matching.need import Need
from matching.queries import Queries, queries_of
from matching.ranker import Ranker
from matching.result import Language, Match, MatchOptions
from matching.retrieve import Candidate, fuse, retrieve_all
from search.analysis import tokens
from search.documents import CapabilityItem, SupplierDocument
from search.index import Filters, Hit, Leg, SearchIndex, TextLeg, VectorLeg

MOST_ITEMS = 24
"""Items of a firm that look for demands: what it stated itself first, what it only resells last."""
MOST_OTHER_WORDS = 8
"""What else buyers call these items in own words; each looks for demands as an item's title does, at its weight."""
LEG_LIMIT = 60
"""Demands that an item's words, or its meaning, may name."""
MOST_DEMANDS = 30
"""Candidates that are matched in full, each about as dear as a match of its own."""


def demand_document(
    key: str, version: int, need: Need, *, updated_at: float = 0.0, lines: Mapping[str, Need] | None = None
) -> SupplierDocument:
    """A standing demand as the index takes it; ``updated_at`` is in seconds since the epoch.

    A demand whose ``lines`` (need by id) are things of their own is found by each of these instead of by its head.
    """
    queries = queries_of(need)
    return SupplierDocument(
        key=key,
        version=version,
        uscc="",
        name=queries.title,
        adcode=need.place.adcode if need.place else "",
        updated_at=updated_at,
        items=tuple(_item(part, one) for part, one in (lines or {key: need}).items()),
    )


def _item(key: str, need: Need) -> CapabilityItem:
    queries = queries_of(need)
    return CapabilityItem(key, need.kind or "product", "make", queries.head, _told(queries))


def _told(queries: Queries) -> str:
    """The buyer's own line, and what else those call it who make it."""
    return " ".join((queries.title, *(term.text for term in queries.kin)))


def demands_near(
    firm: SupplierDocument,
    *,
    demands: SearchIndex,
    encoder: Encoder,
    asked_as: AskedAs | None = None,
    most: int = MOST_DEMANDS,
) -> tuple[Candidate, ...]:
    """Standing demands that have something to do with what the firm offers, nearest first. Raises SearchUnavailable.

    ``asked_as`` knows what else buyers call it in an installation's own words (the shipped ones are in the index).
    """
    worth = {item.title: 1.0 for item in telling_items(firm)}
    others = [pair for title in worth for pair in asked_as.words(title)] if asked_as else []
    for word, weight in sorted(others, key=lambda pair: -pair[1])[:MOST_OTHER_WORDS]:
        worth.setdefault(word, weight)
    if not worth:
        return ()
    vectors = encoder.encode_queries(list(worth))
    legs: list[Leg] = [VectorLeg(vector, LEG_LIMIT) for vector in vectors]
    legs += [TextLeg(tuple(dict.fromkeys(tokens(title))), "item", LEG_LIMIT) for title in worth]
    answers = demands.search(legs, Filters())
    meant, said = answers[: len(worth)], answers[len(worth) :]
    # A cosine means the same for every title. A sum of word weights grows with the title's own words, so there the share counts.
    meant = [_scaled(hits, by) for by, hits in zip(worth.values(), meant, strict=True)]
    said = [
        _scaled(hits, by / max(hits[0].score, 1e-9)) if hits else []
        for by, hits in zip(worth.values(), said, strict=True)
    ]
    return fuse({"meaning": _best(meant), "item_words": _best(said)}, most=most)


def nearest_needs(firm: SupplierDocument, needs: Sequence[Need], *, encoder: Encoder, most: int) -> list[int]:
    """Places of the needs that are most like something the firm offers, in words and meaning, nearest first."""
    items = telling_items(firm)
    if len(needs) <= most or not items:
        return list(range(len(needs)))[:most] if items else []
    heads = [queries_of(need).head for need in needs]
    nearness = encoder.encode_queries(heads) @ encoder.encode_queries([item.title for item in items]).T
    offered = [set(tokens(item.title)) for item in items]
    for at, head in enumerate(heads):
        asked = set(tokens(head))
        nearness[at] += [len(asked & words) / max(len(asked), 1) for words in offered]
    return [int(at) for at in np.argsort(-nearness.max(axis=1), kind="stable")[:most]]


def _scaled(hits: Sequence[Hit], by: float) -> list[Hit]:
    return [Hit(hit.key, by * hit.score) for hit in hits]


def telling_items(firm: SupplierDocument) -> list[CapabilityItem]:
    """The items of a firm that say most of what it does, one a title."""
    ranked = sorted(firm.items, key=lambda item: (item.source != "listing", item.role == "resell"))
    return list({item.title: item for item in ranked}.values())[:MOST_ITEMS]


def _best(answers: Sequence[Sequence[Hit]]) -> list[Hit]:
    """Every demand once, by the item it answers best."""
    best: dict[str, Hit] = {}
    for hit in (hit for hits in answers for hit in hits):
        if hit.key not in best or hit.score > best[hit.key].score:
            best[hit.key] = hit
    return sorted(best.values(), key=lambda hit: (-hit.score, hit.key))


@dataclass(frozen=True, slots=True)
class Asked:
    """A standing demand and what it asks for; ``excluded`` firms, as its buyer's own, are never matched."""

    key: str
    need: Need
    excluded: frozenset[str] = frozenset()


def suiting(
    firm: str,
    asked: Sequence[Asked],
    *,
    index: SearchIndex,
    encoder: Encoder,
    ranker: Ranker,
    language: Language = "zh",
    expander: Expander | None = None,
) -> list[tuple[Asked, Match]]:
    """Of these demands the ones whose buyers would be shown the firm, with the match that they would be shown, best first.

    ``rank`` counts the demands, from 1. Raises SearchUnavailable.
    """
    open_to = [one for one in asked if firm not in one.excluded]
    wanted = [(one.need, need_filters(one.need, usual_dial(one.need), Filters())) for one in open_to]
    found = []
    answers = retrieve_all(wanted, index=index, encoder=encoder, expander=expander)
    for one, answer in zip(open_to, answers, strict=True):
        own = tuple(candidate for candidate in answer.candidates if candidate.key == firm)
        ranked = ranker.rank(one.need, replace(answer, candidates=own), index) if own else []
        found += [(points, one, judged, answer.queries) for points, judged in ranked]
    found.sort(key=lambda row: (-row[0], row[1].key))
    options = MatchOptions(language=language)
    return [
        (one, explained(one.need, queries, judged, points, place, options))
        for place, (points, one, judged, queries) in enumerate(found, start=1)
    ]
