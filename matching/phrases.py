"""From one Chinese clause to the thing it names and what that is for: 皮带机上的清扫器 is a 清扫器 for a 皮带机."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from matching.clauses import ASKING_PREFIX, CUT, NOTATION
from matching.lexicon import lexicon
from matching.nouns import goods_words, is_goods, is_thing
from search.analysis import cut_words


@dataclass(frozen=True, slots=True)
class Head:
    """What is wanted, most telling phrase first, and what it is for."""

    what: tuple[str, ...] = ()
    application: tuple[str, ...] = ()


_MAKES: Final = re.compile(
    r"^(?:(?:能|可以)?(?:按|照|根据)(?:我们|我方|我司|客户|自己)?(?:的)?(?:配方|图纸?|样品?|要求|工艺|标准|尺寸)+(?:来|去)?(?=做|生产|加工|制造|制作|定制|定做))?(?:(?:本地|当地|专业|第三方|有(?:经验|实力|资质|能力)的|靠谱的?)*(?:[\u4e00-\u9fff]{0,4}(?:厂家|公司|企业|工厂|供应商|厂商|机构|单位|(?<!工)厂)|第三方))?(?:能|可以)?(?:来|给我们|帮我们|帮忙|代为|代|专业|专门)?(?:(?:重新|整体|负责)?设计(?:并|和)?(?=制造|制作|生产|开发|加工))?"
    r"(?:做|生产|制造|制作|供应(?![链商])|供货|提供|承接|承做|承揽|开发|定制|定做|加工(?!中心|件|厂|服务|费|$))(?!业)(?=.{2})"
)
_SUPPLIER_TAIL: Final = re.compile(
    r"(?:的|之)?(?:(?:专业|优质|靠谱|稳定|合格|源头|实力|本地|当地|长期|合作|生产|制造)*(?:厂家|供应商|供货商|制造商|生产商|生产厂|厂商|公司|(?<![代加])工厂|企业|商家|货源|合作伙伴|合作方|合作单位|服务商|集成商|单位|(?<!代工)厂|师傅))(?:合作|长期合作|供货|报价|联系|直供|对接)*$"
)
_TRAILING: Final = re.compile(
    r"(?:[\s:;、.·\-(（]+|采购|求购|招标|询价|替换|更换|购买|购置|订购|采买|需求|一批|各一批|若干|供货|求合作|寻合作|合作|报价|询盘|项目|公告|急用|急需|等等|等|(?<=[\u4e00-\u9fff])一[台套个批只件条辆](?=$)"
    r"|的|及|和|与|或|(?<![利应使选通专实耐适作])用|共|约|各|每[天周月年日]|数量|规格|材质|型号|送到|出租|(?<!融资)租[用赁]|求租|外协|买|(?<=[\u4e00-\u9fff])\d{2,6}(?:\.\d+)?#?|(?<=[\u4e00-\u9fff])\d[\d.,]*(?:吨|米|匹|寸|块|平|级|年|分|目|度)(?:左右|以上|以下)?)+$"
)
_LEADING: Final = re.compile(
    r"^(?:[\s:;、.·\-)）/+~,]+|的|及|和|与|或|转(?![\u4e00-\u9fff])|厚(?![板壁膜朴])|材质|规格|型号|型(?=[\u4e00-\u9fff]{3})|级|做(?=[\u4e00-\u9fff]{3})|\d{1,2}\s?[.、)）](?!\d)|[一二三四五六七八九十]、|配套(?=[\u4e00-\u9fff]{3}))+"
)
# 用 inside these is part of a word, not "for".
_NOT_FOR_BEFORE: Final = frozenset(
    "专通使应采备利医商军民家食实耐费信作公两多日车农工饮药服适常兼试选运沿引借雇启费起占挪效占"
)
_NOT_FOR_AFTER: Final = re.compile(
    r"[于户品途量法餐药力到过了着房]|具(?!箱)|料(?!斗)|电(?![力缆机气器控池热动磁路阻线梯])|水(?![泵管箱表阀处冷])|工(?![字业具作装])|地(?![暖坪板毯])|油(?![缸泵管漆箱封])"
)
_TYPE_CODE: Final = re.compile(r"(?<=[\u4e00-\u9fff]{2})\s?[A-Z][A-Z0-9\-./ ]*$")
"""A type behind the name (低压配电柜GGD), unless it is the name (测流CT)."""
_FAILED: Final = re.compile(
    r"^(.{2,}?)(?:用?坏了|老化(?:了|$)|(?:快|已|马上|已经|[上下本]个?月)*(?:到期|超期|到寿)(?:了|$)|磨损(?:了|$)|漏了|断了|报废了|烧了|老断|老坏|老漏|不够用|卡住|不行了|要换|需要换|该换|需更换|要更换|出故障|要(?:找|请)人(?:来|给)?(?:做|铸|加工|修|锻|焊)?|(?:要|需|需要)(?:找|请)(?:厂|厂家|外协)).*$"
)
"""把 or 给 in front, or what happened to the thing behind it: 切割机坏了, 齿圈要找人铸."""
_TAKEN: Final = re.compile(
    r"^[^把]{0,6}把(.{2,24}?)(?:改造?成|改为|改装?|换成|换|做成|装进|铸|加工成|外发)(.*)$"
)
_COUNTED: Final = re.compile(r"^[^的]{0,8}(?:一批|一种|一款|一套|一台|一条|若干)([\u4e00-\u9fff].+)$")
_GIVEN: Final = re.compile(r"^[给为](.{2,14}?)(?:做|搞|装|上|配)(?!套)(?:一?[个套台])?([\u4e00-\u9fff].+)$")
_JOB_LENGTH: Final = 6
_FOR_OTHERS: Final = re.compile(r"^[给为供](.{2,14}?)(?:配套用?|供货|上用?|用)的(.{2,})$")


_ASIDE: Final = re.compile(rf"[(（][\s{CUT}]*[)）]")


def analyse(clause: str, notations: list[str]) -> Head:
    """The head of one clause; ``notations`` are the words behind its `NOTATION` marks, in order."""
    clause = ASKING_PREFIX.sub("", clause)
    clause = _ASIDE.sub("", clause)
    dropped = ASKING_PREFIX.sub("", _MAKES.sub("", clause))
    label, colon, listed = dropped.partition(":")
    if colon:
        label_words = re.sub(f"[{CUT}{NOTATION}]", "", label).strip()
        dropped = label if len(label_words) >= 3 and not _LABEL.search(label_words) else listed
    if failed := _FAILED.match(dropped):
        dropped = failed[1]
    clause = _SUPPLIER_TAIL.sub("", dropped) or dropped
    applications: list[str] = []
    given = _GIVEN.match(clause)
    if given and (is_goods(given[2]) or len(given[2]) > _JOB_LENGTH):
        clause = given[2]
        applications.append(given[1])
    elif given:  # 给热水管道做保温: the job on a thing
        clause = f"{given[1]}{given[2]}"
    if counted := _COUNTED.match(clause):
        clause = counted[1]
    if by := re.match(r"^用(.{2,10})做([\u4e00-\u9fff]{2,})$", clause):
        clause = f"{by[1]}{by[2]}"
    taken = _TAKEN.match(clause)
    if taken and not re.search("的.{2,}$", taken[2]):
        clause = taken[2] if is_thing(taken[2].rstrip("的")) >= 1 else taken[1]
    phrase, application = split_for(clause)
    if application:
        applications.append(application)
    pieces = _pieces(phrase, notations)
    if not pieces:
        pieces = _pieces(application, notations)
        applications = []
    chosen, rest = _choose_piece(pieces)
    applications.extend(rest)
    what = _heads_of(chosen, applications)
    readable = [said for a in applications if (said := readable_application(a))]
    return Head(tuple(dict.fromkeys(what)), tuple(dict.fromkeys(readable)))


_LABEL: Final = re.compile(
    r"(?:清单|内容|名称|需求|产品|合作|转让|如下|厂家|供应商|厂|公司)$|^(?:品名|外协|外发|委外)$"
)


def readable_application(text: str) -> str:
    """What a thing is for, as shown: 给挖掘机配套 is 挖掘机."""
    text = re.sub(f"[{CUT}{NOTATION}]+", "", text).strip(" ,、:;.()").removesuffix("的")
    text = re.sub(r"^[给为供把]", "", text)
    text = re.sub(r"(?<=.{2})(?:配套用?|上用|上面?|里面?|内)$", "", text)
    return text[:40]


_TOWARD: Final = re.compile(r"^(?:用于|供|适用于)([^的]{2,24}?)(?:使用|用)?的(.{2,})$")
_BEHIND: Final = re.compile(
    rf"^(.{{2,40}}?)[\s{CUT}]*(?:,|，)?(?:用于|用在|供|用作|做|作)([^{CUT}]{{2,24}}?)(?:使用|用|上)?$"
)


def split_for(clause: str) -> tuple[str, str]:
    """ "X 用 Y" and "用于 X 的 Y" as (thing, application)."""
    if given := _FOR_OTHERS.match(clause):
        return given[2], given[1]
    if toward := _TOWARD.match(clause):
        return toward[2], toward[1]
    if "用" not in clause:
        return clause, ""
    told = clause.endswith("用") or "用于" in clause or "用在" in clause or "用作" in clause
    if told and (behind := _BEHIND.match(clause)):
        return behind[1], behind[2]
    for mark in re.finditer("用", clause):
        left, right = clause[: mark.start()], clause[mark.end() :]
        if len(left.strip(f"{CUT} ")) < 2 or len(right.strip(f"{CUT} ")) < 1:
            continue
        if (left[-1] in _NOT_FOR_BEFORE and not re.search(r"[\u4e00-\u9fff]{2}[车农]$", left)) or (
            _NOT_FOR_AFTER.match(right)
        ):
            continue
        right = right.removeprefix("的")
        return right, left.removesuffix("专").removesuffix("使")
    return clause, ""


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str
    notation: str
    """The grade or model written directly before it."""
    glued: bool
    """No space stands between it and what comes before."""
    attributive: bool = False
    """Written with 的 behind it: it says what the thing is for."""
    listed: bool = False
    """Written behind 、: another thing of a list."""
    more: tuple[str, ...] = ()
    """The other things of a counted list: 班台12张、文件柜30组."""


def _pieces(phrase: str, notations: list[str]) -> list[_Piece]:
    pieces: list[_Piece] = []
    queue = list(notations)
    notation, glued = "", False
    for part in re.findall(
        rf"{CUT}+|{NOTATION}+|(?:[^{CUT}{NOTATION}\s]|(?<![\u4e00-\u9fff])\s|\s(?![\u4e00-\u9fff]))+|\s",
        phrase,
    ):
        if part[0] == CUT:
            notation, glued = "", True
        elif part[0] == NOTATION:
            notation, glued = (queue.pop(0) if queue else ""), True
        else:
            text = _clean(part)
            if len(text) >= 1 and re.search(r"[\u4e00-\u9fffA-Za-z]", text):
                attributive = part.rstrip().endswith("的")
                listed = part[0] in "、和与及" and bool(pieces)
                pieces.append(_Piece(text, notation, glued and not part.startswith(" "), attributive, listed))
            notation, glued = "", False
    return pieces


_VERB_TAIL: Final = re.compile(
    r"(?:浇筑|改造|砌筑|安装|铺设|更换|建设|施工|维护|生产|扩建|新建|装修|炼|做|造|配套|里|内|上|下|中|线|工程|项目|厂区|车间|道路|教室)$"
)
_ATTRIBUTE: Final = re.compile(
    r"(?:角|式|型|色|装|款|级|头|发黑|防潮|连接|无缝|标准|左右|以上|以下|含税|材质|规格|一次|一共|共计)$|^(?:左右|以上|以下|以内|一套|厚|宽|长|高|的|材质)"
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
    listed = [p for p in pieces if p.listed and is_thing(p.text) > 0]
    first = strong[0]
    if listed and not first.listed:
        return _Piece(first.text, first.notation, first.glued, more=tuple(p.text for p in listed)), []
    later = [p for p in strong[1:] if p.glued]
    named = later and is_thing(first.text) == 0 and is_thing(later[-1].text) > 0
    named = named or drop_actions(first.text) in lexicon().actions
    if later and (len(first.text) < 3 or named or _VERB_TAIL.search(first.text)):
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
    code = _TYPE_CODE.search(text)
    return text[: code.start()] if code and is_thing(text[: code.start()]) >= 1 else text


def drop_actions(phrase: str) -> str:
    """``phrase`` without verbs and counts in front: 开发一套能耗监测平台 is 能耗监测平台, 装载机 stays."""
    actions = lexicon().actions
    rest = phrase.removeprefix("一次性") if phrase.startswith("一次性更换") else phrase
    if len(rest) > 1 and rest[0] in actions and rest[1:] in goods_words():
        return rest[1:]
    if rest[:1] not in lexicon().action_beginnings:
        return rest
    for word in cut_words(rest):
        if word not in actions or len(rest) - len(word) < 2:
            break
        rest = rest[len(word) :]
    return rest


_PLACED: Final = re.compile(r"[上里内]面?$|[里内上][塞灌装垫填衬包铺缠套抹刷贴]$|[^专通使应采备利]用$")
"""Ends what says where a thing sits or what it is for: 阀门上的, 填料函里塞的."""
_ATTRIBUTE_START: Final = frozenset("可能带不无防耐有双单高低大小")
_AND: Final = re.compile(r"以及|、|/|\+|＋|(?<![中饱总共缓柔混温])和(?![平解谐])|(?<![参])与|及")


def _heads_of(piece: _Piece, applications: list[str]) -> list[str]:
    """Head phrases of one piece, the thing itself first, then with its attributes."""
    text = drop_actions(piece.text)
    if not text:
        return []
    full = text
    if "的" in text:
        before, _, after = text.rpartition("的")
        placed = _PLACED.search(before) is not None and len(after) == 2 and is_goods(after)
        if (len(after) >= 3 or placed) and after not in lexicon().generic_heads:
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
    parts = [_clean(p) for p in _AND.split(text)]
    heads = [p for p in parts if len(p) >= 2]
    # 防结垢、杀藻药剂 is one thing with two attributes.
    alike = "、" in text and heads and (is_thing(heads[0]) > 0 or len({p[-1] for p in heads}) == 1)
    named = alike or all(is_thing(p) for p in heads)
    if len(parts) == 1 or len(heads) < len(parts) or not named:
        heads = [text]
    if full != text:
        heads.append(full[:60])
    heads.extend(drop_actions(other) for other in piece.more)
    return [head[:40] for head in heads[:6]]
