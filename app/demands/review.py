"""Review before publication: what rules find in a demand, who looks at it then, and what is said to the buyer.

With the setting ``demand_review`` at "rules" a demand in which nothing is found is published at once; at "all" somebody
looks at each; at "off" nobody does. A rule only sends a demand to a person: words that look wrong may be right.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Literal

from sqlmodel import Session

from app.demands.lines import lines_of
from app.demands.models import Demand, DemandLine
from app.notify.service import tell

Mode = Literal["off", "rules", "all"]

FINDING_MESSAGES = {
    "contact": "联系方式“{word}”请删去：供应商会通过平台联系您",
    "link": "网址“{word}”请删去，资料可作为附件上传",
    "forbidden": "“{word}”属于禁止或限制交易的内容",
    "advertising": "“{word}”像是广告，需求里请只写要采购什么",
    "names_buyer": "匿名发布的需求里写了采购方名称“{word}”",
}
"""What a finding says to the buyer and to the operator."""

_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("contact", re.compile(r"(?<![0-9])(?:\+?86[- ]?)?1[3-9][0-9][- ]?[0-9]{4}[- ]?[0-9]{4}(?![0-9])")),
    ("contact", re.compile(r"(?<![0-9])0[0-9]{2,3}-[0-9]{7,8}(?![0-9])")),
    ("contact", re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")),
    ("contact", re.compile(r"(?:微信|加微|(?i:wechat|vx|qq))号?[:\uff1a\s]{0,3}[A-Za-z0-9_-]{5,20}")),
    ("link", re.compile(r"(?i)(?:https?://|www\.)[^\s，。；、]{3,60}")),
    ("forbidden", re.compile("枪支|弹药|管制刀具|毒品|冰毒|海洛因|假币|代开发票|虚开发票|出售发票|办假证|买卖身份证|出租银行卡|赌博|博彩|色情|走私|象牙|犀角|穿山甲|活体器官")),
    ("advertising", re.compile("招商加盟|诚招代理|刷单|刷信誉|无抵押贷款|日赚|躺赚|包过|代考|点击领取")),
)  # fmt: skip
_LONGEST = 60_000
"""Characters looked through: more than the longest demand has."""


def findings_of(session: Session, demand: Demand) -> list[dict[str, str]]:
    """What the rules find, each once: code and word."""
    text = _text(demand, lines_of(session, demand.id))[:_LONGEST]
    found = [
        {"code": code, "word": match[0][:60]} for code, rule in _PATTERNS for match in rule.finditer(text)
    ]
    if demand.visibility == "anonymous" and len(demand.buyer) > 3 and demand.buyer in text:
        found.append({"code": "names_buyer", "word": demand.buyer})
    return list({(one["code"], one["word"]): one for one in found}.values())[:20]


def needs_review(session: Session, demand: Demand, mode: Mode) -> bool:
    """Whether somebody has to look before it is published; notes in the demand what was found."""
    demand.findings = [] if mode == "off" else findings_of(session, demand)
    return mode == "all" or bool(demand.findings)


def tell_operators(session: Session, demand: Demand) -> None:
    """That a demand waits for them."""
    tell(
        session,
        division=demand.adcode,
        kind="demand.submitted",
        about=f"/demands/{demand.id}",
        data={"title": demand.title, "company": demand.buyer or "—"},
        key=f"demand.submitted/{demand.id}/{demand.version}",
    )


def tell_buyer(session: Session, demand: Demand, kind: str, **data: str | int) -> None:
    """Tell the buyer's firm, or its writer who has none."""
    firm, person = demand.buyer_company_id, demand.posted_by
    tell(
        session,
        companies=[firm] if firm else [],
        people=[person] if person and not firm else [],
        kind=kind,
        about=f"/demands/{demand.id}",
        data={"title": demand.title, **data},
        key=f"{kind}/{demand.id}/{demand.version}",
    )


def _text(demand: Demand, lines: Sequence[DemandLine]) -> str:
    said = [demand.title, demand.description, demand.address, *_strings(demand.fields)]
    for line in lines:
        said += [line.name, line.note, *line.specs, *line.specs.values()]
    return "\n".join(said)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _strings(one)
