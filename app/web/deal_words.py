"""Words of deals as pages say them."""

from __future__ import annotations

from collections.abc import Mapping

from app.core.state_words import STATE_WORDS

STATES = STATE_WORDS["deal_state"]
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
STEPS: tuple[str, ...] = ("双方确认条款", "履行", "交付", "验收与评价")
STEP_OF: Mapping[str, int] = {
    "begun": 0,
    "confirmed_by_buyer": 0,
    "confirmed_by_supplier": 0,
    "active": 1,
    "disputed": 1,
    "delivered": 2,
    "accepted": 3,
}
"""The step a deal is at; one that was called off is at none."""
_READ = "请核对内容和条款；双方都确认后开始履行。"
_RATE = "已验收。请为对方评价，帮助其他企业判断。"
_DISPUTE = "争议处理中：双方可在说明中协商，运营员会介入。"
_OVER = "已取消，无需再做什么。"
WAITING: Mapping[str, Mapping[str, str]] = {
    "buyer": {
        "begun": _READ,
        "confirmed_by_buyer": "您已确认，等待供应方确认条款。",
        "confirmed_by_supplier": "供应方已确认，请核对条款后确认。",
        "active": "等待供应方交付；交付后请查验并验收。",
        "delivered": "供应方已交付，请查验后验收；有问题可提出争议。",
        "accepted": _RATE,
        "disputed": _DISPUTE,
        "cancelled": _OVER,
    },
    "supplier": {
        "begun": _READ,
        "confirmed_by_buyer": "采购方已确认，请核对条款后确认。",
        "confirmed_by_supplier": "您已确认，等待采购方确认条款。",
        "active": "按条款履行；交付后请标记，采购方会收到验收通知。",
        "delivered": "等待采购方验收。",
        "accepted": _RATE,
        "disputed": _DISPUTE,
        "cancelled": _OVER,
    },
}
"""What a side has to do, or waits for, by state."""
