"""Names of measured properties: the words people write, and the one name each of them has here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from matching.units import load_table


@dataclass(frozen=True, slots=True)
class SpecNames:
    """The names of ``data/specs.toml``: patterns for them before and behind a number, and what they mean."""

    before: re.Pattern[str]
    after: re.Pattern[str]
    of_word: dict[str, str]
    default_unit: dict[str, str]
    parent: dict[str, str]


@cache
def spec_names() -> SpecNames:
    """The table of property names, read once."""
    table = load_table("specs.toml")
    of_word = {word.lower(): name for name, entry in table.items() for word in entry["words"]}
    after = {word.lower(): name for name, entry in table.items() for word in entry.get("after", ())}
    words = "|".join(re.escape(w) for w in sorted(of_word, key=len, reverse=True))
    behind = "|".join(re.escape(w) for w in sorted(after, key=len, reverse=True))
    return SpecNames(
        before=re.compile(rf"(?<![A-Za-z])({words})(?:[是为:=在要达]|要求|不得)?\s*$", re.IGNORECASE),
        after=re.compile(rf"\s?(?:的)?({behind})(?![A-Za-z度期条])", re.IGNORECASE),
        of_word=after | of_word,
        default_unit={name: entry["unit"] for name, entry in table.items() if "unit" in entry},
        parent={name: entry["parent"] for name, entry in table.items() if "parent" in entry},
    )


def spec_name(word: str) -> str:
    """The canonical name of a property: "直径" and "dia" are "diameter"; unknown words come back unchanged."""
    return spec_names().of_word.get(word.strip().lower(), word.strip())


@cache
def _labels() -> dict[str, str]:
    labels: dict[str, str] = load_table("spec_labels.toml")
    return labels


def spec_label(name: str, language: str) -> str:
    """A property's name as a reader of "zh" or "en" knows it: "tolerance" is 精度, "content:Cr" is Cr含量."""
    name, _, of = name.partition(":")
    name = re.sub(r"_\d$", "", name)
    if language != "zh":
        return f"{of} {name}".strip().replace("_", " ")
    return of + _labels().get(name, name) if not of.endswith(("含量", "率")) else of
