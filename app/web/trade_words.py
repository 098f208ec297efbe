"""Words of trade as pages say them."""

from __future__ import annotations

from collections.abc import Mapping

INQUIRY_STATES: Mapping[str, str] = {
    "invited": "待回复",
    "interested": "有意",
    "declined": "已谢绝",
    "quoted": "已报价",
    "taken_back": "邀请已撤回",
}
REASONS: Mapping[str, str] = {
    "capacity": "产能已满",
    "scope": "不在业务范围",
    "distance": "距离太远",
    "price": "价格不合适",
    "time": "赶不上交期",
    "terms": "条款不合适",
    "other": "其他",
}
QUOTE_STATES: Mapping[str, str] = {
    "submitted": "有效报价",
    "withdrawn": "报价已撤回",
    "rejected": "采购方谢绝",
    "awarded": "待确认承接",
    "won": "已中选",
    "dropped": "未承接",
    "lost": "未中选",
}
AWARD_STATES: Mapping[str, str] = {
    "offered": "待供应商确认",
    "confirmed": "已确认",
    "declined": "供应商放弃",
    "lapsed": "逾期未确认",
    "taken_back": "已收回",
    "called_off": "已随成交取消",
}
FREIGHT: Mapping[str, str] = {"included": "含运费", "extra": "运费另计", "pickup": "自提"}
FLAGS: Mapping[str, str] = {
    "unit_differs": "单位不同，无法换算",
    "alternative": "替代方案",
    "short": "数量不足",
    "minimum": "高于需求的起订量",
}
BEST: Mapping[str, str] = {"total": "总价最低", "lead": "交期最短", "score": "综合最优"}
WEIGHTS: Mapping[str, str] = {"price": "价格", "lead": "交期", "rating": "履约评分"}
