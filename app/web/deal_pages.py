"""Pages of deals: one's list, one deal with everything its sides may do, and the operators' disputes."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from starlette.datastructures import FormData

from app.core.actor import Actor
from app.core.errors import Conflict, InvalidInput, Problem
from app.core.http import ActorDep, RuntimeDep
from app.core.i18n import Language
from app.core.runtime import Runtime
from app.deals import reviews, service
from app.deals.notices import name_of, names_of
from app.deals.policy import CRITERIA, PARTIES, REVIEWED, Party
from app.deals.schemas import MOST_MILESTONES, DealTerms, Query, ReviewSaid
from app.web import deal_words
from app.web.forms import Errors, FormDep, errors_of, text_of, validated, version_of
from app.web.pages import PageLanguage, SameSite, go, no_page, page, read_id

router = APIRouter()

VIEWS: tuple[Query, ...] = ("buyer", "supplier", "dispute")


@router.get("/deals")
def list_page(
    request: Request,
    runtime: RuntimeDep,
    actor: ActorDep,
    language: PageLanguage,
    side: str = "",
    cursor: str = "",
) -> HTMLResponse:
    """One's deals, the newest first."""
    asked: Query | None = next((one for one in VIEWS if one == side), None)
    with runtime.session(writing=False, actor=actor) as session:
        found, more = service.list_deals(session, side=asked, cursor=cursor)
        names = names_of(session, found)
        listed = [(deal, names[deal.id]["supplier"], names[deal.id]["buyer"]) for deal in found]
    views = [one for one in VIEWS if one != "dispute" or actor.divisions]
    return page(
        request, "deals.html", language, listed=listed, more=more, side=asked, views=views, words=deal_words
    )


@router.get("/deals/{key}")
def deal_page(
    request: Request, key: str, runtime: RuntimeDep, actor: ActorDep, language: PageLanguage
) -> HTMLResponse:
    """One deal."""
    return _one(request, runtime, actor, language, read_id(key))


@router.post("/deals/{key}/{action}", dependencies=[SameSite])
def move_page(
    request: Request,
    key: str,
    action: str,
    runtime: RuntimeDep,
    actor: ActorDep,
    language: PageLanguage,
    form: FormDep,
) -> Response:
    """Whatever a side does with a deal."""
    deal_id = read_id(key)
    try:
        with runtime.session(actor=actor) as session:
            _do(session, deal_id, action, form)
    except InvalidInput as error:
        return _one(
            request, runtime, actor, language, deal_id, errors=errors_of(error, language), action=action,
            said={name: text_of(form, name) for name in form},
        )  # fmt: skip
    except Conflict as error:
        alert = Problem("", error.code, error.message, error.params).text(language)
        return _one(request, runtime, actor, language, deal_id, alert=alert, action=action)
    return go(f"/deals/{deal_id}")


def _do(session: Any, key: UUID, action: str, form: FormData) -> None:
    if_match = version_of(form)
    note = text_of(form, "note")[:2000]
    match action:
        case "confirm_as_buyer" | "confirm_as_supplier":
            side: Party = "buyer" if action == "confirm_as_buyer" else "supplier"
            service.confirm(session, key, side=side, if_match=if_match)
        case "deliver":
            service.deliver(session, key, if_match=if_match)
        case "retract":
            service.retract(session, key, if_match=if_match)
        case "accept":
            service.accept(session, key, if_match=if_match)
        case "dispute":
            service.dispute(session, key, note=note, if_match=if_match)
        case "resume":
            service.resume(session, key, decision=note, if_match=if_match)
        case "annul":
            service.annul(session, key, decision=note, if_match=if_match)
        case "cancel":
            service.cancel(session, key, note=note, if_match=if_match)
        case "revise":
            service.revise(session, key, said=_terms(form), if_match=if_match)
        case "milestone":
            position = text_of(form, "position")
            at = int(position) if position.isdecimal() and len(position) < 4 else -1
            done = text_of(form, "done") == "true"
            service.mark_milestone(session, key, position=at, done=done, if_match=if_match)
        case "review":
            reviews.write_review(session, key, said=_review(form))
        case "answer":
            reviews.answer_review(session, read_id(text_of(form, "review")), answer=_answer(note))
        case _:
            raise no_page()


def _terms(form: FormData) -> DealTerms:
    """Milestones are lines of "day name" or of a name alone."""
    steps = []
    for line in text_of(form, "milestones").splitlines()[: MOST_MILESTONES + 1]:
        day, _, name = line.strip().partition(" ")
        dated = _day(day)
        if line.strip():
            steps.append({"name": name.strip() if dated else line.strip(), "due_on": dated})
    return validated(
        DealTerms,
        {"due_on": text_of(form, "due_on") or None, "terms": text_of(form, "terms"), "milestones": steps},
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _review(form: FormData) -> ReviewSaid:
    side = text_of(form, "side")
    scores = {
        name: int(text_of(form, name))
        for name in CRITERIA["supplier" if side == "supplier" else "buyer"]
        if text_of(form, name) in ("1", "2", "3", "4", "5")
    }
    return validated(ReviewSaid, {"side": side, "scores": scores, "words": text_of(form, "words")})


def _answer(text: str) -> str:
    if not text.strip():
        raise InvalidInput(problems=[Problem("note", "required", "不能为空")])
    return text.strip()


def _one(
    request: Request,
    runtime: Runtime,
    actor: Actor,
    language: Language,
    key: UUID,
    *,
    errors: Errors | None = None,
    alert: str = "",
    action: str = "",
    said: dict[str, str] | None = None,
) -> HTMLResponse:
    with runtime.session(writing=False, actor=actor) as session:
        deal = service.get_deal(session, key)
        shown = service.public(session, deal)
        names = {party: name_of(session, deal, party) for party in PARTIES}
        written = reviews.reviews_of_deal(session, deal)
    own = [one for one in PARTIES if one in shown.sides]
    rates = [one for one in own if deal.state in REVIEWED and one not in {review.side for review in written}]
    return page(
        request, "deal.html", language, status=422 if errors else 409 if alert else 200, deal=shown, names=names,
        reviews=written, own=own, rates=rates, criteria=CRITERIA, words=deal_words, errors=errors or {}, alert=alert,
        tried=action, said=said or {},
    )  # fmt: skip
