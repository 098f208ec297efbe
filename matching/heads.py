"""The head of a Chinese demand: the thing wanted, apart from what it is for, who asks and how many.

Every clause is read as if it named the thing; the reading that a word of asking, the name of a thing at its end and
its place in the text speak for most is taken. Story, refusals and requirements speak against a clause.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from matching.clauses import (
    ASKING_PREFIX,
    CUT,
    NOTATION,
    ONLY_SUPPLIER,
    REFUSAL,
    REQUIREMENT,
    STORY,
    STRONG,
    WEAK,
    Clause,
    clauses,
    count_notations,
    title_clauses,
    usable,
)
from matching.lists import ATTRIBUTE_NAMES, listed_heads
from matching.notices import unwrapped
from matching.nouns import is_goods, is_thing, job_words
from matching.phrases import Head, analyse, readable_application
from matching.turns import (
    about_buyer,
    asks_who_mends,
    is_address,
    less_worth,
    quality_of,
    reworded,
    speaks_of_the_one_before,
)

_REMARK: Final = re.compile(
    r"[我你他它们哪谁了吗呢吧着]|(?<!不)不(?!锈|秀|干|饱|燃|停|间断|对称)|没|坏|(?<![重主])要|想|(?<![性功智储节热动电太])能(?![源耗量效])|请|(?<![查])找|已|太|很|因为|把|(?<!供)给(?![水料排])|从|被|(?<!出)让|都(?!市)|还(?!原)|就|自己|有没有|去(?!毛|应|皮|石)|联系|对接|左右|以上|以内|如果|合作|最好|越快"
)
_FIRST: Final = 0.45
_FIRST_NAME: Final = 0.75
_MOST_WORTH: Final = 1.4
_FIRST_THING: Final = 1.0
"""Worth of standing first: a text that begins with a thing's name asks for it."""
_LONGEST_NAME: Final = 16
_SHORT_NAME: Final = 10
_BY_OTHERS: Final = re.compile(
    r"^(?:[找请求])?(?:人|厂|个?厂家|外协|外面|师傅)?(?:来|给|帮忙)?(?:做|铸|加工|修|维修|锻|焊|车|磨|换|换新的?)?的?$"
)
"""All that stands behind the asking word is who should do it: 齿圈要找人铸."""
_HAS: Final = re.compile(r"^有(?:闲置|二手|现货|富余)?的?(.{2,30}?)的(?:厂家|朋友|老板)?(?:请|来|速)*联系.*$")
_SENT: Final = re.compile(
    rf"^从.{{0,12}}?(?:往|到|至|发往|运往|运到|{CUT}){CUT}*(?:发|运|拉|送)(?:一批|{CUT})?([\u4e00-\u9fff]{{2,10}})$"
)
"""从沈阳往广州发一批机床: to be carried."""
_BUYER: Final = re.compile(r"(?:厂|公司|车间|学校|医院|单位|企业|矿|站|店|园区|食堂|工地|项目|局|校|院)$")
_TAKES: Final = re.compile(r"(?:我们|现在)?(?:想|要|需要|打算)?把")
_MAINLY: Final = re.compile(r"^(?:主要|具体)(?:是|有|要|为)")
_ATTRIBUTES: Final = re.compile(
    r"^(?:含|带|配(?!电|件)|附|可(?!控)|需|能(?!源|耗)|印(?!刷)|表面|材质|材料|介质|要求|规格|尺寸|型号|来料|包(?!装)|镀(?![锌铬镍锡铜金银]的))"
)
"""Begins a clause that says what the thing is like."""
_BARE_JOB: Final = re.compile(
    r"^(?:委外|外发|外协|对外|委托|来料)?(?:代加工|加工|外协|代工|贴牌|外发|定制|代做)(?:一批)?$"
)
_REPAIR: Final = re.compile(r"^(?:能|可以|会)?(?:上门)?(?:维修|检修|修理|修)的?$")
_MENDS: Final = re.compile(r"(?:能|会|上门|谁能|找人|来)(?:来)?(?:修|维修|检修)")
_DOUBTFUL: Final = 0.9
"""A best reading below this names nothing well; what broke down is then what is wanted."""
_BROKEN: Final = re.compile(
    r"^(?:.*?的)?([\u4e00-\u9fffA-Za-z0-9]{2,14}?)(?:用?坏了|出故障|报警|趴窝|不转了|漏油|烧了|卡死|有异响)"
)


@dataclass(frozen=True, slots=True)
class _Reading:
    score: float
    head: Head
    clause: Clause


def read_head(masked: str, notations: list[str], *, titled: bool) -> Head:
    """The head of a masked Chinese text.

    ``notations`` are the words behind each `NOTATION` mark, in order. ``titled`` says that the text is a title,
    whose first clause is the thing itself; otherwise every clause is weighed.
    """
    if titled:
        named = title_clauses(masked)
        if named:
            clause = named[0]
            return analyse(
                reworded(unwrapped(clause.text)), notations[count_notations(masked[: clause.start]) :]
            )
    found = clauses(masked)
    best: _Reading | None = None
    taken = {clause.order - 1 for clause in found if speaks_of_the_one_before(clause.text, clause.order)}
    for clause in found:
        bonus = 1.5 if clause.order in taken else 0.0
        reading = _read(clause, masked, notations, best.score - bonus if best else float("-inf"))
        if reading is not None and (best is None or reading.score + bonus > best.score):
            best = replace(reading, score=reading.score + bonus)
    if best is None:
        return Head()
    listed = listed_heads(masked, notations)
    if len(listed) > 1:
        return Head(tuple(dict.fromkeys(what for head in listed for what in head.what[:1])))
    best = _completed(best, found, masked, notations)
    what = list(best.head.what)
    for clause in found:
        if clause.order > best.clause.order and _COUNTED.search(clause.text):
            also, more = _ALSO.match(clause.text), _ONE_MORE.match(clause.text)
            if not also and not more:
                continue
            thing = analyse(_ALSO.sub("", clause.text), []).what[:1]
            if thing and (is_thing(thing[0]) > 0 if also else is_goods(thing[0]) or (more and more["rate"])):
                what.extend(thing)
    applications = list(best.head.application)
    for clause in found:
        if clause is not best.clause and clause.order != best.clause.order:
            applications.extend(_application(clause.text))
    return Head(tuple(dict.fromkeys(what)), tuple(dict.fromkeys(applications)))


def _completed(best: _Reading, found: list[Clause], masked: str, notations: list[str]) -> _Reading:
    """A bare job (求代加工, 找能修的) with the thing that another clause names."""
    phrase = best.head.what[0]
    if _BARE_JOB.match(phrase):
        for clause in found:
            if clause.order == best.clause.order + 1 and not _ATTRIBUTES.match(clause.text):
                head = analyse(clause.text, notations[count_notations(masked[: clause.start]) :])
                if head.what and not _REMARK.search(head.what[0]):
                    return _Reading(best.score, Head((*head.what, phrase), head.application), clause)
    if best.score < _DOUBTFUL:
        for clause in found:
            if broken := _BROKEN.match(clause.text):
                return _Reading(best.score, Head((broken[1],)), clause)
    if _BROKEN.match(best.clause.text) and any(
        _MENDS.search(clause.text) or asks_who_mends(clause.text) for clause in found
    ):
        return _Reading(best.score, Head((f"{phrase}维修", phrase)), best.clause)
    if _REPAIR.match(phrase):
        for clause in found:
            if clause.order < best.clause.order and (broken := _BROKEN.match(clause.text)):
                return _Reading(best.score, Head((f"{broken[1]}维修",)), best.clause)
    return best


def _read(clause: Clause, masked: str, notations: list[str], floor: float) -> _Reading | None:
    """The best reading of one clause; None when it can name nothing, or nothing worth more than ``floor``."""
    text, story = (
        reworded(unwrapped(clause.text)),
        bool(STORY.search(clause.text)) or about_buyer(clause.text),
    )
    if REFUSAL.search(text) or not usable(text) or _FOR_CLAUSE.match(text.strip()):
        return None
    if is_address(text):
        return None
    if (spoken_of := quality_of(text)) is not None:
        if clause.order or not usable(spoken_of):
            return None
        text = spoken_of
    if has := _HAS.match(text):
        text, story = f"求{has[1]}", False
    if sent := _SENT.match(text):
        return _Reading(2.0 - 0.05 * clause.order, Head((f"{sent[1]}运输",)), clause)
    score = -0.05 * clause.order + (0.25 if CUT in text or NOTATION in text else 0.0)
    if clause.order and REQUIREMENT.search(text.strip(f"{CUT}{NOTATION} ")):
        score -= 1.5
    if clause.order and _ATTRIBUTES.match(text):
        score -= 1.0
    story = story and text == clause.text
    parts: list[tuple[float, str, int]] = []
    asked, weight = _asking(STRONG, text), 2.0
    if asked is None:
        asked, weight = _asking(WEAK, text), 1.1
    if _MAINLY.match(text):
        asked, weight = _MAINLY.match(text), 2.4
    if _TAKES.match(text):
        parts.append((1.1, text, 0))
    elif asked is None:
        score -= less_worth(text, clause.order)
        parts.append((0.0 if not story else -1.5, text, 0))
    else:
        left, right = text[: asked.start()], text[asked.end() :]
        bare = right.strip(f"{CUT} ")
        nothing = not usable(right) or bool(ONLY_SUPPLIER.match(bare) or _BY_OTHERS.match(bare))
        if not nothing:
            parts.append((weight - (0.6 if story else 0.0), right, asked.end()))
        by_whom = _BUYER.search(left) is not None and not nothing
        if usable(left) and not by_whom and not ASKING_PREFIX.fullmatch(left) and (nothing or weight < 2.0):
            parts.append(
                ((weight - 0.8 if nothing else 0.0) - (1.5 if story and not nothing else 0.0), left, 0)
            )
    readings = []
    for worth, part, offset in parts:
        if score + worth + _MOST_WORTH + (_FIRST_THING if clause.order == 0 else 0.0) <= floor:
            continue
        head = analyse(part, notations[count_notations(masked[: clause.start + offset]) :])
        if head.what:
            first = _first(head.what[0], part) if clause.order == 0 and offset == 0 and not story else 0.0
            readings.append(_Reading(score + worth + first + _worth(head.what[0]), head, clause))
    return max(readings, key=lambda reading: reading.score, default=None)


def _asking(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    """The first word of asking; what was done already (新上了, 买了) asks for nothing."""
    return next(
        (found for found in pattern.finditer(text) if text[found.end() : found.end() + 1] != "了"), None
    )


def _first(phrase: str, text: str) -> float:
    """What it is worth to be the first clause: most when it is a name and little else."""
    short = len(text.replace(CUT, "")) <= _LONGEST_NAME and not _REMARK.search(text)
    if short and is_thing(phrase) > 0:
        return _FIRST_THING
    return _FIRST_NAME if short and 3 <= len(phrase) <= _SHORT_NAME else _FIRST


_MEASURE: Final = re.compile(r"[一两二三四五六七八九十几半每]\s?[\u4e00-\u9fff]")
_CODE_ONLY: Final = re.compile(r"[\d.A-Za-z]+.?")


def _worth(phrase: str) -> float:
    """How much a phrase looks like the name of a thing."""
    worth = _MOST_WORTH * is_thing(phrase)
    worth -= 0.7 * min(len(_REMARK.findall(phrase)), 3)
    worth -= 0.1 * max(0, len(phrase) - 12)
    if phrase in job_words():
        worth -= 0.5
    if phrase in ATTRIBUTE_NAMES or _MEASURE.fullmatch(phrase):
        worth -= 1.5
    if len(phrase) < 2 or _CODE_ONLY.fullmatch(phrase):
        worth -= 1.0
    return worth


_COUNTED: Final = re.compile(rf"{CUT}|[一两二三四五六七八九十]\s?[台套只个件条]$")
_ALSO: Final = re.compile(r"^(?:配套|另外?|还要|还需要?|还有|同时|以及|再要?|外加|加上)+(?:采购|需要?|要)?")


_ONE_MORE: Final = re.compile(rf"^[\u4e00-\u9fff]{{2,8}}?(?P<rate>每[天周月年])?{CUT}+$")
"""A name and how many, nothing else: the next line of 冻鸡腿每周800斤，白条鸭每周300斤."""


_FOR_CLAUSE: Final = re.compile(
    rf"^{CUT}*(?:(?:用于|应用于|用在|装在|适用于)(?P<to>[^{CUT}{NOTATION}]{{2,20}}?)(?:的|上|里|使用)*|(?P<by>[^{CUT}{NOTATION}]{{2,12}}?)(?:上|里)?(?<![自备年月试要才现专通使应采利医家食常兼费])用的?)$"
)


def _application(clause: str) -> list[str]:
    """What a clause of its own says the thing is for: 船上走道用, 用于电控壳体."""
    found = _FOR_CLAUSE.match(clause.strip())
    if not found:
        return []
    said = readable_application(found["to"] or found["by"])
    return [said] if len(said) >= 2 and not _REMARK.search(said) else []
