"""Demands over HTTP."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Body, Query, Response

from app.catalogue.json_schema import form_schema
from app.core.http import (
    CursorQuery,
    IdempotencyKey,
    IfMatch,
    LimitQuery,
    RuntimeDep,
    SessionDep,
    tag_version,
    versioned,
)
from app.core.idempotency import once
from app.core.pagination import Page
from app.core.problem_details import errors
from app.demands import service
from app.demands.form_schemas import FormList, FormPublic, demand_examples
from app.demands.forms import FormName, load_forms
from app.demands.models import Demand
from app.demands.places import locate
from app.demands.policy import Action, State
from app.demands.schemas import (
    DemandCreate,
    DemandPublic,
    DemandUpdate,
    ReviewNote,
    UnderstandRequest,
    Understood,
)
from app.demands.understanding import completed, read_words

router = APIRouter(prefix="/api/v1", tags=["demands"])

Repeat = Annotated[bool, Query(description="与近期需求相近也发布 Post it though it repeats one")]
MOVED = versioned(200, 403, 404, 409, 412)


@router.post("/understand", responses=errors(400, 413))
def understand_words(said: UnderstandRequest) -> Understood:
    """理解一段需求 What is understood of a buyer's words; stores nothing."""
    place = locate(city=said.city, district=said.district, adcode=said.adcode or "")
    need = completed(read_words(said.title, said.text), place=place, kind=said.kind, corrections=said.need)
    return Understood(need=need)


@router.get("/request-forms", tags=["lookups"], responses=errors())
def list_request_forms() -> FormList:
    """需求表单 The sixteen request forms."""
    return FormList(items=[FormPublic.model_validate(declared) for declared in load_forms().values()])


@router.get("/request-forms/{form}/schema", tags=["lookups"], responses=errors())
def get_request_form_schema(form: FormName) -> dict[str, Any]:
    """某一表单的字段 What a form's ``fields`` may hold, as JSON Schema 2020-12."""
    return form_schema(load_forms()[form])


@router.get("/demands", responses=errors())
def list_demands(
    session: SessionDep,
    state: State | None = None,
    form: FormName | None = None,
    limit: LimitQuery = 20,
    cursor: CursorQuery = "",
) -> Page[DemandPublic]:
    """需求列表 Demands, the newest first; of one request form, as construction projects, where ``form`` says which."""
    found, more = service.list_demands(
        session, state=state or "", form=form or "", limit=limit, cursor=cursor
    )
    return Page(items=service.published(session, found), next_cursor=more)


@router.post("/demands", status_code=201, responses=versioned(201, 400, 403, 409, 413, 429))
def post_demand(
    session: SessionDep,
    runtime: RuntimeDep,
    said: Annotated[DemandCreate, Body(openapi_examples=demand_examples())],
    response: Response,
    repeat: Repeat = False,
    idempotency_key: IdempotencyKey = None,
) -> DemandPublic:
    """发布需求 Post a demand, or keep it as a draft, which may lack anything. One that says what the firm said lately is answered with 409."""

    def create() -> dict[str, Any]:
        review = runtime.settings.demand_review
        posted = service.post_demand(session, said=said, review=review, repeat=repeat)
        return service.public(session, posted).model_dump(mode="json")

    answer = once(
        session,
        key=idempotency_key,
        route="POST /demands",
        request=said.model_dump(mode="json", exclude_unset=True),
        create=create,
    )
    demand = DemandPublic.model_validate(answer)
    response.headers["Location"] = f"/api/v1/demands/{demand.id}"
    tag_version(response, demand.version)
    return demand


@router.get("/demands/{demand_id}", responses=versioned(200, 404))
def get_demand(session: SessionDep, demand_id: UUID, response: Response) -> DemandPublic:
    """需求详情 One demand."""
    return _answer(session, response, service.get_demand(session, demand_id))


@router.patch("/demands/{demand_id}", responses=versioned(200, 400, 403, 404, 409, 412, 413, 428))
def update_demand(
    session: SessionDep,
    runtime: RuntimeDep,
    demand_id: UUID,
    change: DemandUpdate,
    response: Response,
    if_match: IfMatch = None,
) -> DemandPublic:
    """修改需求或更正理解 Edit a demand, or correct what was understood of it."""
    review = runtime.settings.demand_review
    changed = service.update_demand(session, demand_id, change=change, if_match=if_match, review=review)
    return _answer(session, response, changed)


@router.post("/demands/{demand_id}/open", responses=MOVED)
def open_demand(
    session: SessionDep,
    runtime: RuntimeDep,
    demand_id: UUID,
    response: Response,
    repeat: Repeat = False,
    if_match: IfMatch = None,
) -> DemandPublic:
    """公开草稿 Open a draft that is whole, else the answer names what it lacks; it is in review first where the platform
    looks before publication."""
    review = runtime.settings.demand_review
    moved = service.move_demand(
        session, demand_id, action="open", if_match=if_match, review=review, repeat=repeat
    )
    return _answer(session, response, moved)


@router.post("/demands/{demand_id}/approve", responses=versioned(200, 400, 403, 404, 409, 412, 413))
def approve_demand(
    session: SessionDep, demand_id: UUID, response: Response, said: ReviewNote, if_match: IfMatch = None
) -> DemandPublic:
    """审核通过 An operator lets a demand be published."""
    return _decide(session, demand_id, response, "approve", said, if_match)


@router.post("/demands/{demand_id}/reject", responses=versioned(200, 400, 403, 404, 409, 412, 413))
def reject_demand(
    session: SessionDep, demand_id: UUID, response: Response, said: ReviewNote, if_match: IfMatch = None
) -> DemandPublic:
    """审核不通过 An operator sends a demand back to its writer, saying why."""
    return _decide(session, demand_id, response, "reject", said, if_match)


@router.post("/demands/{demand_id}/close", responses=MOVED)
def close_demand(
    session: SessionDep, demand_id: UUID, response: Response, if_match: IfMatch = None
) -> DemandPublic:
    """关闭需求 Close a demand: it stays to be read, and takes no more quotes."""
    return _move(session, demand_id, response, "close", if_match)


@router.post("/demands/{demand_id}/withdraw", responses=MOVED)
def withdraw_demand(
    session: SessionDep, demand_id: UUID, response: Response, if_match: IfMatch = None
) -> DemandPublic:
    """撤回需求 Take a demand back: nobody but the buyer's side sees it any more."""
    return _move(session, demand_id, response, "withdraw", if_match)


@router.post("/demands/{demand_id}/reopen", responses=MOVED)
def reopen_demand(
    session: SessionDep, demand_id: UUID, response: Response, if_match: IfMatch = None
) -> DemandPublic:
    """重新打开 Open a closed or expired demand again; one that was withdrawn becomes a draft."""
    return _move(session, demand_id, response, "reopen", if_match)


def _move(
    session: SessionDep, key: UUID, response: Response, action: Action, if_match: str | None
) -> DemandPublic:
    return _answer(session, response, service.move_demand(session, key, action=action, if_match=if_match))


def _decide(
    session: SessionDep, key: UUID, response: Response, action: Action, said: ReviewNote, if_match: str | None
) -> DemandPublic:
    moved = service.move_demand(session, key, action=action, if_match=if_match, note=said.note)
    return _answer(session, response, moved)


def _answer(session: SessionDep, response: Response, demand: Demand) -> DemandPublic:
    tag_version(response, demand.version)
    return service.public(session, demand)
