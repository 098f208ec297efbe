"""API keys: made for a company or for a division's operators, rotated without a gap, revoked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from app.accounts.models import ApiKey
from app.accounts.policy import Scope, require
from app.accounts.tokens import digest, new_api_key
from app.core.clock import now
from app.core.errors import Conflict, NotFound
from app.core.ids import new_id

OVERLAP = timedelta(hours=24)
"""For so long after a rotation the old token still works, so that programs can be changed over one by one."""
HINT_LENGTH = 9


@dataclass(frozen=True, slots=True)
class Issued:
    """A key with its token, which is known now and never again."""

    key: ApiKey
    token: str


def make_key(
    session: Session,
    *,
    name: str,
    scopes: Sequence[Scope],
    company_id: UUID | None = None,
    division: str = "",
    expires_at: datetime | None = None,
) -> Issued:
    """A new key of a company, or of a division when no company is given. Raises Forbidden."""
    actor = require(session, "key.manage", company_id=company_id, division=None if company_id else division)
    token = new_api_key()
    key = ApiKey(
        id=new_id(),
        name=name,
        company_id=company_id,
        division="" if company_id else division,
        scopes=sorted(set(scopes)),
        hint=token[:HINT_LENGTH],
        token_hash=digest(token),
        created_by=actor.id if actor.kind == "person" else None,
        expires_at=expires_at,
    )
    session.add(key)
    session.flush()
    return Issued(key, token)


def list_keys(session: Session) -> list[ApiKey]:
    """The keys the actor may see that were not revoked, the newest first."""
    query = select(ApiKey).where(col(ApiKey.revoked_at).is_(None)).order_by(col(ApiKey.id).desc())
    return list(session.scalars(query))


def rotate_key(session: Session, key_id: UUID) -> Issued:
    """A new token for a key; the old one works for OVERLAP more. Raises NotFound, Forbidden, Conflict."""
    key = _managed(session, key_id)
    if key.revoked_at:
        raise Conflict("此密钥已撤销，请新建一个", code="key_revoked")
    token = new_api_key()
    key.previous_hash, key.previous_until = key.token_hash, now() + OVERLAP
    key.token_hash, key.hint = digest(token), token[:HINT_LENGTH]
    session.add(key)
    session.flush()
    return Issued(key, token)


def revoke_key(session: Session, key_id: UUID) -> None:
    """Make a key useless at once; again changes nothing. Raises NotFound, Forbidden."""
    key = _managed(session, key_id)
    key.revoked_at = key.revoked_at or now()
    session.add(key)


def _managed(session: Session, key_id: UUID) -> ApiKey:
    key = session.get(ApiKey, key_id, with_for_update=True)
    if key is None:
        raise NotFound("未找到该密钥", code="key_not_found")
    require(
        session, "key.manage", company_id=key.company_id, division=None if key.company_id else key.division
    )
    return key
