"""Leads as one reader sees them: names of people, words of divisions and sources."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlmodel import Session

from app.core.i18n import Language, translate
from app.core.tenancy import actor_of
from app.demands.service import published
from app.leads.board import board
from app.leads.board_schemas import Board
from app.leads.digest import told_of
from app.leads.models import Lead
from app.leads.people import names_of
from app.leads.schemas import LeadFound, LeadPublic, LeadsFound
from search.places import load_gazetteer

SOURCE_WORDS = {"scan": "扫码", "demand": "需求推荐", "manual": "手工添加"}
NOBODY_YET = "无人负责"
NOWHERE = "地区不详"


def public_leads(session: Session, leads: Iterable[Lead]) -> list[LeadPublic]:
    """As the API shows them to the session's actor."""
    leads = list(leads)
    names = names_of(session, [lead.owner_id for lead in leads])
    viewer = actor_of(session).id
    return [LeadPublic.of(lead, names, viewer) for lead in leads]


def leads_found(session: Session, team_id: UUID) -> LeadsFound:
    """What a team was told of lately, each demand as the session's actor may see it."""
    told = told_of(session, team_id)
    demands = published(session, [demand for _, demand, _ in told])
    return LeadsFound(
        items=[
            LeadFound(
                demand=demand,
                score=alert.score,
                reason=alert.reason,
                told_at=alert.created_at,
                in_pipeline=held,
            )
            for demand, (alert, _, held) in zip(demands, told, strict=True)
        ]
    )


def team_board(session: Session, team_id: UUID, language: Language) -> Board:
    """The board in the reader's language. Raises Forbidden."""

    def name(sort: str, key: str) -> str:
        if sort == "person":
            return translate(NOBODY_YET, language)
        if sort == "source":
            return translate(SOURCE_WORDS[key], language)
        division = load_gazetteer().get(key)
        return division.name if division else translate(NOWHERE, language)

    return board(session, team_id, name=name)
