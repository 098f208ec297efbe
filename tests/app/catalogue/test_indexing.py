"""A listing is found by its words, options by their labels, and compared by its specs."""

from __future__ import annotations

from typing import Any

import pytest

from app.catalogue.declarations import load_kinds
from app.catalogue.indexing import capacity_of, indexed_text, price_of, specs_of
from app.catalogue.units import UNITS, unit_meant
from app.catalogue.validation import validate_fields
from matching.quantities import fits, read_specs
from search.documents import KINDS, Amount, Kind, Spec


def example(kind: Kind) -> dict[str, Any]:
    return load_kinds()[kind].example


def spec(kind: Kind, name: str) -> Spec:
    return next(s for s in specs_of(kind, example(kind)) if s.name == name)


def test_options_are_indexed_by_their_labels_weightiest_first() -> None:
    text = indexed_text("processing", example("processing"))
    assert text.startswith("车削 Turning 加工中心 CNC machining centre")
    assert text.index("法兰盘") < text.index("QT450-10") < text.index("VMC1060")
    assert "machining_centre" not in text


def test_fields_of_no_weight_stay_out() -> None:
    text = indexed_text("equipment", example("equipment"))
    assert "HMC63" in text
    assert "铁西区" not in text
    assert "680000" not in text


def test_the_option_other_is_indexed_by_what_it_says() -> None:
    fields = validate_fields(
        "processing", example("processing") | {"process": ["other"], "process_other": "搓丝"}
    )
    assert "搓丝" in indexed_text("processing", fields)
    assert "其他" not in indexed_text("processing", fields)
    assert [s.word for s in specs_of("processing", fields) if s.name == "process"] == ["搓丝"]


@pytest.mark.parametrize(
    ("kind", "name", "low", "high", "unit"),
    [
        ("processing", "length", None, 3000, "mm"),
        ("processing", "diameter", 20, 800, "mm"),
        ("processing", "weight", None, 2500, "kg"),
        ("processing", "tolerance", 0.01, None, "mm"),
        ("processing", "roughness", 0.8, None, "μm"),
        ("processing", "output", None, 8000, "piece/month"),
        ("processing", "min_order", 10, None, "piece"),
        ("raw_material", "output", None, 12000, "t/month"),
        ("raw_material", "min_order", 20000, None, "kg"),
        ("product", "output", None, 400, "piece/month"),
        ("finance", "amount", 500_000, 30_000_000, "CNY"),
        ("finance", "period", 12, 60, "month"),
        ("logistics", "temperature", -25, 8, "celsius"),
        ("logistics", "load", None, 32_000, "kg"),
        ("technology", "trl", 8, 8, ""),
    ],
)
def test_specs_are_in_canonical_units(
    kind: Kind, name: str, low: float | None, high: float | None, unit: str
) -> None:
    found = spec(kind, name)
    assert (found.low, found.high, found.unit) == (low, high, unit)


def test_words_become_specs_with_the_label() -> None:
    assert spec("processing", "process") == Spec("process", word="车削", text="车削")
    assert [s.word for s in specs_of("raw_material", example("raw_material")) if s.name == "grade"] == [
        "Q355B",
        "Q355D",
        "Q420C",
    ]


@pytest.mark.parametrize(
    ("wanted", "kind", "met"),
    [
        ("长度2500mm", "processing", True),
        ("长度3500mm", "processing", False),
        ("直径300mm", "processing", True),
        ("公差±0.02mm", "processing", True),
        ("公差±0.005mm", "processing", False),
        ("Ra1.6", "processing", True),
        ("Ra0.4", "processing", False),
        ("月产5000件", "processing", True),
        ("月产9万件", "processing", False),
        ("厚度20mm", "raw_material", True),
        ("温度-18℃", "logistics", True),
    ],
)
def test_what_a_buyer_writes_meets_what_a_listing_states(wanted: str, kind: Kind, met: bool) -> None:
    (need,) = (mention.spec for mention in read_specs(wanted))
    verdicts = [fits(need, offered) for offered in specs_of(kind, example(kind))]
    assert met in verdicts
    assert (not met) not in verdicts


@pytest.mark.parametrize("kind", KINDS)
def test_every_example_gives_words_and_specs(kind: Kind) -> None:
    assert len(indexed_text(kind, example(kind))) > 20
    assert all(
        s.text and (s.word or s.low is not None or s.high is not None) for s in specs_of(kind, example(kind))
    )


@pytest.mark.parametrize(
    ("kind", "fields", "price"),
    [
        ("product", {}, Amount(2860.0, "piece")),
        ("raw_material", {}, Amount(3.98, "kg")),
        ("equipment", {}, Amount(680_000.0, "piece")),
        ("equipment", {"sale_price": None}, None),  # to be rented
        ("product", {"price": None, "price_unit": None}, None),  # negotiable
        ("tech_service", {}, None),
        ("technology", {}, None),
    ],
)
def test_price_is_of_one_of_the_canonical_unit(
    kind: Kind, fields: dict[str, Any], price: Amount | None
) -> None:
    said = {key: value for key, value in (example(kind) | fields).items() if value is not None}
    assert price_of(said) == price


@pytest.mark.parametrize(
    ("kind", "specs", "capacity"),
    [
        ("raw_material", specs_of("raw_material", example("raw_material")), Amount(12_000.0, "t/month")),
        ("capacity", (Spec("output", None, 200, "t/month"), Spec("free_share", None, 35)), Amount(70.0, "t/month")),
        ("product", (Spec("output", 300, 500, "t/month"),), Amount(500.0, "t/month")),
        ("product", (Spec("output", 300, None, "t/month"),), Amount(300.0, "t/month")),
        ("product", (Spec("output", 3, 3, "t/h"), Spec("output", 9, 9, "piece/month")), Amount(9.0, "piece/month")),
        ("product", (Spec("weight", None, 500, "kg"),), None),
    ],
)  # fmt: skip
def test_capacity_is_what_can_be_supplied_in_a_month(
    kind: Kind, specs: tuple[Spec, ...], capacity: Amount | None
) -> None:
    assert capacity_of(kind, specs) == capacity


@pytest.mark.parametrize("code", UNITS)
def test_a_unit_is_meant_by_its_code_and_its_name(code: str) -> None:
    unit = UNITS[code]
    assert unit_meant(code) == (unit.factor, unit.canonical)
    if code != "Ra_um":  # whose name is another's too
        assert unit_meant(unit.zh) == (unit.factor, unit.canonical)


def test_a_unit_no_listing_is_stated_in_is_meant_by_what_buyers_write() -> None:
    assert unit_meant("斤") == (0.5, "kg")
    assert unit_meant("万件/年") == (pytest.approx(10_000 / 12), "piece/month")
    assert unit_meant("天知道") is None
