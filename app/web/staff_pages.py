"""The page that takes a list of staff and says, row by row, what became of it."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, BackgroundTasks, Request, Response
from fastapi.responses import HTMLResponse
from starlette.datastructures import UploadFile

from app.accounts.delivery import deliver, invitation_message
from app.accounts.policy import require
from app.core.actor import Actor
from app.core.errors import InvalidInput, Problem
from app.core.http import ActorDep, RuntimeDep
from app.core.i18n import Language
from app.core.runtime import Runtime
from app.imports.uploaded import LARGEST
from app.leads.staff import OUTCOMES, TEMPLATE, StaffRow, import_staff
from app.registry.service import get_company
from app.web.forms import Errors, FilesDep, errors_of
from app.web.pages import PageLanguage, SameSite, page, read_id

router = APIRouter()


@router.get("/companies/{key}/staff-list")
def staff_list_page(
    request: Request, key: str, runtime: RuntimeDep, actor: ActorDep, language: PageLanguage
) -> HTMLResponse:
    """The form."""
    return _page(request, runtime, actor, language, read_id(key))


@router.get("/staff-list-template.csv")
def staff_list_template() -> Response:
    """A file to fill in."""
    headers = {"Content-Disposition": 'attachment; filename="staff.csv"'}
    return Response(TEMPLATE.encode(), media_type="text/csv; charset=utf-8", headers=headers)


@router.post("/companies/{key}/staff-list", dependencies=[SameSite])
def send_staff_list(
    request: Request,
    key: str,
    runtime: RuntimeDep,
    actor: ActorDep,
    language: PageLanguage,
    form: FilesDep,
    tasks: BackgroundTasks,
) -> Response:
    """Offer seats to everybody in the file; the offers are sent to their contacts."""
    company_id, file = read_id(key), form.get("file")
    try:
        if not isinstance(file, UploadFile) or not file.filename:
            raise InvalidInput(problems=[Problem("file", "required", "请选择文件")])
        with runtime.session(actor=actor) as session:
            company = get_company(session, company_id)
            content, again = file.file.read(LARGEST + 1), bool(form.get("again"))
            rows = import_staff(session, company_id=company_id, content=content, again=again)
    except InvalidInput as error:
        return _page(request, runtime, actor, language, company_id, errors=errors_of(error, language))
    for row in rows:
        if row.to is not None:
            message = invitation_message(row.to, company.name, language, runtime.settings.origin())
            tasks.add_task(deliver, runtime.settings, message)
    response = _page(request, runtime, actor, language, company_id, rows=rows)
    response.background = tasks
    return response


def _page(
    request: Request,
    runtime: Runtime,
    actor: Actor,
    language: Language,
    company_id: UUID,
    *,
    errors: Errors | None = None,
    rows: list[StaffRow] | None = None,
) -> HTMLResponse:
    with runtime.session(writing=False, actor=actor) as session:
        company = get_company(session, company_id)
        require(session, "seat.manage", company_id=company_id)
    told = [(row, row.problem.text(language) if row.problem else "") for row in rows or ()]
    counts = {one: sum(row.outcome == one for row in rows or ()) for one in OUTCOMES}
    return page(
        request,
        "staff_list.html",
        language,
        status=422 if errors else 200,
        company=company,
        errors=errors or {},
        rows=told,
        counts=counts,
    )
