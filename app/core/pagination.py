"""Keyset cursors: a page is what comes after the last key seen, so it neither skips nor repeats while rows arrive."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import Select
from sqlmodel import Session, col

from app.core.errors import InvalidInput, Problem

T = TypeVar("T")
Row = TypeVar("Row")
MAX_PAGE = 100


class Page(BaseModel, Generic[T]):
    """One page; ``next_cursor`` is null on the last."""

    items: list[T]
    next_cursor: str | None = None


def encode_cursor(*keys: str | int) -> str:
    """An opaque cursor from the sort keys of the last row."""
    return base64.urlsafe_b64encode(json.dumps(keys).encode()).decode().rstrip("=")


def decode_cursor(cursor: str, *kinds: type[str] | type[int]) -> list[str | int]:
    """The sort keys in a cursor. Raises InvalidInput when it was not made by encode_cursor with these types."""
    try:
        keys = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        # No key holds a control character or half of a surrogate pair, and databases choke on them.
        clean = isinstance(keys, list) and all(str(key).isprintable() for key in keys)
        if clean and [type(key) for key in keys] == list(kinds):
            return list(keys)
    except (binascii.Error, ValueError, RecursionError):
        pass
    raise _malformed()


def read_page(
    session: Session, query: Select[Row], *, limit: int, key: Callable[[Row], str]
) -> tuple[list[Row], str | None]:
    """The first ``limit`` rows of an ordered query, and the cursor of the next page: the ``key`` the query is ordered by."""
    found = list(session.scalars(query.limit(limit + 1)))
    more = encode_cursor(key(found[limit - 1])) if len(found) > limit else None
    return found[:limit], more


class _WithId(Protocol):
    id: UUID


RowWithId = TypeVar("RowWithId", bound=_WithId)


def read_page_by_id(
    session: Session,
    query: Select[RowWithId],
    model: type[RowWithId],
    *,
    limit: int,
    cursor: str,
    newest_first: bool = False,
) -> tuple[list[RowWithId], str | None]:
    """A page of rows in order of their ids, and the cursor of the next. Raises InvalidInput for a broken ``cursor``.

    UUIDv7 ids are in order of creation.
    """
    key = col(model.id)
    if cursor:
        last = _decode_id(cursor)
        query = query.where(key < last if newest_first else key > last)
    query = query.order_by(key.desc() if newest_first else key)
    return read_page(session, query, limit=limit, key=lambda row: str(row.id))


def _decode_id(cursor: str) -> UUID:
    """The id in a cursor made of one id. Raises InvalidInput."""
    (last,) = decode_cursor(cursor, str)
    try:
        return UUID(str(last))
    except ValueError as error:
        raise _malformed() from error


def _malformed() -> InvalidInput:
    return InvalidInput(problems=[Problem("cursor", "malformed_cursor", "分页游标无效，请从第一页重新开始")])
