"""Prices and amounts as a reader sees them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.web.words import Words

pytestmark = pytest.mark.one_database


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("330.0000", "330 元"),
        ("88.5000", "88.50 元"),
        ("0.0375", "0.0375 元"),
        ("1E+3", "1,000 元"),
        ("1234567.8900", "1,234,567.89 元"),
        ("0.0000", "0 元"),
    ],
)
def test_a_price_ends_where_it_says_nothing_more(stored: str, shown: str) -> None:
    assert Words("zh").price(Decimal(stored)) == shown
    assert Words("en").price(Decimal(stored)) == f"CNY {shown.removesuffix(' 元')}"


def test_an_amount_that_the_name_says_is_not_said_twice() -> None:
    words = Words("zh")
    assert words.amount("采购滑块 200 套", 200, "套") == ""
    assert words.amount("滑块", 1200, "套") == "1,200 套"
    assert words.amount("滑块", None, "套") == ""
