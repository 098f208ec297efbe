"""Firms for a stored demand, which may be a project whose lines are matched one by one."""

from __future__ import annotations

from sqlmodel import Session

from app.core.runtime import Runtime
from app.demands.line_needs import needs_by_line
from app.demands.models import Demand
from app.demands.service import need_of
from app.matches.bills import named
from app.matches.service import match_need
from matching.result import Match


def firms_for(runtime: Runtime, session: Session, demand: Demand, *, depth: int) -> list[Match]:
    """Firms for a demand; for a project those of every line, each firm once with the line it suits best. Best first."""
    buyer = demand.buyer_company_id
    lines = needs_by_line(session, [demand]).get(demand.id)
    if lines is None:
        return list(match_need(runtime, need_of(demand), limit=depth, buyer=buyer).matches)
    best: dict[str, Match] = {}
    for one in lines:
        for match in match_need(runtime, one.need, limit=depth, buyer=buyer).matches:
            held = best.get(match.supplier.key)
            if held is None or match.score > held.score:
                best[match.supplier.key] = named(match, one.line, "zh")
    return sorted(best.values(), key=lambda match: (-match.score, match.supplier.key))[:depth]
