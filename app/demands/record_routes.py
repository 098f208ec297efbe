"""Revisions, copies, templates and files of demands over HTTP."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any
from uuid import UUID

from anyio.to_thread import run_sync
from fastapi import APIRouter, Query, Request, Response
from sqlmodel import Session

from app.core.file_scan import scanner_for
from app.core.http import (
    ActorDep,
    CursorQuery,
    IdempotencyKey,
    IfMatch,
    LimitQuery,
    RuntimeDep,
    SessionDep,
    in_unit,
    saved_file,
    tag_version,
    versioned,
)
from app.core.idempotency import made_once, once
from app.core.pagination import Page
from app.core.problem_details import errors
from app.core.text import Line
from app.demands import files, service, templates
from app.demands.record_models import DemandFile, DemandTemplate
from app.demands.record_schemas import (
    FileList,
    FilePublic,
    RevisionList,
    RevisionPublic,
    TemplateCreate,
    TemplatePublic,
    TemplateRename,
)
from app.demands.revisions import revisions_of
from app.demands.schemas import DemandPublic

router = APIRouter(prefix="/api/v1", tags=["demands"])

FileName = Annotated[
    str, Line(200), Query(description="文件名，带扩展名 With its ending", examples=["图纸.pdf"])
]
_BYTES = {
    "requestBody": {
        "required": True,
        "description": "文件内容 The file itself",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
_DOWNLOAD: dict[int | str, dict[str, Any]] = {
    200: {"description": "文件 The file", "content": {"application/octet-stream": {}}}
}


@router.get("/demands/{demand_id}/revisions", responses=errors(404))
def list_revisions(session: SessionDep, demand_id: UUID) -> RevisionList:
    """修订记录 What each edit since publication changed, the newest first."""
    told = revisions_of(session, service.get_demand(session, demand_id))
    return RevisionList(
        items=[
            RevisionPublic(number=one.number, made_at=one.made_at, changes=changed) for one, changed in told
        ]
    )


@router.post("/demands/{demand_id}/copy", status_code=201, responses=versioned(201, 403, 404, 409))
def copy_demand(
    session: SessionDep, demand_id: UUID, response: Response, idempotency_key: IdempotencyKey = None
) -> DemandPublic:
    """复制为草稿 A draft like this demand, without its dates and files."""
    return _begun(
        session, response, f"POST /demands/{demand_id}/copy", idempotency_key,
        lambda: service.public(session, templates.copy_demand(session, demand_id)),
    )  # fmt: skip


@router.get("/demand-templates", responses=errors(403))
def list_templates(
    session: SessionDep,
    deleted: Annotated[bool, Query(description="近 30 天内删除的 Those deleted in the last 30 days")] = False,
    limit: LimitQuery = 20,
    cursor: CursorQuery = "",
) -> Page[TemplatePublic]:
    """需求模板 Templates of one's own and of one's firms, the newest first."""
    found, more = templates.list_templates(session, deleted=deleted, limit=limit, cursor=cursor)
    return Page(items=[TemplatePublic.of(one) for one in found], next_cursor=more)


@router.post("/demand-templates", status_code=201, responses=versioned(201, 400, 403, 404, 409, 413))
def make_template(
    session: SessionDep, said: TemplateCreate, response: Response, idempotency_key: IdempotencyKey = None
) -> TemplatePublic:
    """存为模板 Keep what a demand asks for, to begin others from."""

    def make() -> TemplatePublic:
        made = templates.make_template(session, demand_id=said.demand_id, name=said.name)
        return TemplatePublic.of(made)

    made = made_once(
        session, TemplatePublic, key=idempotency_key, route="POST /demand-templates", said=said, make=make
    )
    response.headers["Location"] = f"/api/v1/demand-templates/{made.id}"
    tag_version(response, made.version)
    return made


@router.get("/demand-templates/{template_id}", responses=versioned(200, 403, 404))
def get_template(session: SessionDep, template_id: UUID, response: Response) -> TemplatePublic:
    """模板详情 One template."""
    return _template(response, templates.get_template(session, template_id))


@router.patch("/demand-templates/{template_id}", responses=versioned(200, 400, 403, 404, 409, 412, 413, 428))
def rename_template(
    session: SessionDep,
    template_id: UUID,
    said: TemplateRename,
    response: Response,
    if_match: IfMatch = None,
) -> TemplatePublic:
    """重命名模板 Call a template something else."""
    renamed = templates.rename_template(session, template_id, name=said.name, if_match=if_match)
    return _template(response, renamed)


@router.post("/demand-templates/{template_id}/restore", responses=versioned(200, 403, 404))
def restore_template(session: SessionDep, template_id: UUID, response: Response) -> TemplatePublic:
    """恢复模板 Undo the deletion of a template."""
    return _template(response, templates.restore_template(session, template_id))


@router.post(
    "/demand-templates/{template_id}/draft", status_code=201, responses=versioned(201, 403, 404, 409)
)
def use_template(
    session: SessionDep, template_id: UUID, response: Response, idempotency_key: IdempotencyKey = None
) -> DemandPublic:
    """由模板新建草稿 A draft begun from a template."""
    return _begun(
        session, response, f"POST /demand-templates/{template_id}/draft", idempotency_key,
        lambda: service.public(session, templates.use_template(session, template_id)),
    )  # fmt: skip


@router.delete("/demand-templates/{template_id}", status_code=204, responses=errors(403, 404))
def delete_template(session: SessionDep, template_id: UUID) -> None:
    """删除模板 Take a template out, which can be undone for 30 days; demands made from it stay."""
    templates.delete_template(session, template_id)


@router.get("/demands/{demand_id}/files", responses=errors(404))
def list_files(session: SessionDep, demand_id: UUID) -> FileList:
    """附件列表 The files that go with a demand."""
    service.get_demand(session, demand_id)
    return FileList(items=[FilePublic.model_validate(one) for one in files.files_of(session, demand_id)])


@router.post(
    "/demand-files/{demand_id}",
    status_code=201,
    responses=errors(400, 403, 404, 409, 413),
    openapi_extra=_BYTES,
)
async def add_file(
    request: Request,
    runtime: RuntimeDep,
    actor: ActorDep,
    demand_id: UUID,
    name: FileName = "",
    idempotency_key: IdempotencyKey = None,
) -> FilePublic:
    """上传附件 Send a file to go with a demand: PDF, pictures, Office documents, drawings, ZIP; 20 MB, ten a demand."""

    def allowed(session: Session) -> None:
        service.require_editor(session, service.get_demand(session, demand_id))

    await in_unit(request, allowed, actor=actor, writing=False)
    content = await request.body()
    # Scanned outside any transaction: a slow scanner keeps no other writer waiting.
    scanner = scanner_for(runtime.settings.scanner)
    media_type = await run_sync(files.check_file, name, content, scanner)

    def keep(session: Session) -> dict[str, Any]:
        file = files.add_file(
            session,
            demand_id=demand_id,
            name=name,
            content=content,
            media_type=media_type,
            scanned_by=scanner.name,
            folder=runtime.settings.attachments_dir(),
        )
        return FilePublic.model_validate(file).model_dump(mode="json")

    said = {"demand_id": str(demand_id), "name": name, "sha256": hashlib.sha256(content).hexdigest()}
    answer = await in_unit(
        request,
        lambda session: once(
            session,
            key=idempotency_key,
            route=f"POST /demand-files/{demand_id}",
            request=said,
            create=lambda: keep(session),
        ),
        actor=actor,
    )
    return FilePublic.model_validate(answer)


@router.get(
    "/demands/{demand_id}/files/{file_id}",
    responses={**errors(404), **_DOWNLOAD},
    response_class=Response,
)
def get_file(session: SessionDep, runtime: RuntimeDep, demand_id: UUID, file_id: UUID) -> Response:
    """下载附件 A file, to be saved and never shown as a page of this site."""
    folder = runtime.settings.attachments_dir()
    return download(*files.read_file(session, demand_id=demand_id, key=file_id, folder=folder))


@router.delete("/demands/{demand_id}/files/{file_id}", status_code=204, responses=errors(403, 404, 409))
def remove_file(session: SessionDep, runtime: RuntimeDep, demand_id: UUID, file_id: UUID) -> None:
    """删除附件 Take a file out of a demand."""
    files.remove_file(session, demand_id=demand_id, key=file_id, folder=runtime.settings.attachments_dir())


def download(file: DemandFile, content: bytes) -> Response:
    """A file of a demand, to be saved."""
    return saved_file(content, media_type=file.media_type, name=file.name)


def _template(response: Response, template: DemandTemplate) -> TemplatePublic:
    tag_version(response, template.version)
    return TemplatePublic.of(template)


def _begun(session: Session, response: Response, route: str, key: str | None, begin: Any) -> DemandPublic:
    answer = once(session, key=key, route=route, request={}, create=lambda: begin().model_dump(mode="json"))
    demand = DemandPublic.model_validate(answer)
    response.headers["Location"] = f"/api/v1/demands/{demand.id}"
    tag_version(response, demand.version)
    return demand
