"""Verbs of quotes: give, revise, withdraw, decline; each version kept, one standing a firm."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session, col

from app.accounts.policy import require, require_known
from app.core.clock import now, today
from app.core.errors import Conflict, InvalidInput, NotFound, Problem
from app.core.ids import new_id
from app.core.pagination import read_page_by_id
from app.core.tenancy import across_tenants, actor_of
from app.core.versions import check_version, touch
from app.demands.models import Demand
from app.demands.service import get_demand, lines_of, move_demand
from app.matches.outcomes import record_outcome
from app.registry.service import company_names, get_company
from app.trade.inquiries import note_quote
from app.trade.parties import (
    buyer_side,
    lock_demand,
    require_answerable,
    require_buyer,
    require_buyer_of,
    require_may_quote,
    supplier_firm,
    tell_buyer,
    tell_firm,
)
from app.trade.policy import QuoteState, quote_moved
from app.trade.quote_models import Quote, QuoteVersion
from app.trade.quote_schemas import MOST_ALTERNATIVES, QuotePublic, QuoteTerms

SEALED_NAME = "***"
"""Who quoted, while the quote is sealed."""


def get_quote(session: Session, key: UUID, *, for_update: bool = False) -> Quote:
    """A quote of one's firm, or for one's demand and not sealed. Raises Unauthenticated, NotFound."""
    require_known(session)
    quote = session.get(Quote, key, with_for_update=for_update or None, populate_existing=for_update)
    if quote is None or _still_sealed(session, quote):
        raise NotFound("未找到该报价，密封的报价在截止后才能查看", code="quote_not_found")
    return quote


def list_quotes(
    session: Session, *, demand_id: UUID | None = None, state: str = "", limit: int = 20, cursor: str = ""
) -> tuple[list[Quote], str | None]:
    """Quotes the actor may read, the newest first. Raises Unauthenticated."""
    require_known(session)
    query = select(Quote)
    if demand_id:
        query = query.where(col(Quote.demand_id) == demand_id)
    if state:
        query = query.where(col(Quote.state) == state)
    found, more = read_page_by_id(session, query, Quote, newest_first=True, limit=limit, cursor=cursor)
    unopened = {one.demand_id for one in found if _unopened(session, one)}
    held = session.scalars(select(Demand).where(col(Demand.id).in_(unopened))) if unopened else ()
    sealed = {demand.id for demand in held if sealed_until(demand)}
    return [one for one in found if one.demand_id not in sealed or not _unopened(session, one)], more


def give_quote(
    session: Session, *, demand_id: UUID, terms: QuoteTerms, company_id: UUID | None = None
) -> Quote:
    """The first quote of a firm. Raises NotFound, Forbidden, InvalidInput, Conflict when it has one or it is too late."""
    demand = lock_demand(session, demand_id)
    firm = supplier_firm(session, demand, company_id)
    require_may_quote(session, demand, firm)
    _require_in_time(demand)
    held = select(Quote).where(col(Quote.demand_id) == demand_id, col(Quote.company_id) == firm)
    if session.scalars(held).first():
        raise Conflict("贵企业已对该需求报价，请修改原报价", code="quote_exists")
    terms = checked(session, demand, terms)
    quote = Quote(id=new_id(), demand_id=demand_id, company_id=firm, **buyer_side(demand), **_seal(demand))
    session.add(quote)
    session.flush()
    _keep(session, demand, quote, terms)
    move_demand(session, demand_id, action="quote")
    note_quote(session, demand, firm, "quote")
    record_outcome(session, demand_id=demand_id, company_id=firm, outcome="quoted")
    _tell(session, demand, quote, "quote.received")
    return quote


def revise_quote(session: Session, key: UUID, *, terms: QuoteTerms, if_match: str | None) -> Quote:
    """A new version, which stands from now on. Raises NotFound, Forbidden, InvalidInput, PreconditionFailed, Conflict."""
    demand, quote = _locked(session, key)
    require(session, "trade.supply", company_id=quote.company_id)
    require_may_quote(session, demand, quote.company_id)
    _require_in_time(demand)
    check_version(if_match, quote.version)
    terms = checked(session, demand, terms)
    before = quote.state
    quote.state = quote_moved(quote.state, "revise")
    quote.number += 1
    quote.rejected_because = ""
    quote.sqlmodel_update(_seal(demand))
    _keep(session, demand, quote, terms)
    touch(session, quote)
    move_demand(session, demand.id, action="quote")
    if before == "withdrawn":
        note_quote(session, demand, quote.company_id, "quote")
    _tell(session, demand, quote, "quote.revised")
    return quote


def withdraw_quote(session: Session, key: UUID, *, if_match: str | None = None) -> Quote:
    """Take a quote back; a new version brings it back. Raises NotFound, Forbidden, PreconditionFailed, Conflict."""
    demand, quote = _locked(session, key)
    require(session, "trade.supply", company_id=quote.company_id)
    check_version(if_match, quote.version, required=False)
    quote.state = quote_moved(quote.state, "withdraw")
    touch(session, quote)
    note_quote(session, demand, quote.company_id, "unquote")
    _tell(session, demand, quote, "quote.withdrawn")
    return quote


def reject_quote(session: Session, key: UUID, *, reason: str = "", if_match: str | None = None) -> Quote:
    """The buyer declines a quote; a better version may follow. Raises NotFound, Forbidden, PreconditionFailed, Conflict."""
    demand, quote = _locked(session, key)
    require_buyer(session, quote)
    check_version(if_match, quote.version, required=False)
    quote.state = quote_moved(quote.state, "reject")
    quote.rejected_because = reason
    touch(session, quote)
    tell_firm(session, quote.company_id, demand, "award.lost", f"quote/{quote.id}/{quote.version}")
    return quote


def versions_of(session: Session, key: UUID) -> Sequence[QuoteVersion]:
    """Every version of a quote, the first first. Raises NotFound."""
    quote = get_quote(session, key)
    query = select(QuoteVersion).where(col(QuoteVersion.quote_id) == quote.id)
    return session.scalars(query.order_by(col(QuoteVersion.number))).all()


def terms_of(session: Session, quote: Quote) -> QuoteTerms:
    """What stands. The caller may read the quote."""
    query = select(QuoteVersion).where(
        col(QuoteVersion.quote_id) == quote.id, col(QuoteVersion.number) == quote.number
    )
    held = session.scalars(across_tenants(query, "whoever was given the quote may read it")).one()
    return QuoteTerms.model_validate(held.terms)


def public(session: Session, quote: Quote) -> QuotePublic:
    """As the API shows it."""
    return public_quotes(session, [quote])[0]


def public_quotes(session: Session, quotes: Sequence[Quote]) -> list[QuotePublic]:
    """Several as the API shows them, what stands of each, their firms and demands read at once."""
    versions = (
        select(QuoteVersion)
        .join(Quote, col(Quote.id) == col(QuoteVersion.quote_id))
        .where(col(Quote.id).in_([one.id for one in quotes]), col(QuoteVersion.number) == col(Quote.number))
    )
    held = {one.quote_id: one for one in session.scalars(versions)}
    wanted = {one.demand_id for one in quotes}
    revisions = select(col(Demand.id), col(Demand.revision)).where(col(Demand.id).in_(wanted))
    # A firm keeps its quote for a demand that was taken back, and sees no more of that than this number.
    counted = session.execute(across_tenants(revisions, "whether a quote is outdated")).all()
    revision = {row.id: row.revision for row in counted}
    names = company_names(session, [one.company_id for one in quotes])
    return [
        QuotePublic(
            **quote.model_dump(include=set(QuotePublic.model_fields) - {"state"}),
            state=cast(QuoteState, quote.state),
            company=names[quote.company_id],
            terms=QuoteTerms.model_validate(held[quote.id].terms),
            outdated=held[quote.id].demand_revision < revision[quote.demand_id],
        )
        for quote in quotes
    ]


def count_sealed(session: Session, demand_id: UUID) -> int:
    """How many quotes wait to be opened, which is all the buyer learns of them. Raises NotFound, Forbidden."""
    require_buyer_of(session, get_demand(session, demand_id))
    query = select(func.count(col(Quote.id))).where(
        col(Quote.demand_id) == demand_id, col(Quote.sealed_until) > now(), col(Quote.state) == "submitted"
    )
    return session.scalar(across_tenants(query, "the number of sealed quotes is no secret")) or 0


def sealed_until(demand: Demand) -> datetime | None:
    """The moment until which nobody but its firm reads a quote for this demand; None when there is none to come."""
    until = demand.quotes_until if demand.sealed else None
    return until if until and until > now() else None


def holds(terms: QuoteTerms) -> bool:
    """Whether the quote is still valid today."""
    return terms.valid_until is None or terms.valid_until >= today()


def checked(session: Session, demand: Demand, terms: QuoteTerms) -> QuoteTerms:
    """The terms with every offer tied to a line of the demand, in its unit unless another was said. Raises InvalidInput."""
    lines = {line.id: line for line in lines_of(session, demand.id)}
    only = next(iter(lines)) if len(lines) == 1 else None
    problems: list[Problem] = []
    offers: Counter[tuple[UUID, bool]] = Counter()
    whole = terms.model_copy(deep=True)
    for at, offer in enumerate(whole.lines):
        offer.demand_line_id = offer.demand_line_id or only
        line = lines.get(offer.demand_line_id) if offer.demand_line_id else None
        field = f"lines.{at}.demand_line_id"
        if line is None:
            problems.append(Problem(field, "unknown_line", "该需求没有这条明细，请刷新后重新填写"))
            continue
        offers[line.id, offer.alternative] += 1
        if offers[line.id, offer.alternative] > (MOST_ALTERNATIVES if offer.alternative else 1):
            problems.append(
                Problem(
                    field,
                    "duplicate_line",
                    "同一条明细只能报一个价，另加最多 {most} 个替代方案",
                    {"most": MOST_ALTERNATIVES},
                )
            )
        offer.unit = offer.unit or line.unit
    if terms.valid_until and terms.valid_until < today():
        problems.append(Problem("valid_until", "in_the_past", "时间已过，请填写将来的时间"))
    if problems:
        raise InvalidInput(problems=problems)
    return whole


def _locked(session: Session, key: UUID) -> tuple[Demand, Quote]:
    """The demand and the quote, in the order in which everybody locks them."""
    demand = lock_demand(session, get_quote(session, key).demand_id)
    return demand, get_quote(session, key, for_update=True)


def _require_in_time(demand: Demand) -> None:
    require_answerable(demand)
    if demand.quotes_until and demand.quotes_until <= now():
        raise Conflict("报价截止时间已过", code="quotes_closed")


def _seal(demand: Demand) -> dict[str, Any]:
    until = sealed_until(demand)
    return {"sealed_until": until, "opened": until is None}


def _still_sealed(session: Session, quote: Quote) -> bool:
    """Whether the buyer moved the deadline after the quote was sealed: then it stays sealed until the later one."""
    return _unopened(session, quote) and sealed_until(get_demand(session, quote.demand_id)) is not None


def _unopened(session: Session, quote: Quote) -> bool:
    """Whether the buyer has not been told of a quote, and it is the buyer who asks."""
    actor = actor_of(session)
    return not (quote.opened or quote.company_id in actor.seats or actor.kind == "system")


def _keep(session: Session, demand: Demand, quote: Quote, terms: QuoteTerms) -> None:
    session.add(
        QuoteVersion(
            quote_id=quote.id,
            number=quote.number,
            terms=terms.model_dump(mode="json"),
            demand_revision=demand.revision,
            by=actor_of(session).id,
        )
    )
    session.flush()


def _tell(session: Session, demand: Demand, quote: Quote, kind: str) -> None:
    firm = SEALED_NAME if sealed_until(demand) else get_company(session, quote.company_id).name
    tell_buyer(session, quote, demand, kind, f"quote/{quote.id}/{quote.version}/{kind}", company=firm)
