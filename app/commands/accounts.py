"""`lianqiao accounts …`: the first operator, passwords, keys. The command line works on the data folder and is trusted."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table
from sqlmodel import Session, select

from app.accounts import keys, people
from app.accounts.contacts import read_contact
from app.accounts.models import Operator, Person
from app.accounts.policy import SCOPES, Scope
from app.accounts.sessions import end_other_sessions
from app.commands.common import known_division, out, running
from app.core.actor import SYSTEM
from app.core.errors import InvalidInput, NotFound, Problem
from app.registry.service import get_company_by_uscc

app = typer.Typer(help="账号 People, operators, passwords and API keys.", no_args_is_help=True)

ContactArgument = Annotated[str, typer.Argument(help="手机号或邮箱 Phone number or e-mail address")]
Division = Annotated[str, typer.Option("--division", help="区划代码，缺省为本平台所在地区 Adcode")]
AskedPassword = Annotated[
    str,
    typer.Option(
        "--password",
        help="留空则只用验证码登录 Empty: sign in by code only",
        prompt="密码 Password",
        hide_input=True,
        confirmation_prompt=True,
        prompt_required=False,
    ),
]


@app.command("create-operator")
def create_operator(
    contact: ContactArgument,
    name: Annotated[str, typer.Option("--name", help="姓名")] = "",
    division: Division = "",
    password: AskedPassword = "",
) -> None:
    """新建平台运营员（或让已有用户成为运营员）。Create an operator, or make a known person one."""
    with running() as runtime:
        where = known_division(division or runtime.settings.home_division)
        with runtime.session(actor=SYSTEM) as session:
            known = read_contact(contact)
            person = people.find_person(session, known) or people.make_person(session, known)
            if name:
                people.rename(session, person_id=person.id, name=name)
            people.make_operator(session, person_id=person.id, division=where)
            if password:
                people.store_password(session, person, password)
            out.print(f"运营员 Operator: {people.shown_name(person)} {known.value} · {where}")
        if not password:
            out.print(
                "登录时获取验证码即可；未配置邮件时验证码在服务器日志里。"
                " Sign in by code; without SMTP the code is in the server's log."
            )


@app.command("reset-password")
def reset_password(
    contact: ContactArgument,
    password: Annotated[
        str,
        typer.Option("--password", prompt="新密码 New password", hide_input=True, confirmation_prompt=True),
    ],
) -> None:
    """重设密码，并让其所有设备退出。Set a person's password and sign all their devices out."""
    with running() as runtime, runtime.session(actor=SYSTEM) as session:
        person = _person(session, contact)
        people.store_password(session, person, password)
        end_other_sessions(session, person_id=person.id, kept=None)
        out.print(f"已重设 Done: {people.shown_name(person)}")


@app.command("create-key")
def create_key(
    name: Annotated[str, typer.Argument(help="用途，如 ERP What it is for")],
    scope: Annotated[
        list[str], typer.Option("--scope", help=f"可多次 Repeatable: {', '.join(SCOPES)}")
    ] = list(SCOPES),  # noqa: B006  (Typer copies defaults)
    division: Division = "",
    company: Annotated[
        str, typer.Option("--company", help="企业的统一社会信用代码 Credit code of its company")
    ] = "",
) -> None:
    """新建 API 密钥：企业的，或某地区运营员的。Make an API key of a company or of a division's operators."""
    with running() as runtime, runtime.session(actor=SYSTEM) as session:
        firm = get_company_by_uscc(session, company).id if company else None
        issued = keys.make_key(
            session,
            name=name,
            scopes=[_known_scope(one) for one in scope],
            company_id=firm,
            division="" if firm else known_division(division or runtime.settings.home_division),
        )
        # The token alone on stdout, so that a script can take it.
        typer.echo(issued.token)


@app.command("list")
def list_people() -> None:
    """列出用户。List people and what they operate."""
    with running() as runtime, runtime.session(writing=False, actor=SYSTEM) as session:
        operated: dict[object, list[str]] = {}
        for operator in session.exec(select(Operator)).all():
            operated.setdefault(operator.person_id, []).append(operator.division)
        table = Table("姓名 Name", "联系方式 Contacts", "运营 Operates", "状态 Status")
        for person in session.exec(select(Person).order_by(Person.id)).all():  # type: ignore[arg-type]
            table.add_row(
                people.shown_name(person),
                "  ".join(people.contacts_of(person)),
                " ".join(operated.get(person.id, [])),
                person.status + (" demo" if person.demo else ""),
            )
        out.print(table)


@app.command("disable")
def disable(contact: ContactArgument) -> None:
    """停用账号，并让其所有设备退出。Disable a person and sign all their devices out."""
    _set_status(contact, "disabled")


@app.command("enable")
def enable(contact: ContactArgument) -> None:
    """恢复账号。Enable a person again."""
    _set_status(contact, "active")


def _set_status(contact: str, status: str) -> None:
    with running() as runtime, runtime.session(actor=SYSTEM) as session:
        person = _person(session, contact)
        person.status = status
        session.add(person)
        end_other_sessions(session, person_id=person.id, kept=None)
        out.print(f"{people.shown_name(person)}: {status}")


def _person(session: Session, contact: str) -> Person:
    person = people.find_person(session, read_contact(contact))
    if person is None:
        raise NotFound("未找到该用户", code="person_not_found")
    return person


def _known_scope(text: str) -> Scope:
    found = next((scope for scope in SCOPES if scope == text), None)
    if found is None:
        raise InvalidInput(
            problems=[
                Problem("scope", "not_an_option", "须为以下之一：{expected}", {"expected": ", ".join(SCOPES)})
            ]
        )
    return found
