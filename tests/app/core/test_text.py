"""Text is made plain where that is harmless and refused where it is not; the schema says the same."""

from __future__ import annotations

import base64
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema_rs import validator_for
from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticCustomError

from app.core.errors import InvalidInput
from app.core.pagination import decode_cursor, encode_cursor
from app.core.text import Line, Prose, printable


class Form(BaseModel):
    """One field of each sort."""

    line: Annotated[str, Line(20, min_length=1)] = "x"
    prose: Annotated[str, Prose(20)] = ""


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("  水泵 ", "水泵"),
        ("ＤＮ５０", "DN50"),
        ("水\u200b泵\ufeff", "水泵"),
        ("（有限）", "（有限）"),
        ("𠮷野", "𠮷野"),
    ],
)
def test_harmless_differences_are_made_plain(raw: str, clean: str) -> None:
    assert Form(line=raw, prose=raw).model_dump() == {"line": clean, "prose": clean}


def test_lines_break_in_prose_only() -> None:
    assert Form(prose="一\r\n二").prose == "一\n二"
    with pytest.raises(ValidationError):
        Form(line="一\n二")


@pytest.mark.parametrize(
    "character", ["\x00", "\x1b", "\x7f", "\x85", "\u2028", "\u202e", "\u2067", "\ufffe", "\ud800"]
)
def test_characters_that_break_things_later_are_refused(character: str) -> None:
    for mark in (Line(20), Prose(20)):
        with pytest.raises(PydanticCustomError):
            mark.clean(f"a{character}b")


@pytest.mark.parametrize("raw", ["", " ", "\u200b", "\u3000\ufeff"])
def test_blank_is_blank_however_it_is_written(raw: str) -> None:
    with pytest.raises(ValidationError):
        Form(line=raw)


@given(st.text(max_size=22))
def test_the_schema_accepts_what_is_accepted(raw: str) -> None:
    schema = validator_for(Form.model_json_schema())
    for field in ("line", "prose"):
        try:
            Form(**{field: raw})
        except ValidationError:
            assert not schema.is_valid({field: raw})
        else:
            assert schema.is_valid({field: raw})


def test_printable_survives_anything() -> None:
    assert printable("\ud800" * 100) == "?" * 64


def test_cursor_round_trip_and_refusal() -> None:
    assert decode_cursor(encode_cursor("91", 7), str, int) == ["91", 7]
    deep = base64.urlsafe_b64encode(b"[" * 100_000).decode()
    for cursor in (deep, encode_cursor("91"), encode_cursor(True), "水泵"):
        with pytest.raises(InvalidInput):
            decode_cursor(cursor, str, int)
