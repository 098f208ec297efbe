"""Files that support a claim: checked by what they are, not by what they are called, and kept outside anything served."""

from __future__ import annotations

import hashlib
from pathlib import Path
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session, col

from app.accounts.claim_models import Claim, ClaimDocument
from app.accounts.claims import get_claim
from app.accounts.policy import require_person
from app.core.errors import Conflict, Forbidden, InvalidInput, NotFound, Problem
from app.core.ids import new_id
from app.core.text import printable

LARGEST = 5_000_000
MOST = 5
_BEGINNINGS = {b"%PDF-": "application/pdf", b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}


def add_document(
    session: Session, *, claim_id: UUID, name: str, content: bytes, folder: Path
) -> ClaimDocument:
    """Keep a document with one's own open claim. Raises NotFound, Forbidden, Conflict, InvalidInput.

    The file is written before the row: a crash between the two leaves a file nobody refers to, never a row without one.
    """
    claim = get_claim(session, claim_id)
    person_id = require_person(session)
    if claim.person_id != person_id:
        raise Forbidden("只有申请人可以补充材料", code="claimant_required")
    if claim.state != "pending":
        raise Conflict("认领已处理，不能再补充材料", code="claim_state")
    media_type = read_media_type(content)
    held = select(func.count()).select_from(ClaimDocument).where(col(ClaimDocument.claim_id) == claim_id)
    if (session.scalar(held) or 0) >= MOST:
        raise Conflict("材料最多 {most} 份", code="too_many_documents", most=MOST)
    document = ClaimDocument(
        id=new_id(),
        claim_id=claim_id,
        person_id=person_id,
        division=claim.division,
        name=printable(Path(name).name or "document", 120),
        media_type=media_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )
    file = _file(folder, document)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    session.add(document)
    session.flush()
    return document


def read_media_type(content: bytes) -> str:
    """PDF, JPEG or PNG, by how the file begins. Raises InvalidInput for anything else, and for files too large."""
    if len(content) > LARGEST:
        raise _wrong("too_large", "文件不能超过 5 MB，请压缩后再上传")
    found = next((kind for start, kind in _BEGINNINGS.items() if content.startswith(start)), None)
    if found is None:
        raise _wrong("bad_format", "只接受 PDF、JPG 或 PNG 文件")
    return found


def list_documents(session: Session, claim: Claim) -> list[ClaimDocument]:
    """The documents of a claim that the actor may see."""
    query = (
        select(ClaimDocument).where(col(ClaimDocument.claim_id) == claim.id).order_by(col(ClaimDocument.id))
    )
    return list(session.scalars(query))


def read_document(session: Session, key: UUID, *, folder: Path) -> tuple[ClaimDocument, bytes]:
    """A document and its bytes, for who may see the claim. Raises NotFound."""
    require_person(session)
    document = session.get(ClaimDocument, key)
    if document is None or not _file(folder, document).is_file():
        raise NotFound("未找到该材料", code="document_not_found")
    return document, _file(folder, document).read_bytes()


def _file(folder: Path, document: ClaimDocument) -> Path:
    return folder / str(document.claim_id) / str(document.id)


def _wrong(code: str, message: str) -> InvalidInput:
    return InvalidInput(problems=[Problem("documents", code, message)])
