"""A buyer's own demands as the API shows them."""

from __future__ import annotations

from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from app.demands.policy import STATES, State
from app.demands.schemas import DemandPublic

NextStep = Literal[
    "finish", "correct", "await_review", "await_quotes", "answer", "await_opening", "choose",
    "await_confirmation", "award_rest", "follow", "rate", "repeat", "reopen",
]  # fmt: skip
NEXT_STEPS: tuple[NextStep, ...] = get_args(NextStep)

_EXAMPLE = DemandPublic.model_config["json_schema_extra"]["examples"][0]  # type: ignore[index]


class OwnDemand(BaseModel):
    """A demand of one's own with what came in for it, and what to do next."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"demand": _EXAMPLE, "quotes": 3, "questions": 0, "in_part": False, "next_step": "choose"}
            ]
        }
    )

    demand: DemandPublic
    quotes: int = Field(description="有效报价数，含密封的 Quotes that stand, sealed ones among them")
    questions: int = Field(description="待答复的提问数 Questions not answered yet")
    in_part: bool = Field(
        description="只有部分明细授出：已完成即部分完成 Awarded in part: fulfilled, then, means in part"
    )
    next_step: NextStep = Field(description="下一步，await_ 开头为等待 What to do next; await_… is to wait")


class DemandCounts(BaseModel):
    """How many demands of one's own are in each state."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"counts": dict.fromkeys(STATES, 1)}]})

    counts: dict[State, int]
