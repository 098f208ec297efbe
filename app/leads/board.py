"""A team's pipeline in figures: the funnel by person, division and source, and how many scans became deals.

A lead is a firm that the team may sell to. So its deals are those in which the team supplies and that firm buys, or, where the buyer
of a demand was not named, those of the demand; the seller's other scans, of its own suppliers say, become none. Deals are
counted as they stand: one that is cancelled counts no more. ``done`` is what the team itself says of a lead, for it also sells elsewhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, exists, func, or_, select
from sqlmodel import Session, col

from app.accounts.policy import require
from app.deals.models import Deal
from app.leads.board_schemas import Board, Funnel
from app.leads.models import Lead
from app.leads.people import names_of
from app.leads.policy import STATES


def board(session: Session, team_id: UUID, *, name: Callable[[str, str], str]) -> Board:
    """``name`` gives the words of a key of one sort: ("division", "210100"), ("source", "scan"). Raises Forbidden."""
    require(session, "lead.see", company_id=team_id)
    query = (
        select(
            col(Lead.owner_id),
            col(Lead.division),
            col(Lead.source),
            col(Lead.state),
            func.count().label("number"),
            func.sum(case((col(Lead.scans) > 0, 1), else_=0)).label("scanned"),
            func.sum(case((became_deal(), 1), else_=0)).label("deals"),
            func.sum(case(((col(Lead.scans) > 0) & became_deal(), 1), else_=0)).label("scanned_deals"),
        )
        .where(col(Lead.team_id) == team_id, col(Lead.merged_into).is_(None))
        .group_by(col(Lead.owner_id), col(Lead.division), col(Lead.source), col(Lead.state))
    )
    rows = session.execute(query).all()
    people: Mapping[UUID | None, str] = names_of(session, [row.owner_id for row in rows])
    return Board(
        whole=next(iter(_funnels(rows, lambda _: "", lambda _: "")), Funnel(key="", name="")),
        people=_funnels(
            rows,
            lambda row: str(row.owner_id or ""),
            lambda key: people.get(UUID(key), key) if key else name("person", ""),
        ),
        divisions=_funnels(rows, lambda row: _city(row.division), lambda key: name("division", key)),
        sources=_funnels(rows, lambda row: row.source, lambda key: name("source", key)),
    )


def became_deal() -> ColumnElement[bool]:
    """Whether a lead has a deal that stands."""
    of_buyer = col(Deal.buyer_company_id) == col(Lead.company_id)
    of_demand = col(Lead.company_id).is_(None) & (col(Deal.demand_id) == col(Lead.demand_id))
    return exists().where(
        col(Deal.supplier_company_id) == col(Lead.team_id),
        or_(of_buyer, of_demand),
        col(Deal.state) != "cancelled",
    )


def _funnels(rows: Any, key_of: Callable[[Any], str], name: Callable[[str], str]) -> list[Funnel]:
    """One funnel a key, the largest first."""
    counts: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in rows:
        part = counts[key_of(row)]
        part[row.state] += row.number
        part["scanned"] += row.scanned
        part["scanned_done"] += row.scanned if row.state == "done" else 0
        part["deals"] += row.deals
        part["scanned_deals"] += row.scanned_deals
    found = []
    for key, part in counts.items():
        total = sum(part[state] for state in STATES)
        found.append(
            Funnel(
                key=key,
                name=name(key),
                total=total,
                conversion=round(part["done"] / total, 4),
                scan_conversion=round(part["scanned_deals"] / part["scanned"], 4) if part["scanned"] else 0.0,
                **part,
            )
        )
    return sorted(found, key=lambda one: (-one.total, one.key))


def _city(adcode: str) -> str:
    return adcode[:4] + "00" if adcode else ""
