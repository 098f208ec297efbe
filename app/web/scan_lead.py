"""What a salesperson's scan adds to the page of a code: the lead in their team's pipeline; and the offline worker."""

from __future__ import annotations

import json
from urllib.parse import unquote
from uuid import UUID, uuid4

from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from app.accounts.policy import may
from app.core.actor import Actor
from app.core.http import ActorDep, RuntimeDep
from app.leads.scan_schemas import ScanSent
from app.leads.scans import record_scans
from app.leads.shown import public_leads
from app.registry.models import Company
from app.registry.service import get_company
from app.web.forms import FormDep, text_of, validated
from app.web.pages import STATIC, PageLanguage, SameSite, go, is_fragment, page, read_id, static_url

router = APIRouter()

SHELL = (
    "app.css",
    "app.js",
    "htmx.min.js",
    "icons.svg",
    "mark.svg",
    "qr-decode.js",
    "scan.js",
    "scan-queue.js",
)
"""Files that the pages kept for the hall need."""


def selling_teams(session: Session, actor: Actor, scanned: UUID | None = None) -> list[Company]:
    """The firms the actor sells for, but for the one whose code is scanned."""
    teams = [one for one in actor.companies if one != scanned and may(actor, "lead.work", company_id=one)]
    return [get_company(session, one) for one in teams] if actor.kind == "person" else []


@router.post("/leads/scan", dependencies=[SameSite])
def record_scan(
    request: Request, runtime: RuntimeDep, actor: ActorDep, language: PageLanguage, form: FormDep
) -> Response:
    """Make or find the lead of the firm scanned; the page says who has it."""
    item = validated(
        ScanSent,
        {
            "id": uuid4(),
            "address": text_of(form, "address"),
            "occasion": _remembered(request, "occasion"),
            "place": _remembered(request, "place"),
        },
    )
    with runtime.session(actor=actor) as session:
        (done,) = record_scans(
            session,
            team_id=read_id(text_of(form, "team")),
            items=[item],
            own_prefix=runtime.settings.identifier_prefix,
        )
        if done.refusal is not None:
            raise done.refusal
        (lead,) = public_leads(session, [done.lead] if done.lead else [])
    if not is_fragment(request):
        return go(f"/leads/{lead.id}")
    return page(request, "parts/scan_lead.html", language, lead=lead, outcome=done.outcome)


@router.get("/sw.js")
def service_worker() -> Response:
    """The worker that keeps the scan page at hand in a hall without a network. Its text changes with what it keeps."""
    shell = json.dumps([static_url(name) for name in SHELL])
    worker = (STATIC / "sw.js").read_text(encoding="utf-8").replace("__SHELL__", shell)
    headers = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
    return Response(worker, media_type="text/javascript; charset=utf-8", headers=headers)


def _remembered(request: Request, name: str) -> str:
    """What the scan page keeps of the occasion, in a cookie; nothing when it is not one clean line."""
    said = unquote(request.cookies.get(f"scan_{name}", ""))[:100]
    return said if said.isprintable() else ""
