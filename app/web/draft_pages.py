"""A draft of a demand saves itself while its form is typed: what static/autosave.js sends and is told."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from sqlmodel import Session

from app.core.errors import Conflict, Unauthenticated
from app.core.http import ActorDep, RuntimeDep
from app.demands.service import get_demand
from app.web import drafts, kept_forms
from app.web.forms import FormDep
from app.web.guest_fields import read_with_guest
from app.web.pages import PageLanguage, SameSite, read_id

router = APIRouter()

PUBLISHED = "这条需求已经发布，不再自动保存；要修改请打开需求"


@router.post("/demands/autosave", dependencies=[SameSite])
def begin_draft(
    request: Request, runtime: RuntimeDep, actor: ActorDep, language: PageLanguage, form: FormDep
) -> Response:
    """Begin a draft with what the form holds, one however often it is sent; 204 while nothing is written."""
    if not actor.known:
        raise Unauthenticated("请先登录再发布需求")
    filled = read_with_guest(runtime, actor, form, language)
    if filled.need is None:
        return Response(status_code=204)
    with runtime.session(actor=actor) as session:
        answer = _said(session, drafts.begin(session, filled, language))
    return kept_forms.forget(request, runtime, answer)


@router.post("/demands/{key}/autosave", dependencies=[SameSite])
def keep_draft(
    key: str, runtime: RuntimeDep, actor: ActorDep, language: PageLanguage, form: FormDep
) -> Response:
    """Keep what the form holds in its draft; 412 when that was edited elsewhere since the form's version of it."""
    filled = read_with_guest(runtime, actor, form, language)
    with runtime.session(actor=actor) as session:
        if get_demand(session, read_id(key)).state != "draft":
            raise Conflict(PUBLISHED, code="demand_state")
        return _said(session, drafts.keep(session, read_id(key), filled, language))


def _said(session: Session, kept: drafts.Kept) -> Response:
    """Which draft it is, its version to go on from, the ids of its lines, and what was left out."""
    demand = kept.demand
    if demand.state != "draft":
        raise Conflict(PUBLISHED, code="demand_state")
    return JSONResponse(
        {
            "id": str(demand.id),
            "version": demand.version,
            "lines": drafts.line_ids(session, demand),
            "left_out": kept.left_out,
        }
    )
