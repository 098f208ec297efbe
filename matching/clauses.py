"""The clauses of a Chinese demand, and what each is for: asking, story, refusal, requirement."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

CUT: Final = "\x01"
"""Stands in masked text for a spec, a quantity, a place or a date: never part of the head."""
NOTATION: Final = "\x02"
"""Stands in masked text for a grade, a standard or a model: joined to the head when the head is short."""

CLAUSE_END: Final = re.compile(r"[，。；;！!？?\n\r]|,(?!\d{3}(?!\d))|[:：](?=我[方司厂们公]|本[厂公单])")
_LONGEST: Final = 200
"""Clauses looked at: what stands behind so many is an attachment, not a demand."""

ASKING: Final = (
    r"长期求购|大量求购|紧急采购|集中采购|求购|采购|购买|购置|收购|急购|急需|急求|急寻|诚寻|诚求|诚招|诚征|寻求|寻找|需要|需求|想要|想找|想买|想订|想做|想定做"
    r"|打算采购|订购|定购|订做|定做|订制|定制|招标|征集|外购|求租|租用|招聘|招募|委托|询价|急招|寻|求|找|需|要|买|购|招|订"
)
ASKING_PREFIX: Final = re.compile(
    rf"^(?:我司|我公司|我们公司|我们厂|我们|我厂|本厂|本公司|本单位|公司|厂里|贵司|您好|你好|请问|现因生产|因生产|生产(?!线|厂|商|外包)|现用的?|现(?![场货浇金])|现在|目前|急(?![救诊停冻])|长期|大量|小批量|批量|欲|拟|计划|打算|准备|希望|想|再(?![生制分造就])|先(?!进)|另外|另|还(?![原田])|也"
    rf"|本地|当地|附近|就近|省内|市内|国内|在|向|为|对外|公开|有没有|有无|谁家|哪几家|哪些|哪家|哪里|哪儿|谁有|有(?![机色源轨限声线氧害氟刷])|(?:{ASKING})(?!求|(?<=招)[牌投标]|(?<=订)[书舱单]|(?<=购)[物置]|(?<=[需要])[求素]|(?<=买)卖)|换(?=一|{CUT}|新)|内(?=能|做|生产|找)|一批|若干|多种|各类|各种|几种|一款|一种|一家|一个|一次(?!性)|几家|两家|个|家(?![具电用政居纺庭装])|些|能(?![耗源量])|可以|可(?=做|供应|加工|生产|提供|接|送|开票)|会(?![议计展员场馆])|{CUT}|[\s:;、.·\-()])+"
)
ONLY_SUPPLIER: Final = re.compile(
    r"^(?:专业|优质|靠谱|稳定|合格|源头|实力|本地|当地|长期|合作|生产|制造|能做的?|有能力的?|的)*(?:厂家|供应商|供货商|生产厂|厂商|公司|工厂|企业|商家|单位|货源|原厂)(?:来|替代|提供|合作|报价|联系|直供|对接|现场|翻新|给出|取样|$).*$"
)
STORY: Final = re.compile(
    r"^(?:(?:我们?|我司|我厂|公司|本店)?[是于]?(?:19|20)\d\d年(?!度)|我们(?!(?:想|要|需|急|现|找|求|打算))|我厂(?!(?:想|要|需|急|现|找|求))|我司(?!(?:想|要|需|急|现|找|求))|我公司(?!(?:想|要|需|急|现|找|求|长期采购))|本厂(?!(?:想|要|需|急|现|找|求))|本公司(?!(?:想|要|需|急|现|找|求))|公司(?=主|是|成|有)|我是|厂里(?!(?:想|要|需|急))|我校|我院|我矿|我镇|我家|老板|目前(?!(?:想|要|需|急|缺|找))|现有|之前|以前|原来|去年|前年|今年|一直|因为|因|由于|员工|成立|主营|专业从事|我方|供应商|业主|客户|合格后|后续|现在(?!(?:要|需|想|找|[一-鿿]{2,}要)))"
    r"|(?:大|多|严重|不够|坏了|老化|缺货|不足|紧张|太慢|太贵|涨价|超标|停机|漏水|漏油|磨损|堵|发绿|结垢|进口)$"
)
REFUSAL: Final = re.compile(
    r"^(?:不要|不接受|谢绝|拒绝|只要厂家|只要生产|仅限|非诚|勿扰|中介|只接受|必须|不找|不考虑|非进口|贸易(?!代理)|代理(?![记账报进出申注采招])|要求)|勿扰$|免谈$|勿联系$|直供$|直销$"
)
REQUIREMENT: Final = re.compile(
    r"(?:报告|证书|证|许可|业绩|资质|发票|备案|样品|图纸|打样|现货|质保|认证|含税|票|说明书|合格证|测绘|指导|验收|专票|打样|试用|报价|优先|寄样|出方案|售后|能力|均可|也行|都行|可谈|也可以?|就好|合作|原厂|新的|最好|就行|来谈|联系|资格)的?$"
)
"""What is asked besides the thing: 要检验报告, 需二类证."""
STRONG: Final = re.compile(
    r"求购|采购|购买|购置|收购|急购|急需|急求|急寻|诚寻|诚求|诚征|寻求|寻找|需要|想要|想找|想买|想订|想做|想定做|想请|想上|想换|新上|订购|定购|订做|定做|订制|定制|外购|求租|租用|招聘|急招|委托|外协(?!件)|外发|委外|寻(?!常)|希望找|需求:|需采购|招标采购"
)
WEAK: Final = re.compile(
    r"(?<![主必重首需只次简])要(?!求|素|领|点|是|有|能|不|在|按|带|让|把|么|会)|(?<![查寻])找(?!平)|(?<![必急供要])需(?!求)|(?<![需要请追诚])求(?!助)|(?<![新现刚前])买|(?<![请应])招(?!待|标期)|换(?=一|\x01|新)|缺(?!陷)|有没有|谁家|哪几家|哪些|哪家|^购(?!物|置)|(?:想|拟|计划|准备|打算)(?=换|给|把|在|对|建|搞|做|上|将|用)|(?<![回应验吸丰秋])收(?!料|到|货|款|尘|割|银|集|缩|口)"
)


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause of a masked text: where it starts and its place in the order."""

    text: str
    start: int
    order: int


def clauses(masked: str) -> list[Clause]:
    """The clauses that hold words."""
    found: list[Clause] = []
    position = 0
    marks = [m.span() for m in CLAUSE_END.finditer(masked)][:_LONGEST]
    for order, (end, following) in enumerate([*marks, (len(masked), len(masked))]):
        text = masked[position:end]
        if text.strip(f"{CUT}{NOTATION} "):
            found.append(Clause(text, position, order))
        position = following
    return found


_ASKS_A_COUNTED_THING: Final = re.compile(
    rf"(?:要|需|求购|采购|购|找|订|换|做|上)(?:一下)?\s?{CUT}+[^{CUT}]{{2,}}"
)


def title_clauses(masked: str) -> list[Clause]:
    """The clauses of a masked title that may name the thing, the likeliest first."""
    found = [c for c in clauses(masked) if not REFUSAL.search(c.text)]
    if not found:
        return []
    first = found[0]
    if STORY.search(first.text):
        for clause in found[1:]:
            asked = _ASKS_A_COUNTED_THING.search(clause.text)
            if asked:
                return [Clause(clause.text[asked.start() :], clause.start + asked.start(), clause.order)]
        if not STORY.search(first.text[-2:]):
            return []
    return [clause for clause in found if usable(clause.text)] or [first]


def usable(text: str) -> bool:
    """Whether enough words stand there to be a thing's name."""
    return len(_LETTERS.findall(text)) >= 2


_LETTERS: Final = re.compile(rf"[\u4e00-\u9fffA-Za-z]|{NOTATION}{{2,}}")
_NOTATIONS: Final = re.compile(f"{NOTATION}+")


def count_notations(masked: str) -> int:
    """How many grades and models stand in a masked text."""
    return sum(1 for _ in _NOTATIONS.finditer(masked))
