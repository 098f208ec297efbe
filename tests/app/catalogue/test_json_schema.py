"""The JSON Schema says what validation does, no more and no less than the strict spelling."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.catalogue.declarations import FieldDeclaration, KindDeclaration, load_kinds
from app.catalogue.json_schema import json_schema
from app.catalogue.problems import InvalidFields
from app.catalogue.validation import is_visible, validate_fields
from search.documents import KINDS, Kind


@cache
def validator(kind: Kind) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(json_schema(kind), validate_formats=True)


def texts(declared: FieldDeclaration) -> st.SearchStrategy[str]:
    if declared.pattern:
        return st.from_regex(declared.pattern, fullmatch=True).filter(
            lambda text: len(text) <= declared.max_length
        )
    return st.text(min_size=1, max_size=min(declared.max_length, 12))


def numbers(low: float, high: float) -> st.SearchStrategy[Any]:
    return st.one_of(st.floats(low, high, allow_nan=False), st.sampled_from([low, high, int(high)]))


def values(declared: FieldDeclaration) -> st.SearchStrategy[Any]:
    """Mostly acceptable values of a field, made from its declaration alone."""
    choices = [option.value for option in declared.options]
    days = st.dates(date(1900, 1, 1), date(2099, 12, 31)).map(date.isoformat)
    match declared.type:
        case "text" | "long_text":
            return texts(declared)
        case "texts":
            return st.lists(texts(declared), min_size=1, max_size=4)
        case "integer":
            return st.integers(int(declared.minimum), int(declared.maximum))
        case "decimal" | "money":
            return numbers(declared.minimum, declared.maximum)
        case "quantity":
            return st.sampled_from(declared.units).flatmap(
                lambda unit: st.fixed_dictionaries(
                    {"value": numbers(*declared.bounds_in(unit)), "unit": st.just(unit)}
                )
            )
        case "range":
            return st.sampled_from(declared.units).flatmap(
                lambda unit: st.fixed_dictionaries(
                    {"unit": st.just(unit), "low": numbers(*declared.bounds_in(unit))},
                    optional={"high": numbers(*declared.bounds_in(unit))},
                )
            )
        case "date":
            return days
        case "boolean":
            return st.booleans()
        case "option":
            return st.sampled_from(choices)
        case "options":
            return st.lists(st.sampled_from(choices), min_size=1, max_size=4, unique=True)
        case "windows":
            window = st.fixed_dictionaries({"from": days, "to": days, "free": numbers(0, 100)})
            return st.lists(window, min_size=1, max_size=3)


@st.composite
def listings(draw: st.DrawFn, declaration: KindDeclaration) -> dict[str, Any]:
    """Fields asked for, mostly all of them, now and then one too few, one too many or one of the wrong shape."""
    raw: dict[str, Any] = {}
    for declared in declaration.fields:
        if is_visible(declared, raw) and (declared.required or draw(st.booleans())):
            raw[declared.key] = draw(values(declared))
    slip = draw(st.sampled_from(["none", "none", "drop", "add", "shape"]))
    declared = draw(st.sampled_from(declaration.fields))
    if slip == "drop":
        raw.pop(declared.key, None)
    elif slip == "add":
        raw[declared.key] = draw(values(declared))
    elif slip == "shape":
        raw[declared.key] = draw(
            st.sampled_from(["x", -1e30, 1e30, 0.5, [], {}, ["zz"], {"unit": "mm"}, True, None])
        )
    return raw


@pytest.mark.parametrize("kind", KINDS)
def test_the_schema_is_a_schema_and_takes_its_own_example(kind: Kind) -> None:
    schema = json_schema(kind)
    assert jsonschema_rs.meta.is_valid(schema)
    assert schema["additionalProperties"] is False
    assert schema["title"] == load_kinds()[kind].name.zh
    assert validator(kind).is_valid(load_kinds()[kind].example)


def outcome(kind: Kind, raw: dict[str, Any]) -> tuple[dict[str, Any] | None, set[str]]:
    """The clean fields, or None and the codes of what was wrong."""
    try:
        return validate_fields(kind, raw), set()
    except InvalidFields as refused:
        return None, {found.code for found in refused.problems}


@settings(max_examples=30, deadline=None)
@given(data=st.data())
@pytest.mark.parametrize("kind", KINDS)
def test_schema_and_validation_agree(kind: Kind, data: st.DataObject) -> None:
    raw = data.draw(listings(load_kinds()[kind]))
    clean, codes = outcome(kind, raw)
    if clean is not None:
        assert validator(kind).is_valid(clean), list(validator(kind).iter_errors(clean))
    elif codes != {"reversed"}:  # JSON Schema cannot compare two members: that refusal is validation's alone.
        assert not validator(kind).is_valid(raw), codes


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("equipment", {"deal": "sell"}),
        ("equipment", {"sale_price": None}),
        ("logistics", {"dangerous_goods": False}),
        ("processing", {"process": ["turning", "other"]}),
        ("processing", {"process_other": "搓丝"}),
        ("product", {"category_code": "02051901"}),
        ("product", {"colour": "red"}),
        ("product", {"brand": " "}),
        ("product", {"brand": "a\nb"}),
        ("capacity", {"monthly_output": {"value": 1, "unit": "furlong"}}),
        ("technology", {"maturity": 10}),
        ("technology", {"patent_expires": "2041-02-30"}),
    ],
)
def test_both_refuse(kind: Kind, change: dict[str, Any]) -> None:
    changed = {
        key: value for key, value in (load_kinds()[kind].example | change).items() if value is not None
    }
    assert not validator(kind).is_valid(changed)
    if change != {"brand": " "}:  # A blank is how a form leaves a field out.
        with pytest.raises(InvalidFields):
            validate_fields(kind, changed)
