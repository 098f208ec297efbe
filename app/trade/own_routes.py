"""A buyer's own demands over HTTP."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from app.core.http import CursorQuery, LimitQuery, SessionDep
from app.core.pagination import Page
from app.core.problem_details import errors
from app.demands.policy import State
from app.trade import own_demands
from app.trade.own_schemas import DemandCounts, OwnDemand

router = APIRouter()


@router.get("/me/demands", responses=errors(403))
def list_own_demands(
    session: SessionDep,
    state: Annotated[list[State], Query(description="可多选 May be repeated")] = [],  # noqa: B006 (FastAPI copies it)
    limit: LimitQuery = 20,
    cursor: CursorQuery = "",
) -> Page[OwnDemand]:
    """我的需求 Demands of one's firms or one's own, the newest first, each with what to do next."""
    found, more = own_demands.list_own(session, states=state, limit=limit, cursor=cursor)
    return Page(items=found, next_cursor=more)


@router.get("/me/demand-counts", responses=errors(403))
def count_own_demands(session: SessionDep) -> DemandCounts:
    """我的需求数量 How many demands of one's own are in each state."""
    return DemandCounts(counts=own_demands.count_own(session))
