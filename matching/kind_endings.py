"""What the end of a name says of its kind, learnt from open lists (see `matching.build_kinds`)."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Final, cast

from matching.english import singular
from search.documents import Kind

_LONGEST: Final = 4
_SHAPE: Final = re.compile(r"(?<=..)(?:块|粒|颗粒|碎料?|粉末|子)$")
"""Says in what shape matter comes: 萤石块 is 萤石."""


@cache
def _endings() -> dict[str, Kind]:
    lines = (files("matching") / "data" / "kind_endings.tsv").read_text(encoding="utf-8").splitlines()
    return {tail: cast(Kind, kind) for tail, kind in (line.split("\t") for line in lines)}


def ending_kind(name: str) -> Kind | None:
    """The kind of most things whose names end so, by the longest ending known: 豆粕 is raw material."""
    table = _endings()
    if name.isascii():
        words = re.findall(r"[a-z][a-z\-]+", name.lower().split(" with ")[0])
        tails = [
            " ".join([*words[-count:-1], singular(words[-1])]) for count in (2, 1) if count <= len(words)
        ]
    else:
        tails = [name[-length:] for length in range(min(_LONGEST, len(name)), 0, -1)]
    kind = next((table[tail] for tail in tails if tail in table), None)
    matter = _SHAPE.sub("", name)
    return ending_kind(matter) if kind is None and matter != name else kind
