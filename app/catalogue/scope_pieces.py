"""A registered business scope cut up: formulas struck out, clauses into pieces, a piece into its verbs and its noun."""

from __future__ import annotations

import re
from collections.abc import Iterator
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

Piece = tuple[str, int, int, str]
"""Words, where they start and end in the scope, and the separator before them."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A piece split into the verbs that lead it, its body, and the verbs that end it."""

    lead: tuple[str, ...]
    body: str
    tail: tuple[str, ...]
    spreads: bool
    """Whether ``tail`` also holds for the things listed before."""
    formula: bool = False
    """A registry formula, not a thing."""


def clauses(scope: str) -> Iterator[tuple[str, int]]:
    """The clauses of a scope without its formulas, each with where it starts."""
    for match in _SENTENCE.finditer(_strike(grammar.fold(scope))):
        yield match.group(), match.start()


def pieces_of(clause: str, offset: int) -> list[Piece]:
    """The pieces of a clause that starts at ``offset``; 及, 和, 与 separate too where both sides are nouns."""
    pieces: list[Piece] = []
    separator = "、"
    for match in _PIECE.finditer(clause):
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
def read_piece(words: str) -> Reading:
    """Split one piece; cached, for the same words come back in thousands of scopes."""
    if grammar.BOILERPLATE_PIECE.search(words):
        return Reading((), "", (), False, formula=True)
    words = words.replace(_CUT, "").replace(_SLASH, "/").replace(_SPACE, " ")
    if not words:
        return Reading((), "", (), False, formula=True)
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
        return Reading((), "", tail, _spreads(words, tail))
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
    return Reading(lead, _clean(words), tail, spreads)


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
