"""Words of fair play as pages say them."""

from __future__ import annotations

from collections.abc import Mapping

from app.core.state_words import STATE_WORDS

STATES = STATE_WORDS["report_state"]
REASONS: Mapping[str, str] = {
    "ads": "广告",
    "phishing": "钓鱼诈骗",
    "price_fishing": "套取价格",
    "duplicate": "重复发布",
    "false_claims": "虚假信息",
    "other": "其他",
}
ACTIONS: Mapping[str, str] = {
    "dismiss": "不予处理",
    "warn": "警告",
    "hide": "下架需求",
    "suspend": "暂停企业三十天",
    "uphold": "维持处理",
    "lift": "撤销处理",
}
SUBJECTS: Mapping[str, str] = {"demand": "需求", "quote": "报价", "company": "企业"}
