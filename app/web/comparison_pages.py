"""Pages of whoever buys: quotes side by side, awards, questions to answer, firms to invite."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import ValidationError
from sqlmodel import Session
from starlette.datastructures import FormData

from app.core.actor import Actor
from app.core.errors import Conflict, InvalidInput, Problem
from app.core.http import ActorDep, RuntimeDep
from app.core.i18n import Language
from app.core.idempotency import once
from app.core.ids import new_id
from app.core.runtime import Runtime
from app.demands.policy import ANSWERABLE
from app.demands.service import get_demand
from app.registry.service import get_company_by_uscc
from app.trade import service as trade
from app.trade.award_schemas import AwardCreate
from app.trade.comparison_schemas import Weights
from app.trade.quote_routes import xlsx
from app.trade.sheet import workbook
from app.web import trade_words
from app.web.forms import FormDep, text_of, texts_of, validated
from app.web.pages import PageLanguage, SameSite, go, no_page, page, read_id

router = APIRouter()


@router.get("/demands/{key}/quotes")
def quotes_page(
    request: Request, key: str, runtime: RuntimeDep, actor: ActorDep, language: PageLanguage
) -> HTMLResponse:
    """The comparison, as the buyer weighs it."""
    return _page(request, runtime, actor, language, read_id(key))


@router.get("/demands/{key}/quotes.xlsx")
def quotes_sheet(
    request: Request, key: str, runtime: RuntimeDep, actor: ActorDep, language: PageLanguage
) -> Response:
    """The same as a workbook."""
    demand_id = read_id(key)
    with runtime.session(writing=False, actor=actor) as session:
        compared = trade.compare(session, demand_id, weights=_weights(request))
        title = get_demand(session, demand_id).title
    return xlsx(workbook(compared, title, language), demand_id)


@router.post("/demands/{key}/quotes/{action}", dependencies=[SameSite])
def act_on_quotes(
    request: Request,
    key: str,
    action: str,
    runtime: RuntimeDep,
    actor: ActorDep,
    language: PageLanguage,
    form: FormDep,
) -> Response:
    """Award, decline, take back, answer a question, invite a firm."""
    demand_id = read_id(key)
    try:
        with runtime.session(actor=actor) as session:
            _do(session, demand_id, action, form)
    except InvalidInput as error:
        words = [problem.text(language) for problem in error.problems]
        return _page(request, runtime, actor, language, demand_id, alert=" ".join(words), tried=action)
    return go(f"/demands/{demand_id}/quotes")


def _do(session: Session, demand_id: UUID, action: str, form: FormData) -> None:
    about = text_of(form, "about")
    match action:
        case "award":
            _award(session, demand_id, form)
        case "reject":
            trade.reject_quote(session, read_id(about), reason=text_of(form, "reason").strip()[:500])
        case "take-back":
            trade.take_back_award(session, read_id(about), reason=text_of(form, "reason").strip()[:500])
        case "reopen-rest":
            trade.reopen_rest(session, demand_id)
        case "reply":
            words = text_of(form, "answer").strip()[:2000]
            if not words:
                raise InvalidInput(problems=[Problem("answer", "required", "请写下答复")])
            trade.answer_question(session, read_id(about), answer=words)
        case "invite":
            firm = get_company_by_uscc(session, text_of(form, "uscc"))
            _invited, skipped = trade.invite_by_hand(session, demand_id=demand_id, companies=[firm.id])
            if skipped.get(firm.id, "invited") != "invited":
                raise Conflict("目前不能邀请这家企业，可改邀其他企业", code="not_invited")
        case _:
            raise no_page()


def _award(session: Session, demand_id: UUID, form: FormData) -> None:
    """Award the ticked lines of one quote, once however often the form is sent."""
    lines = [
        {"demand_line_id": line, "quantity": text_of(form, f"quantity.{line}").strip() or None}
        for line in texts_of(form, "line")
    ]
    if not lines:
        raise InvalidInput(problems=[Problem("line", "required", "请至少勾选一条明细")])
    choice = {"quote_id": text_of(form, "about"), "number": text_of(form, "number"), "lines": lines}
    said = validated(AwardCreate, {"choices": [choice], "confirm_hours": text_of(form, "confirm_hours")})
    once(
        session,
        key=text_of(form, "key") or None,
        route=f"page:/demands/{demand_id}/quotes/award",
        request=said.model_dump(mode="json"),
        create=lambda: {
            "ids": [str(one.id) for one in trade.make_awards(session, demand_id=demand_id, said=said)]
        },
    )


def _weights(request: Request) -> Weights:
    """The weights in the address; the usual ones where they make no sense."""
    said = {name: request.query_params[name] for name in Weights.model_fields if name in request.query_params}
    try:
        return Weights.model_validate(said)
    except ValidationError:
        return Weights()


def _page(
    request: Request,
    runtime: Runtime,
    actor: Actor,
    language: Language,
    demand_id: UUID,
    *,
    alert: str = "",
    tried: str = "",
) -> HTMLResponse:
    with runtime.session(writing=False, actor=actor) as session:
        compared = trade.compare(session, demand_id, weights=_weights(request))
        demand = get_demand(session, demand_id)
        awards, _more = trade.list_awards(session, demand_id=demand_id, limit=100)
        awaited = any(one.state == "offered" for one in awards)
        rest = demand.state == "awarded" and not awaited and trade.is_left(session, demand)
        context: dict[str, Any] = {
            "awards": [trade.public_award(session, one) for one in awards],
            "questions": trade.public_questions(session, trade.list_questions(session, demand_id)),
            "invited": [trade.public_inquiry(session, one) for one in trade.of_demand(session, demand_id)],
        }
    units = {line.id: line for line in compared.lines}
    return page(
        request, "quotes.html", language, status=422 if alert else 200, demand=demand, compared=compared, units=units,
        words=trade_words, alert=alert, tried=tried, key=str(new_id()), query=str(request.url.query),
        open=demand.state in ANSWERABLE, may_award=demand.state in ("quoting", "awarded"), rest=rest, **context,
    )  # fmt: skip
