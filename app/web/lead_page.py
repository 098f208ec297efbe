"""The page of one lead: who has it, what happened, the next step, notes and photos."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from starlette.datastructures import UploadFile

from app.accounts.policy import may
from app.core.actor import Actor
from app.core.clock import CHINA
from app.core.errors import InvalidInput, Problem
from app.core.http import ActorDep, RuntimeDep
from app.core.i18n import Language
from app.core.runtime import Runtime
from app.leads import finding, handing, photos, service
from app.leads.people import team_people
from app.leads.policy import ACTIONS, allowed
from app.leads.schemas import LeadMove, LeadUpdate, NoteCreate
from app.leads.shown import public_leads
from app.leads.timeline import timeline
from app.registry.contacts import contact_of
from app.registry.service import get_company
from app.web.forms import Errors, FilesDep, FormDep, errors_of, text_of, validated
from app.web.lead_words import LeadWords
from app.web.moments import read_moment
from app.web.pages import PageLanguage, SameSite, go, no_page, page, read_id

router = APIRouter(prefix="/leads/{key}")

OTHERS = 50
"""Leads offered to merge into."""


@router.get("")
def lead_page(
    request: Request, key: str, runtime: RuntimeDep, actor: ActorDep, language: PageLanguage
) -> HTMLResponse:
    """One lead."""
    return _page(request, runtime, actor, language, read_id(key))


@router.post("/step", dependencies=[SameSite])
def plan_step(
    request: Request, key: str, runtime: RuntimeDep, actor: ActorDep, language: PageLanguage, form: FormDep
) -> Response:
    """Set the next step and when to be reminded of it."""
    try:
        due = read_moment(text_of(form, "next_at"), field="next_at")
        change = validated(LeadUpdate, {"next_step": text_of(form, "next_step")[:200], "next_at": due})
        with runtime.session(actor=actor) as session:
            if_match = f'"{text_of(form, "version")}"'
            service.update_lead(session, read_id(key), change=change, if_match=if_match)
    except InvalidInput as error:
        return _page(request, runtime, actor, language, read_id(key), errors=errors_of(error, language))
    return go(f"/leads/{read_id(key)}")


@router.post("/notes", dependencies=[SameSite])
def add_note(
    request: Request, key: str, runtime: RuntimeDep, actor: ActorDep, language: PageLanguage, form: FormDep
) -> Response:
    """Write something down."""
    text = text_of(form, "text").strip()
    try:
        if not text:
            raise InvalidInput(problems=[Problem("text", "required", "请写下内容")])
        said = validated(NoteCreate, {"text": text[:5000]})
    except InvalidInput as error:
        return _page(request, runtime, actor, language, read_id(key), errors=errors_of(error, language))
    with runtime.session(actor=actor) as session:
        service.add_note(session, read_id(key), text=said.text)
    return go(f"/leads/{read_id(key)}")


@router.post("/hand-over", dependencies=[SameSite])
def hand_over(key: str, runtime: RuntimeDep, actor: ActorDep, form: FormDep) -> Response:
    """Give it to a colleague, or to nobody yet."""
    person = text_of(form, "person")
    with runtime.session(actor=actor) as session:
        handing.hand_over(session, read_id(key), person_id=read_id(person) if person else None)
    return go(f"/leads/{read_id(key)}")


@router.post("/merge", dependencies=[SameSite])
def merge(key: str, runtime: RuntimeDep, actor: ActorDep, form: FormDep) -> Response:
    """Put it into another lead; the page of that one says how to undo it."""
    with runtime.session(actor=actor) as session:
        kept = handing.merge(session, read_id(key), into=read_id(text_of(form, "into")))
    return go(f"/leads/{kept.id}")


@router.post("/unmerge", dependencies=[SameSite])
def unmerge(key: str, runtime: RuntimeDep, actor: ActorDep) -> Response:
    """Let it stand by itself again."""
    with runtime.session(actor=actor) as session:
        handing.unmerge(session, read_id(key))
    return go(f"/leads/{read_id(key)}")


@router.post("/photos", dependencies=[SameSite])
def add_photo(
    request: Request, key: str, runtime: RuntimeDep, actor: ActorDep, language: PageLanguage, form: FilesDep
) -> Response:
    """Add photos."""
    files = [file for file in form.getlist("photo") if isinstance(file, UploadFile) and file.filename]
    try:
        if not files:
            raise InvalidInput(problems=[Problem("photo", "required", "请选择照片")])
        with runtime.session(actor=actor) as session:
            for file in files:
                photos.add_photo(
                    session,
                    read_id(key),
                    content=file.file.read(photos.LARGEST + 1),
                    caption=text_of(form, "caption"),
                    keep_place=text_of(form, "keep_place") == "true",
                    folder=runtime.settings.photos_dir(),
                )
    except InvalidInput as error:
        return _page(request, runtime, actor, language, read_id(key), errors=errors_of(error, language))
    return go(f"/leads/{read_id(key)}")


@router.get("/photos/{photo}")
def photo_file(photo: str, runtime: RuntimeDep, actor: ActorDep) -> Response:
    """A photo, for those who see the lead."""
    with runtime.session(writing=False, actor=actor) as session:
        content = photos.read_photo(session, read_id(photo), folder=runtime.settings.photos_dir())
    headers = {
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        # A photo never changes; it is its readers' own.
        "Cache-Control": "private, max-age=86400",
    }
    return Response(content, media_type="image/jpeg", headers=headers)


@router.post("/photos/{photo}/delete", dependencies=[SameSite])
def delete_photo(photo: str, runtime: RuntimeDep, actor: ActorDep) -> Response:
    """Delete a photo for good."""
    with runtime.session(actor=actor) as session:
        lead = photos.delete_photo(session, read_id(photo), folder=runtime.settings.photos_dir())
    return go(f"/leads/{lead}")


@router.post("/{action}", dependencies=[SameSite])
def move(
    request: Request,
    key: str,
    action: str,
    runtime: RuntimeDep,
    actor: ActorDep,
    language: PageLanguage,
    form: FormDep,
) -> Response:
    """Start, postpone, finish, lose or reopen."""
    if action not in ACTIONS:
        raise no_page()
    try:
        with runtime.session(actor=actor) as session:
            said = validated(LeadMove, {"reason": text_of(form, "reason")[:200]})
            service.move_lead(session, read_id(key), action=action, reason=said.reason)
    except InvalidInput as error:
        return _page(request, runtime, actor, language, read_id(key), errors=errors_of(error, language))
    return go(f"/leads/{read_id(key)}")


def _page(
    request: Request,
    runtime: Runtime,
    actor: Actor,
    language: Language,
    key: UUID,
    *,
    errors: Errors | None = None,
) -> HTMLResponse:
    with runtime.session(writing=False, actor=actor) as session:
        lead = service.get_lead(session, key)
        (shown,) = public_leads(session, [lead])
        company = get_company(session, lead.company_id) if lead.company_id else None
        contact = contact_of(company, actor) if company else None
        lines = timeline(session, lead)
        pictures = photos.list_photos(session, lead)
        people = team_people(session, lead.team_id)
        merged = [one for one in handing.family(session, lead) if one.merged_into == lead.id]
        into = service.get_lead(session, lead.merged_into) if lead.merged_into else None
        others, _ = finding.list_leads(session, team_id=lead.team_id, filters=finding.Filters(), limit=OTHERS)
    holds = service.holds(actor, lead) and into is None
    return page(
        request, "lead.html", language, status=422 if errors else 200, lead=shown, company=company, contact=contact,
        lines=lines, pictures=pictures, people=people, merged=merged, into=into, holds=holds, errors=errors or {},
        others=[one for one in others if one.id != lead.id and service.holds(actor, one)],
        works=may(actor, "lead.work", company_id=lead.team_id), words=LeadWords(language),
        manages=may(actor, "lead.manage", company_id=lead.team_id), actions=allowed(lead.state) if holds else [],
        local=lead.next_at.astimezone(CHINA).strftime("%Y-%m-%dT%H:%M") if lead.next_at else "",
    )  # fmt: skip
