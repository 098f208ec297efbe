"""Pages of fair play: reporting, the operators' queue, telephone numbers, and what a firm sees of both."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from app.accounts.policy import may, require_person
from app.core.actor import Actor
from app.core.errors import InvalidInput, Problem
from app.core.http import ActorDep, RuntimeDep
from app.core.i18n import Language
from app.core.runtime import Runtime
from app.fair_play import blocks, contacts, reports
from app.fair_play.policy import ACTIONS, REASONS, STATES, SUBJECTS, Action
from app.fair_play.schemas import ReportedQuote, ReportSaid
from app.registry.service import get_company
from app.web import fair_play_words
from app.web.forms import Errors, FormDep, errors_of, text_of, validated, version_of
from app.web.pages import PageLanguage, SameSite, go, no_page, page, read_id

router = APIRouter()


@router.get("/reports/new")
def new_report_page(
    request: Request,
    runtime: RuntimeDep,
    actor: ActorDep,
    language: PageLanguage,
    subject: str = "",
    of: str = "",
) -> HTMLResponse:
    """The form."""
    return _form(request, runtime, actor, language, subject, read_id(of))


@router.post("/reports/new", dependencies=[SameSite])
def make_report_page(
    request: Request, runtime: RuntimeDep, actor: ActorDep, language: PageLanguage, form: FormDep
) -> Response:
    """Report it."""
    subject, key = text_of(form, "subject"), read_id(text_of(form, "id"))
    said = {name: text_of(form, name) for name in ("reason", "words")}
    try:
        wanted = validated(ReportSaid, {"subject": subject, "subject_id": key, **said})
        with runtime.session(actor=actor) as session:
            made = reports.make_report(session, said=wanted)
    except InvalidInput as error:
        return _form(request, runtime, actor, language, subject, key, said, errors_of(error, language))
    return go(f"/reports/{made.id}")


@router.get("/reports")
def queue_page(
    request: Request,
    runtime: RuntimeDep,
    actor: ActorDep,
    language: PageLanguage,
    state: str = "pending",
    cursor: str = "",
) -> HTMLResponse:
    """Reports one decides, made, or is concerned by: the oldest first."""
    state = state if state in STATES else "pending"
    with runtime.session(writing=False, actor=actor) as session:
        listed, more = reports.list_reports(session, state=state, cursor=cursor)
    return page(
        request, "reports.html", language, listed=listed, more=more, state=state, states=STATES,
        words=fair_play_words,
    )  # fmt: skip


@router.get("/reports/{key}")
def report_page(
    request: Request, key: str, runtime: RuntimeDep, actor: ActorDep, language: PageLanguage
) -> HTMLResponse:
    """One report."""
    return _one(request, runtime, actor, language, read_id(key))


@router.post("/reports/{key}/{action}", dependencies=[SameSite])
def decide_page(
    request: Request,
    key: str,
    action: str,
    runtime: RuntimeDep,
    actor: ActorDep,
    language: PageLanguage,
    form: FormDep,
) -> Response:
    """Decide, or appeal."""
    report_id, if_match = read_id(key), version_of(form)
    said = text_of(form, "decision")[:2000]
    move: Action | None = next((one for one in ACTIONS if one == action), None)
    if move is None:
        raise no_page()
    try:
        with runtime.session(actor=actor) as session:
            if move == "appeal":
                if not said.strip():
                    raise InvalidInput(problems=[Problem("decision", "required", "不能为空")])
                reports.appeal(session, report_id, words=said.strip(), if_match=if_match)
            else:
                reports.decide(session, report_id, action=move, decision=said, if_match=if_match)
    except InvalidInput as error:
        return _one(
            request, runtime, actor, language, report_id, errors=errors_of(error, language), said=said
        )
    return go(f"/reports/{report_id}")


@router.post("/companies/{key}/contact", dependencies=[SameSite])
def contact_page(
    request: Request, key: str, runtime: RuntimeDep, actor: ActorDep, language: PageLanguage
) -> HTMLResponse:
    """A firm's contact; that it was shown is written down."""
    with runtime.session(actor=actor) as session:
        shown = contacts.reveal(session, read_id(key))
        company = get_company(session, read_id(key))
    headers = {"Cache-Control": "private, no-store"}
    return page(request, "contact.html", language, headers=headers, company=company, contact=shown)


@router.get("/companies/{key}/fair-play")
def firm_page(
    request: Request, key: str, runtime: RuntimeDep, actor: ActorDep, language: PageLanguage, cursor: str = ""
) -> HTMLResponse:
    """Who was shown the firm's contact, and whom the firm blocks."""
    with runtime.session(writing=False, actor=actor) as session:
        company = get_company(session, read_id(key))
        shown, more = contacts.list_shown(session, company.id, cursor=cursor)
        blocked = []
        if may(actor, "block.manage", company_id=company.id):
            blocked = [
                (one, get_company(session, one.blocked_id)) for one in blocks.list_blocks(session, company.id)
            ]
    return page(request, "fair_play.html", language, company=company, shown=shown, more=more, blocked=blocked)


@router.post("/companies/{key}/blocks", dependencies=[SameSite])
def block_page(key: str, runtime: RuntimeDep, actor: ActorDep, form: FormDep) -> Response:
    """Block a firm, or unblock it."""
    own, other = read_id(key), read_id(text_of(form, "company"))
    with runtime.session(actor=actor) as session:
        if text_of(form, "undo"):
            blocks.unblock(session, own, other)
        else:
            blocks.block(session, own, other)
    return go(f"/companies/{own}/fair-play")


def _form(
    request: Request,
    runtime: Runtime,
    actor: Actor,
    language: Language,
    subject: str,
    key: UUID,
    said: dict[str, str] | None = None,
    errors: Errors | None = None,
) -> HTMLResponse:
    known = next((one for one in SUBJECTS if one == subject), None)
    if known is None:
        raise no_page()
    with runtime.session(writing=False, actor=actor) as session:
        require_person(session)
        title = reports.title_of(session, known, key)
    return page(
        request, "report_form.html", language, status=422 if errors else 200, subject=subject, key=key, title=title,
        reasons=REASONS, words=fair_play_words, said=said or {}, errors=errors or {},
    )  # fmt: skip


def _one(
    request: Request,
    runtime: Runtime,
    actor: Actor,
    language: Language,
    key: UUID,
    *,
    errors: Errors | None = None,
    said: str = "",
) -> HTMLResponse:
    with runtime.session(writing=False, actor=actor) as session:
        report = reports.get_report(session, key)
    quote = ReportedQuote.model_validate(report.snapshot) if report.snapshot else None
    return page(
        request, "report.html", language, status=422 if errors else 200, report=report, quote=quote, words=fair_play_words,
        actions=reports.actions_of(actor, report), errors=errors or {}, said=said,
    )  # fmt: skip
