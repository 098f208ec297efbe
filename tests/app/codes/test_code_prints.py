"""Everything printed is read again by another decoder: as printed, scaled, turned, blurred, photographed, partly covered."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from typing import Any

import numpy as np
import pypdfium2
import pytest
import qrcode
import zxingcpp
from PIL import Image, ImageDraw, ImageFilter
from qrcode.util import lost_point

from app.codes.printing import symbol as printing_symbol
from app.codes.printing.canvas import PngCanvas
from app.codes.printing.face import load_face
from app.codes.printing.layouts import BORDER, LAYOUTS, LOGO_SHARE, LayoutName, Piece, lines_of
from app.codes.printing.output import COLUMNS, ROWS, as_pdf, as_png, as_svg
from app.codes.printing.service import print_sheets
from app.codes.printing.symbol import LEVELS, Level, Symbols, penalties, symbol
from app.core.errors import InvalidInput

pytestmark = pytest.mark.one_database

FACE = load_face(None)
URL = "https://code.example.cn/c/7K3PXM2WQK?s=k3vq7d." + "bN4x_Q-z" * 10 + "bN4x_Q"
NAMES: list[LayoutName] = ["code", "label", "card", "plate"]
PIECE = Piece(URL, "7K3PX-M2WQK", "沈阳示例精密泵业制造股份有限公司", "", "沈阳市铁西区北二路1号院内3号楼")


def logo() -> Image.Image:
    """A busy, dark picture: the worst kind."""
    picture = Image.new("RGBA", (512, 512), (11, 95, 85, 255))
    ImageDraw.Draw(picture).ellipse(
        (90, 90, 420, 420), fill=(255, 255, 255, 255), outline=(0, 0, 0, 255), width=40
    )
    return picture


def read(picture: Image.Image) -> str:
    """What the decoder reads; "" when nothing."""
    found = zxingcpp.read_barcodes(picture.convert("L"), formats=zxingcpp.BarcodeFormat.QRCode)
    return found[0].text if found else ""


def printed(name: LayoutName, *, with_logo: bool = False) -> Image.Image:
    piece = replace(PIECE, logo=logo()) if with_logo else PIECE
    return Image.open(BytesIO(as_png(name, piece, FACE))).convert("RGB")


@pytest.fixture(scope="module")
def prints() -> dict[tuple[str, bool], Image.Image]:
    """Each layout with and without a logo, about 900 dots wide."""
    made = {}
    for name in NAMES:
        for with_logo in (False, True):
            picture = printed(name, with_logo=with_logo)
            picture.thumbnail((1100, 1100) if name != "code" else (700, 700))
            made[name, with_logo] = picture
    return made


PRINTS = [(name, with_logo) for name in NAMES for with_logo in (False, True)]


@pytest.mark.parametrize(("name", "with_logo"), PRINTS)
def test_as_printed_in_every_format(name: LayoutName, with_logo: bool) -> None:
    piece = replace(PIECE, logo=logo()) if with_logo else PIECE
    assert read(Image.open(BytesIO(as_png(name, piece, FACE)))) == URL
    (page,) = pypdfium2.PdfDocument(as_pdf(name, [piece], FACE))
    assert read(page.render(scale=4).to_pil()) == URL
    assert read(svg_symbol(as_svg(name, piece, FACE))) == URL


def svg_symbol(svg: str) -> Image.Image:
    """The symbol of an SVG drawn anew from its path; a picture in its middle covers it as it would on paper."""
    (path,) = re.findall(r'crispEdges" d="([^"]+)"', svg)
    runs = [tuple(map(int, run)) for run in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", path)]
    size = max(x + n for x, _, n in runs)
    picture = Image.new("L", (size * 8 + 64, size * 8 + 64), 255)
    draw = ImageDraw.Draw(picture)
    for x, y, n in runs:
        draw.rectangle((32 + x * 8, 32 + y * 8, 31 + (x + n) * 8, 39 + y * 8), fill=0)
    return picture


@pytest.mark.parametrize(("name", "with_logo"), PRINTS)
@pytest.mark.parametrize("scale", [0.6, 1.7])
def test_scaled(prints: Any, name: str, with_logo: bool, scale: float) -> None:
    picture = prints[name, with_logo]
    if name == "card" and scale < 1:
        scale = 0.8  # below, a module would be less than two dots
    size = (round(picture.width * scale), round(picture.height * scale))
    assert read(picture.resize(size, Image.Resampling.BICUBIC)) == URL


@pytest.mark.parametrize(("name", "with_logo"), PRINTS)
@pytest.mark.parametrize("angle", [17, 90, 200])
def test_turned(prints: Any, name: str, with_logo: bool, angle: int) -> None:
    turned = prints[name, with_logo].rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor="white")
    assert read(turned) == URL


@pytest.mark.parametrize(("name", "with_logo"), PRINTS)
def test_blurred(prints: Any, name: str, with_logo: bool) -> None:
    assert read(prints[name, with_logo].filter(ImageFilter.GaussianBlur(1.6))) == URL


@pytest.mark.parametrize(("name", "with_logo"), PRINTS)
@pytest.mark.parametrize("seed", [1, 2])
def test_photographed(prints: Any, name: str, with_logo: bool, seed: int) -> None:
    """From the side, in uneven light, out of focus, with a sensor's noise, and kept as JPEG."""
    assert read(photograph(prints[name, with_logo], seed)) == URL


def photograph(picture: Image.Image, seed: int) -> Image.Image:
    chance = np.random.default_rng(seed)
    width, height = picture.size
    scene = Image.new("RGB", (width + 200, height + 200), (150, 148, 140))
    scene.paste(picture, (100, 100))
    corners = np.array(
        [(0, 0), (0, scene.height), (scene.width, scene.height), (scene.width, 0)], dtype=float
    )
    moved = corners + chance.uniform(-0.06, 0.06, (4, 2)) * min(scene.size)
    taken = scene.transform(
        scene.size, Image.Transform.PERSPECTIVE, perspective(corners, moved), Image.Resampling.BICUBIC
    ).filter(ImageFilter.GaussianBlur(0.9))
    dots = np.asarray(taken, dtype=float)
    light = np.linspace(0.65, 1.0, dots.shape[1])[None, :, None]
    dots = np.clip(dots * light + chance.normal(0, 8, dots.shape), 0, 255)
    kept = BytesIO()
    Image.fromarray(dots.astype(np.uint8)).save(kept, "JPEG", quality=60)
    return Image.open(kept)


def perspective(to: Any, source: Any) -> list[float]:
    """The eight numbers of PIL's perspective transform that take ``to`` to ``source``."""
    rows, wanted = [], []
    for (x, y), (u, v) in zip(to, source, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        wanted += [u, v]
    found: list[float] = np.linalg.solve(np.array(rows), np.array(wanted)).tolist()
    return found


@pytest.mark.parametrize("with_logo", [False, True])
@pytest.mark.parametrize("seed", range(12))
def test_covered_by_15_percent(with_logo: bool, seed: int) -> None:
    """Stickers and mud over 15 % of a gate plate's symbol, anywhere but on the three finder patterns."""
    modules = symbol(URL, "H")
    count = len(modules)
    picture = Image.new("L", (count + 8, count + 8), 255)
    picture.paste(Image.fromarray(~modules), (4, 4))
    picture = picture.resize((picture.width * 8, picture.height * 8), Image.Resampling.NEAREST)
    draw = ImageDraw.Draw(picture)
    if with_logo:
        side = count * 8 * (LOGO_SHARE + 2 * BORDER)
        middle = picture.width / 2
        draw.rectangle((middle - side / 2, middle - side / 2, middle + side / 2, middle + side / 2), fill=90)
    chance = np.random.default_rng(seed)
    covered = np.zeros((count, count), dtype=bool)
    finders = np.zeros_like(covered)
    finders[:9, :9] = finders[:9, -9:] = finders[-9:, :9] = True
    while covered.mean() < 0.15:
        # A patch spoils every codeword it touches, so many small ones spoil more than their area: these are 8 to 16 wide.
        w, h = chance.integers(8, 17, 2)
        x, y = chance.integers(0, count - w), chance.integers(0, count - h)
        more = covered.copy()
        more[y : y + h, x : x + w] = True
        if finders[more].any() or more.mean() > 0.16:
            continue
        covered[y : y + h, x : x + w] = True
        draw.rectangle(
            (32 + x * 8, 32 + y * 8, 31 + (x + w) * 8, 31 + (y + h) * 8), fill=int(chance.choice([0, 255]))
        )
    assert read(picture) == URL


@pytest.mark.parametrize("level", list(LEVELS))
def test_the_symbol_is_the_packages_own(level: Level) -> None:
    for text in (URL, "https://code.example.cn/c/7K3PXM2WQK", "a"):
        ours = symbol(text, level)
        made = []
        for mask in range(8):
            code: Any = qrcode.QRCode(error_correction=LEVELS[level], border=0, mask_pattern=mask)
            code.add_data(text, optimize=0)
            code.make()
            made.append(np.array(code.get_matrix(), dtype=bool))
        lost = [lost_point(one.tolist()) for one in made]
        assert penalties(np.stack(made)).tolist() == lost
        assert (ours == made[lost.index(min(lost))]).all()


@pytest.mark.parametrize("level", list(LEVELS))
def test_symbols_of_many_are_those_of_one(level: Level, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing_symbol, "LEARNT_FROM", 1)
    symbols = Symbols()
    codes = ("7K3PXM2WQK", "7K3PXM2WQL", "0123456789", "~z_-AbCdEf")
    for text in (
        *(f"https://code.example.cn/c/{code}" for code in codes),
        URL,
        URL[::-1],
        "企业码",
        "码企业",
    ):
        assert (symbols.make(text, level) == symbol(text, level)).all(), text


def test_real_millimetres() -> None:
    (page,) = pypdfium2.PdfDocument(as_pdf("plate", [PIECE], FACE))
    millimetres = [round(side / 72 * 25.4, 1) for side in page.get_size()]
    assert millimetres == [200 + 2 * (3 + 7), 120 + 2 * (3 + 7)]
    bitmap = page.render(scale=25.4 / 7.2).to_numpy()  # ten dots a millimetre
    green = (np.abs(bitmap[..., :3].astype(int) - bitmap[85, 85, :3]) < 12).all(axis=2)
    rows, columns = np.nonzero(green)
    assert [columns.min(), columns.max() + 1, rows.min(), rows.max() + 1] == pytest.approx(
        [70, 2130, 70, 1330], abs=2
    )
    for name in NAMES:
        picture = Image.open(BytesIO(as_png(name, PIECE, FACE)))
        wide = picture.width / picture.info["dpi"][0] * 25.4
        assert wide == pytest.approx(LAYOUTS[name].width, abs=0.1)
    assert 'width="64mm" height="34mm"' in as_svg("label", PIECE, FACE)


def test_modules_are_large_enough_for_a_phone() -> None:
    sizes = {"code": 40, "label": 32, "card": 36, "plate": 94}
    for name, size in sizes.items():
        layout = LAYOUTS[name]  # type: ignore[index]
        assert size / (len(symbol(URL, layout.level)) + 8) >= 0.4, name
    assert LAYOUTS["plate"].level == "H"


def test_names_are_embedded_and_can_be_copied_out() -> None:
    (page,) = pypdfium2.PdfDocument(as_pdf("card", [PIECE], FACE))
    text = re.sub(r"\s", "", page.get_textpage().get_text_bounded())
    assert PIECE.firm in text
    assert "7K3PX-M2WQK" in text
    assert len(as_pdf("card", [PIECE], FACE)) < 40_000


def test_long_names_stay_on_the_label() -> None:
    canvas = PngCanvas(64, 34, FACE, dpi=300)
    lines = lines_of(canvas, "辽宁省沈阳市" * 20, 3.4, 28.5, 3)
    assert len(lines) == 3
    assert lines[-1].endswith("…")
    assert all(FACE.width(line, 3.4) <= 28.5 for line in lines)
    assert lines_of(canvas, "泵", 3.4, 28.5, 3) == ["泵"]


def test_a_character_the_font_lacks_is_named() -> None:
    with pytest.raises(InvalidInput) as refused:
        as_png("label", replace(PIECE, firm="沈阳𠮷𱁬厂"), FACE)
    assert refused.value.problems[0].params == {"characters": "𠮷𱁬"}


def test_nearly_every_real_name_can_be_printed(shared_data: Any) -> None:
    import csv
    import gzip

    with gzip.open(shared_data / "liaoning_companies.csv.gz", "rt", encoding="utf-8") as rows:
        names = [row["name"] for row in csv.DictReader(rows)]
    lacking = [name for name in names if FACE.missing(name)]
    assert len(lacking) / len(names) < 0.0005, lacking[:20]


def test_sheets_hold_every_label_once() -> None:
    many = COLUMNS * ROWS + 2
    told: list[int] = []
    file = print_sheets(
        (replace(PIECE, url=f"https://code.example.cn/c/{n:010d}") for n in range(many)),
        FACE,
        progress=told.append,
    )
    assert told[-1] == many
    document = pypdfium2.PdfDocument(file)
    assert len(document) == 2
    found = {
        one.text
        for page in document
        for one in zxingcpp.read_barcodes(page.render(scale=3).to_pil().convert("L"))
    }
    assert found == {f"https://code.example.cn/c/{n:010d}" for n in range(many)}
    one = print_sheets(iter([PIECE]), FACE)
    assert one == print_sheets(iter([PIECE]), FACE), "the same labels give the same file"


def test_over_http(client: Any, company: dict[str, Any], new_uscc: Callable[[], str]) -> None:
    del new_uscc
    code = client.post("/api/v1/codes", json={"company_id": company["id"]}).json()
    for form, media in (("pdf", "application/pdf"), ("png", "image/png"), ("svg", "image/svg+xml")):
        answer = client.get(f"/api/v1/codes/{code['code']}/print", params={"format": form, "layout": "card"})
        assert (answer.status_code, answer.headers["content-type"]) == (200, media)
        if form == "png":
            assert read(Image.open(BytesIO(answer.content))).endswith(code["path"])
    client.post(f"/api/v1/codes/{code['code']}/revoke", json={"reason": "x"})
    assert client.get(f"/api/v1/codes/{code['code']}/print").status_code == 409
