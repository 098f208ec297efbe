"""Quotes and their comparison over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app.core.http import (
    CursorQuery,
    IdempotencyKey,
    IfMatch,
    LanguageDep,
    LimitQuery,
    SessionDep,
    tag_version,
    versioned,
)
from app.core.idempotency import made_once
from app.core.pagination import Page
from app.core.problem_details import errors
from app.demands.service import get_demand
from app.trade import quotes
from app.trade.comparison import compare
from app.trade.comparison_schemas import Comparison, Weights
from app.trade.policy import QuoteState
from app.trade.quote_models import Quote
from app.trade.quote_schemas import QuoteCreate, QuoteNote, QuotePublic, QuoteTerms, VersionPublic
from app.trade.sheet import MEDIA_TYPE, workbook

router = APIRouter()


@router.get("/quotes", responses=errors(403))
def list_quotes(
    session: SessionDep,
    demand_id: UUID | None = None,
    state: QuoteState | None = None,
    limit: LimitQuery = 20,
    cursor: CursorQuery = "",
) -> Page[QuotePublic]:
    """报价列表 Quotes given and received, the newest first; sealed ones are left out."""
    found, more = quotes.list_quotes(
        session, demand_id=demand_id, state=state or "", limit=limit, cursor=cursor
    )
    return Page(items=quotes.public_quotes(session, found), next_cursor=more)


@router.post("/quotes", status_code=201, responses=versioned(201, 400, 403, 404, 409, 413))
def give_quote(
    session: SessionDep, said: QuoteCreate, response: Response, idempotency_key: IdempotencyKey = None
) -> QuotePublic:
    """报价 Quote for a demand; one quote a firm, revised later with PUT."""

    def make() -> QuotePublic:
        quote = quotes.give_quote(
            session, demand_id=said.demand_id, terms=said.terms(), company_id=said.company_id
        )
        return quotes.public(session, quote)

    given = made_once(session, QuotePublic, key=idempotency_key, route="POST /quotes", said=said, make=make)
    response.headers["Location"] = f"/api/v1/quotes/{given.id}"
    tag_version(response, given.version)
    return given


@router.get("/quotes/{quote_id}", responses=versioned(200, 403, 404))
def get_quote(session: SessionDep, quote_id: UUID, response: Response) -> QuotePublic:
    """报价详情 One quote."""
    return _answer(session, response, quotes.get_quote(session, quote_id))


@router.put("/quotes/{quote_id}", responses=versioned(200, 400, 403, 404, 409, 412, 413, 428))
def revise_quote(
    session: SessionDep, quote_id: UUID, terms: QuoteTerms, response: Response, if_match: IfMatch = None
) -> QuotePublic:
    """修改报价 A new version, which stands from now on; the ones before are kept."""
    return _answer(session, response, quotes.revise_quote(session, quote_id, terms=terms, if_match=if_match))


@router.get("/quotes/{quote_id}/versions", responses=errors(403, 404))
def list_versions(session: SessionDep, quote_id: UUID) -> Page[VersionPublic]:
    """报价的各个版本 Every version of a quote, the first first."""
    return Page(items=[VersionPublic.model_validate(one) for one in quotes.versions_of(session, quote_id)])


@router.post("/quotes/{quote_id}/withdraw", responses=versioned(200, 403, 404, 409, 412))
def withdraw_quote(
    session: SessionDep, quote_id: UUID, response: Response, if_match: IfMatch = None
) -> QuotePublic:
    """撤回报价 Take a quote back; a new version brings it back."""
    return _answer(session, response, quotes.withdraw_quote(session, quote_id, if_match=if_match))


@router.post("/quotes/{quote_id}/reject", responses=versioned(200, 400, 403, 404, 409, 412, 413))
def reject_quote(
    session: SessionDep, quote_id: UUID, said: QuoteNote, response: Response, if_match: IfMatch = None
) -> QuotePublic:
    """谢绝报价 Decline a quote, as the buyer; the firm may better it."""
    rejected = quotes.reject_quote(session, quote_id, reason=said.reason, if_match=if_match)
    return _answer(session, response, rejected)


@router.get("/demands/{demand_id}/comparison", responses=errors(403, 404))
def compare_quotes(session: SessionDep, demand_id: UUID, weights: Annotated[Weights, Query()]) -> Comparison:
    """报价比较 Quotes side by side, as the buyer weighs them."""
    return compare(session, demand_id, weights=weights)


@router.get(
    "/demands/{demand_id}/comparison.xlsx",
    response_class=Response,
    responses={
        200: {
            "description": "XLSX",
            "content": {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary", "examples": ["PK"]}}},
        },
        **errors(403, 404),
    },
)
def export_comparison(
    session: SessionDep, demand_id: UUID, weights: Annotated[Weights, Query()], language: LanguageDep
) -> Response:
    """导出报价比较 The comparison as an XLSX workbook."""
    compared = compare(session, demand_id, weights=weights)
    title = get_demand(session, demand_id).title
    return xlsx(workbook(compared, title, language), demand_id)


def xlsx(content: bytes, demand_id: UUID) -> Response:
    """A workbook to be saved."""
    headers = {"Content-Disposition": f'attachment; filename="quotes-{demand_id}.xlsx"'}
    return Response(content, media_type=MEDIA_TYPE, headers=headers)


def _answer(session: SessionDep, response: Response, quote: Quote) -> QuotePublic:
    tag_version(response, quote.version)
    return quotes.public(session, quote)
