"""Every kind of notice: its words, whose seats it concerns, and how it is told when nobody chose. The one table of them.

A template's ``{fields}`` are what ``tell`` has to be given in ``data``. English is in locales/en_notify.po.
"""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from app.core.actor import SEAT_NAMES, SeatRole
from app.core.i18n import Language, translate

Channel = Literal["inbox", "email", "none"]
"""``email`` is the inbox and e-mail."""
Group = Literal["buying", "selling", "deals", "company", "operating"]

_FIELD = re.compile(r"[:：]? ?\{\w+\} ?")

_ROLES = ("role", "before")

LEADS: tuple[SeatRole, ...] = ("owner", "manager")
SELLERS: tuple[SeatRole, ...] = ("owner", "manager", "sales")
BUYERS: tuple[SeatRole, ...] = ("owner", "manager", "buyer")
TRADERS: tuple[SeatRole, ...] = ("owner", "manager", "sales", "buyer")


@dataclass(frozen=True)
class NoticeKind:
    """One kind. ``roles`` are the seats told when a company is; operators and single people are told by name."""

    group: Group
    title: str
    text: str
    roles: tuple[SeatRole, ...] = ()
    channel: Channel = "inbox"
    called: str = ""
    """What it is called where people choose how to be told, when that is not its title without the fields."""

    @cached_property
    def fields(self) -> frozenset[str]:
        """What the templates need."""
        parts = string.Formatter().parse(self.title + self.text)
        return frozenset(name for _text, name, _spec, _conversion in parts if name)

    def name(self, language: Language) -> str:
        """What it is called in a language."""
        return _FIELD.sub("", translate(self.called or self.title, language)).strip()

    def words(self, data: Mapping[str, Any], language: Language) -> tuple[str, str]:
        """Title and text in a language; the role of a seat, a code in ``data``, by its name."""
        named = {
            name: translate(SEAT_NAMES.get(value, value), language)
            for name, value in data.items()
            if name in _ROLES and isinstance(value, str)
        }
        said = {**data, **named}
        return translate(self.title, language, **said), translate(self.text, language, **said)


GROUPS: dict[Group, str] = {
    "buying": "采购",
    "selling": "销售",
    "deals": "交易",
    "company": "企业与团队",
    "operating": "平台运营",
}
"""What each group is called."""

KINDS: dict[str, NoticeKind] = {
    # A buyer's demands
    "demand.approved": NoticeKind("buying", "需求已发布：{title}", "审核已通过，匹配到的供应商会收到邀请。", BUYERS),
    "demand.rejected": NoticeKind("buying", "需求未通过审核：{title}", "原因：{reason}。修改后可再次提交。", BUYERS, "email"),
    "demand.expiring": NoticeKind("buying", "需求即将到期：{title}", "有效期至 {until}，需要时可延长。", BUYERS),
    "demand.expired": NoticeKind("buying", "需求已到期：{title}", "不再接受报价，可复制后重新发布。", BUYERS),
    "demand.put_away": NoticeKind("buying", "草稿已收起：{title}", "{days} 天没有修改，已移到“已撤回”，可随时重新打开。", BUYERS),
    "supplier.found": NoticeKind("buying", "有新供应商适合：{title}", "{company}：{reason}", BUYERS),
    "invitation.answered": NoticeKind("buying", "{company} 回复了邀请", "需求：{title}。回复：{answer}。", BUYERS),
    "question.asked": NoticeKind("buying", "有供应商提问：{title}", "{question}", BUYERS, "email"),
    "quote.received": NoticeKind("buying", "收到报价：{title}", "{company} 已报价，可与其他报价并排比较。", BUYERS, "email"),
    "quote.revised": NoticeKind("buying", "报价有更新：{title}", "{company} 修改了报价。", BUYERS),
    "quote.withdrawn": NoticeKind("buying", "报价已撤回：{title}", "{company} 撤回了报价。", BUYERS),
    "quotes.opened": NoticeKind("buying", "报价已开启：{title}", "截止时间已到，共 {count} 份报价，可以比较。", BUYERS, "email"),
    "award.confirmed": NoticeKind("buying", "供应商已确认：{title}", "{company} 确认承接，交易已开始。", BUYERS, "email"),
    "award.declined": NoticeKind("buying", "供应商放弃承接：{title}", "{company} 未能承接，可改选其他报价。", BUYERS, "email"),
    "award.lapsed": NoticeKind("buying", "供应商未按时确认：{title}", "{company} 未在期限内确认，可改选其他报价。", BUYERS, "email"),
    "award.passed_on": NoticeKind("buying", "中选已顺延：{title}", "{company} 已收到中选通知，等待其确认承接。", BUYERS, "email"),
    # A supplier's side
    "demand.suits": NoticeKind("selling", "有适合贵企业的需求：{title}", "{reason}", SELLERS),
    "invitation.received": NoticeKind("selling", "邀请报价：{title}", "请回复有意或谢绝，报价截止：{until}。", SELLERS, "email"),
    "question.answered": NoticeKind("selling", "采购方答复了提问：{title}", "{answer}", SELLERS),
    "demand.changed": NoticeKind("selling", "需求有修改：{title}", "请查看后确认报价是否仍然有效。", SELLERS, "email"),
    "demand.closed": NoticeKind("selling", "需求已结束：{title}", "采购方不再接受报价，之后有适合的需求会再次邀请。", SELLERS),
    "demand.reopened": NoticeKind("selling", "需求重新接受报价：{title}", "可以答复、报价或更新原报价。", SELLERS),
    "award.made": NoticeKind("selling", "贵企业中选：{title}", "请在 {until} 前确认承接，逾期将顺延至其他供应商。", SELLERS, "email"),
    "award.lost": NoticeKind("selling", "本次未中选：{title}", "感谢参与，之后有适合的需求会再次邀请。", SELLERS),
    "award.overdue": NoticeKind("selling", "已过确认期限：{title}", "未在期限内确认承接，中选资格已顺延。", SELLERS, "email"),
    "leads.found": NoticeKind("selling", "新增 {count} 条适合贵企业的需求", "包括：{title}。{reason}", SELLERS, called="每日找到的线索"),
    "lead.due": NoticeKind("selling", "该跟进了：{title}", "计划跟进时间：{until}。", SELLERS),
    "lead.given": NoticeKind("selling", "{count} 条线索交由您跟进", "包括：{title}。请安排下一步。", SELLERS),
    # Deals, either side
    "deal.begun": NoticeKind("deals", "交易开始：{title}", "与 {company} 的交易已建立，请按约定推进。", TRADERS, "email"),
    "deal.terms": NoticeKind("deals", "请确认成交条款：{title}", "{company} 提出或确认了条款，请查看后确认。", TRADERS, "email"),
    "deal.milestone": NoticeKind("deals", "交易有进展：{title}", "{milestone}", TRADERS),
    "deal.delivered": NoticeKind("deals", "已交付：{title}", "{company} 标记为已交付，请验收。", TRADERS, "email"),
    "deal.accepted": NoticeKind("deals", "已验收：{title}", "{company} 已验收，可以互评。", TRADERS, "email"),
    "deal.unaccepted": NoticeKind("deals", "请验收：{title}", "{company} 已标记交付。{until} 前未验收也未提出异议，将视为已验收。", TRADERS, "email"),
    "deal.accepted_by_time": NoticeKind("deals", "逾期未验收，视为已验收：{title}", "采购方未在期限内验收或提出异议，可以互评。", TRADERS, "email"),
    "deal.disputed": NoticeKind("deals", "交易有异议：{title}", "{company} 提出：{reason}", TRADERS, "email"),
    "deal.settled": NoticeKind("deals", "异议已解决：{title}", "{reason}", TRADERS, "email"),
    "deal.cancelled": NoticeKind("deals", "交易已取消：{title}", "{reason}", TRADERS, "email"),
    "deal.rated": NoticeKind("deals", "收到评价：{title}", "{company} 评价了本次交易。", TRADERS),
    # A company and its people
    "claim.approved": NoticeKind("company", "认领已通过：{company}", "您现在是该企业的负责人，可以维护资料与供给。", channel="email"),
    "claim.rejected": NoticeKind("company", "认领未通过：{company}", "原因：{reason}。可补充材料后再次提交。", channel="email"),
    "company.claimed": NoticeKind("company", "有人申请认领：{company}", "{person} 申请认领，运营员审核后会有结果。若不是贵企业的人，请联系平台运营员。", LEADS, "email"),
    "seat.offered": NoticeKind("company", "{company} 邀请您加入", "可在账号页面接受或谢绝，{until} 前有效。"),
    "seat.taken": NoticeKind("company", "{person} 加入了 {company}", "角色：{role}。", LEADS),
    "seat.changed": NoticeKind("company", "席位有调整：{person}", "{company}：由{before}改为{role}。", LEADS),
    "seat.removed": NoticeKind("company", "席位已取消：{person}", "{company}：原为{role}。", LEADS),
    "company.handed_over": NoticeKind("company", "企业负责人有变更：{company}", "现由 {person} 负责。如有疑问，请联系平台运营员。", LEADS, "email"),
    "code.issued": NoticeKind("company", "企业码已签发：{name}", "编号 {code}，可在企业码页面下载打印。", LEADS),
    "code.replaced": NoticeKind("company", "企业码已换发：{name}", "新编号 {code}，原码会自动转到新码，请及时更换铭牌。", LEADS, "email"),
    "code.suspended": NoticeKind("company", "企业码已停用：{name}", "编号 {code}。原因：{reason}。", LEADS, "email"),
    "code.resumed": NoticeKind("company", "企业码已恢复：{name}", "编号 {code}，扫码重新有效。", LEADS),
    "code.revoked": NoticeKind("company", "企业码已吊销：{name}", "编号 {code}，其下子码一并失效。原因：{reason}。", LEADS, "email"),
    "webhook.disabled": NoticeKind("company", "推送地址已停用：{name}", "连续失败超过 {days} 天，最后的情况：{said}。修复后可重新启用并补发。", LEADS, "email"),
    "report.decided": NoticeKind("company", "举报已处理", "关于“{title}”：{reason}", TRADERS),
    # Operators
    "claim.submitted": NoticeKind("operating", "有认领待审核：{company}", "{person} 申请认领。"),
    "claim.by_domain": NoticeKind("operating", "企业已按邮箱域名认领：{company}", "{person} 的邮箱与企业网站同一域名，已成为负责人；该企业此前没有负责人和管理员。"),
    "demand.submitted": NoticeKind("operating", "有需求待审核：{title}", "发布方：{company}。"),
    "report.received": NoticeKind("operating", "收到举报：{title}", "类型：{reason}。"),
    "deal.dispute": NoticeKind("operating", "有交易异议待处理：{title}", "{reason}"),
}  # fmt: skip
