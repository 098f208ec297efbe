"""Verbs of invitations: invite, answer interested or decline, take back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import and_, case, func, select
from sqlmodel import Session, col

from app.accounts.policy import require, require_known
from app.core.clock import CHINA, now
from app.core.errors import Conflict, InvalidInput, NotFound, Problem
from app.core.ids import new_id
from app.core.locks import lock_name
from app.core.pagination import read_page_by_id
from app.core.tenancy import across_tenants
from app.demands.models import Demand
from app.demands.service import get_demand, let_in
from app.fair_play.service import require_not_suspended
from app.matches.outcomes import record_outcome
from app.registry.models import Company
from app.registry.service import get_company, touch_company
from app.trade.models import Inquiry
from app.trade.parties import (
    buyer_side,
    kept_apart,
    lock_demand,
    require_answerable,
    require_buyer_of,
    require_may_quote,
    tell_buyer,
    tell_firm,
)
from app.trade.policy import (
    BY_HAND,
    BY_HAND_PER_DAY,
    PER_DAY,
    PER_WEEK,
    DeclineReason,
    InquiryAction,
    inquiry_moved,
)


def get_inquiry(session: Session, key: UUID, *, for_update: bool = False) -> Inquiry:
    """An invitation of one's firm, or to one's demand. Raises Unauthenticated, NotFound."""
    require_known(session)
    inquiry = session.get(Inquiry, key, with_for_update=for_update or None, populate_existing=for_update)
    if inquiry is None:
        raise NotFound("未找到该邀请", code="inquiry_not_found")
    return inquiry


def list_inquiries(
    session: Session,
    *,
    demand_id: UUID | None = None,
    side: str = "",
    state: str = "",
    limit: int = 20,
    cursor: str = "",
) -> tuple[list[Inquiry], str | None]:
    """Invitations the actor sees, the newest first; ``side`` buyer or supplier keeps one's own or those received.

    To the buyer a firm whose quote is sealed is ``interested``, see app.trade.service.public_inquiries.
    """
    actor = require_known(session)
    # With its demand, which the supplier does not see while it is withdrawn or reviewed anew.
    query = select(Inquiry).join(Demand, col(Demand.id) == col(Inquiry.demand_id))
    if demand_id:
        query = query.where(col(Inquiry.demand_id) == demand_id)
    received = col(Inquiry.company_id).in_(actor.companies)
    if side:
        query = query.where(received if side == "supplier" else ~received)
    if state:
        hidden = and_(~received, col(Demand.sealed), col(Demand.quotes_until) > now())
        shown = case((and_(hidden, col(Inquiry.state) == "quoted"), "interested"), else_=col(Inquiry.state))
        query = query.where(shown == state)
    return read_page_by_id(session, query, Inquiry, newest_first=True, limit=limit, cursor=cursor)


def invite_by_hand(
    session: Session, *, demand_id: UUID, companies: Sequence[UUID]
) -> tuple[list[Inquiry], dict[UUID, str]]:
    """Invite firms of the buyer's choice. Gives the invitations, and why others were left out.

    Left out are firms invited before (``invited``), firms told too often today (``quota``), and firms that are suspended
    or blocked either way (``unavailable``: who blocks whom is not told). Raises NotFound, Forbidden, Conflict when the demand takes no quotes or
    has invited enough, InvalidInput for a firm that does not exist.
    """
    demand = lock_demand(session, demand_id)
    require_buyer_of(session, demand)
    require_not_suspended(session, demand.buyer_company_id)
    require_answerable(demand)
    wanted = list(dict.fromkeys(companies))
    known = set(session.scalars(select(col(Company.id)).where(col(Company.id).in_(wanted))))
    problems = [
        Problem(f"company_ids.{at}", "company_not_found", "没有这家企业")
        for at, one in enumerate(wanted)
        if one not in known or one == demand.buyer_company_id
    ]
    if problems:
        raise InvalidInput(problems=problems)
    held = {one.company_id: one for one in of_demand(session, demand.id)}
    _lock_quotas(session)
    tired = {firm for firm, (day, _week) in told_lately(session, wanted).items() if day >= BY_HAND_PER_DAY}
    apart = kept_apart(session, demand, wanted)
    skipped: dict[UUID, str] = {}
    chosen = []
    for firm in wanted:
        if firm in held and held[firm].state != "taken_back":
            skipped[firm] = "invited"
        elif firm in apart:
            skipped[firm] = "unavailable"
        elif firm in tired:
            skipped[firm] = "quota"
        else:
            chosen.append(firm)
    if sum(one.origin == "buyer" for one in held.values()) + len(chosen) > BY_HAND:
        raise Conflict("一条需求最多手动邀请 {most} 家企业", code="too_many_invited", most=BY_HAND)
    let_in(session, demand.id, chosen)
    return [invite(session, demand, firm, origin="buyer", held=held.get(firm)) for firm in chosen], skipped


def invite(
    session: Session,
    demand: Demand,
    firm: UUID,
    *,
    origin: str,
    rank: int | None = None,
    distance_km: float | None = None,
    held: Inquiry | None = None,
) -> Inquiry:
    """Store an invitation and tell the firm; the caller has asked for the right and kept the quotas."""
    inquiry = held or Inquiry(
        id=new_id(), demand_id=demand.id, company_id=firm, origin=origin, **buyer_side(demand)
    )
    if held:
        inquiry.state = inquiry_moved(inquiry.state, "invite")
        inquiry.version += 1
    inquiry.rank, inquiry.distance_km = rank, distance_km
    inquiry.told_at = inquiry.updated_at = now()
    session.add(inquiry)
    session.flush()
    until = demand.quotes_until or demand.valid_until
    said = until.astimezone(CHINA).strftime("%Y-%m-%d %H:%M") if until else "—"
    tell_firm(
        session, firm, demand, "invitation.received", f"inquiry/{inquiry.id}/{inquiry.version}", until=said
    )
    return inquiry


def answer(
    session: Session, key: UUID, *, action: InquiryAction, reason: DeclineReason | None = None, note: str = ""
) -> Inquiry:
    """Interested, or declined with a reason; the same answer again changes nothing. Raises NotFound, Forbidden, Conflict."""
    inquiry = get_inquiry(session, key, for_update=True)
    require(session, "trade.supply", company_id=inquiry.company_id)
    demand = get_demand(session, inquiry.demand_id)
    require_answerable(demand)
    if action == "interest":
        require_may_quote(session, demand, inquiry.company_id)
    goal = {"interest": "interested", "decline": "declined"}[action]
    if inquiry.state == goal and (inquiry.reason, inquiry.note) == (reason or "", note):
        return inquiry
    if inquiry.state != goal:
        inquiry.state = inquiry_moved(inquiry.state, action)
    inquiry.reason, inquiry.note = reason or "", note
    _touch(session, inquiry, answered=True)
    if action == "decline":
        record_outcome(
            session,
            demand_id=demand.id,
            company_id=inquiry.company_id,
            outcome="declined",
            reason=reason or "",
        )
    firm = get_company(session, inquiry.company_id).name
    words = "有意" if action == "interest" else "谢绝"
    key_ = f"inquiry/{inquiry.id}/{inquiry.version}"
    tell_buyer(session, inquiry, demand, "invitation.answered", key_, company=firm, answer=words)
    return inquiry


def take_back(session: Session, key: UUID) -> Inquiry:
    """Take an invitation back that was not answered yet. Raises NotFound, Forbidden, Conflict."""
    inquiry = get_inquiry(session, key, for_update=True)
    require_buyer_of(session, get_demand(session, inquiry.demand_id))
    inquiry.state = inquiry_moved(inquiry.state, "take_back")
    return _touch(session, inquiry)


def note_quote(session: Session, demand: Demand, firm: UUID, action: InquiryAction) -> Inquiry:
    """A quote was given (``quote``) or taken back (``unquote``) by a firm, invited or not."""
    query = select(Inquiry).where(col(Inquiry.demand_id) == demand.id, col(Inquiry.company_id) == firm)
    inquiry = session.scalars(query.with_for_update()).one_or_none()
    if inquiry is None:
        inquiry = involve(session, demand, firm)
    inquiry.state = inquiry_moved(inquiry.state, action)
    inquiry.reason = inquiry.note = ""
    return _touch(session, inquiry, answered=True)


def involve(session: Session, demand: Demand, firm: UUID) -> Inquiry:
    """The firm's invitation, made when it came by itself."""
    query = select(Inquiry).where(col(Inquiry.demand_id) == demand.id, col(Inquiry.company_id) == firm)
    found = session.scalars(query).one_or_none()
    if found is None:
        found = Inquiry(
            id=new_id(),
            demand_id=demand.id,
            company_id=firm,
            origin="own",
            state="interested",
            **buyer_side(demand),
        )
        session.add(found)
        session.flush()
    return found


def of_demand(session: Session, demand_id: UUID) -> list[Inquiry]:
    """Every invitation to a demand, the oldest first, whoever asks: for use inside, not to be shown."""
    query = select(Inquiry).where(col(Inquiry.demand_id) == demand_id).order_by(col(Inquiry.id))
    return list(session.scalars(across_tenants(query, "invitations are counted and told together")))


def told_lately(session: Session, firms: Iterable[UUID]) -> dict[UUID, tuple[int, int]]:
    """Invitations each firm was sent in the last day and in the last week."""
    day, week = now() - timedelta(days=1), now() - timedelta(days=7)
    query = (
        select(
            col(Inquiry.company_id),
            func.count().filter(col(Inquiry.told_at) > day),
            func.count(),
        )
        .where(col(Inquiry.company_id).in_(list(firms)), col(Inquiry.told_at) > week)
        .group_by(col(Inquiry.company_id))
    )
    rows = session.execute(across_tenants(query, "invitations are counted and told together")).all()
    return {firm: (in_day, in_week) for firm, in_day, in_week in rows}


def not_tired(session: Session, firms: Sequence[UUID]) -> list[UUID]:
    """Those of these firms, in order, whose quota of a day and a week is not used up; until the transaction ends no other counts."""
    _lock_quotas(session)
    lately = told_lately(session, firms)
    rested = []
    for firm in firms:
        day, week = lately.get(firm, (0, 0))
        if day < PER_DAY and week < PER_WEEK:
            rested.append(firm)
    return rested


def _lock_quotas(session: Session) -> None:
    lock_name(session.connection(), "inquiry quotas")


def _touch(session: Session, inquiry: Inquiry, *, answered: bool = False) -> Inquiry:
    inquiry.version += 1
    inquiry.updated_at = now()
    if answered and inquiry.answered_at is None:
        inquiry.answered_at = inquiry.updated_at
        touch_company(session, inquiry.company_id)  # its page says how it answers
    session.add(inquiry)
    session.flush()
    return inquiry
