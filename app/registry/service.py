"""Verbs of the registry: register, look up, list, correct."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import exists, func, or_, select
from sqlalchemy.sql import ColumnElement
from sqlmodel import Session, col

from app.accounts.policy import require
from app.core.clock import now
from app.core.errors import Conflict, InvalidInput, NotFound, Problem
from app.core.ids import company_id
from app.core.outbox import enqueue
from app.core.pagination import decode_cursor, read_page
from app.core.versions import check_version
from app.registry.bulk import register_companies
from app.registry.capital import InvalidCapital
from app.registry.derive import Registration
from app.registry.industries import get_industry
from app.registry.lookups import subtree
from app.registry.models import Company
from app.registry.problems import capital_problem, uscc_problem
from app.registry.schemas import CompanyCreate, CompanyUpdate
from app.registry.sizes import size_class
from app.registry.uscc import InvalidUscc, parse_uscc
from search.index import division_prefix
from search.places import load_gazetteer

STATED = {"from": "user", "method": "stated"}


def get_company(session: Session, key: UUID, *, for_update: bool = False) -> Company:
    """The company with this id. Raises NotFound."""
    company = session.get(Company, key, with_for_update=for_update or None)
    if company is None:
        raise NotFound("未找到该企业", code="company_not_found")
    return company


def company_names(session: Session, keys: Collection[UUID]) -> dict[UUID, str]:
    """What firms are called, by id, read at once."""
    query = select(col(Company.id), col(Company.name)).where(col(Company.id).in_(set(keys)))
    return {row.id: row.name for row in session.execute(query)}


def read_uscc(text: str, *, field: str = "uscc") -> str:
    """The normal form of a code; raises InvalidInput naming the position and likely readings."""
    try:
        return parse_uscc(text)
    except InvalidUscc as error:
        raise InvalidInput(problems=[uscc_problem(field, error)]) from error


def get_company_by_uscc(session: Session, text: str) -> Company:
    """The company bearing this code. Raises InvalidInput for a wrong code, NotFound for one not registered."""
    return get_company(session, company_id(read_uscc(text)))


def find_by_uscc(session: Session, uscc: str) -> Company | None:
    """The company bearing this valid code, or None."""
    return session.get(Company, company_id(uscc))


def home_division(company: Company) -> str:
    """Whose operators look after a company: the division it lies in, else the one that registered it (GB 32100, 3 to 8)."""
    return company.adcode or company.uscc[2:8]


def touch_company(session: Session, key: UUID) -> Company:
    """Note in this transaction that what is indexed of a company changed: next version, and into the outbox."""
    company = get_company(session, key, for_update=True)
    company.version += 1
    company.updated_at = now()
    session.add(company)
    enqueue(session, [(str(company.id), company.version)])
    return company


def register_company(session: Session, *, said: CompanyCreate) -> Company:
    """Register a firm and draft its listings. Raises InvalidInput, Forbidden, and Conflict when the code is registered."""
    require(session, "company.register", division="")
    uscc = read_uscc(said.uscc)
    if find_by_uscc(session, uscc):
        raise Conflict("该统一社会信用代码已登记，如需更正请修改该企业", code="company_exists")
    values = said.model_dump(exclude={"uscc", "industry_code"})
    registration = Registration(
        uscc=uscc,
        industry_code=_industry(said.industry_code) if said.industry_code else "",
        **values | {"tags": tuple(said.tags), "aliases": tuple(said.aliases)},
    )
    try:
        register_companies(session, [registration])
    except InvalidCapital as error:
        raise InvalidInput(problems=[capital_problem("capital_raw", error)]) from error
    company = get_company(session, company_id(uscc))
    # Where it lies is known only now; what was written is undone when it is none of the operator's.
    require(session, "company.register", division=home_division(company))
    return company


def update_company(session: Session, key: UUID, *, change: CompanyUpdate, if_match: str | None) -> Company:
    """Correct a company; a field set by hand says so in its provenance. Raises NotFound, Forbidden, PreconditionFailed, InvalidInput."""
    company = get_company(session, key, for_update=True)
    require(session, "company.edit", company_id=key, division=home_division(company))
    check_version(if_match, company.version)
    columns = _changed_columns(change)
    columns = {name: value for name, value in columns.items() if getattr(company, name) != value}
    if not columns:
        return company
    for name, value in columns.items():
        setattr(company, name, value)
    stated = {name: STATED for name in columns if name in change.model_fields_set}
    provenance = {**company.provenance, **stated}
    if {"employees", "industry_code"} & set(columns):
        company.size_class = size_class(company.industry_code, employees=company.employees)
        if company.size_class != "unknown":
            provenance["size_class"] = {"from": "industry_code, employees", "method": "国统字〔2017〕213号"}
    company.provenance = provenance
    return touch_company(session, key)


def set_verification(session: Session, key: UUID, verification: str) -> Company:
    """Note how far a company was checked: claimed by somebody, or verified. Raises NotFound."""
    company = get_company(session, key, for_update=True)
    if company.verification != verification:
        company.verification = verification
        touch_company(session, key)
    return company


def _changed_columns(change: CompanyUpdate) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    for name in change.model_fields_set:
        value = getattr(change, name)
        if name in ("aliases", "tags"):
            columns[name] = value or []
        elif name == "adcode":
            columns |= _division(value or "")
        elif name == "industry_code":
            columns[name] = _industry(value) if value else ""
        else:
            columns[name] = value if value is not None or name == "employees" else ""
    return columns


def _division(adcode: str) -> dict[str, Any]:
    columns: dict[str, Any] = {"adcode": adcode, "city": "", "district": "", "lon": None, "lat": None}
    if not adcode:
        return columns
    path = load_gazetteer().ancestors(adcode)
    if not path:
        raise InvalidInput(problems=[Problem("adcode", "unknown_division", "没有这个区划代码")])
    names = {division.level: division.name for division in path}
    return columns | {
        "city": names.get("city", ""),
        "district": names.get("county", ""),
        "lon": path[-1].lon,
        "lat": path[-1].lat,
    }


def in_division(adcode: str) -> ColumnElement[bool]:
    """Companies that lie in a division, subdivisions included."""
    prefix = division_prefix(adcode)
    return col(Company.adcode).between(prefix.ljust(6, "0"), prefix.ljust(6, "9"))


def list_companies(
    session: Session,
    *,
    division: str = "",
    industry: str = "",
    status: str = "",
    tag: str = "",
    limit: int = 20,
    cursor: str = "",
) -> tuple[list[Company], str | None]:
    """Companies in order of their codes, and the cursor of the next page. ``division`` and ``industry`` take subtrees."""
    query = select(Company).order_by(col(Company.uscc))
    if division:
        query = query.where(in_division(division))
    if industry:
        query = query.where(_in_industry(industry))
    if status:
        query = query.where(col(Company.status) == status)
    if tag:
        query = query.where(_tagged(session, tag))
    if cursor:
        (last,) = decode_cursor(cursor, str)
        query = query.where(col(Company.uscc) > last)
    return read_page(session, query, limit=limit, key=lambda row: row.uscc)


def _industry(code: str) -> str:
    if get_industry(code) is None:
        raise InvalidInput(
            problems=[Problem("industry_code", "unknown_industry", "没有这个行业代码（GB/T 4754-2017）")]
        )
    return code


def _in_industry(code: str) -> ColumnElement[bool]:
    """Whether the industry is ``code`` or lies in it; codes are digits, so padded bounds keep the index in use."""
    held = col(Company.industry_code)
    return or_(*(held.between(stem, stem.ljust(4, "9")) for stem in subtree(code)))


def _tagged(session: Session, tag: str) -> ColumnElement[bool]:
    """Whether the JSON list of tags holds ``tag``, as each database spells it."""
    unnest = func.json_each if session.get_bind().dialect.name == "sqlite" else func.json_array_elements_text
    each = unnest(col(Company.tags)).table_valued("value").alias("each_tag")
    return exists(select(each.c.value).where(each.c.value == tag))
