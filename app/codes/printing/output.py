"""Prints as files: one piece as PDF, PNG or SVG; many labels on A4 sheets as one PDF."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from fpdf import FPDF

from app.codes.printing.canvas import BLACK, WHITE, PdfCanvas, PngCanvas, SvgCanvas
from app.codes.printing.face import Face
from app.codes.printing.forms import LayoutName
from app.codes.printing.layouts import LAYOUTS, Layout, Piece

DPI = 600
PLATE_DPI = 300
SLUG = 7.0
"""Millimetres of paper around the bleed, for crop marks."""
MARK = 5.0
A4 = (210.0, 297.0)
COLUMNS, ROWS = 3, 8
"""Labels on a sheet: 3 x 8 of 64 x 34 mm, with 9 mm free at the sides and 12.5 mm above and below."""


def as_png(name: LayoutName, piece: Piece, face: Face) -> bytes:
    """The trimmed piece at 600 dots an inch (plates: 300)."""
    layout = LAYOUTS[name]
    _check(face, piece)
    canvas = PngCanvas(layout.width, layout.height, face, dpi=PLATE_DPI if name == "plate" else DPI)
    layout.paint(canvas, piece)
    return canvas.png()


def as_svg(name: LayoutName, piece: Piece, face: Face) -> str:
    """The trimmed piece."""
    layout = LAYOUTS[name]
    _check(face, piece)
    canvas = SvgCanvas(layout.width, layout.height, face)
    canvas.rectangle(0, 0, layout.width, layout.height, WHITE)
    layout.paint(canvas, piece)
    return canvas.svg()


def as_pdf(name: LayoutName, pieces: Iterable[Piece], face: Face) -> bytes:
    """A page a piece, in true size; with bleed and crop marks where the layout has a bleed."""
    layout = LAYOUTS[name]
    around = layout.bleed + SLUG if layout.bleed else 0.0
    document: FPDF | None = None
    for piece in pieces:
        _check(face, piece)
        # Not before: a document that is never put out keeps the font's file open.
        document = document or new_document(face)
        document.add_page(format=(layout.width + 2 * around, layout.height + 2 * around))
        layout.paint(PdfCanvas(document, face, x=around, y=around), piece)
        if around:
            _crop_marks(document, layout, around)
    return bytes((document or new_document(face)).output())


def new_document(face: Face) -> FPDF:
    """An empty PDF; the same pieces give the same bytes whenever they are printed."""
    document = FPDF(unit="mm", format="A4")
    document.set_auto_page_break(False)
    document.set_margin(0)
    document.set_creator("Lianqiao")
    document.set_creation_date(datetime.fromisoformat("2026-01-01T00:00:00+00:00"))
    face.put_into(document)
    return document


def add_label(document: FPDF, face: Face, at: int, piece: Piece) -> None:
    """The label of number ``at`` on A4 sheets, counted from 0; a new sheet begins when one is full."""
    _check(face, piece)
    layout = LAYOUTS["label"]
    place = at % (COLUMNS * ROWS)
    left = (A4[0] - COLUMNS * layout.width) / 2
    top = (A4[1] - ROWS * layout.height) / 2
    if place == 0:
        document.add_page()
        _grid_marks(document, layout, left, top)
    row, column = divmod(place, COLUMNS)
    canvas = PdfCanvas(document, face, x=left + column * layout.width, y=top + row * layout.height)
    layout.paint(canvas, piece)


def _check(face: Face, piece: Piece) -> None:
    face.check(piece.firm + piece.label + piece.place, "name")


def _crop_marks(document: FPDF, layout: Layout, around: float) -> None:
    document.set_draw_color(*BLACK)
    document.set_line_width(0.1)
    right, bottom = around + layout.width, around + layout.height
    for x, out in ((around, -1), (right, 1)):
        for y, down in ((around, -1), (bottom, 1)):
            from_x, from_y = x + out * (layout.bleed + 1), y + down * (layout.bleed + 1)
            document.line(from_x, y, from_x + out * MARK, y)
            document.line(x, from_y, x, from_y + down * MARK)


def _grid_marks(document: FPDF, layout: Layout, left: float, top: float) -> None:
    """Ticks in the margins where the sheet is cut."""
    document.set_draw_color(*BLACK)
    document.set_line_width(0.1)
    for column in range(COLUMNS + 1):
        x = left + column * layout.width
        document.line(x, top - MARK - 1, x, top - 1)
        document.line(x, A4[1] - top + 1, x, A4[1] - top + 1 + MARK)
    for row in range(ROWS + 1):
        y = top + row * layout.height
        document.line(left - MARK - 1, y, left - 1, y)
        document.line(A4[0] - left + 1, y, A4[0] - left + 1 + MARK, y)
