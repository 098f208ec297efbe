"""What routes ask for: who asks, the runtime, a session for this request, the reader's language, versions and paging."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager
from typing import Annotated, Any, TypeVar
from urllib.parse import quote

from anyio.to_thread import run_sync
from fastapi import Depends, Header, Query, Request, Response
from fastapi.concurrency import contextmanager_in_threadpool
from fastapi.openapi.models import HTTPBearer as HTTPBearerModel
from fastapi.security.base import SecurityBase
from sqlmodel import Session

from app.core.actor import ANONYMOUS, Actor
from app.core.i18n import Language
from app.core.openapi import API_KEY_SCHEME
from app.core.pagination import MAX_PAGE
from app.core.problem_details import errors
from app.core.problems import request_language
from app.core.runtime import Runtime
from app.core.turns import Turns

T = TypeVar("T")

_SAFE = ("GET", "HEAD")


# What only looks at the request is a coroutine: a plain function would be sent to a thread and back for it.
async def _runtime(request: Request) -> Runtime:
    runtime: Runtime = request.app.state.runtime
    return runtime


async def _language(request: Request) -> Language:
    return request_language(request)


class _WhoAsks(SecurityBase):
    """Who asks, as a dependency that the API's description knows as a security scheme (app.core.openapi adds the cookie).

    One flat dependency: every route has it, and each level under it would be resolved anew for each of them at start.
    """

    def __init__(self) -> None:
        self.scheme_name = API_KEY_SCHEME
        self.model = HTTPBearerModel(description="API 密钥 An API key: Authorization: Bearer lq_…")

    async def __call__(self, request: Request) -> Actor:
        """Who asks. ``app.state.identify`` knows (app.accounts.http); it is asked once a request."""
        known: Actor | None = getattr(request.state, "actor", None)
        if known is None:
            known = request.state.actor = await request.app.state.identify(request)
        return known


current_actor = _WhoAsks()
ActorDep = Annotated[Actor, Depends(current_actor)]


def actor_of_request(request: Request) -> Actor:
    """Who asks, as far as it was found out: nobody, when the request was refused before."""
    actor: Actor = getattr(request.state, "actor", ANONYMOUS)
    return actor


def _unit(request: Request, actor: Actor, *, writing: bool) -> AbstractContextManager[Session]:
    runtime: Runtime = request.app.state.runtime
    return runtime.session(writing=writing, actor=actor)


# The actor comes first: finding out who asks takes a turn of its own, which must be over before this one begins.
async def _session(request: Request, actor: ActorDep) -> AsyncIterator[Session]:
    turns: Turns = request.app.state.turns
    writing = request.method not in _SAFE
    unit = contextmanager_in_threadpool(_unit(request, actor, writing=writing))
    async with turns.take(writing=writing), unit as session:
        yield session


async def in_unit(request: Request, work: Callable[[Session], T], *, actor: Actor, writing: bool = True) -> T:
    """What ``work`` gives, run in its turn and committed by itself, for routes that need more than one unit of work."""

    def run() -> T:
        with _unit(request, actor, writing=writing) as session:
            return work(session)

    turns: Turns = request.app.state.turns
    async with turns.take(writing=writing):
        return await run_sync(run)


RuntimeDep = Annotated[Runtime, Depends(_runtime)]
# Function scope: the commit is done, or has failed, before the answer is sent.
SessionDep = Annotated[Session, Depends(_session, scope="function")]
LanguageDep = Annotated[Language, Depends(_language)]

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


def saved_file(content: bytes, *, media_type: str, name: str) -> Response:
    """A file that somebody sent in, as an answer that no browser runs or shows in place."""
    return Response(
        content,
        media_type=media_type,
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox",
            "Cache-Control": "private, no-store",
        },
    )


def tag_version(response: Response, version: int) -> None:
    """State the version that the answer shows."""
    response.headers["ETag"] = f'"{version}"'
