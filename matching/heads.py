"""The head of a Chinese demand: the thing wanted, apart from what it is for, who asks and how many."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from matching.clauses import ASKING_PREFIX, CUT, NOTATION, asking_clause, title_clause
from matching.lexicon import lexicon


@dataclass(frozen=True, slots=True)
class Head:
    """What is wanted, most telling phrase first, and what it is for."""

    what: tuple[str, ...] = ()
    application: tuple[str, ...] = ()


_MAKES: Final = re.compile(
    r"^(?:(?:本地|当地|专业|第三方)*(?:[\u4e00-\u9fff]{0,4}(?:厂家|公司|工厂|供应商|厂商|机构|单位|(?<!工)厂)|第三方))?(?:来|给我们|帮我们|帮忙|代为|代|专业)?"
    r"(?:做|生产|制造|制作|供应|供货|提供|承接|承做|承揽|开发|定制|定做|加工(?!中心|件|厂|服务|费|$))(?!业)(?=.{2})"
)
_SUPPLIER_TAIL: Final = re.compile(
    r"(?:的|之)?(?:(?:专业|优质|靠谱|稳定|合格|源头|实力|本地|当地|长期|合作|生产|制造)*(?:厂家|供应商|供货商|制造商|生产商|生产厂|厂商|公司|工厂|企业|商家|货源|合作伙伴|合作方|合作单位|服务商|单位|厂|师傅))(?:合作|长期合作|供货|报价|联系|直供|对接)*$"
)
_TRAILING: Final = re.compile(
    r"(?:[\s:;、.·\-(（]+|采购|求购|招标|询价|更换|购买|购置|订购|采买|需求|一批|若干|供货|求合作|寻合作|合作|报价|询盘|项目|公告|急用|急需|等等|等|(?<=[\u4e00-\u9fff])一[台套个批只件条辆](?=$)|的|及|和|与|或|用|共|约|数量|规格|材质|型号|送到|(?<=[\u4e00-\u9fff])\d{2,6}#?)+$"
)
_LEADING: Final = re.compile(
    r"^(?:[\s:;、.·\-)）/+~,]+|的|及|和|与|或|转(?![\u4e00-\u9fff])|厚|材质|规格|型号|型(?=[\u4e00-\u9fff]{3})|级|做(?=[\u4e00-\u9fff]{3}))+"
)
# 用 inside these is part of a word, not "for".
_NOT_FOR_BEFORE: Final = frozenset(
    "专通使应采备利医商军民家食实耐费信作公两多日车农工饮药服适常兼试选运沿引借雇启费起占挪效占"
)
_NOT_FOR_AFTER: Final = re.compile(
    r"[于户品途量法餐药力]|具(?!箱)|料(?!斗)|电(?![力缆机气器控池热动磁路阻线梯])|水(?![泵管箱表阀处冷])|工(?![字业具作装])|地(?![暖坪板毯])|油(?![缸泵管漆箱封])"
)


@dataclass(frozen=True, slots=True)
class _Split:
    phrase: str
    application: str


def read_head(masked: str, notations: list[str], *, titled: bool) -> Head:
    """The head of a masked Chinese text.

    ``notations`` are the words behind each `NOTATION` mark, in order. ``titled`` says that the text is a title,
    whose first clause is the thing itself; otherwise the clause with a word of asking is looked for.
    """
    clause = title_clause(masked) if titled else asking_clause(masked)
    if clause is None:
        return Head()
    start = clause[1]
    skipped = _count_notations(masked[:start])
    return _analyse(clause[0], notations[skipped:])


def _count_notations(masked: str) -> int:
    return len(re.findall(f"{NOTATION}+", masked))


def _analyse(clause: str, notations: list[str]) -> Head:
    clause = ASKING_PREFIX.sub("", clause)
    dropped = ASKING_PREFIX.sub("", _MAKES.sub("", clause))
    label, colon, listed = dropped.partition(":")
    if colon:
        dropped = label if len(label.strip()) >= 3 else listed
    clause = _SUPPLIER_TAIL.sub("", dropped) or dropped
    applications: list[str] = []
    split = _split_for(clause)
    if split.application:
        applications.append(split.application)
    pieces = _pieces(split.phrase, notations)
    if not pieces:
        pieces = _pieces(split.application, notations)
        applications = []
    phrase, rest = _choose_piece(pieces)
    applications.extend(rest)
    what = _heads_of(phrase, applications)
    return Head(
        tuple(dict.fromkeys(what)), tuple(dict.fromkeys(_readable(a) for a in applications if _readable(a)))
    )


def _split_for(clause: str) -> _Split:
    """Parts "X 用 Y" and "用于 X 的 Y" into application and thing."""
    toward = re.match(r"^(?:用于|供|适用于)([^的]{2,24}?)(?:使用|用)?的(.{2,})$", clause)
    if toward:
        return _Split(toward[2], toward[1])
    behind = re.match(
        rf"^(.{{2,40}}?)[\s{CUT}]*(?:,|，)?(?:用于|用在|供|用作|做|作)([^{CUT}]{{2,24}}?)(?:使用|用|上)?$",
        clause,
    )
    if behind and (clause.endswith("用") or "用于" in clause or "用在" in clause or "用作" in clause):
        return _Split(behind[1], behind[2])
    for mark in re.finditer("用", clause):
        left, right = clause[: mark.start()], clause[mark.end() :]
        if len(left.strip(f"{CUT} ")) < 2 or len(right.strip(f"{CUT} ")) < 1:
            continue
        if left[-1] in _NOT_FOR_BEFORE or _NOT_FOR_AFTER.match(right):
            continue
        right = right.removeprefix("的")
        return _Split(right, left.removesuffix("专").removesuffix("使"))
    return _Split(clause, "")


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str
    notation: str
    """The grade or model written directly before it."""
    glued: bool
    """No space stands between it and what comes before."""
    attributive: bool = False
    """Written with 的 behind it: it says what the thing is for."""


def _pieces(phrase: str, notations: list[str]) -> list[_Piece]:
    pieces: list[_Piece] = []
    queue = list(notations)
    notation, glued = "", False
    for part in re.findall(f"{CUT}+|{NOTATION}+|[^{CUT}{NOTATION}]+", phrase):
        if part[0] == CUT:
            notation, glued = "", True
        elif part[0] == NOTATION:
            notation, glued = (queue.pop(0) if queue else ""), True
        else:
            text = _clean(part)
            if len(text) >= 1 and re.search(r"[\u4e00-\u9fffA-Za-z]", text):
                attributive = part.rstrip().endswith("的")
                pieces.append(_Piece(text, notation, glued and not part.startswith(" "), attributive))
            notation, glued = "", False
    return pieces


_VERB_TAIL: Final = re.compile(
    r"(?:浇筑|改造|砌筑|安装|铺设|更换|建设|施工|维护|生产|扩建|新建|装修|炼|做|造|配套|里|内|上|下|中|线|工程|项目|厂区|车间|道路|教室)$"
)
_ATTRIBUTE: Final = re.compile(
    r"(?:角|式|型|色|装|款|级|头|发黑|防潮|连接|无缝|标准|左右|以上|以下|含税|材质|规格)$|^(?:左右|以上|以下|以内|一套|厚|宽|长|高|的|材质)"
)


def _choose_piece(pieces: list[_Piece]) -> tuple[_Piece, list[str]]:
    """Which piece between the marks is the thing, and which pieces are its application."""
    if not pieces:
        return _Piece("", "", False), []
    if len(pieces) > 1 and any(p.attributive for p in pieces[:-1]):
        last = max(i for i, p in enumerate(pieces[:-1]) if p.attributive)
        thing, more = _choose_piece(pieces[last + 1 :])
        purpose = "".join(f"{p.notation}{p.text}" for p in pieces[: last + 1])
        return thing, [purpose, *more]
    if len(pieces) == 1:
        return pieces[0], []
    strong = [p for p in pieces if len(p.text) >= 2 and not _ATTRIBUTE.search(p.text)]
    if not strong:
        return pieces[0], []
    first = strong[0]
    later = [p for p in strong[1:] if p.glued]
    if later and (len(first.text) < 3 or _VERB_TAIL.search(first.text)):
        applications = [first.text] if len(first.text) >= 3 else []
        return later[-1], applications
    return first, []


def _clean(text: str) -> str:
    text = text.strip()
    for _ in range(3):
        shorter = _LEADING.sub("", _TRAILING.sub("", text)).strip()
        if shorter == text:
            break
        text = shorter
    return text


def _readable(text: str) -> str:
    return re.sub(f"[{CUT}{NOTATION}]+", "", text).strip(" ,、:;.()").removesuffix("的")[:40]


_ATTRIBUTE_START: Final = frozenset("可能带不无防耐有双单高低大小")


def _heads_of(piece: _Piece, applications: list[str]) -> list[str]:
    """Head phrases of one piece, the thing itself first, then with its attributes."""
    text = piece.text
    if not text:
        return []
    full = text
    if "的" in text:
        before, _, after = text.rpartition("的")
        if len(after) >= 3 and after not in lexicon().generic_heads:
            text = after
            purpose = before.rpartition("的")[2] or before
            # A short attribute (可盘卷的, 耐磨的) says what the thing is like; anything longer, what it is for.
            if len(purpose) > 5 or (len(purpose) >= 3 and purpose[0] not in _ATTRIBUTE_START):
                applications.append(purpose)
        elif after:
            previous = before.rpartition("的")[2]
            text = f"{previous}的{after}" if 1 < len(previous) <= 24 else text
            full = text
    if piece.notation and "的" not in piece.text and len(text) <= 3 and not lexicon().materials.find(text):
        text = full = f"{piece.notation}{text}"
    heads = [text[:40]]
    parts = [p for p in re.split(r"以及|及|、|/|\+|＋", text) if len(p) >= 2]
    if len(parts) > 1:
        heads.extend(parts[:4])
    if full != text:
        heads.append(full[:60])
    return heads
