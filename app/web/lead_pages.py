"""Pages of the pipeline: a team's leads, the board, export, bulk assignment. One lead is in app.web.lead_page."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse
from sqlmodel import Session

from app.accounts.policy import may
from app.core.actor import Actor
from app.core.clock import today
from app.core.errors import InvalidInput, Problem
from app.core.http import ActorDep, RuntimeDep
from app.core.i18n import translate
from app.leads import finding, handing, service
from app.leads.export import FORMS, MEDIA_TYPES, export_leads
from app.leads.people import team_people
from app.leads.policy import SOURCES, STATES, teams_of
from app.leads.schemas import LeadCreate
from app.leads.shown import public_leads, team_board
from app.registry.service import get_company
from app.web.forms import FormDep, text_of, validated
from app.web.lead_words import LeadWords
from app.web.moments import end_of_day
from app.web.pages import PageLanguage, SameSite, go, no_page, page, read_id
from app.web.places import place_choices

router = APIRouter()


def _asked(
    state: str = "", owner: str = "", source: str = "", division: str = "", q: str = "", due: str = ""
) -> dict[str, str]:
    """The filters as an address or the form says them."""
    return {"state": state, "owner": owner, "source": source, "division": division, "q": q, "due": due}


AskedDep = Annotated[dict[str, str], Depends(_asked)]


@router.get("/leads")
def leads_page(
    request: Request,
    runtime: RuntimeDep,
    actor: ActorDep,
    language: PageLanguage,
    asked: AskedDep,
    team: str = "",
    cursor: str = "",
    assigned: str = "",
    leads: str = "",
) -> HTMLResponse:
    """The pipeline, with filters; ``assigned`` names the assignment just made, to be undone."""
    filters = _filters(asked)
    with runtime.session(writing=False, actor=actor) as session:
        team_id = chosen_team(session, actor, team)
        found, more = finding.list_leads(session, team_id=team_id, filters=filters, cursor=cursor)
        shown = public_leads(session, found)
        people = team_people(session, team_id)
        teams = [get_company(session, one) for one in teams_of(actor)]
    return page(
        request, "leads.html", language, listed=shown, more=more, people=people, teams=teams, team_id=team_id, states=STATES,
        sources=SOURCES, said=asked, words=LeadWords(language), manages=may(actor, "lead.manage", company_id=team_id), forms=FORMS,
        works=may(actor, "lead.work", company_id=team_id), assigned=assigned, given=leads,
        places=place_choices(runtime.settings.home_division, asked["division"]),
    )  # fmt: skip


@router.get("/leads/board")
def board_page(
    request: Request, runtime: RuntimeDep, actor: ActorDep, language: PageLanguage, team: str = ""
) -> HTMLResponse:
    """The funnel by person, division and source."""
    with runtime.session(writing=False, actor=actor) as session:
        team_id = chosen_team(session, actor, team)
        told = team_board(session, team_id, language)
        company = get_company(session, team_id)
    parts = (("people", told.people), ("divisions", told.divisions), ("sources", told.sources))
    return page(
        request,
        "lead_board.html",
        language,
        board=told,
        parts=parts,
        company=company,
        states=STATES,
        words=LeadWords(language),
    )


@router.get("/leads/export/{form}")
def export_file(
    runtime: RuntimeDep,
    actor: ActorDep,
    language: PageLanguage,
    form: str,
    asked: AskedDep,
    team: str = "",
) -> Response:
    """The leads the filters leave, as a file."""
    if form not in FORMS:
        raise no_page()
    kind, words = form, LeadWords(language)

    def say(sort: str, key: str) -> str:
        said = {"state": words.state, "source": words.source}
        return said[sort](key) if sort in said else translate(key, language)

    with runtime.session(writing=False, actor=actor) as session:
        team_id = chosen_team(session, actor, team)
        content = export_leads(session, team_id=team_id, filters=_filters(asked), form=kind, say=say)
    name = quote(f"{translate('销售线索', language)}-{today().isoformat()}.{form}")
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
        "Cache-Control": "private, no-store",
    }
    return Response(content, media_type=MEDIA_TYPES[kind], headers=headers)


@router.post("/leads/new", dependencies=[SameSite])
def new_lead(runtime: RuntimeDep, actor: ActorDep, form: FormDep) -> Response:
    """Put a firm or a demand into the pipeline with one tap."""
    company, demand = text_of(form, "company"), text_of(form, "demand")
    with runtime.session(actor=actor) as session:
        said = validated(
            LeadCreate,
            {
                "team_id": chosen_team(session, actor, text_of(form, "team")),
                "company_id": read_id(company) if company else None,
                "demand_id": read_id(demand) if demand else None,
            },
        )
        lead, _ = service.create_lead(session, said=said)
    return go(f"/leads/{lead.id}")


@router.post("/leads/assign", dependencies=[SameSite])
def assign(runtime: RuntimeDep, actor: ActorDep, form: FormDep) -> Response:
    """Give a division's leads to one colleague."""
    team_id, division = read_id(text_of(form, "team")), text_of(form, "division")
    if not division:
        raise InvalidInput(problems=[Problem("division", "required", "请选择地区")])
    with runtime.session(actor=actor) as session:
        batch, given = handing.assign(
            session,
            team_id=team_id,
            division=division,
            person_id=read_id(text_of(form, "person")),
            held=text_of(form, "held") == "true",
        )
    return go(f"/leads?team={team_id}&assigned={batch}&leads={len(given)}")


@router.post("/leads/assignments/{batch}/undo", dependencies=[SameSite])
def undo_assign(batch: str, runtime: RuntimeDep, actor: ActorDep) -> Response:
    """Give the leads back."""
    with runtime.session(actor=actor) as session:
        handing.undo_assign(session, read_id(batch))
    return go("/leads")


def chosen_team(session: Session, actor: Actor, asked: str) -> UUID:
    """The team asked for, else the first of the actor's. Raises Unauthenticated, Forbidden."""
    teams = teams_of(actor)
    if asked:
        return service.team_of(session, read_id(asked), "lead.see")
    return teams[0] if teams else service.team_of(session, None, "lead.see")


def _filters(asked: dict[str, str]) -> finding.Filters:
    """What an address asks for; what it cannot mean is left out."""
    owner, division = asked["owner"], asked["division"]
    return finding.Filters(
        state=asked["state"] if asked["state"] in STATES else None,
        owner=finding.NOBODY if owner == "nobody" else read_id(owner) if owner else None,
        source=asked["source"] if asked["source"] in SOURCES else None,
        division=division if division.isdecimal() and len(division) == 6 else "",
        text=asked["q"].strip()[:100],
        due_before=end_of_day() if asked["due"] else None,
    )
