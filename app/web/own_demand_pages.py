"""The page of a buyer's own demands: counts by state, what came in, and the next step of each."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from app.core.http import ActorDep, RuntimeDep
from app.demands.policy import STATES
from app.trade.own_demands import count_own, list_own
from app.trade.own_schemas import NextStep
from app.web.pages import PageLanguage, page

router = APIRouter()

NEXT: Mapping[NextStep, tuple[str, str]] = {
    "finish": ("补充并发布", "/edit"),
    "correct": ("按审核意见修改", "/edit"),
    "await_review": ("等待审核", ""),
    "await_quotes": ("等待报价，可邀请企业", "/quotes#told"),
    "answer": ("答复提问", "/quotes#asked"),
    "await_opening": ("等待报价开启", "/quotes"),
    "choose": ("比较并选定", "/quotes"),
    "await_confirmation": ("等待供应商确认", "/quotes"),
    "award_rest": ("剩余明细待定", "/quotes"),
    "follow": ("跟进成交", "/quotes"),
    "rate": ("评价供应商", "/quotes"),
    "repeat": ("需要时可复制再发", ""),
    "reopen": ("可重新打开", ""),
}
"""What each next step is called, and which page of the demand it is taken on."""


@router.get("/my/demands")
def own_demands_page(
    request: Request,
    runtime: RuntimeDep,
    actor: ActorDep,
    language: PageLanguage,
    state: str = "",
    cursor: str = "",
) -> HTMLResponse:
    """One's own demands, the newest first, of one state or all."""
    wanted = [one for one in STATES if one == state]
    with runtime.session(writing=False, actor=actor) as session:
        listed, more = list_own(session, states=wanted, cursor=cursor)
        counts = count_own(session)
    return page(
        request, "own_demands.html", language, listed=listed, more=more, counts=counts, steps=NEXT,
        state=wanted[0] if wanted else "",
    )  # fmt: skip
