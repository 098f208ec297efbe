"""Reading a registered business scope clause by clause: which verbs are said of which things.

In a clause (；。) the things are enumerated and share the verb that follows them (水泵、阀门制造、销售), precedes
them (生产、销售水泵、阀门) or heads them (制造：水泵、阀门); a heading's verb also holds for verbless clauses after it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from app.catalogue import scope_grammar as grammar

CACHED: Final = 1 << 17
"""Pieces remembered: the same words come back in thousands of scopes."""
LONGEST_PIECE: Final = 120
_SENTENCE = re.compile(r"[^;。]+")
_PIECE = re.compile(r"([^、,:/ ]+)([、,:/ ]*)")
_WITHIN_LATIN = re.compile(r"(?<=[0-9A-Za-z])[/ ](?=[0-9A-Za-z])")
_BRACKET = re.compile(r"\(([^()]{0,400})\)")
_DOT = re.compile(r"(?<![0-9A-Za-z])\.|\.(?![0-9A-Za-z])")
_AND = re.compile(
    r"(?<=[^、,:/ ]{2})(?<![普涉中饱调共总温混柔])(?:以及|及|和|与(?!民用)|兼(?!营|职|容)|(?<![高中初平对同])等(?![级离温静效熔边压]))(?=[^、,:/ ]{2})"
)
_SERVICE_END = re.compile("(?<=..)(?<!售后)(?<!技术)(?:服务|业务|活动)+$")
_JOINT = re.compile("兼营|兼|并|及|和|与|或|、|/")
_CUT = "\x00"
"""Stands where words were dropped: keeps the offsets, matches no table."""
_SLASH, _SPACE = "\x01", "\x02"
"""Stand for / and space inside Latin words (TD-LTE/LTE FDD), where they do not separate."""


@dataclass(slots=True)
class Thing:
    """One piece of a clause while its verbs are being found."""

    body: str
    start: int
    end: int
    verbs: tuple[str, ...] = ()
    trust: float = 0.0
    span: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class _Reading:
    """A piece split into the verbs that lead it, its body, and the verbs that end it."""

    lead: tuple[str, ...]
    body: str
    tail: tuple[str, ...]
    spreads: bool
    """Whether ``tail`` also holds for the things listed before."""
    formula: bool = False
    """A registry formula, not a thing."""


def read_scope(scope: str) -> list[Thing]:
    """The things a scope names, in its order, with the verbs said of each (none where it says none)."""
    things: list[Thing] = []
    inherited: tuple[str, ...] = ()
    for match in _SENTENCE.finditer(_strike(grammar.fold(scope))):
        found, inherited = _read_sentence(match.group(), match.start(), inherited)
        things.extend(found)
    return things


def names_goods(noun: str) -> bool:
    """Whether the head of a noun is a good (材料, 设备, 服装 …) rather than something done."""
    return bool(_GOODS.search(noun)) or grammar.kind_of_goods(noun) != "product"


_GOODS = re.compile(r"[品材料件具械备车油表器机食服帽货物电烟酒粮肥药金交纸线缆灯]$")


def _strike(text: str) -> str:
    """Cut out formulas and qualifiers, one character for one, so that offsets stay true."""
    if "." in text:
        text = _DOT.sub("。", text)
    if "(" in text:
        text = _BRACKET.sub(_strike_bracket, text)
    for letter, formula in grammar.BOILERPLATE:
        if letter in text:
            text = formula.sub(_blank, text)
    if "/" in text or " " in text:
        text = _WITHIN_LATIN.sub(lambda match: _SLASH if match.group() == "/" else _SPACE, text)
    text = text.replace("软、硬件", "软" + _CUT + "硬件")
    return text.replace("(", "。").replace(")", "。") if "(" in text or ")" in text else text


def _blank(match: re.Match[str]) -> str:
    return "。" * len(match.group())


def _strike_bracket(match: re.Match[str]) -> str:
    inside = match.group(1)
    if (
        not inside
        or len(inside) > 8
        or grammar.DROPPED_BRACKET.search(inside)
        or re.search(r"[、,;。:]", inside)
    ):
        return _CUT * len(match.group())
    if grammar.ONLY_VERBS.match(inside):
        return "、" + inside + "、"
    if grammar.VERBS_AT_END.search(inside):
        return _CUT * len(match.group())
    return "（" + inside + "）"


def _read_sentence(
    sentence: str, offset: int, inherited: tuple[str, ...]
) -> tuple[list[Thing], tuple[str, ...]]:
    """The things of one clause, with their verbs, and the heading verbs the next clause may inherit."""
    pieces = _pieces(sentence, offset)
    things: list[Thing] = []
    pending: list[Thing] = []
    group: list[Thing] = []
    lead: list[Thing] = []
    prefix: tuple[str, ...] = ()
    heading = False
    prefixed: list[Thing] = []
    for index, (body, start, end, separator) in enumerate(pieces):
        reading = _read_piece(body)
        if reading.formula:
            continue
        colon_after = index + 1 < len(pieces) and pieces[index + 1][3] == ":"
        if not reading.body and reading.tail:
            word = reading.tail
            if _heads(pieces, index):
                lead.append(Thing("", start, end, word))
                if colon_after:
                    prefix, heading, prefixed = _joined(lead), True, []
                    lead, group = [], []
                    things.extend(pending)
                    pending = []
            elif pending and word[-1].endswith("加工"):
                group = _give(pending, ("加工",), end, 0.75)
                things.extend([*group, _alone(Thing("", start, end, word))])
                pending = []
            elif pending and reading.spreads:
                group = _give(pending, word, end, 0.85)
                things.extend(group)
                pending = []
            elif (
                group
                and reading.spreads
                and not _own(group, word, separator)
                and (len(group) <= 3 or not word[0].startswith("技术"))
            ):
                for thing in group:
                    thing.verbs += word
                    thing.span = (thing.span[0], end)
            else:
                lead.append(Thing("", start, end, word))
            continue
        if reading.lead:
            if group or pending:
                things.extend(pending)
                pending, group = [], []
            prefix, heading, prefixed = _joined(lead) + reading.lead, False, []
            lead = []
        elif lead:
            bare = [thing for thing in lead if grammar.role_of(thing.verbs[0]) in ("process", "service")]
            if reading.tail or len(bare) == len(lead):
                things.extend(_alone(thing) for thing in bare)
            else:
                prefix, heading, prefixed = _joined(lead), False, []
            lead = []
        thing = Thing(_borrow(reading.body, pieces, index), start, end, span=(start, end))
        if reading.tail and not reading.spreads:
            thing.verbs, thing.trust = reading.tail, 0.85
            things.append(thing)
            if pending and not _goods_before(pending) and len(pending) <= 3:
                things.extend(_give(pending, reading.tail, end, 0.6))
                pending = []
            group = [thing] if not pending else []
        elif reading.tail:
            first = pending[0].start if pending else start
            group = [*_give(pending, reading.tail, end, 0.85), thing]
            thing.verbs, thing.trust, thing.span = reading.tail, 0.95, (first, end)
            if reading.lead:
                thing.verbs = reading.lead + reading.tail
            things.extend(group)
            pending = []
            if not heading:
                prefix = ()
        elif prefix:
            thing.verbs, thing.trust = prefix, 0.95 if reading.lead else 0.85 if separator != "," else 0.75
            prefixed.append(thing)
            thing.span = (prefixed[0].start, end)
            things.append(thing)
            group = prefixed
        else:
            pending.append(thing)
            group = []
    things.extend(_alone(thing) for thing in lead)
    if pending and inherited and not any(thing.verbs for thing in things):
        pending = _give(pending, inherited, pending[-1].end, 0.6)
        heading, prefix = True, inherited
    things.extend(pending)
    return things, (prefix if heading else ())


def _pieces(sentence: str, offset: int) -> list[tuple[str, int, int, str]]:
    """(words, start, end, separator before) of a clause; 及, 和, 与 separate too where both sides are nouns."""
    pieces: list[tuple[str, int, int, str]] = []
    separator = "、"
    for match in _PIECE.finditer(sentence):
        words, gap = match.groups()
        start = offset + match.start()
        for at, to in _nouns(words):
            pieces.append((words[at:to], start + at, start + to, separator))
            separator = "及"
        separator = ":" if ":" in gap else "," if "," in gap else "、"
    return pieces


@lru_cache(maxsize=CACHED)
def _nouns(words: str) -> tuple[tuple[int, int], ...]:
    """Where the nouns of a piece stand: 电机及电缆 holds two, 电器机械及器材 one."""
    at = 0
    nouns: list[tuple[int, int]] = []
    for joint in _AND.finditer(words) if len(words) > 4 else ():
        if not grammar.BARE_HEAD.match(words, joint.end()):
            nouns.append((at, joint.start()))
            at = joint.end()
    return (*nouns, (at, len(words)))


@lru_cache(maxsize=CACHED)
def _read_piece(words: str) -> _Reading:
    """Split one piece; cached, for the same words come back in thousands of scopes."""
    if grammar.BOILERPLATE_PIECE.search(words):
        return _Reading((), "", (), False, formula=True)
    words = words.replace(_CUT, "").replace(_SLASH, "/").replace(_SPACE, " ")
    if not words:
        return _Reading((), "", (), False, formula=True)
    words = words[:LONGEST_PIECE]
    light = grammar.LIGHT_LEAD.match(words)
    if light and not grammar.ONLY_VERBS.match(words):
        words = words[light.end() :]
    modifier = grammar.MODIFIER.match(words)
    if modifier:
        words = words[modifier.end() :]
    words = grammar.GRADE.sub("", words)
    if len(words) > 3:
        words = words.removesuffix("无")
    if grammar.ONLY_VERBS.match(words):
        tail = _verbs(words)
        return _Reading((), "", tail, _spreads(words, tail))
    lead: tuple[str, ...] = ()
    started = grammar.VERBS_AT_START.match(words)
    if started and started.end() < len(words) and not _no_lead(started.group()).match(words, started.end()):
        lead = _verbs(started.group())
        words = words[started.end() :]
    tail = ()
    spreads = True
    ended = grammar.VERBS_AT_END.search(words)
    if ended and ended.start() > 0:
        tail = _verbs(words[ended.start("run") :])
        spreads = not any(
            verb in grammar.ALONE for verb in grammar.VERB_RUN.findall(words[ended.start("run") :])
        )
        words = words[: ended.start()]
    return _Reading(lead, _clean(words), tail, spreads)


def _no_lead(verbs: str) -> re.Pattern[str]:
    return grammar.NOT_A_PLAIN_LEAD if verbs in grammar.PLAIN_LEAD else grammar.NOT_A_LEAD


def _verbs(run: str) -> tuple[str, ...]:
    """The verbs of a run: 生产销售 is two, 安装维修 and 营销策划 are one name of a service each."""
    verbs: list[str] = []
    for part in _JOINT.split(run):
        bare = _SERVICE_END.sub("", part.lstrip("的相关有其"))
        words = grammar.VERB_RUN.findall(bare)
        if not words:
            continue
        if words[-1] in grammar.WHOLE_AT_END or all(grammar.role_of(word) == "service" for word in words):
            verbs.append("".join(words))
        else:
            verbs.extend(words)
    return tuple(verbs)


def _spreads(words: str, verbs: tuple[str, ...]) -> bool:
    """Whether verbs standing by themselves also hold for what was listed before them: 制造 does, 电镀 does not."""
    if "信息咨询" in verbs or any(verb in grammar.ALONE for verb in grammar.VERB_RUN.findall(words)):
        return False
    return not any(verb in grammar.PROCESS and verb not in ("加工", "精加工", "分装") for verb in verbs)


def _clean(words: str) -> str:
    """The noun without the words that only count or point."""
    modifier = grammar.MODIFIER.match(words)
    if modifier:
        words = words[modifier.end() :]
    return grammar.TRAILER.sub("", words).strip(" -—.·、,")


def _heads(pieces: list[tuple[str, int, int, str]], index: int) -> bool:
    """Whether the verb at ``index``, or the run of verbs it begins, ends in a colon: 制造、销售：水泵."""
    for at in range(index + 1, min(index + 8, len(pieces))):
        if pieces[at][3] == ":":
            return True
        reading = _read_piece(pieces[at][0])
        if reading.body or not reading.tail:
            return False
    return False


def _borrow(body: str, pieces: list[tuple[str, int, int, str]], index: int) -> str:
    """水泵及配件: the bare 配件 takes the noun before it."""
    accessory = grammar.ACCESSORY.match(body)
    if not accessory or index == 0 or pieces[index][3] != "及":
        return body
    owner = _read_piece(pieces[index - 1][0])
    if owner.tail or not owner.body or len(owner.body) > 12 or owner.body.endswith(accessory.group(1)):
        return body
    return owner.body.split("（", 1)[0] + accessory.group(1)


def _joined(things: list[Thing]) -> tuple[str, ...]:
    return tuple(verb for thing in things for verb in thing.verbs)


def _give(things: list[Thing], verbs: tuple[str, ...], end: int, trust: float) -> list[Thing]:
    for thing in things:
        thing.verbs, thing.trust, thing.span = verbs, trust, (things[0].start, end)
    return list(things)


def _alone(thing: Thing) -> Thing:
    thing.trust, thing.span = 0.8, (thing.start, thing.end)
    return thing


def _own(group: list[Thing], verbs: tuple[str, ...], separator: str) -> bool:
    """普通货运、仓储: after a service noun, another that stands by itself is an offer of its own."""
    apart = separator == "," or group[0].verbs[-1] in grammar.ALONE
    return apart and all(verb in grammar.STANDS_ALONE for verb in verbs)


def _goods_before(things: list[Thing]) -> bool:
    return any(names_goods(thing.body) for thing in things)
