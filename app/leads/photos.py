"""Photos of a lead: read whole, drawn anew without what the camera wrote into them, kept outside anything served."""

from __future__ import annotations

import io
import warnings
from pathlib import Path
from uuid import UUID

from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError
from sqlalchemy import func, select
from sqlmodel import Session, col

from app.accounts.policy import require
from app.core.errors import Conflict, InvalidInput, NotFound, Problem
from app.core.ids import new_id
from app.core.tenancy import actor_of
from app.core.versions import touch
from app.leads.handing import family
from app.leads.models import Lead, LeadPhoto
from app.leads.service import get_lead, log

LARGEST = 15_000_000
MOST = 30
LONGEST_SIDE = 2000
MOST_PIXELS = 60_000_000
_FORMATS = ("JPEG", "PNG", "WEBP")


def add_photo(
    session: Session, key: UUID, *, content: bytes, caption: str, keep_place: bool, folder: Path
) -> LeadPhoto:
    """Keep a photo; any salesperson of the team may add one. Raises NotFound, Forbidden, Conflict, InvalidInput.

    The file is written before the row: a crash between the two leaves a file nobody refers to, never a row without one.
    """
    lead = get_lead(session, key, for_update=True)
    actor = require(session, "lead.work", company_id=lead.team_id)
    held = select(func.count()).select_from(LeadPhoto).where(col(LeadPhoto.lead_id) == lead.id)
    if (session.scalar(held) or 0) >= MOST:
        raise Conflict("每条线索最多 {most} 张照片，请先删除不需要的", code="too_many_photos", most=MOST)
    picture, placed = redraw(content, keep_place=keep_place)
    with Image.open(io.BytesIO(picture)) as drawn:
        width, height = drawn.size
    photo = LeadPhoto(
        id=new_id(),
        lead_id=lead.id,
        team_id=lead.team_id,
        person_id=actor.id if actor.kind == "person" else None,
        caption=caption.strip()[:200],
        width=width,
        height=height,
        size=len(picture),
        placed=placed,
    )
    file = _file(folder, photo)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(picture)
    session.add(photo)
    log(session, lead, "photo", text=photo.caption)
    touch(session, lead)
    return photo


def redraw(content: bytes, *, keep_place: bool) -> tuple[bytes, bool]:
    """The picture as a JPEG of at most LONGEST_SIDE, upright, with no EXIF but, if wanted, the place. Raises InvalidInput.

    Whether it says a place comes second. Whatever else was in the file, or behind the picture in it, is gone.
    """
    if len(content) > LARGEST:
        raise _wrong("too_large", "照片不能超过 15 MB")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about damage in parts that are not read
            with Image.open(io.BytesIO(content), formats=_FORMATS) as source:
                if source.width * source.height > MOST_PIXELS:
                    raise _wrong("too_large", "照片的像素过多，请缩小后再上传")
                place = source.getexif().get_ifd(ExifTags.IFD.GPSInfo) if keep_place else {}
                picture = ImageOps.exif_transpose(source).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise _wrong("bad_format", "只接受 JPG、PNG 或 WebP 照片，文件可能已损坏") from error
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    exif = Image.Exif()
    if place:
        exif[ExifTags.IFD.GPSInfo] = place
    kept = io.BytesIO()
    picture.save(kept, "JPEG", quality=85, optimize=True, exif=exif)
    return kept.getvalue(), bool(place)


def list_photos(session: Session, lead: Lead) -> list[LeadPhoto]:
    """Photos of a lead and of those merged into it, the newest first."""
    keys = [one.id for one in family(session, lead)]
    query = select(LeadPhoto).where(col(LeadPhoto.lead_id).in_(keys)).order_by(col(LeadPhoto.id).desc())
    return list(session.scalars(query))


def read_photo(session: Session, key: UUID, *, folder: Path) -> bytes:
    """The bytes of a photo, for who sees the lead. Raises NotFound."""
    return _file(folder, _get(session, key, folder)).read_bytes()


def delete_photo(session: Session, key: UUID, *, folder: Path) -> UUID:
    """Delete a photo for good: whoever took it may, and who runs the team. Returns its lead. Raises NotFound, Forbidden."""
    photo = _get(session, key, folder)
    own = photo.person_id is not None and photo.person_id == actor_of(session).id
    require(session, "lead.work" if own else "lead.manage", company_id=photo.team_id)
    session.delete(photo)
    session.flush()
    _file(folder, photo).unlink(missing_ok=True)
    return photo.lead_id


def _get(session: Session, key: UUID, folder: Path) -> LeadPhoto:
    photo = session.get(LeadPhoto, key)
    if photo is None or not _file(folder, photo).is_file():
        raise NotFound("未找到该照片", code="photo_not_found")
    return photo


def _file(folder: Path, photo: LeadPhoto) -> Path:
    return folder / str(photo.lead_id) / f"{photo.id}.jpg"


def _wrong(code: str, message: str) -> InvalidInput:
    return InvalidInput(problems=[Problem("photo", code, message)])
