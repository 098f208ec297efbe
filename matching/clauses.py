"""The clause of a Chinese demand that asks for something, apart from story, refusals and requirements."""

from __future__ import annotations

import re
from typing import Final

CUT: Final = "\x01"
"""Stands in masked text for a spec, a quantity, a place or a date: never part of the head."""
NOTATION: Final = "\x02"
"""Stands in masked text for a grade, a standard or a model: joined to the head when the head is short."""


CLAUSE_END: Final = re.compile(r"[，。；;！!？?\n\r]|,(?!\d{3}(?!\d))")

_ASKING: Final = (
    r"长期求购|大量求购|紧急采购|集中采购|求购|采购|购买|购置|收购|急购|急需|急求|急寻|诚寻|诚求|诚招|寻求|寻找|需要|需求|想要|想找|想买|想订|想做|想定做"
    r"|打算采购|订购|定购|订做|定做|订制|定制|招标|征集|外购|求租|租用|招聘|招募|委托|询价|急招|寻|求|找|需|要|买|购|招|订"
)
ASKING_PREFIX: Final = re.compile(
    rf"^(?:我司|我公司|我们公司|我们厂|我们|我厂|本厂|本公司|公司|厂里|贵司|您好|你好|请问|现因生产|因生产|生产|现|现在|目前|急|长期|大量|批量|欲|拟|计划|打算|准备|希望|想|再|先|另外|另|还|也"
    rf"|本地|当地|附近|就近|省内|市内|国内|在|向|为|对外|公开|有没有|有无|谁家|哪家|哪里|哪儿|谁有|有|{_ASKING}(?!求)|换(?=一|{CUT}|新)|内(?=能|做|生产|找)|一批|若干|多种|各类|各种|几种|一款|一种|一家|一个|几家|两家|个|家|些|能|可以|可|会|{CUT}|[\s:;、.·\-()])+"
)
_ONLY_SUPPLIER: Final = re.compile(
    r"^(?:专业|优质|靠谱|稳定|合格|源头|实力|本地|当地|长期|合作|生产|制造|能做的?|有能力的?|的)*(?:厂家|供应商|供货商|生产厂|厂商|公司|工厂|企业|商家|单位|货源)(?:来|替代|提供|合作|报价|联系|直供|对接|现场|翻新|给出|取样|$).*$"
)
_STORY_CLAUSE: Final = re.compile(
    r"^(?:我们|我厂|我司|我公司|本厂|本公司|公司|厂里|我校|我院|我矿|我镇|我家|老板|目前|现有|之前|以前|原来|一直|因为|由于|员工|成立|主营|专业从事|现在(?!要|需|想|找))"
    r"|(?:大|多|严重|不够|坏了|老化|缺货|不足|紧张|太慢|太贵|涨价|超标|停机|漏水|漏油|磨损|堵|发绿|结垢)$"
)
_REFUSAL: Final = re.compile(
    r"^(?:不要|不接受|谢绝|拒绝|只要厂家|只要生产|仅限|非诚|勿扰|中介|只接受|必须生产|不找|不考虑|非进口|贸易|代理)|勿扰$|免谈$|勿联系$|直供$|直销$"
)


def _clauses(masked: str) -> list[tuple[str, int]]:
    found, position = [], 0
    for mark in CLAUSE_END.finditer(masked):
        found.append((masked[position : mark.start()], position))
        position = mark.end()
        if len(found) >= 200:
            break
    found.append((masked[position:], position))
    return [(clause, start) for clause, start in found if clause.strip(f"{CUT}{NOTATION} ")]


_ASKS_A_COUNTED_THING: Final = re.compile(
    rf"(?:要|需|求购|采购|购|找|订|换|做|上)(?:一下)?\s?{CUT}+[^{CUT}]{{2,}}"
)


def title_clause(masked: str) -> tuple[str, int] | None:
    """The clause of a masked title that names the thing, and where it starts; None when nothing is left."""
    clauses = [c for c in _clauses(masked) if not _REFUSAL.search(c[0])]
    if not clauses:
        return None
    first = clauses[0]
    if _STORY_CLAUSE.search(first[0]):
        asked = [c for c in clauses[1:] if _ASKS_A_COUNTED_THING.search(c[0])]
        if asked:
            return _from_asking(asked[0])
        if not _STORY_CLAUSE.search(first[0][-2:]):
            return asking_clause(masked) or first
    return next((clause for clause in clauses if _usable(clause)), first)


def _usable(clause: tuple[str, int]) -> bool:
    return len(re.findall(rf"[\u4e00-\u9fffA-Za-z]|{NOTATION}{{2,}}", clause[0])) >= 2


_REQUIREMENT: Final = re.compile(
    r"(?:报告|证书|证|资质|发票|备案|样品|图纸|打样|现货|质保|认证|含税|票|说明书|合格证|安装|测绘|指导|验收)$"
)
"""What is asked besides the thing: 要检验报告, 需二类证."""
_STRONG: Final = re.compile(
    r"求购|采购|购买|购置|收购|急购|急需|急求|急寻|诚寻|诚求|寻求|寻找|需要|想要|想找|想买|想订|想做|想定做|想请|想上|订购|定购|订做|定做|订制|定制|外购|求租|租用|招聘|急招|委托|寻(?!常)|希望找"
)
_WEAK: Final = re.compile(
    r"(?<![主必重首需只次简])要(?!求|素|领|点|是|有|能|不|在|按|带|让|把)|(?<![查寻])找(?!平)|(?<![必急供要])需(?!求)|(?<![需要请追])求(?!助)|买|(?<![请应])招(?!待)|换(?=一|\x01|新)|缺(?!陷)"
)


def asking_clause(masked: str) -> tuple[str, int] | None:
    """The clause that asks for something, from its word of asking on; else the first that is no story."""
    best: tuple[float, str, int] | None = None
    fallback: tuple[str, int] | None = None
    for order, (clause, start) in enumerate(_clauses(masked)):
        if _REFUSAL.search(clause):
            continue
        story = bool(_STORY_CLAUSE.search(clause))
        for pattern, weight in ((_STRONG, 3.0), (_WEAK, 1.6)):
            asked = pattern.search(clause)
            if asked is None:
                continue
            rest = clause[asked.end() :]
            score = weight - order * 0.02
            if weight < 2.0 and order and _REQUIREMENT.search(rest):
                continue
            if _ONLY_SUPPLIER.match(rest.strip(f"{CUT} ")) or not _usable((rest, 0)):
                left = clause[: asked.start()]
                if story or not _usable((left, 0)) or ASKING_PREFIX.fullmatch(left):
                    continue
                candidate = (score - 0.8, left, start)
            else:
                candidate = (score, clause[asked.start() :], start + asked.start())
            if best is None or candidate[0] > best[0]:
                best = candidate
            break
        if fallback is None and not story and _usable((clause, start)):
            fallback = (clause, start)
    if best is not None and (fallback is None or best[0] > 1.0):
        # A short text that names its thing first ("PE管，要200根") asks for that thing.
        if fallback is not None and fallback[1] < best[2] and best[0] < 2.0 and not _clear_object(best[1]):
            return fallback
        return best[1], best[2]
    return fallback


def _clear_object(asked: str) -> bool:
    stripped = ASKING_PREFIX.sub("", asked).split(CUT)[0]
    return len(re.findall(r"[\u4e00-\u9fff]", stripped)) >= 3


def _from_asking(clause: tuple[str, int]) -> tuple[str, int]:
    asked = _ASKS_A_COUNTED_THING.search(clause[0])
    offset = asked.start() if asked else 0
    return clause[0][offset:], clause[1] + offset
