"""From codes in the database to files a printer takes: one piece, or sheets of thousands with progress."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

from PIL import Image, UnidentifiedImageError
from sqlalchemy import select
from sqlmodel import Session, col

from app.codes.addresses import code_url
from app.codes.models import EnterpriseCode
from app.codes.numbers import grouped
from app.codes.policy import LIVE
from app.codes.printing.face import Face
from app.codes.printing.forms import Format, LayoutName
from app.codes.printing.layouts import LAYOUTS, Piece
from app.codes.printing.output import add_label, as_pdf, as_png, as_svg, new_document
from app.codes.printing.symbol import Level, Symbols
from app.core.errors import Conflict, InvalidInput, Problem
from app.core.state_words import state_word
from app.registry.models import Company

_BATCH = 240


def read_logo(path: Path) -> Image.Image:
    """A square picture to stand in the middle of symbols. Raises InvalidInput."""
    try:
        picture = Image.open(path).convert("RGBA")
    except (OSError, UnidentifiedImageError) as error:
        raise InvalidInput(
            problems=[Problem("logo", "unreadable", "读不出这个图片，请用 PNG 或 JPEG")]
        ) from error
    side = min(picture.size)
    left, top = (picture.width - side) // 2, (picture.height - side) // 2
    return picture.crop((left, top, left + side, top + side)).resize((512, 512))


def pieces(
    session: Session, codes: Sequence[str], *, origin: str, logo: Image.Image | None = None
) -> Iterator[Piece]:
    """What is printed of each code, in the order given. Raises Conflict for one that stands for nothing any more."""
    remaining = iter(codes)
    while part := list(islice(remaining, _BATCH)):
        query = (
            select(EnterpriseCode, Company)
            .join(Company, col(Company.id) == col(EnterpriseCode.company_id))
            .where(col(EnterpriseCode.code).in_(part))
        )
        found = {code.code: (code, firm) for code, firm in session.execute(query)}
        for one in part:
            code, firm = found[one]
            if code.state not in LIVE:
                raise Conflict(
                    "{printed} 的状态为“{state}”，不能再印制",
                    code="code_state",
                    printed=grouped(one),
                    state=state_word("code_state", code.state),
                )
            yield Piece(
                url=code_url(origin, code.code, code.kid, code.signature),
                printed=grouped(code.code),
                firm=firm.name,
                label=code.label,
                place=firm.address or f"{firm.city}{firm.district}",
                logo=logo,
            )


def drawable(found: Iterable[Piece], face: Face, left_out: dict[str, str]) -> Iterator[Piece]:
    """The pieces that the face can draw, in their order.

    What characters the others need goes into ``left_out`` by printed code: one rare name must not cost thousands their print.
    """
    for piece in found:
        if lacking := face.missing(piece.firm + piece.label + piece.place):
            left_out[piece.printed] = lacking
        else:
            yield piece


def print_piece(name: LayoutName, form: Format, piece: Piece, face: Face) -> bytes:
    """One piece as a file. Raises InvalidInput for characters the face cannot draw."""
    if form == "pdf":
        return as_pdf(name, [piece], face)
    return as_png(name, piece, face) if form == "png" else as_svg(name, piece, face).encode()


def live_codes(session: Session, *, division: str = "", limit: int | None = None) -> list[str]:
    """The firms' own live codes, in order of the firms' unified social credit codes."""
    query = (
        select(col(EnterpriseCode.code))
        .join(Company, col(Company.id) == col(EnterpriseCode.company_id))
        .where(col(EnterpriseCode.kind) == "company", col(EnterpriseCode.state).in_(LIVE))
        .order_by(col(Company.uscc))
    )
    if division:
        query = query.where(col(Company.adcode).startswith(division.rstrip("0")))
    return list(session.scalars(query.limit(limit) if limit is not None else query))


def print_sheets(
    found: Iterator[Piece], face: Face, *, progress: Callable[[int], None] | None = None
) -> bytes:
    """Labels on A4 sheets as one PDF."""
    document = new_document(face)
    symbols = Symbols()
    tell, done = progress or (lambda labels: None), 0
    for piece in found:
        level: Level = "H" if piece.logo else LAYOUTS["label"].level
        add_label(document, face, done, replace(piece, modules=symbols.make(piece.url, level)))
        done += 1
        if done % _BATCH == 0:
            tell(done)
    tell(done)
    return bytes(document.output())
