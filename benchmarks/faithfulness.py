"""Whether the evidence is what the score rests on: take away what a reason cites, match again, and see the score fall;
state what a gap misses, match again, and see the gap gone and the score no lower.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from rich.table import Table

from app.commands.common import out
from benchmarks.matching import filters_of, need_of
from benchmarks.results import write_results
from benchmarks.world import world_of
from matching.encoders import Encoder
from matching.evaluate import read_demands
from matching.match import match
from matching.need import Need
from matching.ranker import Ranker
from matching.result import Gap, Match, MatchOptions
from matching.wishes import wishes_of
from search.documents import CapabilityItem, Spec, SupplierDocument
from search.index import SearchIndex

SHOWN = 5
"""Matches a demand whose evidence is tried."""
LEAST = 0.05
"""Points by which a score has fallen: less is rounding, and what other firms' changed places do to the fusion."""

Cut = Callable[[Match], SupplierDocument | None]


def main(suppliers: Path, demands: Path, *, output: Path | None) -> None:
    """Try the evidence of every demand's first matches; print and write the shares that fell."""
    with world_of(suppliers) as runtime:
        needs = [need_of(demand) for demand in read_demands(demands)]
        tried = measure(needs, index=runtime.index, encoder=runtime.encoder, ranker=runtime.ranker)
        stated = supply(needs, index=runtime.index, encoder=runtime.encoder, ranker=runtime.ranker)
    figures = shares(tried)
    table = Table("taken away", "tried", "score fell")
    for name, told in figures.items():
        table.add_row(name, str(told["tried"]), f"{told['fell']:.1%}")
    out.print(table)
    given = gaps_closed(stated)
    table = Table("stated", "tried", "gap gone", "score no lower")
    for name, told in given.items():
        table.add_row(name, str(told["tried"]), f"{told['gone']:.1%}", f"{told['held']:.1%}")
    out.print(table)
    write_results(output, "faithfulness", {**figures, "stated": given})


def without_item(match: Match) -> SupplierDocument | None:
    """The firm without the item that its match cites."""
    item, firm = match.item, match.supplier
    return replace(firm, items=tuple(one for one in firm.items if one.key != item.key)) if item else None


def without_words(match: Match) -> SupplierDocument | None:
    """The firm with the words that a reason cites taken out of the item's title and text."""
    said = [reason.params["words"] for reason in match.reasons if reason.type == "words"]
    if not (match.item and said):
        return None
    title, text = match.item.title, match.item.text
    for word in said[0].split("、"):
        title, text = title.replace(word, ""), text.replace(word, "")
    return _with_item(match.supplier, replace(match.item, title=title or "其他", text=text))


def without_specs(match: Match) -> SupplierDocument | None:
    """The firm with the stated properties of the cited item unsaid, where a reason says that one is met."""
    met = any(reason.field.endswith(".specs") for reason in match.reasons)
    return _with_item(match.supplier, replace(match.item, specs=())) if match.item and met else None


CUTS: Mapping[str, Cut] = {"item": without_item, "words": without_words, "specs": without_specs}


def _with_item(firm: SupplierDocument, changed: CapabilityItem) -> SupplierDocument:
    return replace(firm, items=tuple(changed if one.key == changed.key else one for one in firm.items))


def measure(
    needs: Sequence[Need], *, index: SearchIndex, encoder: Encoder, ranker: Ranker, shown: int = SHOWN
) -> list[tuple[str, Match, float]]:
    """(what was taken away, the match before, the score after; 0 where the firm is no candidate any more).

    The index is written to for each, and left as it was found.
    """
    return [
        (name, before, after)
        for need in needs
        for name, before, after in _tried(need, index, encoder, ranker, shown)
    ]


def supply(
    needs: Sequence[Need], *, index: SearchIndex, encoder: Encoder, ranker: Ranker, shown: int = SHOWN
) -> list[tuple[Gap, Match, Match | None]]:
    """(what the firm had not stated, the match before, the match once it states that and nothing else).

    The index is written to for each, and left as it was found.
    """
    return [told for need in needs for told in _supplied(need, index, encoder, ranker, shown)]


def _supplied(
    need: Need, index: SearchIndex, encoder: Encoder, ranker: Ranker, shown: int
) -> Iterator[tuple[Gap, Match, Match | None]]:
    asks = {wish.asked: wish for wish in wishes_of(need, date.today())}

    def again(firm: SupplierDocument, changed: SupplierDocument) -> Match | None:
        with _changed(index, firm, changed):
            found = _ask(need, index, encoder, ranker)
        return next((one for one in found if one.supplier.key == firm.key), None)

    for first in _ask(need, index, encoder, ranker)[:shown]:
        firm, item = first.supplier, first.item
        # Writing a document anew moves the statistics of words a little: compared with the same firm written anew.
        before = again(firm, firm)
        for gap in before.gaps if before and item else ():
            if before and item and gap.asked in asks and gap.type.endswith("_unknown"):
                wish = asks[gap.asked]
                spec = wish.measure or Spec(wish.aspect, word=wish.words)
                stating = replace(item, specs=(*item.specs, spec))
                yield gap, before, again(firm, _with_item(firm, stating))


def gaps_closed(tried: Sequence[tuple[Gap, Match, Match | None]]) -> dict[str, dict[str, Any]]:
    """By the sort of gap: how many were tried, the share that was gone, and the share whose score held."""
    found: dict[str, dict[str, Any]] = {}
    for name in sorted({gap.type for gap, _, _ in tried}):
        pairs = [(gap, before, after) for gap, before, after in tried if gap.type == name]
        gone = [after and gap.asked not in {one.asked for one in after.gaps} for gap, _, after in pairs]
        held = [after and after.score > before.score - LEAST for _, before, after in pairs]
        found[name] = {"tried": len(pairs), "gone": _share(gone), "held": _share(held)}
    return found


def _share(told: Sequence[object]) -> float:
    return sum(map(bool, told)) / len(told) if told else 0.0


def _tried(
    need: Need, index: SearchIndex, encoder: Encoder, ranker: Ranker, shown: int
) -> Iterator[tuple[str, Match, float]]:
    for before in _ask(need, index, encoder, ranker)[:shown]:
        for name, cut in CUTS.items():
            changed = cut(before)
            if changed is None:
                continue
            with _changed(index, before.supplier, changed):
                found = _ask(need, index, encoder, ranker)
            yield name, before, next((one.score for one in found if one.supplier.key == changed.key), 0.0)


def _ask(need: Need, index: SearchIndex, encoder: Encoder, ranker: Ranker) -> tuple[Match, ...]:
    options = MatchOptions(limit=200, within="anywhere", filters=filters_of(need))
    return match(need, index=index, encoder=encoder, ranker=ranker, options=options).matches


@contextmanager
def _changed(index: SearchIndex, firm: SupplierDocument, to: SupplierDocument) -> Iterator[None]:
    """While the firm is another."""
    try:
        _put(index, replace(to, version=firm.version + 1))
        yield
    finally:
        _put(index, firm)


def _put(index: SearchIndex, firm: SupplierDocument) -> None:
    index.apply([firm], force=True)
    index.refresh()


def shares(tried: Sequence[tuple[str, Match, float]]) -> dict[str, dict[str, Any]]:
    """By what was taken away: how many were tried, and the share whose score fell."""
    found: dict[str, dict[str, Any]] = {}
    for name in CUTS:
        fell = [after <= before.score - LEAST for cut, before, after in tried if cut == name]
        found[name] = {"tried": len(fell), "fell": _share(fell)}
    return found
