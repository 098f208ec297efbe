"""The words a reader sees for leads."""

from __future__ import annotations

from collections.abc import Mapping

from app.core.i18n import Language, translate
from app.core.state_words import STATE_WORDS
from app.leads.shown import SOURCE_WORDS

STATES = STATE_WORDS["lead_state"]
ACTIONS: Mapping[str, str] = {
    "start": "开始跟进",
    "postpone": "放回待办",
    "finish": "成交",
    "lose": "丢单",
    "reopen": "重新跟进",
}
EVENTS: Mapping[str, str] = {
    "made": "建立线索",
    "scan": "扫码",
    "demand": "需求",
    "note": "备注",
    "photo": "添加照片",
    "move": "状态",
    "step": "下一步",
    "owner": "移交",
    "merge": "合并",
    "unmerge": "撤销合并",
}


class LeadWords:
    """Words in one language."""

    def __init__(self, language: Language) -> None:
        self._language = language

    def state(self, code: str) -> str:
        """todo -> 待办."""
        return translate(STATES[code], self._language)

    def action(self, code: str) -> str:
        """start -> 开始跟进."""
        return translate(ACTIONS[code], self._language)

    def source(self, code: str) -> str:
        """scan -> 扫码."""
        return translate(SOURCE_WORDS[code], self._language)

    def event(self, kind: str) -> str:
        """note -> 备注."""
        return translate(EVENTS.get(kind, kind), self._language)
