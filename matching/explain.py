"""Evidence a buyer can check: which item fits, by which words or how near in meaning, which numbers are met, missed or
unknown, how far it is, and what rests on registry text only. Nothing is said that no field says.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matching.features import Judged
from matching.need import Need
from matching.queries import Queries
from matching.result import Gap, GapType, Language, Reason, ReasonType
from search.analysis import words
from search.documents import Spec

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
    "spec": ("{spec}：已声明满足", "{spec}: stated as met"),
    "place": ("位于{place}，距需求地约 {km} 公里", "In {place}, about {km} km from the demand's place"),
    "same_place": ("位于{place}，与需求地同一区县", "In {place}, the demand's own district"),
    "place_unmeasured": ("位于{place}", "In {place}"),
    "verified": ("企业身份已核验", "The firm's identity is verified"),
    "fresh": ("企业自行确认的信息", "Stated by the firm itself"),
}
_GAPS: Mapping[str, tuple[str, str]] = {
    "spec_missed": ("{spec}：企业声明的范围不含此值", "{spec}: outside what the firm states"),
    "spec_unknown": ("{spec}：未声明，请询问", "{spec}: not stated, please ask"),
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


def spec_text(spec: Spec) -> str:
    """A spec as the buyer wrote it, or its canonical form."""
    if spec.text:
        return spec.text
    low, high = spec.low, spec.high
    value = spec.word or "–".join(f"{bound:g}" for bound in dict.fromkeys((low, high)) if bound is not None)
    return f"{spec.name} {value}{spec.unit}".strip()


def reasons(
    need: Need, queries: Queries, judged: Judged, distance_km: float | None, language: Language
) -> tuple[Reason, ...]:
    """Why this firm is here, most telling first."""
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
            told = f"items[{item.key}].text"
            add("words", "described", told, item.source, item=item.title, words="、".join(described))
        # The cosine itself, not the feature: it is what another engineer would compute again.
        cosine = judged.cosine
        if item.title != queries.head and (cosine >= CLOSE or (cosine and not shared)):
            key = "meaning" if cosine >= CLOSE else "related"
            shown = {"item": item.title, "head": queries.head, "similarity": f"{cosine:.2f}"}
            add("meaning", key, field, item.source, **shown)
        if item.role != "resell":
            add("role", item.role, f"items[{item.key}].role", item.source)
        for at in judged.met:
            add("spec", "spec", f"items[{item.key}].specs", item.source, spec=spec_text(need.specs[at]))
    if in_name := _shared(supplier.name, queries):
        add("name", "name", "name", "registry", words="、".join(in_name))
    place = f"{supplier.city}{supplier.district}" or supplier.adcode
    if need.place and need.place.adcode == supplier.adcode:
        add("place", "same_place", "adcode", "registry", place=place)
    elif place and distance_km is not None:
        add("place", "place", "adcode", "registry", place=place, km=f"{distance_km:.0f}")
    elif place:
        add("place", "place_unmeasured", "adcode", "registry", place=place)
    if supplier.verified:
        add("verified", "verified", "verification", "platform")
    if item and item.source == "listing":
        add("fresh", "fresh", f"items[{item.key}]", "listing")
    return tuple(found)


def gaps(
    need: Need, judged: Judged, distance_km: float | None, score: float, language: Language
) -> tuple[Gap, ...]:
    """What does not fit or is not known, gravest first."""
    found: list[Gap] = []

    def add(kind: GapType, **params: Any) -> None:
        found.append(Gap(kind, _say(_GAPS, kind, language, **params)))

    if score < WEAK_SCORE:
        add("weak")
    for at in judged.missed:
        add("spec_missed", spec=spec_text(need.specs[at]))
    if judged.item and judged.item.role == "resell":
        add("reseller")
    for at in judged.unknown:
        add("spec_unknown", spec=spec_text(need.specs[at]))
    if judged.item is None or judged.item.source == "scope":
        add("unconfirmed")
    if need.place and distance_km is None:
        add("distance_unknown")
    return tuple(found)


def _shared(text: str, queries: Queries) -> list[str]:
    """Words of a text that the need has too, without those that are part of another: 直线导轨 stands for 导轨."""
    found = [word for word in dict.fromkeys(words(text)) if word in queries.head_words]
    return [word for word in found if not any(word != other and word in other for other in found)]
