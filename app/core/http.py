"""What routes ask for: the runtime, a session for this request, the reader's language, versions and paging."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Annotated, Any

from fastapi import Depends, Header, Query, Request, Response
from sqlmodel import Session

from app.core.i18n import Language
from app.core.pagination import MAX_PAGE
from app.core.problem_details import errors
from app.core.problems import request_language
from app.core.runtime import Runtime
from app.core.turns import Turns

_SAFE = ("GET", "HEAD")


def _runtime(request: Request) -> Runtime:
    runtime: Runtime = request.app.state.runtime
    return runtime


async def _turn(request: Request) -> AsyncIterator[None]:
    turns: Turns = request.app.state.turns
    async with turns.take(writing=request.method not in _SAFE):
        yield


def _session(request: Request, _turn: Annotated[None, Depends(_turn, scope="function")]) -> Iterator[Session]:
    with _runtime(request).session(writing=request.method not in _SAFE) as session:
        yield session


RuntimeDep = Annotated[Runtime, Depends(_runtime)]
# Function scope: the commit is done, or has failed, before the answer is sent.
SessionDep = Annotated[Session, Depends(_session, scope="function")]
LanguageDep = Annotated[Language, Depends(request_language)]

LimitQuery = Annotated[int, Query(ge=1, le=MAX_PAGE, description="一页条数 Items a page")]
CursorQuery = Annotated[
    str, Query(max_length=500, description="上一页的 next_cursor: next_cursor of the page before")
]
IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        pattern=r"^[!-~]+$",
        description="同一个键重复提交只创建一次 Repeating a POST with the same key creates nothing more",
    ),
]
IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        max_length=200,
        description="读取时得到的 ETag，缺少时返回 428 The ETag read before; without it the answer is 428",
    ),
]

_ETAG = {
    "description": "版本，修改时作为 If-Match 送回 The version; send it back as If-Match on edits",
    "schema": {"type": "string"},
}


def versioned(ok: int, *statuses: int) -> dict[int | str, dict[str, Any]]:
    """The ``responses`` of an operation that answers ``ok`` with an ETag, or with these error statuses."""
    return {ok: {"headers": {"ETag": _ETAG}}, **errors(*statuses)}


def tag_version(response: Response, version: int) -> None:
    """State the version that the answer shows."""
    response.headers["ETag"] = f'"{version}"'
