"""What a firm's deals say of it: figures for its public page, and the one number the ranking knows of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlmodel import Session, col

from app.core.clock import CHINA, now
from app.core.tenancy import across_tenants
from app.deals.models import Deal, DealReview
from app.deals.policy import CRITERIA, ORDERS_COUNTED, PARTIES, Party
from app.deals.schemas import Response, Standing

NEUTRAL = 3.5
"""The mark that speaks neither for nor against a firm: between "fair" (3) and "good" (4)."""
CAUTION = 3
"""Neutral orders put before a firm's own."""

# Built once: these are asked for every page of a firm that is made.
_SOLD = col(Deal.supplier_company_id) == bindparam("firm")
_BOUGHT = col(Deal.buyer_company_id) == bindparam("firm")
_ACCEPTED = across_tenants(
    select(func.count().filter(_SOLD), func.count().filter(_BOUGHT)).where(
        col(Deal.state) == "accepted", _SOLD | _BOUGHT
    ),
    "figures of a firm are public",
)
_FIRM, _SIDE = col(DealReview.of_company_id), col(DealReview.side)
_SHOWN = (
    select(
        _FIRM,
        _SIDE,
        col(DealReview.scores),
        func.row_number()
        .over(partition_by=(_FIRM, _SIDE), order_by=col(DealReview.id).desc())
        .label("place"),
    )
    .where(
        _FIRM.in_(bindparam("firms", expanding=True)),
        _SIDE.in_(bindparam("sides", expanding=True)),
        col(DealReview.shown_at) <= bindparam("moment"),
    )
    .subquery()
)
_LAST_MARKS = across_tenants(
    select(_SHOWN.c.of_company_id, _SHOWN.c.side, _SHOWN.c.scores).where(_SHOWN.c.place <= bindparam("most")),
    "figures of a firm are public",
)

ResponseReader = Callable[[Session, UUID], Response | None]
_response_readers: list[ResponseReader] = []


def response_from(reader: ResponseReader) -> None:
    """Say who knows how firms answer invitations (app.trade does; it stands above this package)."""
    if reader not in _response_readers:
        _response_readers.append(reader)


def standing(session: Session, company_id: UUID) -> Standing:
    """The figures of one firm: counts over all its deals, means and shares over the last ORDERS_COUNTED."""
    sold, bought = _counts(session, company_id)
    rated = _last_marks(session, [company_id], PARTIES)
    marks, marks_as_buyer = rated.get((company_id, "buyer"), []), rated.get((company_id, "supplier"), [])
    times = _times(session, company_id) if sold else []
    in_time = [delivered.astimezone(CHINA).date() <= due for delivered, due in times]
    return Standing(
        company_id=company_id,
        deals=sold,
        rated=len(marks),
        criteria=means(marks, CRITERIA["buyer"]),
        mean=overall(marks),
        on_time_share=round(sum(in_time) / len(in_time), 2) if in_time else None,
        on_time_of=len(in_time),
        bought=bought,
        rated_as_buyer=len(marks_as_buyer),
        criteria_as_buyer=means(marks_as_buyer, CRITERIA["supplier"]),
        response=next((said for read in _response_readers if (said := read(session, company_id))), None),
    )


def standings(session: Session, companies: Sequence[UUID]) -> dict[UUID, float]:
    """What the ranking knows of each firm that was rated, -1 to 1; who was not is left out, and counts as 0."""
    rated = _last_marks(session, companies, ("buyer",))
    return {company_id: as_standing(marks) for (company_id, _side), marks in rated.items()}


def ratings(session: Session, companies: Collection[UUID]) -> dict[UUID, float | None]:
    """The mean mark of each firm as a supplier over its last ORDERS_COUNTED orders; who was not rated is left out."""
    rated = _last_marks(session, list(companies), ("buyer",))
    return {company_id: overall(marks) for (company_id, _side), marks in rated.items()}


def as_standing(marks: Sequence[dict[str, int]]) -> float:
    """Marks of 1 to 5 as -1 to 1, drawn to 0 while they are few: a mean with CAUTION neutral orders put before it.

    A Bayesian average with a fixed prior; one order rated 5 gives 0.25, ten give 0.77.
    """
    worth = sum((sum(one.values()) / len(one) - NEUTRAL) / (5 - NEUTRAL) for one in marks)
    return round(max(worth / (len(marks) + CAUTION), -1.0), 2)


def means(marks: Sequence[dict[str, int]], criteria: Iterable[str]) -> dict[str, float]:
    """The mean of each criterion, to one decimal; nothing where there are no marks."""
    return {
        name: round(sum(one[name] for one in marks) / len(marks), 1)
        for name in criteria
        if marks and all(name in one for one in marks)
    }


def overall(marks: Sequence[dict[str, int]]) -> float | None:
    """The mean over orders of the mean of their criteria, to two decimals; None without marks."""
    if not marks:
        return None
    return round(sum(sum(one.values()) / len(one) for one in marks) / len(marks), 2)


def _counts(session: Session, company_id: UUID) -> tuple[int, int]:
    """Deals accepted: sold, and bought."""
    found = session.execute(_ACCEPTED, {"firm": company_id}).one()
    return found[0], found[1]


def _last_marks(
    session: Session, companies: Sequence[UUID], by: Sequence[Party]
) -> dict[tuple[UUID, str], list[dict[str, int]]]:
    """Scores that everybody sees of each firm's last orders, by firm and the side that gave them."""
    asked = {"firms": list(companies), "sides": list(by), "moment": now(), "most": ORDERS_COUNTED}
    marks: dict[tuple[UUID, str], list[dict[str, int]]] = {}
    for company_id, given_by, scores in session.execute(_LAST_MARKS, asked):
        marks.setdefault((company_id, given_by), []).append(scores)
    return marks


def _times(session: Session, company_id: UUID) -> list[tuple[datetime, date]]:
    """(delivered, due) of the last accepted orders that had a day."""
    query = (
        select(col(Deal.delivered_at), col(Deal.due_on))
        .where(
            col(Deal.supplier_company_id) == company_id,
            col(Deal.state) == "accepted",
            col(Deal.due_on).is_not(None),
            col(Deal.delivered_at).is_not(None),
        )
        .order_by(col(Deal.id).desc())
        .limit(ORDERS_COUNTED)
    )
    rows = session.execute(across_tenants(query, "figures of a firm are public")).all()
    return [(delivered, due) for delivered, due in rows if delivered and due]
