"""Evidence a buyer can check: which item fits, by which words or how near in meaning, what that was asked beside is met,
missed or unknown, how far it is, and what rests on registry text only. Nothing is said that no field says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Protocol, TypeVar, cast

from matching.answers import Answer
from matching.features import Judged, names_any
from matching.need import Need
from matching.queries import Queries
from matching.result import Gap, GapType, Language, Reason, ReasonType
from matching.spec_names import spec_label
from matching.wishes import Wish
from search.analysis import may_hold, words


class Said(Protocol):
    """A gap, here or as it crosses the API."""

    @property
    def type(self) -> GapType: ...
    @property
    def text(self) -> str: ...
    @property
    def source(self) -> str: ...


G = TypeVar("G", bound=Said)

CLOSE = 0.55
"""Cosine from which two titles may be called close in meaning; below it they are only related."""
WEAK_SCORE = 20.0
"""Below this, four in five firms are not what was asked for, and the match says so."""

_REASONS: Mapping[str, tuple[str, str]] = {
    "words": ("“{item}”中含有需求用词：{words}", "“{item}” contains the demand's words: {words}"),
    "described": ("“{item}”的说明中提到：{words}", "The description of “{item}” mentions: {words}"),
    "meaning": (
        "“{item}”与“{head}”含义相近（相似度 {similarity}）",
        "“{item}” is close in meaning to “{head}” (similarity {similarity})",
    ),
    "related": (
        "“{item}”与“{head}”有一定关联（相似度 {similarity}）",
        "“{item}” is related to “{head}” (similarity {similarity})",
    ),
    "make": ("自己生产，不是转售", "Makes it, does not resell it"),
    "process": ("承接加工", "Takes on this processing"),
    "service": ("提供此项服务", "Offers this service"),
    "name": ("企业名称含：{words}", "The firm's name contains: {words}"),
    "met": ("{words}：写明{label} {stated}", "{words}: {label} stated as {stated}"),
    "place": ("位于{place}，距需求地约 {km} 公里", "In {place}, about {km} km from the demand's place"),
    "point": ("位于{place}，距所选地点约 {km} 公里", "In {place}, about {km} km from the chosen point"),
    "same_place": ("位于{place}，与需求地同一区县", "In {place}, the demand's own district"),
    "place_unmeasured": ("位于{place}", "In {place}"),
    "verified": ("企业身份已核验", "The firm's identity is verified"),
    "fresh": ("企业自行确认的信息", "Stated by the firm itself"),
}
_GAPS: Mapping[str, tuple[str, str]] = {
    "missed": (
        "{words}：所写{label}为 {stated}，与此不符",
        "{words}: the {label} stated is {stated}, which does not fit",
    ),
    "unlisted": (
        "{words}：所写{label}为 {stated}，未列此项，请询问",
        "{words}: the {label} stated is {stated}, this one is not listed, please ask",
    ),
    "unknown": ("{words}：{label}未声明", "{words}: {label} not stated"),
    "refused": (
        "“{item}”含有需求所排除的：{words}",
        "“{item}” names what the demand refuses: {words}",
    ),
    "reseller": ("登记信息显示为销售，未见自产", "The register says it sells this, not that it makes it"),
    "unconfirmed": (
        "依据工商登记经营范围，企业尚未确认",
        "Taken from the registered business scope; not confirmed by the firm",
    ),
    "distance_unknown": ("距离未知", "Distance unknown"),
    "weak": ("匹配度低，仅供参考", "A weak match, for reference only"),
}


def _say(table: Mapping[str, tuple[str, str]], key: str, language: Language, **params: Any) -> str:
    return table[key][0 if language == "zh" else 1].format(**params)


_LABELS: Mapping[str, tuple[str, str]] = {
    "grade": ("牌号", "grade"),
    "material": ("材质", "material"),
    "standard": ("标准", "standard"),
    "model": ("型号", "model"),
    "process": ("工艺", "process"),
    "service_area": ("服务范围", "area served"),
    "capacity": ("产能", "output"),
    "quantity": ("起订量", "minimum order"),
    "lead_time": ("交货期", "lead time"),
}


def _label(wish: Wish, language: Language) -> str:
    if wish.aspect == "spec" and wish.measure:
        return spec_label(wish.measure.name, language)
    return _LABELS[wish.aspect][0 if language == "zh" else 1]


def reasons(
    need: Need,
    queries: Queries,
    judged: Judged,
    told: Sequence[Answer],
    distance_km: float | None,
    language: Language,
) -> tuple[Reason, ...]:
    """Why this firm is here, most telling first; ``told`` answers the need's wishes."""
    found: list[Reason] = []
    supplier, item = judged.supplier, judged.item

    def add(kind: ReasonType, key: str, field: str, source: str, **params: Any) -> None:
        found.append(Reason(kind, _say(_REASONS, key, language, **params), field, source, params))

    if item:
        field = f"items[{item.key}].title"
        shared = _shared(item.title, queries)
        if shared:
            add("words", "words", field, item.source, item=item.title, words="、".join(shared))
        elif described := _shared(item.text, queries):
            field = f"items[{item.key}].text"
            add("words", "described", field, item.source, item=item.title, words="、".join(described))
        # The cosine itself, not the feature: it is what another engineer would compute again.
        cosine = judged.cosine
        if item.title != queries.head and (cosine >= CLOSE or (cosine and not shared)):
            key = "meaning" if cosine >= CLOSE else "related"
            shown = {"item": item.title, "head": queries.head, "similarity": f"{cosine:.2f}"}
            add("meaning", key, f"items[{item.key}].title", item.source, **shown)
        if item.role != "resell":
            add("role", item.role, f"items[{item.key}].role", item.source)
        for one in told:
            # What stands in the title word for word is seen there.
            if one.verdict == "met" and not (one.field.endswith(".title") and one.wish.words in item.title):
                label = _label(one.wish, language)
                told_as = {"words": one.wish.words, "label": label, "stated": one.stated}
                add(one.wish.aspect, "met", one.field, one.source, **told_as)
    if in_name := _shared(supplier.name, queries):
        add("name", "name", "name", "registry", words="、".join(in_name))
    place = f"{supplier.city}{supplier.district}" or supplier.adcode
    if need.place and need.place.adcode == supplier.adcode:
        add("place", "same_place", "adcode", "registry", place=place)
    elif place and distance_km is not None:
        key = "place" if need.place else "point"
        add("place", key, "adcode", "registry", place=place, km=f"{distance_km:.0f}")
    elif place:
        add("place", "place_unmeasured", "adcode", "registry", place=place)
    if supplier.verified:
        add("verified", "verified", "verification", "platform")
    if item and item.source == "listing":
        add("fresh", "fresh", f"items[{item.key}]", "listing")
    return tuple(found)


def gaps(
    need: Need,
    queries: Queries,
    judged: Judged,
    told: Sequence[Answer],
    distance_km: float | None,
    score: float,
    language: Language,
) -> tuple[Gap, ...]:
    """What does not fit or is not known, gravest first; ``told`` answers the need's wishes."""
    found: list[Gap] = []
    item = judged.item
    at, source = (f"items[{item.key}]", item.source) if item else ("items", "unknown")
    thing = ("what", queries.head)

    def add(kind: GapType, asked: tuple[str, str], field: str, source: str, **params: str) -> None:
        found.append(Gap(kind, _say(_GAPS, kind, language, **params), *asked, field, source))

    def add_all(verdict: str) -> None:
        for one in told:
            if one.verdict == verdict:
                wish = one.wish
                kind = cast(GapType, f"{wish.aspect}_{verdict}")
                text = _answered(verdict, wish, one.stated, language)
                found.append(Gap(kind, text, wish.asked, wish.words, one.field, one.source))

    if score < WEAK_SCORE:
        add("weak", thing, f"{at}.title" if item else at, source)
    for word in queries.refused:
        if item and names_any(item.title, (word,)):
            add("refused", ("exclusions", word), f"{at}.title", source, item=item.title, words=word)
    add_all("missed")
    if item and item.role == "resell":
        add("reseller", ("makers_only", "") if need.makers_only else thing, f"{at}.role", source)
    add_all("unlisted")
    add_all("unknown")
    if item is None or item.source == "scope":
        add("unconfirmed", thing, at, source)
    if need.place and distance_km is None:
        add("distance_unknown", ("place", need.place.name), "adcode", "registry")
    return tuple(found)


def gathered(gaps: Sequence[G]) -> list[tuple[G, ...]]:
    """Gaps in lines for a reader: those that nothing is said of share one line for each source, in the first one's place."""
    lines: dict[tuple[str, str], list[G]] = {}
    for at, gap in enumerate(gaps):
        open_question = gap.type.endswith("_unknown") and gap.type != "distance_unknown"
        lines.setdefault((gap.source, "") if open_question else ("", str(at)), []).append(gap)
    return [tuple(line) for line in lines.values()]


@lru_cache(maxsize=4096)
def _answered(verdict: str, wish: Wish, stated: str, language: Language) -> str:
    return _say(_GAPS, verdict, language, words=wish.words, label=_label(wish, language), stated=stated)


def _shared(text: str, queries: Queries) -> list[str]:
    """Words of a text that the need has too, without those that are part of another: 直线导轨 stands for 导轨."""
    if not may_hold(text, queries.head_words):
        return []
    found = [word for word in dict.fromkeys(words(text)) if word in queries.head_words]
    return [word for word in found if not any(word != other and word in other for other in found)]
