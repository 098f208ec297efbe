"""Scans by salespeople over HTTP."""

from __future__ import annotations

from fastapi import APIRouter, Request

from app.codes.refusals import ScanRefused, TooManyScans
from app.codes.watch import Watch, network_of
from app.core.http import LanguageDep, RuntimeDep, SessionDep
from app.core.i18n import Language
from app.core.problem_details import errors
from app.leads.scan_schemas import ScanBatch, ScanBatchDone, ScanDone, ScanProblem
from app.leads.scans import Done, record_scans
from app.leads.schemas import LeadPublic
from app.leads.shown import public_leads

router = APIRouter(prefix="/api/v1", tags=["leads"])


@router.post("/scans/batch", responses=errors(400, 401, 403, 413, 429))
def send_scans(
    request: Request, session: SessionDep, runtime: RuntimeDep, language: LanguageDep, said: ScanBatch
) -> ScanBatchDone:
    """同步扫码记录 Send scans; each makes or finds the firm's lead. Sending them again changes nothing."""
    watch: Watch = request.app.state.watch
    network = network_of(request.client.host if request.client else "")
    if wait := watch.wait(network):
        raise TooManyScans(headers={"Retry-After": str(wait)})
    done = record_scans(
        session, team_id=said.team_id, items=said.items, own_prefix=runtime.settings.identifier_prefix
    )
    for one in done:
        if one.code:
            watch.read(network, one.code)
        elif isinstance(one.refusal, ScanRefused) and one.refusal.miss:
            watch.missed(network)
    leads = iter(public_leads(session, (one.lead for one in done if one.lead)))
    return ScanBatchDone(items=[_shown(one, next(leads) if one.lead else None, language) for one in done])


def _shown(done: Done, lead: LeadPublic | None, language: Language) -> ScanDone:
    problem = None
    if done.refusal is not None:
        told = done.refusal.as_problem(language)
        problem = ScanProblem(code=told["code"], message=told.get("detail") or told["title"])
    return ScanDone(id=done.id, outcome=done.outcome, lead=lead, problem=problem)
