"""Idempotency-Key: a POST repeated with the same key gives the first answer again and creates nothing more."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel
from sqlalchemy import JSON, Column, delete, func, select
from sqlmodel import Field, Session, SQLModel, col

from app.core.clock import now
from app.core.errors import Conflict
from app.core.locks import lock_name
from app.core.tenancy import ACTOR

if TYPE_CHECKING:
    from app.core.runtime import Runtime

Answer = TypeVar("Answer", bound=BaseModel)

KEPT = timedelta(days=30)
"""How long a key is remembered."""


class IdempotencyRecord(SQLModel, table=True):
    """The first answer given under a key; stored in the transaction that created the thing."""

    __tablename__ = "idempotency"

    key: str = Field(primary_key=True, max_length=200)
    route: str = Field(primary_key=True, max_length=200)
    request_hash: str = Field(max_length=64)
    response: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    created_at: datetime = Field(default_factory=now, index=True)


def once(
    session: Session, *, key: str | None, route: str, request: Any, create: Callable[[], dict[str, Any]]
) -> dict[str, Any]:
    """The answer of ``create``, or the one stored when this key was used before.

    ``request`` is the JSON-able body; the same key with another body raises Conflict. Keys are each actor's own: nobody
    is given an answer that somebody else got.
    """
    if not key:
        return create()
    route = _own(session, route)
    digest = hashlib.sha256(json.dumps(request, sort_keys=True, default=str).encode()).hexdigest()
    lock_name(session.connection(), "idempotency", route, key)
    record = session.get(IdempotencyRecord, (key, route))
    if record:
        if record.request_hash != digest:
            raise Conflict("此 Idempotency-Key 已用于另一请求，请换一个", code="idempotency_key_reused")
        return record.response
    answer = create()
    session.add(IdempotencyRecord(key=key, route=route, request_hash=digest, response=answer))
    session.flush()
    return answer


def made_once(
    session: Session,
    model: type[Answer],
    *,
    key: str | None,
    route: str,
    said: BaseModel,
    make: Callable[[], Answer],
) -> Answer:
    """What ``make`` gives, or what it gave when this key was used before with the same body, as `once` says."""
    answer = once(
        session,
        key=key,
        route=route,
        request=said.model_dump(mode="json"),
        create=lambda: make().model_dump(mode="json"),
    )
    return model.model_validate(answer)


def answered(session: Session, *, key: str, route: str) -> dict[str, Any] | None:
    """The answer given to this actor under the key, if one was."""
    record = session.get(IdempotencyRecord, (key, _own(session, route))) if key else None
    return record.response if record else None


def _own(session: Session, route: str) -> str:
    actor = session.info.get(ACTOR)
    return f"{route} {actor.id}" if actor and actor.id else route


def forget_old_answers(runtime: Runtime) -> int:
    """The job that deletes answers older than ``KEPT``: whoever repeats a request does so sooner."""
    old = col(IdempotencyRecord.created_at) < now() - KEPT
    with runtime.session(writing=False) as session:
        count: int = session.scalar(select(func.count()).where(old)) or 0
    if count:
        with runtime.session() as session:
            session.execute(delete(IdempotencyRecord).where(old))
    return count
