"""Reports: made by anybody signed in, decided by the operators of the division, appealed by the firm concerned."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from app.accounts.policy import may, require, require_known, require_person
from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import Conflict, Forbidden, InvalidInput, NotFound, Problem
from app.core.ids import new_id
from app.core.pagination import read_page_by_id
from app.core.versions import check_version
from app.demands import service as demands
from app.fair_play.limits import spend
from app.fair_play.models import Report
from app.fair_play.policy import REPORTS_OF_PERSON, SUSPENDED_FOR, Action, Subject, allowed, moved
from app.fair_play.schemas import ReportedQuote, ReportSaid
from app.notify.service import tell
from app.registry.service import get_company, home_division
from app.trade.service import get_quote, public_quotes

HIDEABLE = ("open", "quoting")


def make_report(session: Session, *, said: ReportSaid) -> Report:
    """Report something. Raises Unauthenticated, NotFound, Conflict while one's own report waits, TooManyRequests."""
    person = require_person(session)
    subject = said.subject
    title, firm, division = _subject(session, subject, said.subject_id)
    snapshot = _snapshot(session, said.subject_id) if subject == "quote" else {}
    query = select(Report).where(
        col(Report.subject_id) == said.subject_id,
        col(Report.reporter_id) == person,
        col(Report.state) == "pending",
    )
    if session.scalars(query).first():
        raise Conflict("您已举报，运营员正在处理", code="report_exists")
    spend(session, REPORTS_OF_PERSON, person)
    report = Report(
        id=new_id(),
        subject=subject,
        subject_id=said.subject_id,
        title=title,
        snapshot=snapshot,
        company_id=firm,
        division=division,
        reason=said.reason,
        words=said.words,
        reporter_id=person,
    )
    session.add(report)
    session.flush()
    data = {"title": title, "reason": said.reason}
    tell(
        session, division=division, kind="report.received", about=f"/reports/{report.id}", data=data,
        key=f"report/{report.id}",
    )  # fmt: skip
    return report


def get_report(session: Session, key: UUID, *, for_update: bool = False) -> Report:
    """A report one made, decides, or is concerned by. Raises Unauthenticated, NotFound."""
    require_known(session)
    report = session.get(Report, key, with_for_update=for_update or None)
    if report is None:
        raise NotFound("未找到该举报", code="report_not_found")
    return report


def list_reports(
    session: Session, *, state: str = "", limit: int = 20, cursor: str = ""
) -> tuple[list[Report], str | None]:
    """Reports the actor may see, the oldest first, and the cursor of the next page. Raises Unauthenticated."""
    require_known(session)
    query = select(Report)
    if state:
        query = query.where(col(Report.state) == state)
    return read_page_by_id(session, query, Report, limit=limit, cursor=cursor)


def decide(
    session: Session, key: UUID, *, action: Action, decision: str = "", if_match: str | None = None
) -> Report:
    """Dismiss, warn, hide, suspend; uphold or lift after an appeal. Whoever is concerned reads why.

    Raises NotFound, Forbidden, PreconditionFailed, Conflict, InvalidInput.
    """
    report = get_report(session, key, for_update=True)
    actor = require(session, "report.decide", division=report.division)
    if report.company_id in actor.seats or report.reporter_id == actor.id:
        raise Forbidden("不能处理与自己有关的举报，请由其他运营员处理", code="own_report")
    check_version(if_match, report.version, required=False)
    report.state = moved(report.state, action)
    if action != "dismiss" and not decision.strip():
        raise InvalidInput(problems=[Problem("decision", "required", "请说明处理理由，对方会看到")])
    report.decided_by, report.decision, report.decided_at = actor.id, decision.strip(), now()
    if action == "hide":
        _hide(session, report)
    elif action == "suspend":
        if report.company_id is None:
            raise InvalidInput(problems=[Problem("action", "no_company", "发布者不属于任何企业，无法暂停")])
        report.suspended_until = now() + SUSPENDED_FOR
    elif action == "lift":
        report.suspended_until = None
        if report.hid and demands.get_demand(session, report.subject_id).state == "withdrawn":
            demands.move_demand(session, report.subject_id, action="reopen")
    _touch(session, report)
    people = [report.reporter_id] if action in ("dismiss", "warn", "hide", "suspend") else []
    against = [report.company_id] if report.company_id and action != "dismiss" else []
    data = {"title": report.title, "reason": report.decision or "—"}
    tell(
        session, people=people, companies=against, kind="report.decided", about=f"/reports/{report.id}", data=data,
        key=f"report/{report.id}/{report.version}",
    )  # fmt: skip
    return report


def appeal(session: Session, key: UUID, *, words: str, if_match: str | None = None) -> Report:
    """Ask for another look, as the firm concerned. Raises NotFound, Forbidden, PreconditionFailed, Conflict."""
    report = get_report(session, key, for_update=True)
    require(session, "report.appeal", company_id=report.company_id)
    check_version(if_match, report.version, required=False)
    report.state = moved(report.state, "appeal")
    report.appeal = words
    return _touch(session, report)


def actions_of(actor: Actor, report: Report) -> list[Action]:
    """What the actor may do with a report now."""
    concerned = report.company_id in actor.seats or report.reporter_id == actor.id
    decides = may(actor, "report.decide", division=report.division) and not concerned
    appeals = may(actor, "report.appeal", company_id=report.company_id)
    open_to_hide = report.subject == "demand"
    return [
        action
        for action in allowed(report.state)
        if (appeals if action == "appeal" else decides) and (action != "hide" or open_to_hide)
    ]


def _hide(session: Session, report: Report) -> None:
    if report.subject != "demand":
        raise InvalidInput(problems=[Problem("action", "not_a_demand", "只有需求可以下架，请选择其他处理")])
    demand = demands.get_demand(session, report.subject_id)
    if demand.state in HIDEABLE:
        demands.move_demand(session, demand.id, action="withdraw")
        report.hid = True


def _subject(session: Session, subject: Subject, key: UUID) -> tuple[str, UUID | None, str]:
    """Title, firm behind it and division of what is reported. Raises NotFound where the actor sees no such thing."""
    if subject == "demand":
        demand = demands.get_demand(session, key)
        return demand.title, demand.buyer_company_id, demand.adcode
    if subject == "quote":
        return _quote(session, key)
    company = get_company(session, key)
    return company.name, company.id, home_division(company)


def _quote(session: Session, key: UUID) -> tuple[str, UUID | None, str]:
    """Whoever may read a quote may report it; the title says what operators, who do not see it, have to know."""
    (quote,) = public_quotes(session, [get_quote(session, key)])
    demand = demands.get_demand(session, quote.demand_id)
    prices = "、".join(f"{one.unit_price:f}/{one.unit or '—'}" for one in quote.terms.lines[:5])
    return f"{quote.company}：{prices}（{demand.title}）"[:200], quote.company_id, demand.adcode


def _snapshot(session: Session, key: UUID) -> dict[str, Any]:
    (quote,) = public_quotes(session, [get_quote(session, key)])
    demand = demands.get_demand(session, quote.demand_id)
    lines = {line.id: line.name for line in demands.lines_of(session, demand.id)}
    return ReportedQuote(
        **quote.model_dump(include=set(ReportedQuote.model_fields)), demand=demand.title, lines=lines
    ).model_dump(mode="json")


def _touch(session: Session, report: Report) -> Report:
    report.version += 1
    session.add(report)
    session.flush()
    return report


def title_of(session: Session, subject: Subject, key: UUID) -> str:
    """What the thing to be reported is called. Raises NotFound where the actor sees no such thing."""
    return _subject(session, subject, key)[0]
