"""Pages of whoever supplies: the inbox of invitations, and one demand to answer: interest, questions, quote, confirmation."""

from __future__ import annotations

from typing import Any, get_args
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from sqlmodel import Session
from starlette.datastructures import FormData

from app.core.actor import Actor
from app.core.errors import InvalidInput, Unauthenticated
from app.core.http import ActorDep, RuntimeDep
from app.core.i18n import Language
from app.core.idempotency import once
from app.core.ids import new_id
from app.core.runtime import Runtime
from app.demands.policy import ANSWERABLE
from app.demands.service import get_demand, lines_of, may_see_buyer
from app.trade import service as trade
from app.trade.policy import DECLINE_REASONS, DeclineReason
from app.trade.quote_schemas import FREIGHTS, MOST_ALTERNATIVES
from app.web import trade_words
from app.web.forms import Errors, FormDep, errors_of, text_of
from app.web.pages import PageLanguage, SameSite, go, no_page, page, read_id
from app.web.quote_forms import alternative, of_line, read_terms, rows_of
from app.web.quote_forms import filled as quote_form

router = APIRouter()


@router.get("/inquiries")
def inbox_page(
    request: Request, runtime: RuntimeDep, actor: ActorDep, language: PageLanguage, cursor: str = ""
) -> HTMLResponse:
    """Invitations received, the newest first."""
    with runtime.session(writing=False, actor=actor) as session:
        found, more = trade.list_inquiries(session, side="supplier", cursor=cursor)
        listed = trade.public_inquiries(session, found)
    return page(request, "inquiries.html", language, listed=listed, more=more, words=trade_words)


@router.get("/demands/{key}/answer")
def answer_page(
    request: Request, key: str, runtime: RuntimeDep, actor: ActorDep, language: PageLanguage, firm: str = ""
) -> HTMLResponse:
    """One demand, as whoever may supply it answers it."""
    return _page(request, runtime, actor, language, read_id(key), asked=firm)


@router.post("/demands/{key}/answer/{action}", dependencies=[SameSite])
def answer_demand(
    request: Request,
    key: str,
    action: str,
    runtime: RuntimeDep,
    actor: ActorDep,
    language: PageLanguage,
    form: FormDep,
) -> Response:
    """Interested, declined, asked, quoted, withdrawn, confirmed."""
    demand_id = read_id(key)
    try:
        with runtime.session(actor=actor) as session:
            _do(session, demand_id, action, form)
    except InvalidInput as error:
        wrong = errors_of(error, language)
        return _page(
            request, runtime, actor, language, demand_id, asked=text_of(form, "firm"), errors=wrong,
            said={name: text_of(form, name) for name in form}, tried=action,
        )  # fmt: skip
    firm = text_of(form, "firm")
    return go(f"/demands/{demand_id}/answer" + (f"?firm={read_id(firm)}" if firm else ""))


def _do(session: Session, demand_id: UUID, action: str, form: FormData) -> None:
    about = text_of(form, "about")
    match action:
        case "interest":
            trade.answer(session, read_id(about), action="interest")
        case "decline":
            trade.answer(session, read_id(about), action="decline", reason=_reason(form))
        case "ask":
            _ask(session, demand_id, form)
        case "quote":
            _quote(session, demand_id, form)
        case "withdraw":
            trade.withdraw_quote(session, read_id(about))
        case "confirm":
            trade.confirm_award(session, read_id(about))
        case "give-up":
            trade.decline_award(session, read_id(about), reason=text_of(form, "reason")[:500])
        case _:
            raise no_page()


def _reason(form: FormData) -> DeclineReason:
    said = text_of(form, "reason")
    return next((one for one in DECLINE_REASONS if one == said), "other")


def _ask(session: Session, demand_id: UUID, form: FormData) -> None:
    question = trade.checked_question(text_of(form, "question"))
    firm = _firm_id(form)
    once(
        session,
        key=text_of(form, "key") or None,
        route=f"page:/demands/{demand_id}/answer/ask",
        request=question,
        create=lambda: {
            "id": str(trade.ask(session, demand_id=demand_id, question=question, company_id=firm).id)
        },
    )


def _quote(session: Session, demand_id: UUID, form: FormData) -> None:
    """The first quote, once however often it is sent; or a new version of the one there is."""
    terms = read_terms(form, lines_of(session, demand_id))
    about = text_of(form, "about")
    if about:
        trade.revise_quote(session, read_id(about), terms=terms, if_match=f'"{text_of(form, "version")}"')
        return
    firm = _firm_id(form)
    once(
        session,
        key=text_of(form, "key") or None,
        route=f"page:/demands/{demand_id}/answer/quote",
        request=terms.model_dump(mode="json"),
        create=lambda: {
            "id": str(trade.give_quote(session, demand_id=demand_id, terms=terms, company_id=firm).id)
        },
    )


def _firm_id(form: FormData) -> UUID | None:
    said = text_of(form, "firm")
    return read_id(said) if said else None


def _page(
    request: Request,
    runtime: Runtime,
    actor: Actor,
    language: Language,
    demand_id: UUID,
    *,
    asked: str = "",
    errors: Errors | None = None,
    said: dict[str, str] | None = None,
    tried: str = "",
) -> HTMLResponse:
    if not actor.known:
        raise Unauthenticated("请先登录再报价")
    with runtime.session(writing=False, actor=actor) as session:
        demand = get_demand(session, demand_id)
        firms = trade.firms_of(session)
        firm = next((one for one in firms if str(one.id) == asked), firms[0] if firms else None)
        own = trade.own_side(session, demand_id, firm.id) if firm else None
        lines = lines_of(session, demand_id)
        context: dict[str, Any] = {
            "lines": lines,
            "left": trade.remaining(session, lines),
            "buyer": demand.buyer if may_see_buyer(actor, demand) else "",
            "questions": trade.public_questions(session, trade.list_questions(session, demand_id)),
            "own": own,
        }
    filled = said if said is not None else (quote_form(own.terms) if own and own.terms else {})
    return page(
        request, "answer.html", language, status=422 if errors else 200, demand=demand, firms=firms, firm=firm,
        words=trade_words, errors=errors or {}, said=filled, tried=tried, key=str(new_id()),
        freights=FREIGHTS, reasons=get_args(DeclineReason), open=demand.state in ANSWERABLE, alternative=alternative, rows_of=rows_of, of_line=of_line, most=MOST_ALTERNATIVES, **context,
    )  # fmt: skip
