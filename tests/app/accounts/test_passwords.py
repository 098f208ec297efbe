"""Passwords: kept so that they cannot be read back, and refused when they are easy to guess."""

from __future__ import annotations

import pytest

from app.accounts.passwords import LONGEST, check_password, hash_password, outdated, password_fits
from app.core.errors import InvalidInput


def refused(password: str, *about: str) -> str | None:
    try:
        check_password(password, about=about)
    except InvalidInput as error:
        return error.problems[0].code
    return None


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short", "too_short"),
        ("x" * (LONGEST + 1), "too_long"),
        ("qwertyuiop", "common_password"),
        ("Password123!", "common_password"),
        ("woaini5201314", "common_password"),
        ("1234567890", "common_password"),
        ("abcdefghijkl", "common_password"),
        ("9876543210", "common_password"),
        ("aaaaaaaaaaaa", "common_password"),
        ("lianqiao2026", "common_password"),
        ("wanggong2026", "common_password"),
        ("correct horse battery", None),
        ("沈阳的冬天很冷但是豆浆热", None),
        ("q7#Lm2vX9p", None),
    ],
)
def test_what_is_taken(password: str, code: str | None) -> None:
    assert refused(password, "王", "wanggong", "") == code


def test_hashes_are_argon2id_and_never_twice_the_same() -> None:
    first, second = hash_password("correct horse battery"), hash_password("correct horse battery")
    assert first.startswith("$argon2id$")
    assert first != second
    assert not outdated(first)
    assert password_fits(first, "correct horse battery")
    assert not password_fits(first, "correct horse batterY")


@pytest.mark.parametrize("held", ["", "nonsense", "$argon2id$v=19$m=1,t=1,p=1$AAAA$AAAA"])
def test_who_has_no_password_cannot_be_guessed(held: str) -> None:
    assert not password_fits(held, "nobody has this password")
    assert not password_fits(held, "")
