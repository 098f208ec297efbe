"""Awards over HTTP."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Response

from app.core.http import (
    CursorQuery,
    IdempotencyKey,
    IfMatch,
    LimitQuery,
    SessionDep,
    tag_version,
    versioned,
)
from app.core.idempotency import made_once
from app.core.pagination import Page
from app.core.problem_details import errors
from app.demands.schemas import DemandPublic
from app.demands.service import public as demand_public
from app.trade import awards, rest
from app.trade.award_schemas import AwardCreate, AwardNote, AwardPublic, AwardsMade
from app.trade.policy import AwardState
from app.trade.quote_models import Award

router = APIRouter()

SAID = versioned(200, 400, 403, 404, 409, 412, 413)


@router.post("/demands/{demand_id}/awards", status_code=201, responses=errors(400, 403, 404, 409, 412, 413))
def award_quotes(
    session: SessionDep,
    demand_id: UUID,
    said: AwardCreate,
    idempotency_key: IdempotencyKey = None,
    if_match: IfMatch = None,
) -> AwardsMade:
    """授标 Award lines to quotes, whole, in part or split; of two at once for the same lines one gets 409."""

    def make() -> AwardsMade:
        made = awards.make_awards(session, demand_id=demand_id, said=said, if_match=if_match)
        return AwardsMade(items=awards.published(session, made))

    return made_once(
        session,
        AwardsMade,
        key=idempotency_key,
        route=f"POST /demands/{demand_id}/awards",
        said=said,
        make=make,
    )


@router.post("/demands/{demand_id}/reopen-rest", responses=versioned(200, 403, 404, 409, 412))
def reopen_rest(
    session: SessionDep, demand_id: UUID, response: Response, if_match: IfMatch = None
) -> DemandPublic:
    """剩余明细重新征集报价 Take quotes again for the lines of an awarded demand that nobody has."""
    demand = rest.reopen_rest(session, demand_id, if_match=if_match)
    tag_version(response, demand.version)
    return demand_public(session, demand)


@router.get("/awards", responses=errors(403))
def list_awards(
    session: SessionDep,
    demand_id: UUID | None = None,
    state: AwardState | None = None,
    limit: LimitQuery = 20,
    cursor: CursorQuery = "",
) -> Page[AwardPublic]:
    """授标列表 Awards made and received, the newest first."""
    found, more = awards.list_awards(
        session, demand_id=demand_id, state=state or "", limit=limit, cursor=cursor
    )
    return Page(items=awards.published(session, found), next_cursor=more)


@router.get("/awards/{award_id}", responses=versioned(200, 403, 404))
def get_award(session: SessionDep, award_id: UUID, response: Response) -> AwardPublic:
    """授标详情 One award."""
    return _answer(session, response, awards.get_award(session, award_id))


@router.post("/awards/{award_id}/confirm", responses=versioned(200, 403, 404, 409, 412))
def confirm_award(
    session: SessionDep, award_id: UUID, response: Response, if_match: IfMatch = None
) -> AwardPublic:
    """确认承接 Take an award on, as the winner; the deal begins."""
    return _answer(session, response, awards.confirm(session, award_id, if_match=if_match))


@router.post("/awards/{award_id}/decline", responses=SAID)
def decline_award(
    session: SessionDep, award_id: UUID, said: AwardNote, response: Response, if_match: IfMatch = None
) -> AwardPublic:
    """放弃承接 Decline an award, as the winner; the lines fall to the next quote."""
    declined = awards.decline(session, award_id, reason=said.reason, if_match=if_match)
    return _answer(session, response, declined)


@router.post("/awards/{award_id}/take-back", responses=SAID)
def take_back_award(
    session: SessionDep, award_id: UUID, said: AwardNote, response: Response, if_match: IfMatch = None
) -> AwardPublic:
    """收回授标 Take back an award that was not confirmed, as the buyer."""
    taken = awards.take_back(session, award_id, reason=said.reason, if_match=if_match)
    return _answer(session, response, taken)


def _answer(session: SessionDep, response: Response, award: Award) -> AwardPublic:
    tag_version(response, award.version)
    return awards.public(session, award)
