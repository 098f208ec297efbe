"""Words of trade as pages say them."""

from __future__ import annotations

from collections.abc import Mapping

from app.core.state_words import STATE_WORDS

INQUIRY_STATES = STATE_WORDS["inquiry_state"]
REASONS: Mapping[str, str] = {
    "capacity": "产能已满",
    "scope": "不在业务范围",
    "distance": "距离太远",
    "price": "价格不合适",
    "time": "赶不上交期",
    "terms": "条款不合适",
    "other": "其他",
}
QUOTE_STATES = STATE_WORDS["quote_state"]
AWARD_STATES = STATE_WORDS["award_state"]
FREIGHT: Mapping[str, str] = {"included": "含运费", "extra": "运费另计", "pickup": "自提"}
FLAGS: Mapping[str, str] = {
    "unit_differs": "单位不同，无法换算",
    "alternative": "替代方案",
    "short": "数量不足",
    "minimum": "高于需求的起订量",
}
BEST: Mapping[str, str] = {"total": "总价最低", "lead": "交期最短", "score": "综合最优"}
WEIGHTS: Mapping[str, str] = {"price": "价格", "lead": "交期", "rating": "履约评分"}
