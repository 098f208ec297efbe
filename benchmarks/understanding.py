"""How well buyers' words are understood: precision and recall a field over labelled demands, and the time it takes."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

from rich.table import Table

from app.commands.common import out
from benchmarks.results import write_results
from matching.need import Need
from matching.understand import understand
from search.documents import Spec
from search.places import load_gazetteer

LABELLED: Final = Path(__file__).resolve().parent.parent / "tests" / "matching" / "data"
BLIND: Final = "needs_blind"
"""Rows in this file were written after the grammar and are never used to change it."""
OPEN: Final = ("needs", "needs_prose")
"""Rows the grammar was written with. See README.md beside the files for the others."""
TODAY: Final = date(2026, 5, 20)
"""The day the labels were written for: a Wednesday."""

_SIZES: Final = {
    *(
        "diameter",
        "outer_diameter",
        "inner_diameter",
        "nominal_diameter",
        "length",
        "width",
        "height",
        "depth",
    ),
    *(
        "thickness",
        "span",
        "spacing",
        "size",
        "size_1",
        "size_2",
        "size_3",
        "thread",
        "pitch",
        "particle_size",
    ),
}
_ALWAYS: Final = ("grades", "standards", "models", "exclusions")
"""Fields where a row without a label says that there is nothing to find."""
_WHERE_LABELLED: Final = ("processes", "materials", "application")


@dataclass
class Score:
    """Counts of one field. ``wanted`` labels, ``hit`` of them found; ``right`` of ``found`` answers are labelled."""

    hit: int = 0
    wanted: int = 0
    right: int = 0
    found: int = 0
    misses: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        """Share of what was found that is right; 1 when nothing was found."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """Share of what is labelled that was found; 1 when nothing is labelled."""
        return self.hit / self.wanted if self.wanted else 1.0


def read_rows(paths: Iterable[Path]) -> list[dict[str, Any]]:
    """Labelled demands of JSON lines files.

    Each has ``text`` and maybe ``title``, and a label a field: ``what`` (every thing wanted, the first first; "A|B"
    when either reading is right), ``specs`` as [name, low, high] or [name, word], ``quantity`` as [value, unit, per],
    ``place`` as the beginning of a division's name. Fields in ``partial`` may hold more than the labels say: they
    count for recall only.
    """
    return [json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines()]


def understood(row: dict[str, Any]) -> Need:
    """The row's words, read on the day the labels were written for."""
    return understand(row["text"], title=row.get("title", ""), today=TODAY, places=load_gazetteer())


def judge(rows: Iterable[dict[str, Any]]) -> dict[str, Score]:
    """Every field's counts over the rows."""
    scores: dict[str, Score] = {}
    for row in rows:
        partial = set(row.get("partial", ()))
        for name, expected, found in _fields(row, understood(row)):
            score = scores.setdefault(name, Score())
            score.hit += len(expected & found)
            score.wanted += len(expected)
            group = "what" if name in ("head", "products") else _GROUPS.get(name, name)
            if group not in partial:
                score.right += len(expected & found)
                score.found += len(found)
            if expected - found or (found - expected and group not in partial):
                score.misses.append(
                    f"{row['id']}: wanted {_shown(expected - found)} found {_shown(found - expected)}"
                )
    return scores


_GROUPS: Final = {"dimensions": "specs", "tolerance": "specs", "properties": "specs", "rate": "quantity"}


def _shown(values: set[Any]) -> str:
    return ", ".join(sorted(str(value) for value in values)) or "-"


def _fields(row: dict[str, Any], need: Need) -> Iterator[tuple[str, set[Any], set[Any]]]:
    """(field, expected, found) for every labelled field of one row."""
    wanted = row["what"]
    if wanted:
        readings = wanted[0].split("|")
        head = need.what[0] if need.what else ""
        yield "head", {head if head in readings else readings[0]}, {head} - {""}
    if len(wanted) > 1:
        yield "products", {_reading(one, need.what) for one in wanted}, set(need.what)
    for name in (*_ALWAYS, *_WHERE_LABELLED):
        if name in row or name in _ALWAYS:
            found = set(getattr(need, name))
            yield name, {_reading(one, tuple(found)) for one in row.get(name, ())}, found
    for name in ("makers_only", "local_only"):
        yield name, {True} & {row.get(name, False)}, {True} & {getattr(need, name)}
    if "kind" in row:
        yield "kind", {row["kind"]}, {need.kind} - {None}
    expected = {tuple(one) for one in row.get("specs", ())}
    found = {_spec(one) for one in need.specs}
    for name in ("dimensions", "tolerance", "properties"):
        yield (
            name,
            {s for s in expected if _spec_field(s) == name},
            {s for s in found if _spec_field(s) == name},
        )
    quantity, amount = row.get("quantity"), need.quantity
    yield (
        "quantity",
        {tuple(quantity[:2])} if quantity else set(),
        {(amount.value, amount.unit)} if amount else set(),
    )
    yield (
        "rate",
        {quantity[2]} - {""} if quantity else set(),
        {amount.per} - {""} if amount else set(),
    )
    yield "deadline", {row["deadline"]} if "deadline" in row else set(), {str(need.deadline)} - {"None"}
    name, wanted_place = need.place.name if need.place else "", row.get("place", "")
    yield (
        "place",
        {wanted_place} - {""},
        {wanted_place if wanted_place and name.startswith(wanted_place) else name} - {""},
    )


def _reading(label: str, found: Sequence[str]) -> str:
    """The accepted reading of a label that was found, else its first."""
    readings = label.split("|")
    return next((one for one in readings if one in found), readings[0])


def _spec(spec: Spec) -> tuple[Any, ...]:
    return (spec.name, spec.word) if spec.word else (spec.name, spec.low, spec.high)


def _spec_field(spec: tuple[Any, ...]) -> str:
    if spec[0] in _SIZES:
        return "dimensions"
    return "tolerance" if spec[0] == "tolerance" else "properties"


def milliseconds(rows: Sequence[dict[str, Any]], characters: int = 200) -> float:
    """Process time of understanding a demand of so many characters, rows put one after another, best of three."""
    whole = "".join(row["text"] for row in rows)
    texts = [whole[i : i + characters] for i in range(0, len(whole) - characters, characters)]
    gazetteer = load_gazetteer()
    best = float("inf")
    for _ in range(4):  # the first warms up
        started = time.process_time()
        for text in texts:
            understand(text, today=TODAY, places=gazetteer)
        best = min(best, (time.process_time() - started) * 1000 / len(texts))
    return round(best, 3)


def main(paths: Sequence[Path], *, misses: bool, output: Path | None) -> None:
    """Measure the open rows and each other file apart, print them all, and write JSON where asked."""
    files = list(paths) or sorted(LABELLED.glob("needs*.jsonl"))
    parts: dict[str, list[dict[str, Any]]] = {}
    for path in files:
        part = path.stem.removeprefix("needs_") if path.stem not in OPEN else "open"
        parts.setdefault(part, []).extend(read_rows([path]))
    figures: dict[str, Any] = {}
    for part, rows in parts.items():
        scores = judge(rows)
        table = Table("field", "precision", "recall", "labels", title=f"{part}: {len(rows)} demands")
        for name, score in scores.items():
            table.add_row(name, f"{score.precision:.3f}", f"{score.recall:.3f}", str(score.wanted))
            if misses:
                for miss in score.misses:
                    out.print(f"{name} {miss}", highlight=False)
        out.print(table)
        figures[part] = {"demands": len(rows)} | {
            name: {"precision": round(s.precision, 4), "recall": round(s.recall, 4), "labels": s.wanted}
            for name, s in scores.items()
        }
    figures["ms_per_200_characters"] = milliseconds(parts.get("open") or next(iter(parts.values())))
    out.print(f"{figures['ms_per_200_characters']} ms process time a demand of 200 characters")
    write_results(output, "understanding", figures)
