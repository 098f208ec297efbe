"""Whether what a firm states of a thing answers a wish: meets it, contradicts it, names others instead, or leaves it open."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from matching.fitting import fits
from matching.grades import find_standards
from matching.materials import Family, family_of, grades_in, materials_in, plain
from matching.numerals import fold
from matching.quantities import read_specs
from matching.wishes import Aspect, Wish, spec_text
from search.documents import CapabilityItem, Spec, SupplierDocument

Verdict = Literal["met", "missed", "unlisted", "unknown"]
"""``missed``: what is stated excludes it. ``unlisted``: others of its sort are stated, this one is not among them."""

LONGEST: Final = 1_000
"""Characters of a description that are read for what they state."""
MOST_TOLD: Final = 5
"""Others of its sort that an answer names."""
_STATED_AS: Final[Mapping[Aspect, tuple[str, ...]]] = {
    "grade": ("grade", "material"),
    "material": ("material", "grade"),
    "standard": ("standard", "certificate"),
    "model": ("model",),
    "process": ("process",),
    "service_area": ("service_area", "route_to", "route_from"),
}
_SYSTEM: Final = re.compile(r"(?:ISO|IATF|GJB)\D{0,3}(?:9001|14001|45001|13485|16949|22000|27001|22163)")
_FIGURE: Final = re.compile(r"[\d一二两三四五六七八九十百千万]")
"""Without one of these a text, as most titles, states no measure and no standard."""
_EDITION: Final = re.compile(r"[-:]((?:19|20)?\d{2})$")


@dataclass(frozen=True, slots=True)
class Answer:
    """``field`` is where it stands, or what was looked at in vain; ``stated`` is what stands there."""

    wish: Wish
    verdict: Verdict
    field: str
    source: str
    stated: str = ""


def verdict(wish: Wish, specs: Sequence[Spec]) -> Verdict:
    """By the properties that a firm states of an item, which is quick enough for hundreds of them."""
    return (_measured(wish, specs) if wish.measure else _said(wish, specs))[0]


def answers(wishes: Sequence[Wish], firm: SupplierDocument, item: CapabilityItem | None) -> list[Answer]:
    """By everything said of the item: its properties, and what can be read in its title and description.

    A management system (ISO 9001) is the firm's own, whichever of its items names it.
    """
    if item is None:
        return [Answer(wish, "unknown", "items", "unknown") for wish in wishes]
    found = [_of_item(wish, item) for wish in wishes]
    for at, told in enumerate(found):
        if told.verdict != "met" and _SYSTEM.match(told.wish.words.upper()):
            others = (_of_item(told.wish, other) for other in firm.items)
            found[at] = next((other for other in others if other.verdict == "met"), told)
    return found


def _of_item(wish: Wish, item: CapabilityItem) -> Answer:
    where = f"items[{item.key}]"
    typed = _measured(wish, item.specs) if wish.measure else _said(wish, item.specs)
    if typed[0] in ("met", "missed"):
        return Answer(wish, typed[0], f"{where}.specs", item.source, typed[1])
    for field, text in (("title", item.title), ("text", item.text[:LONGEST])):
        if text and (stands := _in_text(wish, text)):
            return Answer(wish, stands[0], f"{where}.{field}", item.source, stands[1])
    return Answer(wish, typed[0], f"{where}.specs", item.source, typed[1])


def _measured(wish: Wish, specs: Sequence[Spec]) -> tuple[Verdict, str]:
    missed = ""
    for wanted in filter(None, (wish.measure, wish.instead)):
        for spec in specs:
            fit = fits(wanted, spec)
            if fit:
                return "met", spec_text(spec)
            if fit is False and wanted is wish.measure:
                missed = missed or spec_text(spec)
        if missed:
            return "missed", missed
    return "unknown", ""


def _said(wish: Wish, specs: Sequence[Spec]) -> tuple[Verdict, str]:
    names = _STATED_AS[wish.aspect]
    stated = [spec.word for spec in specs if spec.word and spec.name in names]
    if not stated:
        return "unknown", ""
    if met := next((word for word in stated if _same(wish.aspect, wish.words, word)), ""):
        return "met", met
    told = "、".join(dict.fromkeys(stated[:MOST_TOLD]))
    if wish.aspect in ("grade", "material"):
        wanted, offered = family_of(wish.words), [_family(word) for word in stated]
        if wanted and all(one and one.of_class != wanted.of_class for one in offered):
            return "missed", told
        return ("unlisted", told) if _comparable(wish, stated) else ("unknown", "")
    if (
        wish.aspect == "standard"
        and not any(spec.name == "standard" for spec in specs)
        and not _SYSTEM.match(wish.words.upper())
    ):
        return "unknown", ""  # Certificates were stated, product standards were not.
    return "unlisted", told


def _comparable(wish: Wish, stated: Sequence[str]) -> bool:
    """Whether others of the very sort are stated: a firm that says 不锈钢 has not said which grades."""
    return any(_grades(word) for word in stated) if wish.aspect == "grade" else True


def _family(word: str) -> Family | None:
    """Of a material as a firm writes it: 不锈钢, 304, or 304不锈钢板."""
    named = (family_of(one) for one in (word, *grades_in(word), *materials_in(word)))
    return next((one for one in named if one), None)


@lru_cache(maxsize=10_000)
def _grades(stated: str) -> tuple[str, ...]:
    return grades_in(stated) or ((plain(stated),) if re.search(r"\d", stated) else ())


@lru_cache(maxsize=50_000)
def _same(aspect: Aspect, wanted: str, stated: str) -> bool:
    low, said = fold(wanted).lower(), fold(stated).lower()
    match aspect:
        case "grade":
            return plain(wanted) in _grades(stated)
        case "material":
            family = family_of(wanted)
            named = family is not None and low in family.names
            return low in said or (named and _family(stated) == family)
        case "standard":
            return _same_standard(wanted, stated)
        case "service_area":
            return "全国" in said or low.rstrip("省市区县") in said
        case _:
            return low == said or (len(low) > 1 and low in said)


def _same_standard(wanted: str, stated: str) -> bool:
    """The same number, and the same edition where both name one: GB/T 5657 is met by GB/T 5657-2013."""
    (first, one), (second, other) = _standard(wanted), _standard(stated)
    return first == second and (not one or not other or one[-2:] == other[-2:])


def _standard(words: str) -> tuple[str, str]:
    plain_words = fold(words).upper().replace(" ", "")
    edition = _EDITION.search(plain_words)
    return (plain_words[: edition.start()], edition[1]) if edition else (plain_words, "")


@lru_cache(maxsize=10_000)
def _measures_in(text: str) -> tuple[Spec, ...]:
    return tuple(mention.spec for mention in read_specs(text)) if _FIGURE.search(text) else ()


@lru_cache(maxsize=10_000)
def _standards_in(text: str) -> tuple[str, ...]:
    return tuple(one.text for one in find_standards(fold(text))) if _FIGURE.search(text) else ()


def _in_text(wish: Wish, text: str) -> tuple[Verdict, str] | None:
    """What a title or description says of a wish; None when nothing.

    Only numbers and grades can contradict there: a material's name may stand for what a machine works on (橡胶机械).
    """
    if wish.measure:
        told = _measured(wish, _measures_in(text))
        return None if told[0] == "unknown" else told
    match wish.aspect:
        case "grade":
            told = _said(wish, [Spec("grade", word=word) for word in grades_in(text)])
            return None if told[0] == "unknown" else told
        case "material":
            words = (*materials_in(text), *grades_in(text))
        case "standard":
            words = _standards_in(text)
        case _:
            words = (text,)
    met = next((word for word in words if _same(wish.aspect, wish.words, word)), "")
    return ("met", wish.words if met is text else met) if met else None
