"""Fields are cleaned or refused, all at once, by name, whatever is sent."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.catalogue.declarations import load_kinds
from app.catalogue.problems import CODES, FieldProblem, InvalidFields, problem_text
from app.catalogue.validation import validate_fields
from search.documents import KINDS, Kind


def problems_of(kind: Kind, raw: Any) -> dict[str, FieldProblem]:
    with pytest.raises(InvalidFields) as caught:
        validate_fields(kind, raw)
    return {found.field: found for found in caught.value.problems}


def example(kind: Kind) -> dict[str, Any]:
    return dict(load_kinds()[kind].example)


def test_every_problem_is_told_at_once() -> None:
    raw = example("processing") | {
        "process": ["turning", "sorcery"],
        "minimum_batch": None,
        "tolerance": {"value": 1, "unit": "furlong"},
        "max_length": {"value": 5000, "unit": "m"},
        "colour": "red",
    }
    found = problems_of("processing", raw)
    assert {name: p.code for name, p in found.items()} == {
        "process": "not_an_option",
        "minimum_batch": "required",
        "tolerance": "unknown_unit",
        "max_length": "out_of_range",
        "colour": "unknown_field",
    }
    assert found["tolerance"].params["units"] == ["mm", "um"]
    assert found["max_length"].params["maximum"] == 1000
    assert {"value": "turning", "zh": "车削", "en": "Turning"} in found["process"].params["options"]


def test_a_hidden_value_is_refused_by_name() -> None:
    raw = example("equipment") | {"deal": "sell"}
    found = problems_of("equipment", raw)
    assert {name: p.code for name, p in found.items()} == dict.fromkeys(
        ["rent_price", "rent_period", "minimum_rent", "with_operator", "free_windows"], "hidden_field"
    )
    assert found["rent_price"].params["depends_on"] == "deal"


def test_the_price_follows_the_choice() -> None:
    raw = {
        key: value for key, value in example("equipment").items() if key not in {"sale_price", "rent_price"}
    }
    assert {name: p.code for name, p in problems_of("equipment", raw).items()} == {
        "sale_price": "required",
        "rent_price": "required",
    }


def test_a_blank_hidden_field_is_left_out() -> None:
    raw = example("logistics") | {
        "dangerous_goods": False,
        "dangerous_licence": "",
        "dangerous_class": [],
        "temperature_control": False,
        "temperature": {"low": "", "high": "", "unit": "degC"},
    }
    clean = validate_fields("logistics", raw)
    assert "dangerous_licence" not in clean
    assert "temperature" not in clean
    assert clean["dangerous_goods"] is False


def test_a_dependent_field_waits_for_the_field_it_depends_on() -> None:
    """A wrong choice gets one complaint, not one for every field that hangs on it."""
    assert set(problems_of("equipment", example("equipment") | {"deal": "barter"})) == {"deal"}
    raw = example("equipment") | {"deal": "barter", "rent_price": "free"}
    assert set(problems_of("equipment", raw)) == {"deal", "rent_price"}


def test_fields_that_are_no_object_are_refused() -> None:
    not_objects: list[Any] = [None, [], "fields", 5]
    for raw in not_objects:
        assert problems_of("product", raw)[""].code == "type"


def test_a_made_up_name_comes_back_printable() -> None:
    found = problems_of("product", example("product") | {"\ud800" + "x" * 500: 1})
    (name,) = found
    assert name.encode("utf-8")
    assert len(name) <= 64


numbers = st.one_of(
    st.integers(),
    st.floats(),
    st.sampled_from([10**400, -(10**400), 0, True, math.nan, math.inf]),
    st.sampled_from(["１２", "1e999", "9" * 5000, "NaN", "-0", "0x1F", "1_000", "+", "."]),
)
texts = st.one_of(
    st.text(st.characters(), max_size=20),
    st.text(st.characters(categories=["Cs", "Cc", "Zl", "Zs", "Cf"]), max_size=4),
    st.sampled_from(["2026-02-30", "9999-99-99", "mm", "吨", "turning", "a" * 5000]),
)
leaves = st.one_of(st.none(), st.booleans(), numbers, texts)
names = st.one_of(st.sampled_from(["value", "unit", "low", "high", "from", "to", "free"]), texts)
anything = st.recursive(
    leaves,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(names, inner, max_size=4)),
    max_leaves=12,
)


def outcome(kind: Kind, raw: Any) -> tuple[dict[str, Any] | None, list[FieldProblem]]:
    """The clean fields, or None and what was wrong."""
    try:
        return validate_fields(kind, raw), []
    except InvalidFields as refused:
        return None, refused.problems


@settings(max_examples=30, deadline=None)
@given(data=st.data())
@pytest.mark.parametrize("kind", KINDS)
def test_no_json_whatever_raises_anything_but_invalid_fields(kind: Kind, data: st.DataObject) -> None:
    declaration = load_kinds()[kind]
    keys = [declared.key for declared in declaration.fields]
    changed = data.draw(st.dictionaries(st.one_of(st.sampled_from(keys), texts), anything, max_size=8))
    raw = data.draw(st.sampled_from([{}, declaration.example])) | changed
    clean, problems = outcome(kind, raw)
    assert bool(problems) == (clean is None)
    if clean is not None:
        assert json.dumps(clean, ensure_ascii=False, allow_nan=False).encode("utf-8")
        assert validate_fields(kind, clean) == clean
    for found in problems:
        assert found.code in CODES
        assert json.dumps(dict(found.params), ensure_ascii=False, allow_nan=False).encode("utf-8")
        assert found.field.encode("utf-8") is not None
        assert problem_text(found, "zh").encode("utf-8")
        assert problem_text(found, "en").encode("utf-8")


def test_deeply_nested_json_is_refused_plainly() -> None:
    deep: Any = []
    for _ in range(5000):
        deep = [deep]
    for kind in KINDS:
        raw = {declared.key: deep for declared in load_kinds()[kind].fields}
        assert problems_of(kind, raw)


def test_messages_say_what_to_do() -> None:
    found = problems_of("processing", example("processing") | {"tolerance": {"value": 1, "unit": "吨"}})[
        "tolerance"
    ]
    assert problem_text(found, "zh") == "“可达公差”的单位须为：mm（毫米）、um（微米）。"
    assert problem_text(found, "en") == "State “Tolerance reached” in one of: mm, um."
    hidden = problems_of("equipment", example("equipment") | {"deal": "sell"})["rent_price"]
    assert problem_text(hidden, "zh").startswith(
        "“租金”只在“交易方式”为rent（出租）、sell_or_rent（可售可租）时填写"
    )
    large = problems_of("product", example("product") | {"price": 10**13})["price"]
    assert "1,000,000,000,000" in problem_text(large, "en")
    assert problem_text(FieldProblem("", "type", {"expected": "object"}), "en").startswith("“fields” must be")
