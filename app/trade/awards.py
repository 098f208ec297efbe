"""Verbs of awards: give lines to quotes, confirm in time, or fall to the next.

Everybody locks the demand first, then awards and quotes, so that of two awards at once one wins and the other is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from app.accounts.policy import require, require_known
from app.core.clock import now
from app.core.errors import Conflict, InvalidInput, NotFound, Problem
from app.core.ids import new_id
from app.core.pagination import read_page_by_id
from app.core.tenancy import across_tenants
from app.core.versions import check_version, touch
from app.deals.ending import when_ended
from app.deals.service import begin_deal
from app.demands.expiry import when_expired
from app.demands.models import Demand
from app.demands.service import lines_of, move_demand
from app.matches.outcomes import record_outcome
from app.registry.service import company_names, get_company
from app.trade.award_lines import deal_lines, lines_by_award, lines_taken
from app.trade.award_schemas import AwardCreate, AwardLinePublic, AwardPublic
from app.trade.comparison import compare
from app.trade.deal_ends import end_deal
from app.trade.parties import (
    kept_apart,
    lock_demand,
    require_buyer,
    require_buyer_of,
    tell_buyer,
    tell_firm,
    tell_firms,
)
from app.trade.policy import AwardState, award_moved, quote_moved
from app.trade.quote_models import Award, Quote
from app.trade.quotes import holds, sealed_until, terms_of
from app.trade.remaining import remaining
from app.trade.succession import offer, offer_next, settle

# Whoever begins deals hears of their end, and of their demand's, in every process: routes and jobs both come by here.
when_ended(end_deal)
when_expired(settle)


def get_award(session: Session, key: UUID) -> Award:
    """An award of one's firm, or for one's demand. Raises Unauthenticated, NotFound."""
    require_known(session)
    award = session.get(Award, key)
    if award is None:
        raise NotFound("未找到该授标", code="award_not_found")
    return award


def list_awards(
    session: Session, *, demand_id: UUID | None = None, state: str = "", limit: int = 20, cursor: str = ""
) -> tuple[list[Award], str | None]:
    """Awards the actor sees, the newest first. Raises Unauthenticated."""
    require_known(session)
    query = select(Award)
    if demand_id:
        query = query.where(col(Award.demand_id) == demand_id)
    if state:
        query = query.where(col(Award.state) == state)
    return read_page_by_id(session, query, Award, newest_first=True, limit=limit, cursor=cursor)


def make_awards(
    session: Session, *, demand_id: UUID, said: AwardCreate, if_match: str | None = None
) -> list[Award]:
    """Give lines to quotes; all are given or none. Raises NotFound, Forbidden, PreconditionFailed, Conflict, InvalidInput."""
    demand = lock_demand(session, demand_id)
    require_buyer_of(session, demand)
    check_version(if_match, demand.version, required=False)
    if demand.state not in ("quoting", "awarded"):
        raise Conflict("该需求目前不能授标", code="demand_state", state=demand.state)
    if sealed_until(demand):
        raise Conflict("报价在截止前密封，截止后才能授标", code="quotes_sealed")
    lines = lines_of(session, demand_id)
    order = said.fallback
    if order is None:
        order = [one.quote_id for one in compare(session, demand_id).quotes]
    chosen = [choice.quote_id for choice in said.choices]
    made = []
    for at, choice in enumerate(said.choices):
        quote = _lock_quote(session, demand, choice.quote_id, f"choices.{at}.quote_id")
        if choice.number is not None and choice.number != quote.number:
            raise Conflict("该报价刚有新版本，请刷新后重新比较", code="quote_changed", number=quote.number)
        if kept_apart(session, demand, [quote.company_id]):
            raise Conflict("目前不能向这家企业授标，请改选其他报价", code="quote_unavailable")
        given = lines_taken(session, lines, quote, choice, f"choices.{at}", new_id())
        after = [str(one) for one in order if one not in chosen]
        made.append(offer(session, demand, quote, given, said.confirm_hours, after))
    if demand.state == "quoting":
        move_demand(session, demand_id, action="award")
    return made


def confirm(session: Session, key: UUID, *, if_match: str | None = None) -> Award:
    """The winner takes the award on; the deal begins. Raises NotFound, Forbidden, PreconditionFailed, Conflict."""
    demand, award, quote = _locked(session, key)
    require(session, "trade.supply", company_id=award.company_id)
    check_version(if_match, award.version, required=False)
    award.state = award_moved(award.state, "confirm")
    if award.confirm_by <= now():
        raise Conflict("确认期限已过，中选资格将顺延至其他供应商", code="award_overdue")
    if demand.state != "awarded":
        raise Conflict("采购方已结束该需求", code="demand_state", state=demand.state)
    quote.state = quote_moved(quote.state, "confirm")
    touch(session, quote)
    deal = begin_deal(
        session,
        demand_id=demand.id,
        quote_id=quote.id,
        buyer_company_id=award.buyer_company_id,
        buyer_person_id=award.buyer_person_id,
        supplier_company_id=award.company_id,
        lines=deal_lines(session, award),
    )
    award.deal_id = deal.id
    touch(session, award)
    record_outcome(session, demand_id=demand.id, company_id=award.company_id, outcome="won")
    firm = get_company(session, award.company_id).name
    tell_buyer(session, award, demand, "award.confirmed", f"award/{award.id}/confirmed", company=firm)
    _settle_others(session, demand)
    return award


def decline(session: Session, key: UUID, *, reason: str = "", if_match: str | None = None) -> Award:
    """The winner declines; the lines fall to the next. Raises NotFound, Forbidden, PreconditionFailed, Conflict."""
    demand, award, quote = _locked(session, key)
    require(session, "trade.supply", company_id=award.company_id)
    check_version(if_match, award.version, required=False)
    award.state = award_moved(award.state, "decline")
    award.reason = reason
    _drop(session, demand, award, quote, "award.declined")
    return award


def lapse(session: Session, key: UUID) -> int:
    """The time is over: the lines fall to the next. 1, or 0 when somebody was faster. For the job."""
    demand, award, quote = _locked(session, key)
    if award.state != "offered" or award.confirm_by > now():
        return 0
    award.state = award_moved(award.state, "lapse")
    _drop(session, demand, award, quote, "award.lapsed")
    tell_firm(session, award.company_id, demand, "award.overdue", f"award/{award.id}/overdue")
    return 1


def take_back(session: Session, key: UUID, *, reason: str = "", if_match: str | None = None) -> Award:
    """The buyer takes an award back that was not confirmed yet. Raises NotFound, Forbidden, PreconditionFailed, Conflict."""
    demand, award, quote = _locked(session, key)
    require_buyer(session, award)
    check_version(if_match, award.version, required=False)
    award.state = award_moved(award.state, "take_back")
    award.reason = reason
    touch(session, award)
    quote.state = quote_moved(quote.state, "release")
    touch(session, quote)
    tell_firm(session, award.company_id, demand, "award.lost", f"award/{award.id}/taken_back")
    settle(session, demand)
    return award


def public(session: Session, award: Award) -> AwardPublic:
    """As the API shows it."""
    return published(session, [award])[0]


def published(session: Session, awards: Sequence[Award]) -> list[AwardPublic]:
    """Several as the API shows them, their lines and firms read at once."""
    lines = lines_by_award(session, awards)
    names = company_names(session, [one.company_id for one in awards])
    return [
        AwardPublic(
            **award.model_dump(include=set(AwardPublic.model_fields) - {"state", "lines"}),
            state=cast(AwardState, award.state),
            company=names[award.company_id],
            lines=[AwardLinePublic.model_validate(line) for line in lines[award.id]],
        )
        for award in awards
    ]


def _lock_quote(session: Session, demand: Demand, key: UUID, field: str) -> Quote:
    query = select(Quote).where(col(Quote.id) == key, col(Quote.demand_id) == demand.id)
    quote = session.scalars(query.with_for_update()).one_or_none()
    if quote is None:
        raise InvalidInput(problems=[Problem(field, "unknown_quote", "该需求没有这份报价")])
    if not holds(terms_of(session, quote)):
        raise Conflict("该报价已过有效期，请供应商更新后再授标", code="quote_expired")
    return quote


def _drop(session: Session, demand: Demand, award: Award, quote: Quote, kind: str) -> None:
    """An award was not taken on: the quote is out, the lines go to the next in the buyer's order, if there is one."""
    quote.state = quote_moved(quote.state, "drop")
    touch(session, quote)
    touch(session, award)
    firm = get_company(session, award.company_id).name
    tell_buyer(session, award, demand, kind, f"award/{award.id}/{award.state}", company=firm)
    if demand.state == "awarded" and not offer_next(session, demand, award):
        settle(session, demand)


def _settle_others(session: Session, demand: Demand) -> None:
    """Once every line is confirmed, the other quotes have lost."""
    awards = select(Award).where(col(Award.demand_id) == demand.id, col(Award.state) == "offered")
    waiting = session.scalars(across_tenants(awards, "an award concerns every quote of its demand")).first()
    left = remaining(session, lines_of(session, demand.id))
    if waiting or any(rest != 0 for rest in left.values()):
        return
    lost = []
    query = select(Quote).where(col(Quote.demand_id) == demand.id, col(Quote.state) == "submitted")
    for quote in session.scalars(
        across_tenants(query.with_for_update(), "an award concerns every quote of its demand")
    ).all():
        quote.state = quote_moved(quote.state, "lose")
        touch(session, quote)
        lost.append(quote.company_id)
    tell_firms(session, lost, demand, "award.lost", f"demand/{demand.id}/lost/{demand.version}")


def _locked(session: Session, key: UUID) -> tuple[Demand, Award, Quote]:
    """The demand, the award and its quote, in the order in which everybody locks them."""
    demand = lock_demand(session, get_award(session, key).demand_id)
    award = session.get_one(Award, key, with_for_update=True, populate_existing=True)
    query = (
        select(Quote)
        .where(col(Quote.id) == award.quote_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return demand, award, session.scalars(across_tenants(query, "the quote goes with its award")).one()
