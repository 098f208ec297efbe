"""Every kind's declaration loads, and one that contradicts itself is refused by name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.catalogue.declarations import (
    DeclarationError,
    FieldDeclaration,
    comparable,
    import_columns,
    load_kind,
    load_kinds,
)
from app.catalogue.units import UNITS, find_unit
from app.catalogue.validation import validate_fields
from matching.units import to_canonical as matching_canonical
from search.documents import KINDS, Kind

HEAD = """
kind = "product"
name = { zh = "产品", en = "Product" }
description = { zh = "产品", en = "Product" }
example = {}
"""


def _field(key: str, **more: str) -> str:
    lines = {
        "key": f'"{key}"',
        "label": f'{{ zh = "标签 {key}", en = "Label {key}" }}',
        "help": '{ zh = "说明", en = "Help" }',
        "type": '"text"',
        **more,
    }
    return "[[fields]]\n" + "\n".join(f"{name} = {value}" for name, value in lines.items()) + "\n"


CHOICE = {
    "type": '"option"',
    "options": '[{ value = "a", zh = "甲", en = "A" }, { value = "b", zh = "乙", en = "B" }]',
}


def test_all_ten_kinds_are_declared_in_order() -> None:
    assert tuple(load_kinds()) == KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_the_example_is_a_clean_listing(kind: Kind) -> None:
    declaration = load_kinds()[kind]
    assert validate_fields(kind, declaration.example) == declaration.example
    shown = [f for f in declaration.fields if f.visible_when is None]
    missing = {f.key for f in shown} - set(declaration.example)
    assert missing <= {"composition", "purity", "cas_number"}, "an example shows what the form asks for"


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_says_something_to_search_by(kind: Kind) -> None:
    fields = load_kinds()[kind].fields
    assert any(f.weight >= 4 for f in fields)
    assert any(f.spec for f in fields)
    assert any(f.required for f in fields)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (_field("a", colour='"red"'), "colour"),
        (_field("a") + _field("a"), "field a is declared twice"),
        (
            _field("a", visible_when='{ field = "nowhere", values = ["x"] }'),
            "field a is visible_when nowhere",
        ),
        (
            _field("a", visible_when='{ field = "b", values = ["a"] }') + _field("b", **CHOICE),
            "which no earlier field is named",
        ),
        (_field("b", **CHOICE) + _field("a", visible_when='{ field = "b", values = ["z"] }'), "never so"),
        (_field("b") + _field("a", visible_when='{ field = "b", values = ["z"] }'), "not a choice"),
        (_field("a", columns='["价格"]') + _field("b", columns='[" 价 格*"]'), "means both a and b"),
        (_field("a", type='"option"'), "options go with"),
        (_field("a", type='"quantity"', units='["furlong"]'), "furlong"),
        (_field("a", type='"quantity"'), "units go with"),
        (_field("a", minimum="1"), "minimum and maximum go with numbers"),
        (_field("a", type='"integer"', minimum="5", maximum="2"), "minimum is above maximum"),
        (_field("a", type='"date"', spec='"day"'), "cannot become a spec"),
        (_field("a", type='"integer"', unit='"nope"'), "nope"),
        (_field("a", type='"boolean"', max_length="3"), "max_length"),
        (_field("a", type='"long_text"', pattern='"x"'), "pattern"),
        (_field("Bad Key"), "key"),
        ("nonsense", "product.toml"),
    ],
)
def test_a_contradictory_declaration_is_refused(tmp_path: Path, body: str, said: str) -> None:
    path = tmp_path / "product.toml"
    path.write_text(HEAD + body, encoding="utf-8")
    with pytest.raises(DeclarationError, match=r"product\.toml") as caught:
        load_kind(path)
    assert said in str(caught.value)


def test_a_declaration_sits_in_the_file_of_its_name(tmp_path: Path) -> None:
    path = tmp_path / "other.toml"
    path.write_text(HEAD + _field("a"), encoding="utf-8")
    with pytest.raises(DeclarationError, match="declares the kind product"):
        load_kind(path)


@pytest.mark.parametrize("kind", KINDS)
def test_headers_lead_to_their_fields(kind: Kind) -> None:
    columns = import_columns(kind)
    for field in load_kinds()[kind].fields:
        for header in (field.key, field.label.zh, field.label.en, f" {field.label.zh} *", *field.columns):
            assert columns[comparable(header)] == field.key


def test_headers_are_read_as_people_type_them() -> None:
    columns = import_columns("product")
    assert columns[comparable("ＭＯＱ")] == columns[comparable("最小 起订量")] == "minimum_order"


def test_units_are_found_by_every_name_they_go_by() -> None:
    for code in UNITS:
        found = find_unit(code)
        assert found is not None
        assert found.code == code
    for name, code in {
        "吨": "t",
        "公斤": "kg",
        "μm": "um",
        "吨 / 月": "t/month",
        "㎡": "m2",
        "万元": "10k_CNY",
    }.items():
        found = find_unit(name)
        assert found is not None
        assert found.code == code
    assert find_unit("furlong") is None


def test_units_convert_as_matching_converts_them() -> None:
    """A listing's spec and a need's are compared only when their canonical units are spelled alike."""
    compared = 0
    for unit in UNITS.values():
        expected = matching_canonical(1, unit.zh) or matching_canonical(1, unit.code)
        if expected and not unit.code.startswith("Ra_"):
            assert unit.canonical == expected[1], unit.code
            assert unit.factor == pytest.approx(expected[0]), unit.code
            compared += 1
    assert compared >= 30


def test_bounds_follow_the_unit() -> None:
    made: dict[str, Any] = {
        "key": "size",
        "label": {"zh": "尺寸", "en": "Size"},
        "help": {"zh": "尺寸", "en": "Size"},
        "type": "quantity",
        "units": ["mm", "m", "piece"],
        "maximum": 5000,
    }
    field = FieldDeclaration.model_validate(made)
    assert field.bounds_in("mm") == (0, 5000)
    assert field.bounds_in("m") == (0, 5)
    assert field.bounds_in("piece") == (0, 5000)
