"""Files that go with a demand: checked by what they are, scanned, kept outside anything served, given out as downloads."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path, PurePath
from uuid import UUID

from sqlalchemy import event, select
from sqlmodel import Session, col

from app.core.errors import Conflict, InvalidInput, NotFound, Problem
from app.core.file_scan import Scanner
from app.core.ids import new_id
from app.core.tenancy import actor_of
from app.core.text import printable
from app.demands.contents import content_of
from app.demands.models import Demand
from app.demands.policy import moved
from app.demands.record_models import DemandFile
from app.demands.revisions import revise
from app.demands.rights import require_editor
from app.demands.service import get_demand, touch

LARGEST = 20_000_000
MOST = 10

_BEGINNINGS = (
    (b"%PDF-", "application/pdf"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"AC10", "image/vnd.dwg"),
    (b"ISO-10303-21;", "model/step"),
)
_OFFICE = {
    "word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt/": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
ENDINGS = {
    "application/pdf": (".pdf",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
    "image/vnd.dwg": (".dwg",),
    "model/step": (".step", ".stp"),
    _OFFICE["word/"]: (".docx",),
    _OFFICE["xl/"]: (".xlsx",),
    _OFFICE["ppt/"]: (".pptx",),
    "application/zip": (".zip",),
    "text/plain": (".txt", ".csv", ".dxf", ".igs", ".iges"),
}
"""What is accepted, and what each may be called."""
ACCEPTED = tuple(ending for endings in ENDINGS.values() for ending in endings)

THREAT_MESSAGES = {
    "executable": "文件是程序或含有程序，不能上传",
    "macros": "文件含有宏，请另存为不含宏的格式",
    "active_pdf": "PDF 含有脚本或嵌入文件，请打印为新的 PDF 再上传",
    "legacy_office": "不接受旧版 Office 文件，请另存为 docx、xlsx 或 pptx",
    "archive_bomb": "压缩包解开后过大，请拆分",
    "encrypted": "压缩包有密码，无法检查，请去掉密码",
    "nested": "压缩包里还有压缩包，请解开后再上传",
    "damaged": "文件已损坏，请重新导出",
}


def check_file(name: str, content: bytes, scanner: Scanner) -> str:
    """The media type of a file fit to be kept, by its content. Raises InvalidInput, ScannerDown. Touches no database."""
    if not content:
        raise _wrong("required", "文件是空的")
    if len(content) > LARGEST:
        raise _wrong("too_large", "单个文件不能超过 20 MB，请压缩或拆分")
    threat = scanner.scan(content)
    if threat:
        raise _wrong("unsafe_file", THREAT_MESSAGES.get(threat, "文件未通过安全检查，不能上传"))
    found = _media_type(content)
    if found is None:
        raise _wrong(
            "bad_format", "不接受这种文件，可上传 PDF、图片、Office 文档、DWG、DXF、STEP、IGES 图纸或 ZIP"
        )
    if PurePath(name.lower()).suffix not in ENDINGS[found]:
        raise _wrong("wrong_ending", "文件内容与扩展名不符，请用正确的扩展名")
    return found


def _media_type(content: bytes) -> str | None:
    for start, media_type in _BEGINNINGS:
        if content.startswith(start):
            return media_type
    if content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
        if "[Content_Types].xml" in names:
            return next(
                (kind for start, kind in _OFFICE.items() if any(n.startswith(start) for n in names)), None
            )
        return "application/zip"
    return "text/plain" if _is_text(content) else None


def _is_text(content: bytes) -> bool:
    if (
        content.lstrip()[:200]
        .lower()
        .startswith((b"<!doctype html", b"<html", b"<script", b"<svg", b"<?xml"))
    ):
        return False
    for encoding in ("utf-8", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return not any(ord(char) < 32 and char not in "\t\r\n\f" for char in text)
    return False


def add_file(
    session: Session,
    *,
    demand_id: UUID,
    name: str,
    content: bytes,
    media_type: str,
    scanned_by: str,
    folder: Path,
) -> DemandFile:
    """Keep a checked file with a demand that may be edited. Raises NotFound, Forbidden, Conflict.

    The bytes are written before the row: a crash between the two leaves a file nobody refers to, never a row without one.
    """
    demand = _editable(session, demand_id)
    held = files_of(session, demand_id)
    digest = hashlib.sha256(content).hexdigest()
    again = next((file for file in held if file.sha256 == digest), None)
    if again:
        return again
    if len(held) >= MOST:
        raise Conflict("附件最多 {most} 个，请先删去不需要的", code="too_many_files", most=MOST)
    before = content_of(session, demand)
    file = DemandFile(
        id=new_id(),
        demand_id=demand_id,
        name=_plain_name(name),
        media_type=media_type,
        size=len(content),
        sha256=digest,
        scanned_by=scanned_by,
        uploaded_by=actor_of(session).id,
    )
    where = _path(folder, file)
    where.parent.mkdir(parents=True, exist_ok=True)
    where.write_bytes(content)
    session.add(file)
    session.flush()
    revise(session, demand, before)
    touch(session, demand)
    return file


def files_of(session: Session, demand_id: UUID) -> list[DemandFile]:
    """The files of a demand that the actor may see, the first first."""
    query = select(DemandFile).where(col(DemandFile.demand_id) == demand_id).order_by(col(DemandFile.id))
    return list(session.scalars(query))


def read_file(session: Session, *, demand_id: UUID, key: UUID, folder: Path) -> tuple[DemandFile, bytes]:
    """A file and its bytes, for who may see the demand. Raises NotFound."""
    file = _file_of(session, demand_id, key)
    where = _path(folder, file)
    if not where.is_file():
        raise NotFound("未找到该附件", code="file_not_found")
    return file, where.read_bytes()


def remove_file(session: Session, *, demand_id: UUID, key: UUID, folder: Path) -> None:
    """Take a file out; its bytes go once that is committed. Raises NotFound, Forbidden, Conflict."""
    demand = _editable(session, demand_id)
    file = _file_of(session, demand_id, key)
    before, where = content_of(session, demand), _path(folder, file)
    session.delete(file)
    session.flush()
    revise(session, demand, before)
    touch(session, demand)
    event.listen(session, "after_commit", lambda _session: where.unlink(missing_ok=True), once=True)


def _editable(session: Session, demand_id: UUID) -> Demand:
    demand = get_demand(session, demand_id, for_update=True)
    require_editor(session, demand)
    moved(demand.state, "edit")
    return demand


def _file_of(session: Session, demand_id: UUID, key: UUID) -> DemandFile:
    file = session.get(DemandFile, key)
    if file is None or file.demand_id != demand_id:
        raise NotFound("未找到该附件", code="file_not_found")
    return file


def _plain_name(name: str) -> str:
    ending = PurePath(name).suffix[:10]
    stem = printable(PurePath(name.replace("\\", "/")).name.removesuffix(ending), 110)
    return "".join(char for char in stem if char.isprintable()) + ending


def _path(folder: Path, file: DemandFile) -> Path:
    return folder / str(file.demand_id) / str(file.id)


def _wrong(code: str, message: str) -> InvalidInput:
    return InvalidInput(problems=[Problem("file", code, message)])
