"""Enterprise codes over HTTP: issue, look up, list, move, replace, verify."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response

from app.accounts.policy import require
from app.codes import service
from app.codes.addresses import check_address
from app.codes.issuing import issue_code
from app.codes.keys import public_keys, signer
from app.codes.lookup import look_up
from app.codes.models import EnterpriseCode
from app.codes.policy import Action, CodeKind, State
from app.codes.printing.forms import MEDIA_TYPES, Format, LayoutName
from app.codes.refusals import TooManyScans
from app.codes.schemas import (
    CodeEventPublic,
    CodeHistory,
    CodeIssue,
    CodeLookup,
    CodeMove,
    EnterpriseCodePublic,
    Verified,
    VerifyRequest,
)
from app.codes.watch import Watch, network_of
from app.core.errors import NotFound
from app.core.http import (
    CursorQuery,
    IdempotencyKey,
    IfMatch,
    LimitQuery,
    RuntimeDep,
    SessionDep,
    tag_version,
    versioned,
)
from app.core.idempotency import made_once, once
from app.core.pagination import Page
from app.core.problem_details import errors
from app.registry.service import get_company, home_division

router = APIRouter(prefix="/api/v1", tags=["codes"])

MOVED = versioned(200, 400, 403, 404, 409, 412, 413)
PRINTED = {
    "content": {
        media: {"schema": {"type": "string", "format": "binary", "examples": ["%PDF-1.3"]}}
        for media in MEDIA_TYPES.values()
    }
}
CodePath = Annotated[
    str, Path(max_length=64, description="企业码 Enterprise code, in any spelling", examples=["7K3PX-M2WQK"])
]


@router.get("/codes", responses=errors(401, 403, 404))
def list_codes(
    session: SessionDep,
    company_id: UUID | None = None,
    kind: CodeKind | None = None,
    state: State | None = None,
    limit: LimitQuery = 20,
    cursor: CursorQuery = "",
) -> Page[EnterpriseCodePublic]:
    """企业码列表 The codes of a company one manages; operators may leave the company out."""
    if company_id:
        _authorised(session, company_id)
    else:
        require(session, "code.manage", division="")
    found, more = service.list_codes(
        session, company_id=company_id, kind=kind or "", state=state or "", limit=limit, cursor=cursor
    )
    return Page(items=[EnterpriseCodePublic.model_validate(code) for code in found], next_cursor=more)


@router.post("/codes", status_code=201, responses=versioned(201, 400, 403, 404, 409, 413))
def issue(
    session: SessionDep,
    runtime: RuntimeDep,
    said: CodeIssue,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> EnterpriseCodePublic:
    """签发企业码 Issue a code to a company, or a sub-code for a product, machine or branch."""

    def make() -> EnterpriseCodePublic:
        actor = _authorised(session, said.company_id)
        sign = signer(session, runtime.settings.keys_folder())
        code = issue_code(session, said=said, signer=sign, actor=actor)
        return EnterpriseCodePublic.model_validate(code)

    code = made_once(
        session, EnterpriseCodePublic, key=idempotency_key, route="POST /codes", said=said, make=make
    )
    return _created(response, code)


@router.post("/code-checks", responses=errors(400, 413))
def verify(session: SessionDep, runtime: RuntimeDep, said: VerifyRequest) -> Verified:
    """验证二维码地址 Check the signature of a scanned address and the state of its code."""
    checked = check_address(said.url, public_keys(session), [runtime.settings.origin()])
    state = None
    if checked.verdict == "genuine":
        code = session.get(EnterpriseCode, checked.code)
        state = code.state if code else None
    return Verified(verdict=checked.verdict, code=checked.code, kid=checked.kid, state=state)


@router.get("/codes/{code}", responses=errors(404, 410, 429))
def look_up_code(request: Request, session: SessionDep, code: CodePath) -> CodeLookup:
    """查询统一社会信用代码或企业码 Look up a unified social credit code or an enterprise code, and who bears it."""
    watch: Watch = request.app.state.watch
    network = network_of(request.client.host if request.client else "")
    if wait := watch.wait(network):
        raise TooManyScans(headers={"Retry-After": str(wait)})
    try:
        return look_up(session, code)
    except NotFound:
        watch.missed(network)
        raise


@router.get("/codes/{code}/history", responses=errors(401, 403, 404))
def get_code_history(session: SessionDep, code: CodePath) -> CodeHistory:
    """企业码历史 What happened to a code, the oldest first."""
    held = service.get_code(session, code)
    _authorised(session, held.company_id)
    found = service.history(session, held.code)
    return CodeHistory(items=[CodeEventPublic.model_validate(event) for event in found])


@router.get(
    "/codes/{code}/print", responses={200: PRINTED, **errors(401, 403, 404, 409)}, response_class=Response
)
def print_code(
    session: SessionDep,
    runtime: RuntimeDep,
    code: CodePath,
    layout: Annotated[LayoutName, Query(description="版式 What is printed")] = "label",
    form: Annotated[Format, Query(alias="format", description="文件格式 File format")] = "pdf",
) -> Response:
    """印制文件 A print of a code in real millimetres: the symbol, a label, a card or a gate plate."""
    held = service.get_code(session, code)
    _authorised(session, held.company_id)
    from app.codes.printing.face import load_face
    from app.codes.printing.service import pieces, print_piece

    (piece,) = pieces(session, [held.code], origin=runtime.settings.origin())
    file = print_piece(layout, form, piece, load_face(runtime.settings.print_font))
    name = f'inline; filename="{held.code}-{layout}.{form}"'
    return Response(file, media_type=MEDIA_TYPES[form], headers={"Content-Disposition": name})


@router.post("/codes/{code}/activate", responses=MOVED)
def activate_code(
    session: SessionDep, code: CodePath, said: CodeMove, response: Response, if_match: IfMatch = None
) -> EnterpriseCodePublic:
    """启用 Put an issued code into use."""
    return _moved(session, response, code, "activate", said, if_match)


@router.post("/codes/{code}/suspend", responses=MOVED)
def suspend_code(
    session: SessionDep, code: CodePath, said: CodeMove, response: Response, if_match: IfMatch = None
) -> EnterpriseCodePublic:
    """停用 Suspend a code for a while."""
    return _moved(session, response, code, "suspend", said, if_match)


@router.post("/codes/{code}/resume", responses=MOVED)
def resume_code(
    session: SessionDep, code: CodePath, said: CodeMove, response: Response, if_match: IfMatch = None
) -> EnterpriseCodePublic:
    """恢复 End a suspension."""
    return _moved(session, response, code, "resume", said, if_match)


@router.post("/codes/{code}/replace", status_code=201, responses=versioned(201, 400, 403, 404, 409, 412, 413))
def replace_code(
    session: SessionDep,
    runtime: RuntimeDep,
    code: CodePath,
    said: CodeMove,
    response: Response,
    if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> EnterpriseCodePublic:
    """换发 Issue a new code in place of this one, which forwards to it from now on."""

    def create() -> dict[str, Any]:
        actor = _authorised(session, service.get_code(session, code).company_id)
        sign = signer(session, runtime.settings.keys_folder())
        fresh = service.replace_code(
            session, code, signer=sign, actor=actor, reason=said.reason, if_match=if_match
        )
        return EnterpriseCodePublic.model_validate(fresh).model_dump(mode="json")

    answer = once(
        session,
        key=idempotency_key,
        route="POST /codes/replace",
        request={"code": code, **said.model_dump(mode="json")},
        create=create,
    )
    return _created(response, EnterpriseCodePublic.model_validate(answer))


@router.post("/codes/{code}/revoke", responses=MOVED)
def revoke_code(
    session: SessionDep, code: CodePath, said: CodeMove, response: Response, if_match: IfMatch = None
) -> EnterpriseCodePublic:
    """吊销 Revoke a code for good, and those under it."""
    return _moved(session, response, code, "revoke", said, if_match)


def _authorised(session: SessionDep, company_id: UUID) -> str:
    """Who manages the company's codes, as their history names them. Raises NotFound, Unauthenticated, Forbidden."""
    company = get_company(session, company_id)
    actor = require(session, "code.manage", company_id=company_id, division=home_division(company))
    return f"{actor.kind} {actor.id}"


def _moved(
    session: SessionDep, response: Response, code: str, action: Action, said: CodeMove, if_match: str | None
) -> EnterpriseCodePublic:
    actor = _authorised(session, service.get_code(session, code).company_id)
    held = service.move_code(session, code, action=action, actor=actor, reason=said.reason, if_match=if_match)
    tag_version(response, held.version)
    return EnterpriseCodePublic.model_validate(held)


def _created(response: Response, code: EnterpriseCodePublic) -> EnterpriseCodePublic:
    response.headers["Location"] = f"/api/v1/codes/{code.code}"
    tag_version(response, code.version)
    return code
