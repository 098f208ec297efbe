"""Bills of materials against firms: which lines of a project may suit a firm, and the reason that names the line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session

from app.core.i18n import Language, translate
from app.demands.line_needs import needs_by_line
from app.demands.models import Demand, DemandLine
from app.demands.service import need_of
from matching.encoders import Encoder
from matching.result import Match, Reason
from matching.reverse import Asked, nearest_needs
from search.documents import SupplierDocument

LINES_A_DEMAND = 3
"""Lines of one project that are matched in full for a firm, each as dear as a demand."""
NEEDED = "项目清单第 {position} 项：{line}"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A demand, or one line of it, as a firm is matched with it."""

    demand: Demand
    asked: Asked
    line: DemandLine | None = None


def wanted_of(
    session: Session, firm: SupplierDocument, demands: Sequence[Demand], encoder: Encoder
) -> list[Wanted]:
    """What of these demands the firm is matched with: each as a whole, a project by the lines nearest to the firm."""
    by_line = needs_by_line(session, demands)
    found = []
    for demand in demands:
        own = frozenset({str(demand.buyer_company_id)} if demand.buyer_company_id else ())
        lines = by_line.get(demand.id)
        if lines is None:
            found.append(Wanted(demand, Asked(str(demand.id), need_of(demand), own)))
            continue
        near = nearest_needs(firm, [one.need for one in lines], encoder=encoder, most=LINES_A_DEMAND)
        found += [
            Wanted(demand, Asked(str(lines[at].line.id), lines[at].need, own), lines[at].line) for at in near
        ]
    return found


def by_best_line(matched: Sequence[tuple[Wanted, Match]], language: Language) -> list[tuple[Demand, Match]]:
    """Each demand once, by the line that suits best, which the first reason names; ranks count from 1 again."""
    best: dict[str, tuple[Demand, Match]] = {}
    for wanted, match in matched:
        told = named(match, wanted.line, language) if wanted.line else match
        best.setdefault(str(wanted.demand.id), (wanted.demand, told))
    return [
        (demand, replace(match, rank=rank)) for rank, (demand, match) in enumerate(best.values(), start=1)
    ]


def named(match: Match, line: DemandLine, language: Language) -> Match:
    """The match with a first reason that says which line it is for."""
    amount = f" {line.quantity:g}{line.unit}" if line.quantity else ""
    params = {"position": line.position, "line": line.name + amount}
    reason = Reason("line", translate(NEEDED, language, **params), "lines", "demand", params)
    return replace(match, reasons=(reason, *match.reasons))
