"""Files of a demand in the browser: sent from its page, given out as downloads, taken out again."""

from __future__ import annotations

from fastapi import APIRouter, Response
from starlette.datastructures import UploadFile

from app.core.errors import InvalidInput, Problem
from app.core.file_scan import scanner_for
from app.core.http import ActorDep, RuntimeDep
from app.demands import files
from app.demands import service as demands
from app.demands.record_routes import download
from app.web.forms import FilesDep
from app.web.pages import SameSite, go, read_id

router = APIRouter()


@router.post("/demand-files/{key}", dependencies=[SameSite])
def add_files_page(key: str, runtime: RuntimeDep, actor: ActorDep, form: FilesDep) -> Response:
    """Keep the files sent, each checked before any is kept."""
    demand_id, settings = read_id(key), runtime.settings
    with runtime.session(writing=False, actor=actor) as session:
        demands.require_editor(session, demands.get_demand(session, demand_id))
    sent = [file for file in form.getlist("files") if isinstance(file, UploadFile) and file.filename]
    if not sent:
        raise InvalidInput(problems=[Problem("files", "required", "请先选择文件")])
    scanner = scanner_for(settings.scanner)
    checked = []
    for file in sent:
        name, content = file.filename or "", file.file.read(files.LARGEST + 1)
        checked.append((name, content, files.check_file(name, content, scanner)))
    with runtime.session(actor=actor) as session:
        for name, content, media_type in checked:
            files.add_file(
                session,
                demand_id=demand_id,
                name=name,
                content=content,
                media_type=media_type,
                scanned_by=scanner.name,
                folder=settings.attachments_dir(),
            )
    return go(f"/demands/{demand_id}#files")


@router.get("/demands/{key}/files/{file}")
def file_download(key: str, file: str, runtime: RuntimeDep, actor: ActorDep) -> Response:
    """A file, to be saved."""
    with runtime.session(writing=False, actor=actor) as session:
        folder = runtime.settings.attachments_dir()
        return download(*files.read_file(session, demand_id=read_id(key), key=read_id(file), folder=folder))


@router.post("/demands/{key}/files/{file}/remove", dependencies=[SameSite])
def remove_file_page(key: str, file: str, runtime: RuntimeDep, actor: ActorDep) -> Response:
    """Take a file out."""
    with runtime.session(actor=actor) as session:
        folder = runtime.settings.attachments_dir()
        files.remove_file(session, demand_id=read_id(key), key=read_id(file), folder=folder)
    return go(f"/demands/{read_id(key)}#files")
