"""The demo world's selling side: a code on every gate, a contact in every firm, and the pipeline of one sales team."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import bindparam, update
from sqlmodel import Session, col

from app.codes.addresses import code_url
from app.codes.issuing import companies_without_code, issue_many
from app.codes.keys import Signer
from app.codes.service import live_code_of
from app.core.clock import now
from app.core.ids import company_id
from app.leads.models import Lead, LeadEvent, LeadScan
from app.leads.policy import Source, State
from app.leads.service import lead_of_firm
from app.registry.models import Company
from app.registry.service import get_company, home_division
from seed_data.people import PEOPLE

_LEADS = uuid5(NAMESPACE_URL, "urn:lianqiao:demo:lead")
FAIR = "演示装备展"
CONTACT = "演示联系人"


@dataclass(frozen=True, slots=True)
class DemoLead:
    """A firm in the team's pipeline. ``held``: by the team's salesperson; else by nobody yet."""

    uscc: str
    source: Source
    state: State
    note: str
    next_step: str = ""
    in_days: int = 0
    held: bool = True
    lost_reason: str = ""


LEADS = (
    DemoLead("91210106DEM0793325", "scan", "doing", "看中 25 规格滑块，先上机试两周。", "送两套样品", 1),
    DemoLead("91210106DEM068094H", "scan", "todo", "同行，可互相调货。", "电话回访", 3),
    DemoLead("91210304DEM034943M", "scan", "done", "首批备件已成交。"),
    DemoLead("91210304DEM05563XT", "manual", "lost", "", lost_reason="价格高于现有供应商"),
)


def add_contacts(session: Session, usccs: Iterable[str]) -> None:
    """Contacts that reach nobody, for firms just registered: numbers of zeros, addresses under ``.invalid``."""
    rows = [
        {
            "firm": company_id(uscc),
            "who": CONTACT,
            "number": f"000-0000{at:04d}",
            "mail": f"{uscc.lower()}@demo.invalid",
        }
        for at, uscc in enumerate(usccs, 1)
    ]
    if rows:
        values: dict[str, Any] = {
            "contact_name": bindparam("who"),
            "phone": bindparam("number"),
            "email": bindparam("mail"),
        }
        statement = update(Company).where(col(Company.id) == bindparam("firm")).values(**values)
        session.connection().execute(statement, rows)


def add_codes(session: Session, firms: Collection[UUID], signer: Signer) -> int:
    """Issue a code to each of these firms that is active and has none; returns how many."""
    without = [firm for firm in companies_without_code(session) if firm in firms]
    return len(issue_many(session, without, signer=signer, actor="demo"))


def gate_plate(session: Session) -> str:
    """The path, with its signature, of the code at the gate of the team's first lead; "/" where it has none any more."""
    code = live_code_of(session, company_id(LEADS[0].uscc))
    return code_url("", code.code, code.kid, code.signature) if code else "/"


def add_leads(session: Session) -> int:
    """Fill the pipeline of the team of the demo's salesperson with what is not there yet; returns how many leads."""
    person = next(one for one in PEOPLE if one.role == "sales")
    team = company_id(person.uscc)
    added = 0
    for at, said in enumerate(LEADS):
        firm = get_company(session, company_id(said.uscc))
        if lead_of_firm(session, team, firm.id) is None:
            _add(session, uuid5(_LEADS, str(at)), team, firm, said, person.id if said.held else None)
            added += 1
    return added


def _add(session: Session, key: UUID, team: UUID, firm: Company, said: DemoLead, owner: UUID | None) -> None:
    met = now() - timedelta(days=2)
    scanned = said.source == "scan"
    session.add(
        Lead(
            id=key,
            team_id=team,
            company_id=firm.id,
            name=firm.name,
            division=home_division(firm),
            owner_id=owner,
            state=said.state,
            lost_reason=said.lost_reason,
            source=said.source,
            occasion=FAIR if scanned else "",
            next_step=said.next_step,
            next_at=now() + timedelta(days=said.in_days) if said.in_days else None,
            scans=int(scanned),
            scanned_at=met if scanned else None,
            created_at=met,
            updated_at=met,
        )
    )
    session.flush()
    for kind, text, data in (("made", "", {"source": said.source}), ("note", said.note, {})):
        if text or data:
            session.add(
                LeadEvent(
                    id=uuid5(key, kind),
                    lead_id=key,
                    team_id=team,
                    person_id=owner,
                    kind=kind,
                    text=text,
                    data=data,
                    at=met,
                )
            )
    code = live_code_of(session, firm.id) if scanned else None
    if code:
        session.add(
            LeadScan(
                id=uuid5(key, "scan"),
                team_id=team,
                client_id=uuid5(key, "device"),
                lead_id=key,
                person_id=owner,
                code=code.code,
                occasion=FAIR,
                place="演示展馆 2 号馆",
                at=met,
            )
        )
