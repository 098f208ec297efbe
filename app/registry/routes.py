"""Companies and lookups over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

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
from app.core.text import Line
from app.registry import lookups, service
from app.registry.schemas import (
    Adcode,
    CompanyCreate,
    CompanyPublic,
    CompanyStatus,
    CompanyUpdate,
    DivisionList,
    DivisionPublic,
    IndustryCode,
    IndustryList,
    IndustryPublic,
)

router = APIRouter(prefix="/api/v1", tags=["registry"])

UsccPath = Annotated[str, Path(max_length=64, examples=["91210106MA7XAMP1EE"])]
Words = Annotated[str, Line(50), Query(description="名称中的字词 Words of the name")]


@router.get("/companies", responses=errors())
def list_companies(
    session: SessionDep,
    division: Annotated[
        Adcode | None, Query(description="区划代码，含下级 Adcode, with all below it")
    ] = None,
    industry: Annotated[IndustryCode | None, Query(description="GB/T 4754，含下级 with all below it")] = None,
    status: CompanyStatus | None = None,
    tag: Annotated[str, Line(40)] = "",
    limit: LimitQuery = 20,
    cursor: CursorQuery = "",
) -> Page[CompanyPublic]:
    """企业列表 Companies, in order of their codes."""
    found, more = service.list_companies(
        session,
        division=division or "",
        industry=industry or "",
        status=status or "",
        tag=tag,
        limit=limit,
        cursor=cursor,
    )
    return Page(items=[CompanyPublic.model_validate(company) for company in found], next_cursor=more)


@router.post("/companies", status_code=201, responses=versioned(201, 400, 403, 409, 413))
def register_company(
    session: SessionDep, said: CompanyCreate, response: Response, idempotency_key: IdempotencyKey = None
) -> CompanyPublic:
    """登记企业 Register a company; its division, industry and draft listings are derived at once."""

    def make() -> CompanyPublic:
        company = service.register_company(session, said=said)
        return CompanyPublic.model_validate(company)

    company = made_once(
        session, CompanyPublic, key=idempotency_key, route="POST /companies", said=said, make=make
    )
    tag_version(response, company.version)
    response.headers["Location"] = f"/api/v1/companies/{company.id}"
    return company


@router.get("/companies/by-uscc/{uscc}", responses=versioned(200, 404))
def get_company_by_uscc(session: SessionDep, uscc: UsccPath, response: Response) -> CompanyPublic:
    """按统一社会信用代码查企业 The company bearing a code."""
    company = service.get_company_by_uscc(session, uscc)
    tag_version(response, company.version)
    return CompanyPublic.model_validate(company)


@router.get("/companies/{company_id}", responses=versioned(200, 404))
def get_company(session: SessionDep, company_id: UUID, response: Response) -> CompanyPublic:
    """企业详情 One company."""
    company = service.get_company(session, company_id)
    tag_version(response, company.version)
    return CompanyPublic.model_validate(company)


@router.patch("/companies/{company_id}", responses=versioned(200, 400, 403, 404, 412, 413, 428))
def update_company(
    session: SessionDep, company_id: UUID, change: CompanyUpdate, response: Response, if_match: IfMatch = None
) -> CompanyPublic:
    """更正企业信息 Correct a company; what is set by hand says so in its provenance."""
    company = service.update_company(session, company_id, change=change, if_match=if_match)
    tag_version(response, company.version)
    return CompanyPublic.model_validate(company)


@router.get("/divisions", tags=["lookups"], responses=errors())
def list_divisions(parent: Adcode | None = None, q: Words = "") -> DivisionList:
    """行政区划 Divisions right below ``parent``; with ``q``, those so named anywhere inside it."""
    found = lookups.divisions(parent=parent or "", words=q)
    return DivisionList(items=[DivisionPublic.model_validate(division) for division in found])


@router.get("/industries", tags=["lookups"], responses=errors())
def list_industries(parent: IndustryCode | None = None, q: Words = "") -> IndustryList:
    """国民经济行业分类 Classes of GB/T 4754-2017 right below ``parent``; with ``q``, those so named anywhere inside it."""
    found = lookups.industries(parent=parent or "", words=q)
    return IndustryList(items=[IndustryPublic.model_validate(industry) for industry in found])
