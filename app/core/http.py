"""What routes ask for: who asks, the runtime, a session for this request, the reader's language, versions and paging."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Annotated, Any, TypeVar
from urllib.parse import quote

from anyio.to_thread import run_sync
from fastapi import Depends, Header, Query, Request, Response
from fastapi.security import APIKeyCookie, HTTPBearer
from sqlmodel import Session

from app.core.actor import ANONYMOUS, Actor
from app.core.i18n import Language
from app.core.pagination import MAX_PAGE
from app.core.problem_details import errors
from app.core.problems import request_language
from app.core.runtime import Runtime
from app.core.turns import Turns

T = TypeVar("T")

_SAFE = ("GET", "HEAD")


def _runtime(request: Request) -> Runtime:
    runtime: Runtime = request.app.state.runtime
    return runtime


SESSION_COOKIE = "lianqiao_session"

# Declared for the API's description; app.state.identify reads the request itself.
_API_KEY = HTTPBearer(
    scheme_name="apiKey", auto_error=False, description="API 密钥 An API key: Authorization: Bearer lq_…"
)
_SESSION = APIKeyCookie(
    name=SESSION_COOKIE,
    scheme_name="session",
    auto_error=False,
    description="登录后的浏览器 A signed-in browser: POST /api/v1/sign-in sets the cookie",
)


async def current_actor(
    request: Request,
    _key: Annotated[Any, Depends(_API_KEY)] = None,
    _cookie: Annotated[Any, Depends(_SESSION)] = None,
) -> Actor:
    """Who asks. ``app.state.identify`` knows (app.accounts.http); what it reads is read once a request."""
    actor: Actor = await request.app.state.identify(request)
    request.state.actor = actor
    return actor


ActorDep = Annotated[Actor, Depends(current_actor)]


def actor_of_request(request: Request) -> Actor:
    """Who asks, as far as it was found out: nobody, when the request was refused before."""
    actor: Actor = getattr(request.state, "actor", ANONYMOUS)
    return actor


async def _turn(request: Request) -> AsyncIterator[None]:
    turns: Turns = request.app.state.turns
    async with turns.take(writing=request.method not in _SAFE):
        yield


# The actor comes first: finding out who asks takes a turn of its own, which must be over before this one begins.
def _session(
    request: Request, actor: ActorDep, _turn: Annotated[None, Depends(_turn, scope="function")]
) -> Iterator[Session]:
    with _runtime(request).session(writing=request.method not in _SAFE, actor=actor) as session:
        yield session


async def in_unit(request: Request, work: Callable[[Session], T], *, actor: Actor, writing: bool = True) -> T:
    """What ``work`` gives, run in its turn and committed by itself, for routes that need more than one unit of work."""

    def run() -> T:
        with _runtime(request).session(writing=writing, actor=actor) as session:
            return work(session)

    turns: Turns = request.app.state.turns
    async with turns.take(writing=writing):
        return await run_sync(run)


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
