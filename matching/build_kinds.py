"""Builds ``matching/data/kind_endings.tsv``, how names of each kind end: ``python -m matching.build_kinds SOURCES``.

Not used at run time. The names are those of the thesaurus and, from the folder SOURCES, ``goods_zh_en.csv`` and
``procurement_catalogue_2022.csv`` (see `matching.build_words`); their codes say the kind, where a code holds one kind only.
"""

from __future__ import annotations

import csv
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from matching.build_words import DATA, _parts
from matching.english import singular
from matching.knowledge.thesaurus import load_thesaurus
from search.documents import Kind

LONGEST: Final = 4
"""Characters of a Chinese ending; words of an English one are at most two."""
_PURE: Final = 0.8
"""Share of the names with an ending that must be of one kind."""
_ENOUGH: Final = {1: 6, 2: 3, 3: 2, 4: 2}
"""Names an ending of that length must have: a single character says little."""

_SERVICES: Final = frozenset(("tech_service", "logistics", "labour", "finance", "technology", "processing"))

# Codes are looked up by their longest listed beginning; a code without a kind here says nothing.
INDUSTRIES: Final[dict[str, Kind | None]] = {
    **dict.fromkeys(("01", "02", "03", "04", "06", "07", "08", "09", "10"), "raw_material"),
    **dict.fromkeys(("132", "221", "25", "26", "271", "28", "301", "308", "31", "32", "42"), "raw_material"),
    **dict.fromkeys(("264", "313", "325", "3525"), "product"),
    **dict.fromkeys(("13", "14", "15", "17", "18", "19", "20", "21", "222", "223", "23", "24"), "product"),
    **dict.fromkeys(("267", "268", "27", "29", "30", "33", "345", "3443", "348", "367"), "product"),
    **dict.fromkeys(("382", "383", "384", "385", "386", "387", "389", "39", "41"), "product"),
    **dict.fromkeys(("34", "35", "361", "362", "363", "364", "371", "373", "381", "40"), "equipment"),
    **dict.fromkeys(("336",), "processing"),
    **dict.fromkeys(("53", "54", "55", "56", "57", "58", "59", "60"), "logistics"),
    **dict.fromkeys(("64", "65"), "technology"),
    **dict.fromkeys(("66", "67", "68", "69"), "finance"),
    **dict.fromkeys(("05", "11", "43", "47", "48", "49", "50", "72", "73", "74", "75", "77"), "tech_service"),
    **dict.fromkeys(("78", "80", "81", "83"), "tech_service"),
    "7262": "labour",
    "7263": "labour",
}
GOODS_CLASSES: Final[dict[str, Kind | None]] = {
    **dict.fromkeys(("01", "02", "04", "23", "3101", "3104", "3105", "3108", "0601"), "raw_material"),
    **dict.fromkeys(("07",), "equipment"),
    **dict.fromkeys(("0748", "0749", "0750", "0751", "0753"), None),
    **dict.fromkeys(
        ("03", "05", "06", "08", "13", "14", "15", "16", "17", "18", "19", "20", "21"), "product"
    ),
    **dict.fromkeys(("22", "24", "25", "26", "27", "28", "29", "30", "32", "33", "34"), "product"),
}
PROCUREMENT: Final[dict[str, Kind | None]] = {
    **dict.fromkeys(("A02", "A0203"), "equipment"),
    **dict.fromkeys(("A0202", "A0204", "A0245", "A0246"), None),
    **dict.fromkeys(("A05", "A0702", "A0709", "A0710", "A0706"), "product"),
    **dict.fromkeys(("A0703", "A0704", "A0707", "A0708"), "raw_material"),
    **dict.fromkeys(("B05", "B06", "B08", "C01", "C02", "C07", "C11", "C19", "C20", "C23"), "tech_service"),
    "C03": "labour",
    "C15": "logistics",
    "C16": "technology",
    "C18": "finance",
}


def names(sources: Path) -> Iterator[tuple[str, Kind]]:
    """Every name whose code says a kind."""
    for entry in load_thesaurus():
        if kind := _kind(entry.industry, INDUSTRIES):
            yield from ((name, kind) for name in (entry.term, *entry.also, *entry.english))
    for row in _rows(sources / "goods_zh_en.csv"):
        if kind := _kind(row["similar_group"], GOODS_CLASSES):
            yield from ((name, kind) for name in _parts(row["names_zh"]))
            yield re.sub(r"\s*[(\[].*|\*", "", row["names_en"]).lower(), kind
    for row in _rows(sources / "procurement_catalogue_2022.csv"):
        if int(row["level"]) > 1 and (kind := _kind(row["code"], PROCUREMENT)):
            yield from ((name, kind) for name in _parts(row["name"].partition(" ")[0]))


def _rows(file: Path) -> Iterator[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as rows:
        yield from csv.DictReader(rows)


def _kind(code: str, table: dict[str, Kind | None]) -> Kind | None:
    return next((table[code[:length]] for length in range(5, 1, -1) if code[:length] in table), None)


def _tails(name: str) -> Iterator[str]:
    """The ends of a name, the shortest first: characters of a Chinese one, words of an English one."""
    if name.isascii():
        words = re.findall(r"[a-z][a-z\-]+", name.split(" for ")[0].split(" of ")[0])
        yield from (
            " ".join([*words[-count:-1], singular(words[-1])]) for count in (1, 2) if count <= len(words)
        )
    else:
        yield from (name[-length:] for length in range(1, min(LONGEST, len(name)) + 1))


def endings(sources: Path) -> dict[str, Kind]:
    """Ends of names that say the kind; a longer one only where it says another than a shorter one does."""
    counts: defaultdict[str, Counter[Kind]] = defaultdict(Counter)
    listed = set(names(sources))
    whole = {name for name, _ in listed if not name.isascii() and len(name) > 1}
    for name, kind in listed:
        for tail in _tails(name):
            counts[tail][kind] += 1
    found: dict[str, Kind] = {}
    for tail in sorted(counts, key=lambda tail: (len(tail), tail)):
        (kind, most), total = counts[tail].most_common(1)[0], counts[tail].total()
        enough = 1 if tail in whole else 2 if tail.isascii() else _ENOUGH[len(tail)]
        if most < _PURE * total or total < enough or (len(tail) == 1 and kind in _SERVICES):
            continue
        if next((found[shorter] for shorter in _shorter(tail) if shorter in found), None) != kind:
            found[tail] = kind
    return found


def _shorter(tail: str) -> Iterator[str]:
    if tail.isascii():
        yield from ([tail.split()[-1]] if " " in tail else [])
    else:
        yield from (tail[start:] for start in range(1, len(tail)))


def main(sources: Path) -> None:
    """Write the table."""
    lines = [f"{tail}\t{kind}" for tail, kind in sorted(endings(sources).items())]
    (DATA / "kind_endings.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
