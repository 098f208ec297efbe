"""Issuing enterprise codes: one with all it carries, or thousands for firms that have none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import exists, insert, select
from sqlmodel import Session, col

from app.accounts.reach import seats_of
from app.catalogue.service import get_listing
from app.codes.gs1 import InvalidGs1, read_gs1_path
from app.codes.keys import Signer
from app.codes.models import CodeEvent, EnterpriseCode
from app.codes.notices import tell_firm
from app.codes.numbers import new_code
from app.codes.policy import LIVE, CodeKind
from app.codes.problems import GS1_MESSAGES
from app.codes.schemas import CodeIssue
from app.codes.service import live_code_of, record, require_own_code
from app.core.clock import now
from app.core.errors import Conflict, InvalidInput, Problem
from app.core.ids import new_id
from app.notify.kinds import LEADS
from app.registry.models import Company
from app.registry.service import get_company, in_division

BATCH = 500

GS1_KEYS: Mapping[CodeKind, tuple[str, ...]] = {
    "company": ("417",),
    "branch": ("414",),
    "machine": ("8004", "8003"),
    "product": ("01",),
}
"""Which GS1 keys name what each kind of code stands on: party, place, asset, trade item."""


def issue_code(session: Session, *, said: CodeIssue, signer: Signer, actor: str) -> EnterpriseCode:
    """Issue one code. Raises NotFound for the company, Conflict when it has its own already, InvalidInput."""
    get_company(session, said.company_id, for_update=True)
    if said.kind != "company" and not said.label:
        raise InvalidInput(
            problems=[Problem("label", "required", "子码须写明贴在哪里：产品、设备或分支机构的名称")]
        )
    parent = None
    if said.kind == "company":
        if live_code_of(session, said.company_id):
            raise Conflict("该企业已有有效的企业码；要换新码请执行换发", code="code_exists")
    else:
        parent = require_own_code(session, said.company_id).code
    code = new_code()
    kid, signature = signer(code)
    issued = EnterpriseCode(
        code=code,
        company_id=said.company_id,
        kind=said.kind,
        parent=parent,
        label=said.label,
        listing_id=_listing(session, said),
        gs1_path=_gs1_path(session, said),
        handle=_handle(session, said.handle),
        links=[link.model_dump(mode="json") for link in said.links],
        kid=kid,
        signature=signature,
    )
    session.add(issued)
    session.flush()
    record(session, issued, action="issue", before="", actor=actor)
    if said.activate:
        issued.state = "active"
        record(session, issued, action="activate", before="issued", actor=actor)
    session.flush()
    tell_firm(session, issued, "issue")
    return issued


def companies_without_code(session: Session, *, division: str = "", limit: int | None = None) -> list[UUID]:
    """Active firms that have no code of their own, in order of their unified social credit codes."""
    held = exists().where(
        col(EnterpriseCode.company_id) == col(Company.id),
        col(EnterpriseCode.kind) == "company",
        col(EnterpriseCode.state).in_(LIVE),
    )
    query = select(col(Company.id)).where(col(Company.status) == "active", ~held).order_by(col(Company.uscc))
    if division:
        query = query.where(in_division(division))
    return list(session.scalars(query.limit(limit) if limit is not None else query))


def issue_many(
    session: Session,
    company_ids: Sequence[UUID],
    *,
    signer: Signer,
    actor: str,
    activate: bool = True,
    progress: Callable[[int], None] | None = None,
) -> list[str]:
    """Codes for firms that have none (``companies_without_code``); returns them in the order of the firms."""
    issued: list[str] = []
    for start in range(0, len(company_ids), BATCH):
        part = company_ids[start : start + BATCH]
        rows = list(_rows(part, signer, "active" if activate else "issued"))
        session.execute(insert(EnterpriseCode), rows)
        steps = [("issue", "", "issued"), *([("activate", "issued", "active")] if activate else [])]
        session.execute(
            insert(CodeEvent),
            [
                {
                    "id": new_id(), "code": row["code"], "at": now(), "actor": actor, "action": action,
                    "from_state": before, "to_state": after, "reason": "",
                }
                for action, before, after in steps
                for row in rows
            ],
        )  # fmt: skip
        _tell_owned(session, rows)
        issued += [str(row["code"]) for row in rows]
        if progress:
            progress(len(issued))
    return issued


def _tell_owned(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Tell those of many firms that have somebody to be told: few of a register's."""
    codes = {row["company_id"]: row["code"] for row in rows}
    for company_id in {firm for _person, firm in seats_of(session, list(codes), LEADS)}:
        tell_firm(session, session.get_one(EnterpriseCode, codes[company_id]), "issue")


def _rows(company_ids: Sequence[UUID], signer: Signer, state: str) -> Iterator[dict[str, object]]:
    for company_id in company_ids:
        code = new_code()
        kid, signature = signer(code)
        yield {
            "code": code, "company_id": company_id, "kind": "company", "label": "", "links": [], "state": state,
            "kid": kid, "signature": signature, "version": 1, "created_at": now(), "updated_at": now(),
        }  # fmt: skip


def _listing(session: Session, said: CodeIssue) -> UUID | None:
    if said.listing_id and get_listing(session, said.listing_id).company_id != said.company_id:
        raise InvalidInput(problems=[Problem("listing_id", "other_company", "该供给条目属于另一家企业")])
    return said.listing_id


def _gs1_path(session: Session, said: CodeIssue) -> str | None:
    if not said.gs1_path:
        return None
    try:
        normal = read_gs1_path(said.gs1_path)
    except InvalidGs1 as error:
        raise InvalidInput(problems=[Problem("gs1_path", error.code, GS1_MESSAGES[error.code])]) from error
    keys = GS1_KEYS[said.kind]
    if normal.partition("/")[0] not in keys:
        raise InvalidInput(
            problems=[
                Problem(
                    "gs1_path", "gs1_kind", "这类企业码可用的 GS1 标识为 {keys}", {"keys": ", ".join(keys)}
                )
            ]
        )
    if session.scalar(select(col(EnterpriseCode.code)).where(col(EnterpriseCode.gs1_path) == normal)):
        raise Conflict("该 GS1 标识已用于另一个企业码", code="gs1_taken")
    return normal


def _handle(session: Session, handle: str) -> str | None:
    if not handle:
        return None
    if session.scalar(select(col(EnterpriseCode.code)).where(col(EnterpriseCode.handle) == handle)):
        raise Conflict("该工业互联网标识已用于另一个企业码", code="handle_taken")
    return handle
