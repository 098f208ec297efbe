"""A team's leads as a file: a sheet (CSV, XLSX), or cards for an address book (vCard)."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Literal, get_args
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from app.accounts.policy import require
from app.codes.structured import card_lines, write_card
from app.core.clock import CHINA
from app.core.tenancy import actor_of
from app.imports.error_rows import defuse
from app.leads.finding import Filters, find_leads
from app.leads.models import Lead
from app.leads.people import names_of
from app.registry.contacts import Contact, contact_of
from app.registry.models import Company

Form = Literal["csv", "xlsx", "vcf"]
FORMS: tuple[Form, ...] = get_args(Form)
MEDIA_TYPES: dict[Form, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "vcf": "text/vcard; charset=utf-8",
}
MOST = 20_000
COLUMNS = (
    "企业", "统一社会信用代码", "城市", "区县", "地址", "联系人", "电话", "电子邮箱", "负责人", "状态", "丢单原因", "来源",
    "场合", "下一步", "下一步时间", "扫码次数", "最近扫码", "建立时间",
)  # fmt: skip
_NOBODY = Contact("", "", "", masked=False)

Say = Callable[[str, str], str]
"""The reader's words: ("column", "企业"), ("state", "todo"), ("source", "scan")."""


def export_leads(session: Session, *, team_id: UUID, filters: Filters, form: Form, say: Say) -> bytes:
    """The file, the newest lead first, at most MOST of them. Contacts are as the reader may see them. Raises Forbidden."""
    require(session, "lead.see", company_id=team_id)
    leads = list(session.scalars(find_leads(team_id, filters).order_by(col(Lead.id).desc()).limit(MOST)))
    firms = _firms(session, leads)
    if form == "vcf":
        viewer = actor_of(session)
        cards = (write_card(card_lines(firm, contact_of(firm, viewer))) for firm in firms.values())
        return "".join(cards).encode()
    head: list[str | int] = [say("column", name) for name in COLUMNS]
    rows = [head, *_rows(session, leads, firms, say)]
    return _csv(rows) if form == "csv" else _xlsx(rows)


def _firms(session: Session, leads: list[Lead]) -> dict[UUID, Company]:
    """Firms by id, in the order of the leads."""
    keys = [lead.company_id for lead in leads if lead.company_id]
    found: dict[UUID, Company] = {}
    for start in range(0, len(keys), 500):
        part = select(Company).where(col(Company.id).in_(keys[start : start + 500]))
        found |= {firm.id: firm for firm in session.scalars(part)}
    return {key: found[key] for key in keys}


def _rows(
    session: Session, leads: list[Lead], firms: dict[UUID, Company], say: Say
) -> Iterable[list[str | int]]:
    names, viewer = names_of(session, [lead.owner_id for lead in leads]), actor_of(session)
    for lead in leads:
        firm = firms.get(lead.company_id) if lead.company_id else None
        contact = contact_of(firm, viewer) if firm else _NOBODY
        place = (firm.uscc, firm.city, firm.district, firm.address) if firm else ("", "", "", "")
        yield [
            lead.name, *place, contact.name, contact.phone, contact.email, names.get(lead.owner_id, ""),
            say("state", lead.state), lead.lost_reason, say("source", lead.source), lead.occasion, lead.next_step,
            _moment(lead.next_at), lead.scans, _moment(lead.scanned_at), _moment(lead.created_at),
        ]  # fmt: skip


def _moment(at: datetime | None) -> str:
    return at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M") if at else ""


def _csv(rows: Iterable[list[str | int]]) -> bytes:
    sheet = io.StringIO(newline="")
    csv.writer(sheet).writerows([defuse(str(cell)) for cell in row] for row in rows)
    # With a BOM, or Excel takes it for another encoding.
    return sheet.getvalue().encode("utf-8-sig")


def _xlsx(rows: Iterable[list[str | int]]) -> bytes:
    from openpyxl import Workbook  # slow to import, and seldom asked for

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in rows:
        sheet.append([defuse(cell) if isinstance(cell, str) else cell for cell in row])
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()
