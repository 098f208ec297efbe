"""Claiming a registered company: by the domain of its website, with documents, or by an operator's review.

An approved claim gives an owner's seat. Only the domain of a company nobody owns yet is taken without a person looking.
"""

from __future__ import annotations

from typing import cast
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import select, update
from sqlmodel import Session, col

from app.accounts.claim_models import Claim
from app.accounts.claim_policy import PUBLIC_MAIL, Method, State, moved
from app.accounts.models import Person, Seat
from app.accounts.notices import tell_claimed, tell_claimed_by_domain, tell_handed_over, tell_taken
from app.accounts.people import get_person
from app.accounts.policy import require, require_known, require_person
from app.accounts.reach import seats_of
from app.accounts.seats import lock_seats, owners
from app.core.clock import now
from app.core.errors import Conflict, Forbidden, InvalidInput, NotFound, Problem
from app.core.ids import new_id
from app.core.pagination import read_page_by_id
from app.core.tenancy import across_tenants
from app.core.versions import check_version
from app.notify.service import tell
from app.registry.models import Company
from app.registry.service import get_company, home_division, set_verification


def claim_company(session: Session, *, company_id: UUID, method: Method, statement: str = "") -> Claim:
    """Say that a company is one's own. Raises NotFound, Forbidden, Conflict for a second open claim, InvalidInput."""
    require(session, "company.claim")
    person = get_person(session, require_person(session))
    if person.demo:
        raise Forbidden("演示账号不能认领企业", code="demo_account")
    company = get_company(session, company_id)
    lock_seats(session, company_id)
    if session.get(Seat, (company_id, person.id)):
        raise Conflict("您在该企业已有席位，无需认领", code="seat_exists")
    if _open_claim(session, company_id, person.id):
        raise Conflict("您已提交认领，请等待审核，或先撤回再提交", code="claim_exists")
    _check(method, statement, person, company)
    claim = Claim(
        id=new_id(),
        company_id=company_id,
        person_id=person.id,
        division=home_division(company),
        method=method,
        statement=statement.strip(),
    )
    session.add(claim)
    session.flush()
    if method == "domain" and owners(session, company_id) == 0:
        tell_claimed_by_domain(session, _grant(session, claim, verified=False), division=claim.division)
        _decide(session, claim, "approved", decided_by=None, decision="")
    else:
        tell(
            session,
            division=claim.division,
            kind="claim.submitted",
            about="/claims",
            data={"company": company.name, "person": person.name},
            key=f"claim {claim.id}",
        )
        tell_claimed(session, claim.company_id, person.id)
    return claim


def get_claim(session: Session, key: UUID, *, for_update: bool = False) -> Claim:
    """A claim of one's own, or of one's division. Raises Unauthenticated, NotFound."""
    require_known(session)
    claim = session.get(Claim, key, with_for_update=for_update or None)
    if claim is None:
        raise NotFound("未找到该认领申请", code="claim_not_found")
    return claim


def list_claims(
    session: Session, *, state: str = "", limit: int = 20, cursor: str = ""
) -> tuple[list[Claim], str | None]:
    """Claims of one's own and of one's divisions, the oldest first, and the cursor of the next page."""
    require_known(session)
    query = select(Claim)
    if state:
        query = query.where(col(Claim.state) == state)
    return read_page_by_id(session, query, Claim, limit=limit, cursor=cursor)


def approve_claim(
    session: Session,
    key: UUID,
    *,
    decision: str = "",
    verified: bool = False,
    replaces_owners: bool = False,
    if_match: str | None = None,
) -> Claim:
    """Give the claimant the company. ``verified`` marks it as checked against documents; ``replaces_owners`` leaves
    former owners a viewer's seat. Raises NotFound, Forbidden, PreconditionFailed, Conflict.
    """
    claim = _reviewed(session, key, if_match)
    state = moved(claim.state, "approve")
    lock_seats(session, claim.company_id)
    former: list[UUID] = []
    if replaces_owners:
        former = [person for person, _firm in seats_of(session, [claim.company_id], ["owner"])]
        replaced = update(Seat).where(col(Seat.company_id) == claim.company_id, col(Seat.role) == "owner")
        session.execute(
            across_tenants(replaced.values(role="viewer"), "an operator decides who owns the company")
        )
    seat = _grant(session, claim, verified=verified)
    if former:
        tell_handed_over(session, seat, former)
    else:
        tell_taken(session, seat)
    return _decide(session, claim, state, decided_by=require_person(session), decision=decision)


def reject_claim(session: Session, key: UUID, *, decision: str, if_match: str | None = None) -> Claim:
    """Refuse a claim, saying why. Raises NotFound, Forbidden, PreconditionFailed, Conflict, InvalidInput."""
    claim = _reviewed(session, key, if_match)
    state = moved(claim.state, "reject")
    if not decision.strip():
        raise InvalidInput(problems=[Problem("decision", "required", "请说明不予通过的原因，申请人会看到")])
    return _decide(session, claim, state, decided_by=require_person(session), decision=decision)


def withdraw_claim(session: Session, key: UUID) -> Claim:
    """Take one's own claim back. Raises NotFound, Forbidden, Conflict."""
    claim = get_claim(session, key, for_update=True)
    if claim.person_id != require_person(session):
        raise Forbidden("只有申请人可以撤回认领", code="claimant_required")
    return _decide(session, claim, moved(claim.state, "withdraw"), decided_by=None, decision="")


def claimant(session: Session, claim: Claim) -> Person:
    """Who claims, for whoever may see the claim."""
    query = select(Person).where(col(Person.id) == claim.person_id)
    return session.scalars(across_tenants(query, "a reviewer has to know who claims")).one()


def mail_domain(person: Person, company: Company) -> str:
    """The domain that the person's e-mail shares with the company's website; "" when there is none that proves anything."""
    site = (urlsplit(company.website).hostname or "").removeprefix("www.").casefold()
    mail = (person.email or "").rpartition("@")[2]
    fits = bool(site) and (mail == site or mail.endswith("." + site))
    return mail if fits and mail not in PUBLIC_MAIL and site not in PUBLIC_MAIL else ""


def _check(method: Method, statement: str, person: Person, company: Company) -> None:
    if method == "domain" and not mail_domain(person, company):
        raise InvalidInput(
            problems=[
                Problem(
                    "method", "domain_differs", "您的邮箱与企业网站不是同一域名，请改用证明材料或人工审核"
                )
            ]
        )
    if method == "review" and not statement.strip():
        raise InvalidInput(problems=[Problem("statement", "required", "请说明您与该企业的关系，供审核")])


def _open_claim(session: Session, company_id: UUID, person_id: UUID) -> Claim | None:
    query = select(Claim).where(
        col(Claim.company_id) == company_id, col(Claim.person_id) == person_id, col(Claim.state) == "pending"
    )
    return session.scalars(query).first()


def _reviewed(session: Session, key: UUID, if_match: str | None) -> Claim:
    claim = get_claim(session, key, for_update=True)
    actor = require(session, "claim.review", division=claim.division)
    if actor.id == claim.person_id:
        raise Forbidden("不能审核自己的认领申请，请由其他运营员审核", code="own_claim")
    check_version(if_match, claim.version, required=False)
    return claim


def _grant(session: Session, claim: Claim, *, verified: bool) -> Seat:
    query = select(Seat).where(
        col(Seat.company_id) == claim.company_id, col(Seat.person_id) == claim.person_id
    )
    seat = session.scalars(across_tenants(query, "the claimant's own seat")).one_or_none()
    seat = seat or Seat(company_id=claim.company_id, person_id=claim.person_id, role="owner")
    seat.role = "owner"
    session.add(seat)
    held = get_company(session, claim.company_id).verification
    wanted = "verified" if verified else "claimed"
    if held == "unverified" or (verified and held == "claimed"):
        set_verification(session, claim.company_id, wanted)
    session.flush()
    return seat


def _decide(session: Session, claim: Claim, state: State, *, decided_by: UUID | None, decision: str) -> Claim:
    claim.state = cast(str, state)
    claim.decided_by, claim.decision, claim.decided_at = decided_by, decision.strip()[:500], now()
    claim.version += 1
    session.add(claim)
    session.flush()
    if state in ("approved", "rejected"):
        tell(
            session,
            people=[claim.person_id],
            kind=f"claim.{state}",
            about=f"/companies/{claim.company_id}",
            data={"company": get_company(session, claim.company_id).name, "reason": claim.decision},
            key=f"claim {claim.id} {state}",
        )
    return claim
