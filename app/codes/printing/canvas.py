"""Surfaces that layouts are drawn on, in millimetres from the top left: PDF, PNG and SVG, alike."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Protocol
from xml.sax.saxutils import escape

import numpy as np
from fpdf import FPDF
from PIL import Image, ImageDraw, ImageFont

from app.codes.printing.face import Face
from app.codes.printing.symbol import Modules

Colour = tuple[int, int, int]
BLACK: Colour = (0, 0, 0)
WHITE: Colour = (255, 255, 255)
_POINTS = 72 / 25.4


class Canvas(Protocol):
    """What a layout needs. All lengths are millimetres; text stands on its baseline."""

    face: Face

    def rectangle(self, x: float, y: float, width: float, height: float, colour: Colour) -> None:
        """A filled rectangle."""

    def modules(self, modules: Modules, x: float, y: float, size: float) -> None:
        """The dark modules of a symbol that is ``size`` wide, without its quiet zone."""

    def text(self, x: float, y: float, size: float, words: str, colour: Colour = BLACK) -> None:
        """One line."""

    def picture(self, picture: Image.Image, x: float, y: float, width: float) -> None:
        """A picture of this width."""


def dark_runs(modules: Modules) -> Iterator[tuple[int, int, int]]:
    """(row, column, length) of each run of dark modules."""
    padded = np.pad(modules, ((0, 0), (1, 1))).astype(np.int8)
    change = np.diff(padded, axis=1)
    rows, starts = np.nonzero(change == 1)
    ends = np.nonzero(change == -1)[1]
    yield from zip(rows.tolist(), starts.tolist(), (ends - starts).tolist(), strict=True)


class PdfCanvas:
    """The current page of a PDF, its origin moved to where a layout begins."""

    def __init__(self, document: FPDF, face: Face, *, x: float = 0, y: float = 0) -> None:
        self.document = document
        self.face = face
        self._x, self._y = x, y

    def rectangle(self, x: float, y: float, width: float, height: float, colour: Colour) -> None:
        self.document.set_fill_color(*colour)
        self.document.rect(self._x + x, self._y + y, width, height, style="F")

    def modules(self, modules: Modules, x: float, y: float, size: float) -> None:
        count = len(modules)
        scale = size / count * _POINTS
        left, bottom = (self._x + x) * _POINTS, (self.document.h - self._y - y - size) * _POINTS
        runs = " ".join(f"{column} {count - 1 - row} {n} 1 re" for row, column, n in dark_runs(modules))
        # One path a symbol, in module units: as rectangles of the public API a sheet would be ten times as large and slow.
        self.document._out(f"q 0 g {scale:.5f} 0 0 {scale:.5f} {left:.3f} {bottom:.3f} cm {runs} f Q")

    def text(self, x: float, y: float, size: float, words: str, colour: Colour = BLACK) -> None:
        self.document.set_text_color(*colour)
        self.document.set_font("face", size=size * _POINTS)
        self.document.text(self._x + x, self._y + y, words)

    def picture(self, picture: Image.Image, x: float, y: float, width: float) -> None:
        self.document.image(picture, x=self._x + x, y=self._y + y, w=width)


class PngCanvas:
    """A picture at ``dpi`` dots an inch; modules fall on whole dots, so that none is wider than the next."""

    def __init__(self, width: float, height: float, face: Face, *, dpi: int) -> None:
        self.face = face
        self._dots = dpi / 25.4
        self._dpi = dpi
        self.image = Image.new("RGB", (self._at(width), self._at(height)), WHITE)
        self._draw = ImageDraw.Draw(self.image)

    def _at(self, millimetres: float) -> int:
        return round(millimetres * self._dots)

    def rectangle(self, x: float, y: float, width: float, height: float, colour: Colour) -> None:
        self._draw.rectangle(
            (self._at(x), self._at(y), self._at(x + width) - 1, self._at(y + height) - 1), fill=colour
        )

    def modules(self, modules: Modules, x: float, y: float, size: float) -> None:
        count = len(modules)
        dots = max(1, self._at(size) // count)
        rest = (self._at(size) - dots * count) // 2
        mask = Image.fromarray(modules).resize((dots * count, dots * count), Image.Resampling.NEAREST)
        self.image.paste(BLACK, (self._at(x) + rest, self._at(y) + rest), mask)

    def text(self, x: float, y: float, size: float, words: str, colour: Colour = BLACK) -> None:
        font = ImageFont.truetype(self.face.path, self._at(size))
        self._draw.text((self._at(x), self._at(y)), words, font=font, fill=colour, anchor="ls")

    def picture(self, picture: Image.Image, x: float, y: float, width: float) -> None:
        size = (self._at(width), self._at(width * picture.height / picture.width))
        shown = picture.convert("RGBA").resize(size, Image.Resampling.LANCZOS)
        self.image.paste(shown, (self._at(x), self._at(y)), shown)

    def png(self) -> bytes:
        """The file, with its resolution in it, so that it prints in its true size."""
        target = BytesIO()
        self.image.save(target, "PNG", dpi=(self._dpi, self._dpi), optimize=True)
        return target.getvalue()


class SvgCanvas:
    """An SVG in millimetres; text is drawn as outlines, so no font is needed to see it."""

    def __init__(self, width: float, height: float, face: Face) -> None:
        self.face = face
        self._size = (width, height)
        self._parts: list[str] = []

    def rectangle(self, x: float, y: float, width: float, height: float, colour: Colour) -> None:
        self._parts.append(
            f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" fill="{_hex(colour)}"/>'
        )

    def modules(self, modules: Modules, x: float, y: float, size: float) -> None:
        runs = "".join(f"M{column} {row}h{n}v1h-{n}z" for row, column, n in dark_runs(modules))
        scale = size / len(modules)
        self._parts.append(
            f'<path transform="translate({x:g} {y:g}) scale({scale:.6f})" shape-rendering="crispEdges" d="{runs}"/>'
        )

    def text(self, x: float, y: float, size: float, words: str, colour: Colour = BLACK) -> None:
        scale = self.face.scale(size)
        glyphs = "".join(
            f'<path transform="translate({x + offset:.4f} {y:.4f}) scale({scale:.6f} {-scale:.6f})" d="{path}"/>'
            for offset, path in self.face.outline(words, size)
            if path
        )
        self._parts.append(
            f'<g fill="{_hex(colour)}" aria-label="{escape(words, {chr(34): "&quot;"})}">{glyphs}</g>'
        )

    def picture(self, picture: Image.Image, x: float, y: float, width: float) -> None:
        import base64

        target = BytesIO()
        picture.save(target, "PNG")
        height = width * picture.height / picture.width
        data = base64.b64encode(target.getvalue()).decode()
        self._parts.append(
            f'<image x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" href="data:image/png;base64,{data}"/>'
        )

    def svg(self) -> str:
        """The file."""
        width, height = self._size
        body = "\n".join(self._parts)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}mm" height="{height:g}mm" '
            f'viewBox="0 0 {width:g} {height:g}">\n{body}\n</svg>\n'
        )


def _hex(colour: Colour) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)
