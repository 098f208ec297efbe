"""Chinese search words for an English head: "brass ball valves" is 黄铜球阀, "calibration of gauges" 量规校准."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Final

from matching.units import load_table

_LONGEST: Final = 4
"""Words of the longest entry looked up."""
_ES: Final = ("sses", "shes", "ches", "xes", "zes")
_KEPT: Final = frozenset(
    {"glass", "brass", "stainless", "seamless", "chassis", "gas", "apparatus", "lens", "press", "process"}
)
_AND: Final = re.compile(r"\s*(?:,|/|(?<![\w-])(?:and|or)(?![\w-])|&)\s*", re.IGNORECASE)


def singular(word: str) -> str:
    """The singular of a regular English plural: valves, boxes, assemblies."""
    if word in _KEPT or len(word) < 4 or not word.endswith("s") or word.endswith("ss"):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-2] if word.endswith(_ES) else word[:-1]


@cache
def glossary() -> dict[str, str]:
    """English, in lower case and singular, to Chinese; the own table before the lists of `matching.build_words`."""
    listed = (files("matching") / "data" / "glossary.tsv").read_text(encoding="utf-8").splitlines()
    own: dict[str, str] = load_table("english.toml")["words"]
    return dict(line.split("\t") for line in listed) | own


@cache
def _joined() -> tuple[str, ...]:
    """Entries with "and" inside, which joins nothing there: shell-and-tube."""
    return tuple(english for english in glossary() if "-and-" in english)


def in_chinese(head: str) -> str:
    """The words of an English head that the glossary knows, in Chinese order; "" when it knows none.

    "X of Y" becomes YX, as Chinese says it; what is joined by "and" stands side by side with a space.
    """
    head = head.lower()
    for joined in _joined():
        head = head.replace(joined.replace("-", " "), joined)
    job, _, thing = head.partition(" of ")
    if not thing:
        return _phrase(job)
    return " ".join(f"{_phrase(one)}{_phrase(job)}" for one in _AND.split(thing)).strip()


def _phrase(text: str) -> str:
    return " ".join(part for one in _AND.split(text) if (part := _compound(one)))


def _compound(text: str) -> str:
    words = re.findall(r"[a-z0-9][a-z0-9.\-]*", text)
    table = glossary()
    found: list[str] = []
    at = 0
    while at < len(words):
        for length in range(min(_LONGEST, len(words) - at), 0, -1):
            several = words[at : at + length]
            chinese = table.get(" ".join(several))
            if chinese is None:
                chinese = table.get(" ".join([*several[:-1], singular(several[-1])]))
            if chinese is not None:
                found.append(chinese)
                at += length
                break
        else:
            at += 1
    return "".join(found)
