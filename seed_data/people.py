"""The demo world's accounts: fictional people entered with one tap, without a password."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlmodel import Session

from app.accounts.models import Operator, Person, Seat
from app.core.actor import SeatRole
from app.core.ids import company_id

_PEOPLE = uuid5(NAMESPACE_URL, "urn:lianqiao:demo:person")


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody to be: in the firm with this credit code, or operator of a division."""

    key: str
    name: str
    uscc: str = ""
    role: SeatRole = "owner"
    division: str = ""

    @property
    def id(self) -> UUID:
        """The same in every database; the first of PEOPLE is the first on the page."""
        return UUID(int=(PEOPLE.index(self) << 120) | (uuid5(_PEOPLE, self.key).int & ((1 << 120) - 1)))


PEOPLE = (
    DemoPerson("buyer", "采购 · 示例木友木工机械", "91210106DEM0793325", "buyer"),
    DemoPerson("supplier", "厂长 · 演示衡轨直线传动", "91210106DEM068094H", "owner"),
    DemoPerson("sales", "销售 · 演示滨轨直线运动", "91210211DEM030993W", "sales"),
    DemoPerson("operator", "平台运营员 · 辽宁省", division="210000"),
)


def add_people(session: Session) -> int:
    """Add the people who are not there yet, with their seats; returns how many."""
    missing = [said for said in PEOPLE if session.get(Person, said.id) is None]
    for said in missing:
        session.add(Person(id=said.id, name=said.name, email=f"{said.key}@demo.invalid", demo=True))
        session.flush()
        if said.uscc:
            session.add(Seat(company_id=company_id(said.uscc), person_id=said.id, role=said.role))
        if said.division:
            session.add(Operator(person_id=said.id, division=said.division))
    return len(missing)
