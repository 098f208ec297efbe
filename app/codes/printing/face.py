"""The typeface of everything printed: a subset of Noto Sans CJK SC that ships with the product (docs/decisions/)."""

from __future__ import annotations

from functools import cached_property, lru_cache
from pathlib import Path

from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.ttLib import TTFont
from fpdf import FPDF

from app.core.errors import InvalidInput, Problem

BUNDLED = Path(__file__).resolve().parent.parent / "data" / "noto_sans_sc_subset.otf"


class Face:
    """A font file: which characters it has, how wide they run, their outlines."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._font = TTFont(path, lazy=True)
        self._names: dict[int, str] = self._font.getBestCmap()
        self._units: int = self._font["head"].unitsPerEm

    def missing(self, text: str) -> str:
        """Characters of a text that the font cannot draw."""
        return "".join(dict.fromkeys(c for c in text if ord(c) not in self._names))

    def width(self, text: str, size: float) -> float:
        """How wide a text runs, in the unit of ``size``, the height of the em square."""
        metrics = self._font["hmtx"]
        units: int = sum(metrics[self._names[ord(c)]][0] for c in text)
        return units * size / self._units

    def outline(self, text: str, size: float) -> list[tuple[float, str]]:
        """(offset to the right, SVG path in font units) of each character, for text that needs no font to be seen."""
        found, x = [], 0.0
        for character in text:
            found.append((x, self._path(self._names[ord(character)])))
            x += self.width(character, size)
        return found

    def scale(self, size: float) -> float:
        """From font units to the unit of ``size``."""
        return size / self._units

    @cached_property
    def _glyphs(self) -> object:
        return self._font.getGlyphSet()

    @lru_cache(maxsize=4096)  # noqa: B019 - faces live as long as the program
    def _path(self, name: str) -> str:
        pen = SVGPathPen(self._glyphs)
        self._glyphs[name].draw(pen)  # type: ignore[index]
        commands: str = pen.getCommands()
        return commands

    def put_into(self, document: FPDF) -> None:
        """Make the face the document's current font; only what is used of it is embedded."""
        document.add_font("face", fname=self.path)

    def check(self, text: str, field: str) -> None:
        """Raises InvalidInput naming the characters that cannot be printed, and what to do."""
        if gone := self.missing(text):
            raise InvalidInput(
                problems=[
                    Problem(
                        field,
                        "no_glyph",
                        "印刷字体里没有“{characters}”，请用 LIANQIAO_PRINT_FONT 指定含有这些字的字体文件（TTF 或 OTF）",
                        {"characters": gone},
                    )
                ]
            )


@lru_cache(maxsize=4)
def load_face(path: Path | None) -> Face:
    """The bundled face, or one from a file."""
    return Face(path or BUNDLED)
