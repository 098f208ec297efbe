"""What is known of materials and their grades: which designations are one, and which cannot be the same thing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from matching.grades import find_grades
from matching.lexicon import lexicon
from matching.numerals import fold
from matching.units import load_table

_PREFIX = re.compile(r"^(?:SUS|SS|TP|AISI)(?=\d{3})")
_MARK = re.compile("[0-9A-Za-z０-９Ａ-Ｚａ-ｚ]")
"""Without one of these a text, as most titles, names no grade."""
_SUFFIX = re.compile(r"(?:#|号?钢|号)$")


@dataclass(frozen=True, slots=True)
class Family:
    """Materials that a word like 不锈钢 or 铝合金 stands for; two of different ``of_class`` exclude each other."""

    name: str
    of_class: str
    names: frozenset[str]
    kinds: frozenset[str]
    grades: re.Pattern[str]


@cache
def families() -> tuple[Family, ...]:
    """The families of ``data/materials.toml``, read once."""
    return tuple(
        Family(
            name,
            entry["class"],
            frozenset(entry["names"]),
            frozenset(entry.get("kinds", ())),
            re.compile(entry["grades"]),
        )
        for name, entry in load_table("materials.toml").items()
    )


@lru_cache(maxsize=10_000)
def plain(designation: str) -> str:
    """A grade as it is compared: SUS304 and 304, 45# and 45号钢 are one."""
    return _SUFFIX.sub("", _PREFIX.sub("", fold(designation).replace(" ", "").upper()))


@lru_cache(maxsize=10_000)
def family_of(word: str) -> Family | None:
    """The family of a grade or of a material's name; None when it is in none, or in more than one."""
    lowered, grade = word.lower(), plain(word)
    found = [one for one in families() if lowered in one.names | one.kinds or one.grades.fullmatch(grade)]
    return found[0] if len(found) == 1 else None


@lru_cache(maxsize=10_000)
def grades_in(text: str) -> tuple[str, ...]:
    """Grades named in a text, in the form they are compared in."""
    if not _MARK.search(text):
        return ()
    return tuple(dict.fromkeys(plain(one.text) for one in find_grades(fold(text))))


@lru_cache(maxsize=10_000)
def materials_in(text: str) -> tuple[str, ...]:
    """Materials named in a text."""
    return tuple(dict.fromkeys(one.text.lower() for one in lexicon().materials.find(fold(text))))
