"""Who may do what: the one table, and the question asked of it.

An action is allowed to whoever fits one of its row: a seat in the company concerned, an operator of its division, the
person or key that made the thing, or anybody known. An API key needs the action's scope besides; an action without a
scope is for people only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args
from uuid import UUID

from sqlmodel import Session

from app.core.actor import SEAT_ROLES, Actor, SeatRole
from app.core.errors import Forbidden, Unauthenticated
from app.core.tenancy import actor_of

Scope = Literal[
    "companies:write",
    "listings:write",
    "demands:write",
    "codes:write",
    "imports:write",
    "webhooks:write",
    "deals:write",
    "leads:write",
    "quotes:write",
    "words:write",
]
SCOPES: tuple[Scope, ...] = get_args(Scope)

Action = Literal[
    "company.register", "company.edit", "company.claim", "company.hand_over", "listing.write", "code.manage", "demand.post",
    "demand.edit", "demand.review", "import.run", "seat.see", "seat.manage", "key.manage", "claim.review", "operator.manage",
    "deal.buy", "deal.supply", "deal.settle", "block.manage", "audit.see", "report.decide", "report.appeal",
    "lead.see", "lead.work", "lead.manage", "scans.see",
    "trade.buy", "trade.supply",
    "webhook.manage",
    "words.edit",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table. ``known`` allows anybody who is signed in or has a key."""

    seats: tuple[SeatRole, ...] = ()
    operators: bool = False
    maker: bool = False
    known: bool = False
    scope: Scope | None = None


POLICY: dict[Action, Rule] = {
    "company.register": Rule(operators=True, scope="companies:write"),
    "company.edit": Rule(seats=("owner", "manager"), operators=True, scope="companies:write"),
    "company.claim": Rule(known=True),
    "company.hand_over": Rule(seats=("owner",)),
    "listing.write": Rule(seats=("owner", "manager", "sales"), operators=True, scope="listings:write"),
    "code.manage": Rule(seats=("owner", "manager"), operators=True, scope="codes:write"),
    "demand.post": Rule(known=True, scope="demands:write"),
    "demand.edit": Rule(
        seats=("owner", "manager", "buyer"), operators=True, maker=True, scope="demands:write"
    ),
    "demand.review": Rule(operators=True),
    "import.run": Rule(operators=True, scope="imports:write"),
    "webhook.manage": Rule(seats=("owner", "manager"), operators=True, scope="webhooks:write"),
    "seat.see": Rule(seats=SEAT_ROLES),
    "seat.manage": Rule(seats=("owner", "manager")),
    "key.manage": Rule(seats=("owner",), operators=True),
    "claim.review": Rule(operators=True),
    "operator.manage": Rule(operators=True),
    "deal.buy": Rule(seats=("owner", "manager", "buyer"), maker=True, scope="deals:write"),
    "deal.supply": Rule(seats=("owner", "manager", "sales"), scope="deals:write"),
    "deal.settle": Rule(operators=True, scope="deals:write"),
    "block.manage": Rule(seats=("owner", "manager"), scope="companies:write"),
    "audit.see": Rule(seats=("owner", "manager"), operators=True),
    "report.decide": Rule(operators=True),
    "report.appeal": Rule(seats=("owner", "manager")),
    "lead.see": Rule(seats=("owner", "manager", "sales", "viewer"), scope="leads:write"),
    "lead.work": Rule(seats=("owner", "manager", "sales"), scope="leads:write"),
    "lead.manage": Rule(seats=("owner", "manager"), scope="leads:write"),
    "scans.see": Rule(seats=SEAT_ROLES),
    "trade.buy": Rule(seats=("owner", "manager", "buyer"), maker=True, scope="quotes:write"),
    "trade.supply": Rule(seats=("owner", "manager", "sales"), scope="quotes:write"),
    "words.edit": Rule(operators=True, scope="words:write"),
}


def may(
    actor: Actor,
    action: Action,
    *,
    company_id: UUID | None = None,
    division: str | None = None,
    maker: UUID | None = None,
) -> bool:
    """Whether the actor may do this to a company (``company_id``), in a ``division``, or to what ``maker`` made.

    Operators count where a division is named; "" stands for a thing without a place, of which any operator takes care.
    """
    rule = POLICY[action]
    if actor.kind == "system":
        return True
    if not actor.known or (actor.scopes is not None and rule.scope not in actor.scopes):
        return False
    return (
        rule.known
        or (rule.maker and maker is not None and maker == actor.id)
        or (company_id is not None and actor.seats.get(company_id) in rule.seats)
        or (rule.operators and division is not None and actor.operates(division))
    )


def require(
    session: Session,
    action: Action,
    *,
    company_id: UUID | None = None,
    division: str | None = None,
    maker: UUID | None = None,
) -> Actor:
    """The session's actor, who may do this. Raises Unauthenticated and Forbidden, saying who may."""
    actor = actor_of(session)
    if may(actor, action, company_id=company_id, division=division, maker=maker):
        return actor
    raise _refusal(actor, POLICY[action])


def require_scope(session: Session, action: Action) -> None:
    """Raise Forbidden, naming the scope, for an API key that lacks the one of this action: no seat would help it."""
    actor, rule = actor_of(session), POLICY[action]
    if actor.scopes is not None and rule.scope not in actor.scopes:
        raise _refusal(actor, rule)


def require_known(session: Session) -> Actor:
    """The session's actor, who is known. Raises Unauthenticated."""
    actor = actor_of(session)
    if not actor.known:
        raise _sign_in()
    return actor


def require_person(session: Session) -> UUID:
    """The id of the person who asks. Raises Unauthenticated, and Forbidden for API keys."""
    return person_of(actor_of(session))


def person_of(actor: Actor) -> UUID:
    """The id of the person an actor is. Raises Unauthenticated, and Forbidden for API keys."""
    if not actor.known:
        raise _sign_in()
    if actor.kind != "person" or actor.id is None:
        raise _person_needed()
    return actor.id


def _refusal(actor: Actor, rule: Rule) -> Unauthenticated | Forbidden:
    if not actor.known:
        return _sign_in()
    if actor.scopes is not None:
        if rule.scope is None:
            return _person_needed()
        if rule.scope not in actor.scopes:
            return Forbidden(
                "此 API 密钥没有 {scope} 权限，请用有此权限的密钥，或由密钥的管理者新建一个",
                code="scope_missing",
                scope=rule.scope,
            )
    if rule.seats:
        return Forbidden(
            "您在该企业没有相应的席位，请联系企业负责人调整席位，或在企业页面认领企业", code="seat_required"
        )
    return Forbidden("此操作须由该地区的平台运营员办理，请联系运营员", code="operator_required")


def _sign_in() -> Unauthenticated:
    return Unauthenticated("请登录后再试，程序请在 Authorization 请求头中带 API 密钥")


def _person_needed() -> Forbidden:
    return Forbidden("此操作须由本人登录后办理，不能使用 API 密钥", code="person_required")
