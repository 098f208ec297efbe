"""A firm's own page of its code: link it, print it, issue it, and see how often it is scanned."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from app.accounts.policy import may, require
from app.codes import statistics
from app.codes.issuing import issue_code
from app.codes.keys import signer
from app.codes.numbers import grouped
from app.codes.schemas import CodeIssue
from app.codes.service import live_code_of
from app.core.http import ActorDep, RuntimeDep
from app.registry.service import get_company, home_division
from app.web.pages import PageLanguage, SameSite, go, page, read_id

router = APIRouter()

PRINTS = (
    ("plate", "pdf", "门牌（PDF）"),
    ("card", "pdf", "名片（PDF）"),
    ("label", "pdf", "标签（PDF）"),
    ("code", "png", "二维码（PNG）"),
    ("code", "svg", "二维码（SVG）"),
)
DAYS = 30


@router.get("/companies/{key}/code")
def code_page(
    request: Request, key: str, runtime: RuntimeDep, actor: ActorDep, language: PageLanguage
) -> HTMLResponse:
    """The code, its prints, and its scans of a month."""
    with runtime.session(writing=False, actor=actor) as session:
        company = get_company(session, read_id(key))
        manages = may(actor, "code.manage", company_id=company.id, division=home_division(company))
        sees = may(actor, "scans.see", company_id=company.id)
        if not manages:
            require(session, "scans.see", company_id=company.id)
        code = live_code_of(session, company.id)
        days = statistics.scan_days(session, company.id, days=DAYS) if sees else []
        cards = statistics.cards_left(session, company.id) if sees else []
    return page(
        request, "company_code.html", language, company=company, code=code, manages=manages, sees=sees, days=days, cards=cards,
        printed=grouped(code.code) if code else "", prints=PRINTS, shown=DAYS, total=sum(one.count for one in days),
    )  # fmt: skip


@router.post("/companies/{key}/code", dependencies=[SameSite])
def issue(key: str, runtime: RuntimeDep, actor: ActorDep) -> Response:
    """Issue the firm's code."""
    with runtime.session(actor=actor) as session:
        company = get_company(session, read_id(key))
        require(session, "code.manage", company_id=company.id, division=home_division(company))
        sign = signer(session, runtime.settings.keys_folder())
        said = CodeIssue(company_id=company.id)
        issue_code(session, said=said, signer=sign, actor=f"{actor.kind} {actor.id}")
    return go(f"/companies/{company.id}/code")


@router.post("/companies/{key}/card/{action}", dependencies=[SameSite])
def card(key: str, action: str, runtime: RuntimeDep, actor: ActorDep) -> Response:
    """Let the firm know that one was there, or take that back; and return to its code."""
    with runtime.session(actor=actor) as session:
        company = get_company(session, read_id(key))
        if action == "leave":
            statistics.leave_card(session, company.id)
        else:
            statistics.take_card_back(session, company.id)
        code = live_code_of(session, company.id)
    return go(f"/c/{code.code}" if code else f"/companies/{company.id}")
