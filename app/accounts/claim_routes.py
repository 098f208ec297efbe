"""Claims over HTTP."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Response

from app.accounts import claims
from app.accounts.claim_models import Claim
from app.accounts.claim_policy import State
from app.accounts.team_schemas import ClaimCreate, ClaimDecision, ClaimPublic, ClaimRefusal
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

router = APIRouter(prefix="/api/v1", tags=["accounts"])

DECIDED = versioned(200, 400, 403, 404, 409, 412, 413)


@router.post(
    "/companies/{company_id}/claims", status_code=201, responses=versioned(201, 400, 403, 404, 409, 413)
)
def claim_company(
    session: SessionDep,
    company_id: UUID,
    said: ClaimCreate,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> ClaimPublic:
    """认领企业 Claim a company: at once by the domain of its website, else by an operator's review."""

    def make() -> ClaimPublic:
        claim = claims.claim_company(
            session, company_id=company_id, method=said.method, statement=said.statement
        )
        return ClaimPublic.of(claim)

    claim = made_once(
        session,
        ClaimPublic,
        key=idempotency_key,
        route=f"POST /companies/{company_id}/claims",
        said=said,
        make=make,
    )
    response.headers["Location"] = f"/api/v1/claims/{claim.id}"
    tag_version(response, claim.version)
    return claim


@router.get("/claims", responses=errors(403))
def list_claims(
    session: SessionDep, state: State | None = None, limit: LimitQuery = 20, cursor: CursorQuery = ""
) -> Page[ClaimPublic]:
    """认领申请 Claims of one's own and of one's divisions, the oldest first."""
    found, more = claims.list_claims(session, state=state or "", limit=limit, cursor=cursor)
    return Page(items=[ClaimPublic.of(claim) for claim in found], next_cursor=more)


@router.get("/claims/{claim_id}", responses=versioned(200, 403, 404))
def get_claim(session: SessionDep, claim_id: UUID, response: Response) -> ClaimPublic:
    """认领申请详情 One claim."""
    return _answer(response, claims.get_claim(session, claim_id))


@router.post("/claims/{claim_id}/approve", responses=DECIDED)
def approve_claim(
    session: SessionDep, claim_id: UUID, said: ClaimDecision, response: Response, if_match: IfMatch = None
) -> ClaimPublic:
    """通过认领 Give the claimant the company."""
    return _answer(response, claims.approve_claim(session, claim_id, **said.model_dump(), if_match=if_match))


@router.post("/claims/{claim_id}/reject", responses=DECIDED)
def reject_claim(
    session: SessionDep, claim_id: UUID, said: ClaimRefusal, response: Response, if_match: IfMatch = None
) -> ClaimPublic:
    """不予通过 Refuse a claim, saying why."""
    return _answer(
        response, claims.reject_claim(session, claim_id, decision=said.decision, if_match=if_match)
    )


@router.post("/claims/{claim_id}/withdraw", responses=versioned(200, 403, 404, 409))
def withdraw_claim(session: SessionDep, claim_id: UUID, response: Response) -> ClaimPublic:
    """撤回认领 Take one's own claim back."""
    return _answer(response, claims.withdraw_claim(session, claim_id))


def _answer(response: Response, claim: Claim) -> ClaimPublic:
    tag_version(response, claim.version)
    return ClaimPublic.of(claim)
