"""Signing in and out, one's own account, sessions and API keys over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from fastapi import APIRouter, BackgroundTasks, Request, Response
from sqlmodel import Session

from app.accounts import keys, people, sessions
from app.accounts.contacts import masked, read_contact
from app.accounts.delivery import deliver
from app.accounts.http import clear_cookie, set_cookie
from app.accounts.identify import person_actor
from app.accounts.one_time import LASTS as CODE_LASTS
from app.accounts.one_time import code_message
from app.accounts.people import get_person
from app.accounts.policy import require_known, require_person
from app.accounts.schemas import (
    CodeRequest,
    CodeSent,
    KeyCreate,
    KeyIssued,
    KeyList,
    KeyPublic,
    Me,
    MeUpdate,
    PasswordChange,
    SessionList,
    SessionPublic,
    SignIn,
)
from app.accounts.sign_in import ask_for_code, sign_in_by_code, sign_in_by_password
from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import Conflict
from app.core.http import ActorDep, IdempotencyKey, LanguageDep, RuntimeDep, SessionDep, in_unit
from app.core.idempotency import once
from app.core.problem_details import errors
from app.core.same_site import refuse_cross_site
from app.registry.service import get_company

router = APIRouter(prefix="/api/v1", tags=["accounts"])
_signed_out: list[Callable[[Session, Request, Response], None]] = []


@router.post("/sign-in/codes", status_code=202, responses=errors(400, 403, 413, 429))
async def send_sign_in_code(
    request: Request, said: CodeRequest, tasks: BackgroundTasks, runtime: RuntimeDep, language: LanguageDep
) -> CodeSent:
    """发送登录验证码 Send a one-time code; the answer is the same whether or not the contact is known."""
    refuse_cross_site(request)
    contact = read_contact(said.contact)
    code = await ask_for_code(request, contact)
    tasks.add_task(deliver, runtime.settings, code_message(contact, code, language))
    return CodeSent(sent_to=masked(contact.value), expires_in=int(CODE_LASTS.total_seconds()))


@router.post("/sign-in", status_code=201, responses=errors(400, 401, 403, 413, 429))
async def sign_in(request: Request, said: SignIn, response: Response) -> Me:
    """登录 Sign in; the answer sets the session cookie. A new contact with the right code becomes a new account."""
    refuse_cross_site(request)
    contact = read_contact(said.contact)
    if said.code is not None:
        begun = await sign_in_by_code(request, contact, said.code)
    else:
        begun = await sign_in_by_password(request, contact, said.password or "")
    set_cookie(request, response, begun)
    person = Actor("person", begun.person.id)
    actor = await in_unit(
        request, lambda session: person_actor(session, begun.person), actor=person, writing=False
    )
    return Me.of(actor, begun.person)


@router.post("/sign-out", status_code=204, responses=errors(403))
def sign_out(session: SessionDep, actor: ActorDep, request: Request, response: Response) -> None:
    """退出登录 End this session."""
    person_id = require_person(session)
    if actor.session_id:
        sessions.end_session(session, person_id=person_id, session_id=actor.session_id)
    clear_cookie(request, response)
    for listener in _signed_out:
        listener(session, request, response)


def when_signed_out(listener: Callable[[Session, Request, Response], None]) -> None:
    """Say who acts in the transaction in which a session ends (app.web does; it stands above this package)."""
    if listener not in _signed_out:
        _signed_out.append(listener)


@router.get("/me", responses=errors())
def get_me(session: SessionDep) -> Me:
    """我是谁 Who asks: a person or an API key, with seats, divisions and scopes."""
    actor = require_known(session)
    person = get_person(session, actor.id) if actor.kind == "person" and actor.id else None
    return Me.of(actor, person)


@router.put("/me", responses=errors(400, 403, 413))
def update_me(session: SessionDep, actor: ActorDep, said: MeUpdate) -> Me:
    """修改姓名 Change one's name."""
    return Me.of(actor, people.rename(session, person_id=require_person(session), name=said.name))


@router.put("/me/password", status_code=204, responses=errors(400, 403, 413))
def set_password(session: SessionDep, actor: ActorDep, said: PasswordChange) -> None:
    """设置密码 Set a password; other devices are signed out."""
    people.set_password(
        session,
        person_id=require_person(session),
        session_id=actor.session_id,
        password=said.password,
        current=said.current,
    )


@router.get("/me/sessions", responses=errors(403))
def list_sessions(session: SessionDep, actor: ActorDep) -> SessionList:
    """登录的设备 Where one is signed in."""
    held = sessions.list_sessions(session, person_id=require_person(session))
    return SessionList(items=[SessionPublic.of(one, actor) for one in held])


@router.delete("/me/sessions/{session_id}", status_code=204, responses=errors(403, 404))
def end_session(session: SessionDep, session_id: UUID) -> None:
    """让一台设备退出 Sign one device out."""
    sessions.end_session(session, person_id=require_person(session), session_id=session_id)


@router.get("/keys", responses=errors())
def list_keys(session: SessionDep) -> KeyList:
    """API 密钥 The API keys of one's companies and divisions, with their last use."""
    require_known(session)
    return KeyList(items=[KeyPublic.model_validate(key) for key in keys.list_keys(session)])


@router.post("/keys", status_code=201, responses=errors(400, 403, 404, 409, 413))
def create_key(session: SessionDep, said: KeyCreate, idempotency_key: IdempotencyKey = None) -> KeyIssued:
    """新建 API 密钥 Make an API key; its token is shown this once, so the same request again is refused with 409."""
    made: list[keys.Issued] = []

    def create() -> dict[str, Any]:
        if said.company_id:
            get_company(session, said.company_id)
        issued = keys.make_key(
            session,
            name=said.name,
            scopes=said.scopes,
            company_id=said.company_id,
            division=said.division or "",
            expires_at=now() + timedelta(days=said.expires_in_days) if said.expires_in_days else None,
        )
        made.append(issued)
        # Only the id is remembered: the token is kept nowhere.
        return {"id": str(issued.key.id)}

    answer = once(
        session,
        key=idempotency_key,
        route="POST /keys",
        request=said.model_dump(mode="json"),
        create=create,
    )
    if not made:
        raise Conflict(
            "密钥已新建，令牌只显示一次；没有收到请轮换它（POST /api/v1/keys/{key_id}/rotate）",
            code="key_made",
            key_id=answer["id"],
        )
    return KeyIssued.of(made[0].key, made[0].token)


@router.post("/keys/{key_id}/rotate", responses=errors(403, 404, 409))
def rotate_key(session: SessionDep, key_id: UUID) -> KeyIssued:
    """轮换密钥 A new token; the old one works for 24 hours more."""
    issued = keys.rotate_key(session, key_id)
    return KeyIssued.of(issued.key, issued.token)


@router.delete("/keys/{key_id}", status_code=204, responses=errors(403, 404))
def revoke_key(session: SessionDep, key_id: UUID) -> None:
    """撤销密钥 Revoke an API key at once."""
    keys.revoke_key(session, key_id)
