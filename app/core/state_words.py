"""What readers call the states of every lifecycle, on pages and where a state forbids something.

By the code of the conflict that a move refused raises (app.core.lifecycle), so that no refusal names a raw state.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.core.i18n import Message

STATE_WORDS: Mapping[str, Mapping[str, str]] = {
    "award_state": {
        "offered": "待供应商确认",
        "confirmed": "已确认",
        "declined": "供应商放弃",
        "lapsed": "逾期未确认",
        "taken_back": "已收回",
        "called_off": "已随成交取消",
    },
    "claim_state": {
        "pending": "待审核",
        "approved": "已通过",
        "rejected": "未通过",
        "withdrawn": "已撤回",
    },
    "code_state": {
        "issued": "未启用",
        "active": "使用中",
        "suspended": "暂停使用",
        "replaced": "已更换",
        "revoked": "已吊销",
    },
    "deal_state": {
        "begun": "待双方确认",
        "confirmed_by_buyer": "待供应方确认",
        "confirmed_by_supplier": "待采购方确认",
        "active": "履行中",
        "delivered": "已交付，待验收",
        "accepted": "已验收",
        "disputed": "有争议",
        "cancelled": "已取消",
    },
    "delivery_state": {"waiting": "待发送", "delivered": "已送达", "failed": "未送达"},
    "demand_state": {
        "draft": "草稿",
        "in_review": "审核中",
        "open": "征集中",
        "quoting": "报价中",
        "awarded": "已定标",
        "fulfilled": "已完成",
        "closed": "已关闭",
        "expired": "已过期",
        "withdrawn": "已撤回",
    },
    "inquiry_state": {
        "invited": "待回复",
        "interested": "有意",
        "declined": "已谢绝",
        "quoted": "已报价",
        "taken_back": "邀请已撤回",
    },
    "lead_state": {"todo": "待办", "doing": "跟进中", "done": "成交", "lost": "丢单"},
    "listing_state": {
        "draft": "待企业确认",
        "published": "企业已确认",
        "dismissed": "企业已否认",
        "withdrawn": "已下架",
        "superseded": "已由同名供给取代",
    },
    "mail_state": {"waiting": "待发送", "sent": "已发送", "failed": "未送达", "dropped": "不再发送"},
    "quote_state": {
        "submitted": "有效报价",
        "withdrawn": "报价已撤回",
        "rejected": "采购方谢绝",
        "awarded": "待确认承接",
        "won": "已中选",
        "dropped": "未承接",
        "lost": "未中选",
    },
    "report_state": {
        "pending": "待处理",
        "dismissed": "不予处理",
        "warned": "已警告",
        "hidden": "已下架",
        "suspended": "已暂停",
        "appealed": "已申诉",
        "upheld": "维持处理",
        "lifted": "已撤销",
    },
    "webhook_state": {"active": "启用", "paused": "已暂停", "disabled": "已停用"},
    "word_state": {"suggested": "待定", "approved": "已采用", "refused": "未采用"},
}


def state_word(code: str, state: str) -> Message:
    """The word for a state of the lifecycle whose conflicts have ``code``; put in a reader's language with its sentence."""
    return Message(STATE_WORDS[code][state])
