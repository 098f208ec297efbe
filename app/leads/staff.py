"""A list of sales staff in one file: a seat is offered to each row that can be read; the others say what is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args
from uuid import UUID

from sqlmodel import Session

from app.accounts import seats
from app.accounts.contacts import Contact, masked, read_contact
from app.accounts.policy import require
from app.core.actor import SeatRole
from app.core.errors import Conflict, Forbidden, InvalidInput, Problem
from app.core.text import printable
from app.imports.headers import recognise
from app.imports.uploaded import uploaded_table

MOST = 500
HEADERS = {
    **dict.fromkeys(("姓名", "名字", "人员", "销售", "name"), "name"),
    **dict.fromkeys(
        ("手机", "手机号", "手机号码", "电话", "联系电话", "联系方式", "phone", "mobile"), "phone"
    ),
    **dict.fromkeys(("邮箱", "电子邮箱", "邮件", "email", "mail"), "email"),
    **dict.fromkeys(("角色", "岗位", "权限", "role"), "role"),
}
"""Header names, as app.imports.headers normalises them, and what they mean."""
ROLES: dict[str, SeatRole] = {
    "": "sales", "销售": "sales", "销售员": "sales", "业务员": "sales", "sales": "sales",
    "采购": "buyer", "采购员": "buyer", "buyer": "buyer",
    "管理员": "manager", "经理": "manager", "销售经理": "manager", "manager": "manager",
    "只读": "viewer", "viewer": "viewer",
}  # fmt: skip

TEMPLATE = "\ufeff姓名,手机,邮箱,角色\r\n王敏,13800000000,,销售员\r\n李强,,li@example.com,销售员\r\n"
"""A file to fill in, as Excel reads it."""


Outcome = Literal["invited", "waiting", "seated", "refused"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)


@dataclass(frozen=True, slots=True)
class StaffRow:
    """What became of one row: a seat offered, offered before, held already, or refused with a problem."""

    number: int
    """The row of the sheet, or the line of the text file."""
    name: str
    contact: str
    """Masked."""
    outcome: Outcome
    problem: Problem | None = None
    to: Contact | None = None
    """Who is to be written to."""


def import_staff(
    session: Session, *, company_id: UUID, content: bytes, again: bool = False
) -> list[StaffRow]:
    """Offer seats to everybody in a CSV or XLSX file, row by row. Raises Forbidden, InvalidInput for an unreadable file.

    Whoever was offered the same seat already and can still take it is left alone, so that a list that grew can be sent
    whole; with ``again`` these offers are renewed too, and sent once more.
    """
    require(session, "seat.manage", company_id=company_id)
    seats.lock_seats(session, company_id)  # the same list twice at once must not write to everybody twice
    with uploaded_table(content, synonyms=HEADERS) as table:
        columns = recognise(table.headers, HEADERS).columns
        fields = {field: header for header, field in columns.items()}
        if not {"phone", "email"} & set(fields):
            raise _unreadable("no_contact_column", "没有认出“手机”或“邮箱”列，请按模板改正表头")
        done: list[StaffRow] = []
        seen = set[str]()
        for row in table.rows():
            if len(done) >= MOST:
                raise _unreadable("too_many_rows", "一次最多导入 {most} 人，请分成几个文件", most=MOST)
            said = {field: row.values.get(header, "").strip() for field, header in fields.items()}
            done.append(_offer(session, company_id, row.number, said, seen, again=again))
    if not done:
        raise _unreadable("empty_table", "文件里没有人员，请从第二行起每人一行")
    return done


def _offer(
    session: Session, company_id: UUID, number: int, said: dict[str, str], seen: set[str], *, again: bool
) -> StaffRow:
    name = printable(said.get("name", ""), 50)
    typed = said.get("phone") or said.get("email") or ""

    def refused(problem: Problem) -> StaffRow:
        return StaffRow(number, name, printable(typed, 40), "refused", problem)

    role = ROLES.get(said.get("role", "").casefold())
    if role is None:
        return refused(Problem("role", "not_an_option", "角色应为销售员、采购员、管理员或只读"))
    try:
        contact = read_contact(typed)
    except InvalidInput as error:
        return refused(error.problems[0])
    if contact.value in seen:
        return refused(Problem("contact", "duplicate_in_file", "与前面的一行是同一个手机号或邮箱"))
    seen.add(contact.value)
    if not again and seats.waiting_offer(session, company_id=company_id, contact=contact, role=role):
        return StaffRow(number, name, masked(contact.value), "waiting")
    try:
        seats.invite(session, company_id=company_id, contact=contact, role=role)
    except Conflict:
        return StaffRow(number, name, masked(contact.value), "seated")
    except Forbidden as error:
        return refused(Problem("role", error.code, error.message))
    return StaffRow(number, name, masked(contact.value), "invited", to=contact)


def _unreadable(code: str, message: str, **params: int) -> InvalidInput:
    return InvalidInput(problems=[Problem("file", code, message, params)])
