"""Words of deals as pages say them."""

from __future__ import annotations

from collections.abc import Mapping

STATES: Mapping[str, str] = {
    "begun": "待双方确认",
    "confirmed_by_buyer": "待供应方确认",
    "confirmed_by_supplier": "待采购方确认",
    "active": "履行中",
    "delivered": "已交付，待验收",
    "accepted": "已验收",
    "disputed": "有争议",
    "cancelled": "已取消",
}
MOVES: Mapping[str, str] = {
    "confirm_as_buyer": "以采购方确认条款",
    "confirm_as_supplier": "以供应方确认条款",
    "deliver": "标记已交付",
    "retract": "撤回交付标记",
    "accept": "验收",
}
"""What one button does; the other moves need words."""
SPOKEN: Mapping[str, str] = {
    "dispute": "提出争议",
    "resume": "结束争议，继续履行",
    "annul": "解除成交",
    "cancel": "取消成交",
}
SIDES: Mapping[str, str] = {
    "buyer": "采购方",
    "supplier": "供应方",
    "operator": "运营员",
    "dispute": "有争议的",
}
CRITERIA: Mapping[str, str] = {
    "timing": "交期",
    "quality": "质量",
    "packing": "包装",
    "communication": "沟通",
    "payment": "付款",
    "clarity": "要求清晰",
}
MARKS: Mapping[int, str] = {5: "很好", 4: "好", 3: "一般", 2: "较差", 1: "很差"}
