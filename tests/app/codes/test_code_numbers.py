"""Codes as people type them: every slip of one character and every swap is caught, exhaustively."""

from __future__ import annotations

from itertools import combinations, product

import pytest

from app.codes.numbers import (
    ALPHABET,
    LENGTH,
    InvalidCode,
    grouped,
    is_valid,
    new_code,
    normalize_code,
    parse_code,
)

SAMPLES = [new_code() for _ in range(200)]


def test_the_alphabet_has_no_look_alikes_of_digits() -> None:
    assert len(set(ALPHABET)) == 31
    assert not set("IOSVZ") & set(ALPHABET)


@pytest.mark.parametrize("code", SAMPLES[:40])
def test_every_wrong_character_is_caught(code: str) -> None:
    for at, other in product(range(LENGTH), ALPHABET):
        if other != code[at]:
            assert not is_valid(code[:at] + other + code[at + 1 :])


def test_every_pair_of_characters_swapped_at_every_two_places_is_caught() -> None:
    """All 31 x 30 pairs at all 45 pairs of places, neighbours or not: 41,850 swaps, each in a code of its own."""
    tried = 0
    for (i, j), (a, b) in product(combinations(range(LENGTH), 2), product(ALPHABET, repeat=2)):
        if a == b:
            continue
        code = _with({i: a, j: b})
        swapped = list(code)
        swapped[i], swapped[j] = swapped[j], swapped[i]
        assert is_valid(code)
        assert not is_valid("".join(swapped))
        tried += 1
    assert tried == 45 * 31 * 30


@pytest.mark.parametrize("code", SAMPLES[:40])
def test_every_doubled_character_taken_for_another_double_is_caught(code: str) -> None:
    for at, double, other in product(range(LENGTH - 1), ALPHABET, ALPHABET):
        if double == other:
            continue
        genuine = code[:at] + 2 * double + code[at + 2 :]
        if is_valid(genuine):
            assert not is_valid(code[:at] + 2 * other + code[at + 2 :])


def _with(fixed: dict[int, str]) -> str:
    """A valid code with these characters at these places: found by trying one free place."""
    free = next(at for at in range(LENGTH) if at not in fixed)
    characters = [fixed.get(at, "7") for at in range(LENGTH)]
    for one in ALPHABET:
        characters[free] = one
        if is_valid("".join(characters)):
            return "".join(characters)
    raise AssertionError("no completion")


def test_typed_any_way() -> None:
    code = SAMPLES[0]
    full_width = "".join(chr(ord(c) + 0xFEE0) for c in code.lower())
    for typed in (code, code.lower(), grouped(code), f" {code[:3]} {code[3:]} ", full_width):
        assert parse_code(typed) == code
    assert normalize_code("oOiIsSzZvV") == "00115522UU"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "code_empty"),
        ("--", "code_empty"),
        (SAMPLES[0][:-1], "code_length"),
        (SAMPLES[0] + "0", "code_length"),
        ("7K3PXM2W中K", "code_alphabet"),
        ("7K3PXM2WQA", "code_check_character"),
        ("\x00" * 10, "code_alphabet"),
    ],
)
def test_what_is_wrong_is_said(text: str, code: str) -> None:
    with pytest.raises(InvalidCode) as refused:
        parse_code(text)
    assert refused.value.code == code


def test_codes_are_random() -> None:
    codes = {new_code() for _ in range(20_000)}
    assert len(codes) == 20_000
    for at in range(LENGTH):
        assert {code[at] for code in codes} == set(ALPHABET)
