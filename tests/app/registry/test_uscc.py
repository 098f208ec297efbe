import csv
import gzip
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.registry.uscc import (
    ALPHABET,
    InvalidUscc,
    check_character,
    normalize_uscc,
    parse_uscc,
    uscc_division,
)

VALID = "91210282118734333T"


@pytest.mark.parametrize(
    "text",
    [
        VALID,
        "91210282118734333t",
        "９１２１０２８２１１８７３４３３３Ｔ",
        " 9121-0282-1187 34333T\n",
        "91210282－118734333T",
    ],
)
def test_every_way_of_writing_gives_the_normal_form(text: str) -> None:
    assert parse_uscc(text) == VALID


def test_normalizing_judges_nothing() -> None:
    assert normalize_uscc("o-0 i") == "O0I"


def test_check_character_of_the_standard() -> None:
    assert check_character("91210282118734333") == "T"
    with pytest.raises(ValueError, match="17 characters"):
        check_character("9121")


def test_division_is_characters_three_to_eight() -> None:
    assert uscc_division(VALID) == "210282"


@pytest.mark.parametrize(
    ("text", "code", "params"),
    [
        ("", "uscc_empty", {}),
        ("9121028211873433", "uscc_length", {"length": 16, "expected_length": 18}),
        ("91210282118734333S", "uscc_alphabet", {"position": 18, "found": "S", "expected": "5"}),
        ("9121A282118734333T", "uscc_division", {"position": 5, "found": "A", "expected": "0-9"}),
        ("91A10282118734333T", "uscc_division", {"position": 3, "found": "A", "expected": "0-9"}),
        ("9121028A118734333T", "uscc_division", {"position": 8, "found": "A", "expected": "0-9"}),
        ("91210282118734333A", "uscc_check_character", {"position": 18, "found": "A", "expected": "T"}),
    ],
)
def test_what_is_wrong_has_a_stable_name(text: str, code: str, params: dict[str, object]) -> None:
    with pytest.raises(InvalidUscc) as caught:
        parse_uscc(text)
    assert (caught.value.code, caught.value.params) == (code, params)


@pytest.mark.parametrize(
    "misread", ["9I210282118734333T", "9121O2821I8734333T", "912102821187E4333T", "9121028Z118734333T"]
)
def test_misreadings_are_suggested(misread: str) -> None:
    with pytest.raises(InvalidUscc) as caught:
        parse_uscc(misread)
    assert all(parse_uscc(suggestion) == suggestion for suggestion in caught.value.suggestions)
    if misread.count("E") == 0:
        assert VALID in caught.value.suggestions


@given(
    st.text(ALPHABET, min_size=2, max_size=2),
    st.text("0123456789", min_size=6, max_size=6),
    st.text(ALPHABET, min_size=9, max_size=9),
)
def test_a_code_with_its_check_character_is_valid_and_one_changed_character_is_caught(
    head: str, division: str, body: str
) -> None:
    first = head + division + body
    uscc = first + check_character(first)
    assert parse_uscc(uscc) == uscc
    other = ALPHABET[(ALPHABET.index(uscc[10]) + 1) % 31]
    with pytest.raises(InvalidUscc):
        parse_uscc(uscc[:10] + other + uscc[11:])


def test_every_code_of_the_register_is_valid(shared_data: Path) -> None:
    with gzip.open(shared_data / "liaoning_companies.csv.gz") as packed:
        codes = [row["uscc"] for row in csv.DictReader(io.TextIOWrapper(packed, "utf-8"))]
    assert all(parse_uscc(code) == code for code in codes)
