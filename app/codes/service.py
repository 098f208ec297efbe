"""Verbs of enterprise codes: look up, list, move through their life, replace. Issuing is in app.codes.issuing."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select, update
from sqlmodel import Session, col

from app.codes.keys import Signer
from app.codes.models import CodeEvent, EnterpriseCode
from app.codes.notices import tell_firm
from app.codes.numbers import new_code
from app.codes.policy import LIVE, Action, moved
from app.codes.problems import read_code
from app.core.clock import now
from app.core.errors import Conflict, InvalidInput, NotFound, Problem
from app.core.ids import new_id
from app.core.pagination import decode_cursor, read_page
from app.core.versions import check_version
from app.registry.service import get_company


def get_code(session: Session, text: str, *, for_update: bool = False) -> EnterpriseCode:
    """The code typed in any spelling. Raises InvalidInput for one that cannot be, NotFound for one never issued."""
    code = session.get(EnterpriseCode, read_code(text), with_for_update=for_update or None)
    if code is None:
        raise NotFound("没有签发过这个企业码", code="code_not_found")
    return code


def list_codes(
    session: Session,
    *,
    company_id: UUID | None = None,
    kind: str = "",
    state: str = "",
    limit: int = 20,
    cursor: str = "",
) -> tuple[list[EnterpriseCode], str | None]:
    """Codes in order of their characters, and the cursor of the next page. Raises NotFound for an unknown company."""
    query = select(EnterpriseCode).order_by(col(EnterpriseCode.code))
    if company_id:
        get_company(session, company_id)
        query = query.where(col(EnterpriseCode.company_id) == company_id)
    if kind:
        query = query.where(col(EnterpriseCode.kind) == kind)
    if state:
        query = query.where(col(EnterpriseCode.state) == state)
    if cursor:
        (last,) = decode_cursor(cursor, str)
        query = query.where(col(EnterpriseCode.code) > last)
    return read_page(session, query, limit=limit, key=lambda row: row.code)


def history(session: Session, code: str) -> list[CodeEvent]:
    """What happened to a code, the oldest first."""
    query = select(CodeEvent).where(col(CodeEvent.code) == code).order_by(col(CodeEvent.id))
    return list(session.scalars(query))


def record(
    session: Session, code: EnterpriseCode, *, action: str, before: str, actor: str, reason: str = ""
) -> None:
    """Add a line to a code's history."""
    session.add(
        CodeEvent(
            id=new_id(),
            code=code.code,
            actor=actor,
            action=action,
            from_state=before,
            to_state=code.state,
            reason=reason,
        )
    )


def move_code(
    session: Session,
    text: str,
    *,
    action: Action,
    actor: str,
    reason: str = "",
    if_match: str | None = None,
) -> EnterpriseCode:
    """Activate, suspend, resume or revoke; revoking a firm's own code revokes those under it.

    Raises NotFound, PreconditionFailed, Conflict; InvalidInput for a revocation without a reason.
    """
    code = get_code(session, text, for_update=True)
    check_version(if_match, code.version, required=False)
    if action == "replace":
        raise ValueError("use replace_code, which issues the new code")
    if action in ("revoke", "suspend") and not reason.strip():
        raise InvalidInput(problems=[Problem("reason", "required", "停用或吊销须说明原因，写入历史")])
    _move(session, code, action, actor, reason)
    tell_firm(session, code, action, reason)
    return code


def replace_code(
    session: Session,
    text: str,
    *,
    signer: Signer,
    actor: str,
    reason: str = "",
    if_match: str | None = None,
) -> EnterpriseCode:
    """Issue a new code for the same thing; the old one forwards to it from now on. Returns the new code, active.

    Sub-codes of a replaced firm's code pass under the new one; GS1 key and handle go with the thing.
    """
    old = get_code(session, text, for_update=True)
    check_version(if_match, old.version, required=False)
    code = new_code()
    kid, signature = signer(code)
    fresh = EnterpriseCode(
        code=code,
        kid=kid,
        signature=signature,
        state="active",
        **old.model_dump(
            include={"company_id", "kind", "parent", "label", "listing_id", "gs1_path", "handle", "links"}
        ),
    )
    old.gs1_path = old.handle = None
    _move(session, old, "replace", actor, reason)
    # Freed before they are taken again: one live code a firm, one code an identifier.
    session.flush()
    session.add(fresh)
    session.flush()
    old.replaced_by = code
    _adopt(session, old.code, code)
    record(session, fresh, action="issue", before="", actor=actor, reason=reason)
    session.flush()
    tell_firm(session, fresh, "replace", reason)
    return fresh


def final_code(session: Session, code: EnterpriseCode) -> EnterpriseCode:
    """Where a replaced code forwards to in the end: the last of its line."""
    while code.state == "replaced" and code.replaced_by:
        code = get_code(session, code.replaced_by)
    return code


def _adopt(session: Session, before: str, after: str) -> None:
    session.execute(
        update(EnterpriseCode)
        .where(col(EnterpriseCode.parent) == before)
        .values(parent=after, version=EnterpriseCode.version + 1, updated_at=now())
    )


def _move(session: Session, code: EnterpriseCode, action: Action, actor: str, reason: str) -> EnterpriseCode:
    before = code.state
    code.state = moved(before, action)
    code.version += 1
    code.updated_at = now()
    session.add(code)
    record(session, code, action=action, before=before, actor=actor, reason=reason)
    if action == "revoke":
        under = select(EnterpriseCode).where(
            col(EnterpriseCode.parent) == code.code, col(EnterpriseCode.state) != "revoked"
        )
        for sub in session.scalars(under):
            _move(session, sub, "revoke", actor, reason)
    session.flush()
    return code


def live_code_of(session: Session, company_id: UUID) -> EnterpriseCode | None:
    """The firm's own code that stands now, whatever its state; None when it has none."""
    return session.scalar(
        select(EnterpriseCode).where(
            col(EnterpriseCode.company_id) == company_id,
            col(EnterpriseCode.kind) == "company",
            col(EnterpriseCode.state).in_(LIVE),
        )
    )


def require_own_code(session: Session, company_id: UUID) -> EnterpriseCode:
    """The firm's own code, under which its sub-codes stand. Raises Conflict when it has none."""
    own = live_code_of(session, company_id)
    if own is None:
        raise Conflict("该企业还没有有效的企业码，请先签发企业码，再签发其下的子码", code="no_company_code")
    return own
