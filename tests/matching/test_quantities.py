"""Units, ranges and grades read from text, and whether one property fits another."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.numerals import fold, read_number
from matching.quantities import find_amount, fits, read_amount, read_specs, spec_name, to_canonical
from search.documents import Spec


def spec(text: str) -> list[tuple[str, float | None, float | None, str]]:
    return [(m.spec.name, m.spec.low, m.spec.high, m.spec.unit) for m in read_specs(text) if not m.spec.word]


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (3, "公分", (30, "mm")),
        (2, "丝", (0.02, "mm")),
        (10, "万米", (1e8, "mm")),
        (1, "英寸", (25.4, "mm")),
        (2, "吨", (2000, "kg")),
        (8, "公斤", (8, "kg")),
        (400, "方", (400, "m3")),
        (3, "千只", (3000, "piece")),
        (30000, "立方/时", (30000, "m3/h")),
        (15, "吨/月", (15, "t/month")),
        (12000, "t/year", (1000, "t/month")),
        (10, "kN", (10, "kN")),
        (380, "V", (0.38, "kV")),
        (6.4, "MPa", (6.4, "MPa")),
        (16, "bar", (1.6, "MPa")),
        (750, "W", (0.75, "kW")),
        (20, "℃", (20, "celsius")),
        (96, "%", (96, "percent")),
        (5, "万袋/月", (50000, "bag/month")),
        (5, "㎡", (5, "m2")),
    ],
)
def test_to_canonical(value: float, unit: str, expected: tuple[float, str]) -> None:
    converted = to_canonical(value, unit)
    assert converted is not None
    assert converted == (pytest.approx(expected[0]), expected[1])


def test_unknown_units_and_letter_case() -> None:
    assert to_canonical(1, "年华") is None
    assert to_canonical(1, "") is None
    assert to_canonical(5, "G") is None
    assert to_canonical(5, "mpa") == (5, "MPa")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("DN50", [("nominal_diameter", 50, 50, "mm")]),
        ("PN16", [("nominal_pressure", 1.6, 1.6, "MPa")]),
        ("φ130×2450", [("diameter", 130, 130, "mm"), ("length", 2450, 2450, "mm")]),
        ("Φ108×4.5", [("diameter", 108, 108, "mm"), ("thickness", 4.5, 4.5, "mm")]),
        ("M64×4×420", [("pitch", 4, 4, "mm"), ("length", 420, 420, "mm")]),
        ("600×400", [("size_1", 600, 600, "mm"), ("size_2", 400, 400, "mm")]),
        ("块度10～50mm", [("particle_size", 10, 50, "mm")]),
        ("MgO≥96%", [("content:MgO", 96, None, "percent")]),
        ("±0.02mm", [("tolerance", None, 0.02, "mm")]),
        ("公差±0.02", [("tolerance", None, 0.02, "mm")]),
        ("公差2丝", [("tolerance", 0.02, 0.02, "mm")]),
        ("1300 mm dia", [("diameter", 1300, 1300, "mm")]),
        ("OD 180", [("outer_diameter", 180, 180, "mm")]),
        ("HRC40～45", [("hardness", 40, 45, "HRC")]),
        ("10kV", [("voltage", 10, 10, "kV")]),
        ("630kVA", [("apparent_power", 630, 630, "kVA")]),
        ("250 kV", [("voltage", 250, 250, "kV")]),
        ("月产500吨", [("output", 500, 500, "t/month")]),
        ("40～325目", [("mesh", 40, 325, "mesh")]),
        ("直径230到300", [("diameter", 230, 300, "mm")]),
        ("6.4MPa", [("pressure", 6.4, 6.4, "MPa")]),
        ("耐压8公斤", [("pressure", 0.784532, 0.784532, "MPa")]),
        ("30000立方/时", [("flow", 30000, 30000, "m3/h")]),
        ("每小时120吨", [("throughput", 120, 120, "t/h")]),
        ("长１２米", [("length", 12000, 12000, "mm")]),
        ("单件约12kg", [("weight", 12, 12, "kg")]),
        ("长度800以内", [("length", None, 800, "mm")]),
        ("Ra0.8", [("roughness", None, 0.8, "μm")]),
        ("50kg", []),
        ("约400方", []),
        ("20x 20GP", []),
    ],
)
def test_specs(text: str, expected: list[tuple[str, float | None, float | None, str]]) -> None:
    assert spec(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("M20x80", [("thread", "M20")]),
        ("8.8级", [("class", "8.8")]),
        ("0.2S级", [("class", "0.2S")]),
        ("IP56", [("protection", "IP56")]),
        ("25/30规格", [("size_code", "25"), ("size_code", "30")]),
        ("3×95+1×50 mm2", [("conductor", "3×95+1×50")]),
    ],
)
def test_specs_that_are_words(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(m.spec.name, m.spec.word) for m in read_specs(text) if m.spec.word] == expected


def test_spans_point_into_the_text() -> None:
    text = "闸阀ＤＮ300，介质 70℃含水原油"
    for mention in read_specs(text):
        assert fold(text)[mention.start : mention.end].strip() == mention.spec.text
    assert len(read_specs(text)) == 2


@pytest.mark.parametrize(
    ("text", "value", "unit", "per"),
    [
        ("每月15吨", 15, "吨", "month"),
        ("年3万副", 30000, "副", "year"),
        ("20万枚", 200000, "枚", ""),
        ("约400方", 400, "方", ""),
        ("5万袋/月", 50000, "袋", "month"),
        ("月5万袋", 50000, "袋", "month"),
        ("50kg", 50, "kg", ""),
        ("15 x 20GP every month", 15, "20GP", "month"),
        ("三台，主轴径向跳动超差", 3, "台", ""),
        ("两套", 2, "套", ""),
        ("十几台", 15, "台", ""),
        ("年用约3000只", 3000, "只", "year"),
        ("单块610×1200，一次要96块", 96, "块", ""),
        ("先要200公斤试样，合格后每月5吨", 5, "吨", "month"),
        ("we need 1,800 pcs", 1800, "pcs", ""),
    ],
)
def test_amount(text: str, value: float, unit: str, per: str) -> None:
    amount = read_amount(text)
    assert amount is not None
    assert (amount.value, amount.unit, amount.per) == (value, unit, per)


@pytest.mark.parametrize(
    "text",
    [
        "采购316L不锈钢管",
        "单件12kg",
        "每盒50片",
        "员工150人",
        "两个月内供货",
        "每小时120吨",
        "现有三台车床",
        "新招了十几名工人",
        "用了18年",
        "3个厂家",
        "",
    ],
)
def test_no_amount(text: str) -> None:
    assert read_amount(text) is None


def test_amount_span() -> None:
    mention = find_amount("共１６台，9月")
    assert mention is not None
    assert (mention.start, mention.end) == (1, 4)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("十几", (15, True)),
        ("两百五", (250, False)),
        ("三千零五", (3005, False)),
        ("二十三万", (230000, False)),
        ("几十", (50, True)),
        ("2.5万", (25000, False)),
        ("1,800", (1800, False)),
        ("半", (0.5, False)),
        ("十", (10, False)),
        ("x", None),
    ],
)
def test_numbers(text: str, expected: tuple[float, bool] | None) -> None:
    assert read_number(text) == expected


def wanted(low: float | None, high: float | None, name: str = "diameter", unit: str = "mm") -> Spec:
    return Spec(name, low, high, unit)


@pytest.mark.parametrize(
    ("need", "item", "expected"),
    [
        (wanted(130, 130), wanted(50, 2000), True),
        (wanted(130, 130), wanted(200, 2000), False),
        (wanted(230, 300), wanted(100, 250), False),
        (wanted(96, None, "content:MgO", "percent"), wanted(97, 97, "content:MgO", "percent"), True),
        (wanted(96, None, "content:MgO", "percent"), wanted(95, 95, "content:MgO", "percent"), False),
        (wanted(130, 130), wanted(100, 300, "outer_diameter"), True),
        (wanted(130, 130, "inner_diameter"), wanted(100, 300, "outer_diameter"), None),
        (wanted(130, 130), wanted(100, 300, "length"), None),
        (wanted(130, 130), wanted(100, 300, unit="MPa"), None),
        (wanted(None, 0.02, "tolerance"), wanted(None, 0.01, "tolerance"), True),
        (wanted(None, 0.02, "tolerance"), wanted(None, 0.05, "tolerance"), False),
        (wanted(500, None, "output", "t/month"), wanted(800, 800, "output", "t/month"), True),
        (wanted(500, None, "output", "t/month"), wanted(300, 300, "output", "t/month"), False),
        (wanted(100, 100, "直径"), wanted(50, 200), True),
        (wanted(None, None), wanted(50, 200), None),
        (Spec("class", word="8.8"), Spec("class", word="8.8"), True),
        (Spec("class", word="8.8"), Spec("class", word="10.9"), False),
        (Spec("class", word="8.8"), wanted(1, 1, "class", ""), None),
    ],
)
def test_fits(need: Spec, item: Spec, expected: bool | None) -> None:
    assert fits(need, item) is expected


def test_spec_name() -> None:
    assert spec_name("直径") == spec_name("Dia") == "diameter"
    assert spec_name("meltpoint") == "meltpoint"


@given(st.floats(0.001, 1e6), st.floats(0.01, 10))
def test_a_property_fits_itself_and_any_wider_range(low: float, share: float) -> None:
    width = low * share
    inner = wanted(low, low + width)
    assert fits(inner, inner) is True
    assert fits(inner, wanted(low / 2, low + 2 * width)) is True
    assert fits(inner, wanted(low + 3 * width, None)) is False


@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    for mention in read_specs(text):
        assert 0 <= mention.start < mention.end <= len(text)
    read_amount(text)
