"""What is printed of a code, declared in millimetres: the bare symbol, a label, a card, a gate plate, a sheet of labels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image

from app.codes.printing.canvas import BLACK, WHITE, Canvas, Colour
from app.codes.printing.forms import LayoutName
from app.codes.printing.symbol import QUIET, Level, Modules, symbol

GREEN: Colour = (11, 95, 85)
GREY: Colour = (81, 96, 92)
LOGO_SHARE = 0.18
"""Width of the logo in the middle, of the symbol's: with its white edge 4 % of its area, where level H mends 30 %."""
BORDER = 0.012
_ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class Piece:
    """What one print says: the address in the symbol, the code as people read it, and whose it is."""

    url: str
    printed: str
    firm: str
    label: str = ""
    place: str = ""
    logo: Image.Image | None = None
    modules: Modules | None = None
    """The symbol, when it has been made already."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A print of fixed size. ``bleed`` is printed beyond the trimmed edge on each side; sizes are of the trimmed piece."""

    width: float
    height: float
    level: Level
    draw: Callable[[Canvas, Piece, Level], None]
    bleed: float = 0.0
    back: Colour = WHITE

    def paint(self, canvas: Canvas, piece: Piece) -> None:
        """Background with its bleed, then the piece. A logo asks for the highest error correction."""
        if self.back != WHITE:
            canvas.rectangle(
                -self.bleed, -self.bleed, self.width + 2 * self.bleed, self.height + 2 * self.bleed, self.back
            )
        self.draw(canvas, piece, "H" if piece.logo else self.level)


def _symbol(canvas: Canvas, piece: Piece, level: Level, x: float, y: float, size: float) -> None:
    """The symbol with its quiet zone in a white square of ``size``, and the logo in its middle."""
    modules = symbol(piece.url, level) if piece.modules is None else piece.modules
    module = size / (len(modules) + 2 * QUIET)
    inner = module * len(modules)
    canvas.rectangle(x, y, size, size, WHITE)
    canvas.modules(modules, x + module * QUIET, y + module * QUIET, inner)
    if piece.logo:
        width = inner * LOGO_SHARE
        gap = inner * BORDER
        left, top = x + (size - width) / 2, y + (size - width) / 2
        canvas.rectangle(left - gap, top - gap, width + 2 * gap, width + 2 * gap, WHITE)
        canvas.picture(piece.logo, left, top, width)


def lines_of(canvas: Canvas, words: str, size: float, width: float, most: int) -> list[str]:
    """A text broken into at most ``most`` lines of ``width``; what does not fit ends in an ellipsis."""
    lines = [""]
    for character in words:
        if canvas.face.width(lines[-1] + character, size) > width and lines[-1]:
            if len(lines) == most:
                while lines[-1] and canvas.face.width(lines[-1] + _ELLIPSIS, size) > width:
                    lines[-1] = lines[-1][:-1]
                lines[-1] += _ELLIPSIS
                break
            lines.append("")
        lines[-1] += character
    return lines


def _words(
    canvas: Canvas,
    x: float,
    y: float,
    size: float,
    words: str,
    width: float,
    most: int,
    colour: Colour = BLACK,
) -> float:
    """Lines from the top down; returns where the next may begin."""
    for line in lines_of(canvas, words, size, width, most) if words else ():
        y += size * 1.15
        canvas.text(x, y, size, line, colour)
    return y + size * 0.35


def _code(canvas: Canvas, piece: Piece, level: Level) -> None:
    _symbol(canvas, piece, level, 0, 0, 40)


def _label(canvas: Canvas, piece: Piece, level: Level) -> None:
    _symbol(canvas, piece, level, 1, 1, 32)
    y = _words(canvas, 34, 2.5, 3.4, piece.label or piece.firm, 28.5, 3)
    if piece.label:
        y = _words(canvas, 34, y, 2.4, piece.firm, 28.5, 2, GREY)
    canvas.text(34, 25.6, 3.3, piece.printed)
    canvas.text(34, 30.2, 2.2, "扫码看企业 · 链桥", GREY)


def _card(canvas: Canvas, piece: Piece, level: Level) -> None:
    canvas.rectangle(-3, -3, 96, 9, GREEN)
    _symbol(canvas, piece, level, 51.5, 11.5, 36)
    y = _words(canvas, 6, 11, 5, piece.label or piece.firm, 43, 3)
    if piece.label:
        y = _words(canvas, 6, y, 3.2, piece.firm, 43, 2, GREY)
    _words(canvas, 6, y, 2.8, piece.place, 43, 2, GREY)
    canvas.text(6, 42.5, 4.6, piece.printed)
    canvas.text(6, 48, 2.8, "企业码 Enterprise code", GREY)


def _plate(canvas: Canvas, piece: Piece, level: Level) -> None:
    canvas.rectangle(6, 6, 188, 108, WHITE)
    _symbol(canvas, piece, level, 98, 13, 94)
    y = _words(canvas, 13, 14, 10.5, piece.label or piece.firm, 82, 4)
    if piece.label:
        y = _words(canvas, 13, y, 6, piece.firm, 82, 2, GREY)
    _words(canvas, 13, y, 4.6, piece.place, 82, 2, GREY)
    canvas.text(13, 90, 9.6, piece.printed)
    canvas.text(13, 98.5, 4.4, "扫码查看产品、产能与联系方式", GREY)
    canvas.text(13, 105.5, 4.4, "企业码 Enterprise code · 链桥 Lianqiao", GREY)


LAYOUTS: dict[LayoutName, Layout] = {
    "code": Layout(40, 40, "Q", _code),
    "label": Layout(64, 34, "Q", _label),
    "card": Layout(90, 54, "Q", _card, bleed=3),
    # Out of doors for years: the level that mends most.
    "plate": Layout(200, 120, "H", _plate, bleed=3, back=GREEN),
}
