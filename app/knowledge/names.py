"""What relations and states of words are called, on the page and in files."""

from __future__ import annotations

from collections.abc import Mapping

from app.core.state_words import STATE_WORDS

KINS: Mapping[str, str] = {
    "same": "同义",
    "narrower": "下位词",
    "broader": "上位词",
    "made_by": "工艺",
    "made_of": "原料",
    "part_of": "所属设备",
    "does": "用途",
    "done_by": "由其完成",
    "related": "相关",
}
"""What the second word is to the first."""
STATES = STATE_WORDS["word_state"]
