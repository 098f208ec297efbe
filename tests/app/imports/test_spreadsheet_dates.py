from __future__ import annotations

from datetime import date

import pytest

from app.imports.spreadsheet_dates import MalformedDate, parse_date


@pytest.mark.parametrize(
    "text",
    [
        "1999-01-02",
        "1999/1/2",
        "1999.1.2",
        "1999年1月2日",
        "1999 年 01 月 02 号",
        "19990102",
        "１９９９－０１－０２",
        "１９９９年１月２日",
        "1999-01-02 00:00:00",
        "1999-01-02T08:30:00.000Z",
        "1999/1/2 0:00",
        " 1999-1-2\u3000",
    ],
)
def test_written_forms(text: str) -> None:
    assert parse_date(text) == date(1999, 1, 2)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "malformed_date"),
        ("长期", "malformed_date"),
        ("1999-01", "malformed_date"),
        ("1999-1/2", "malformed_date"),
        ("1/2/1999", "malformed_date"),
        ("36526", "malformed_date"),
        ("1999-01-02 later", "malformed_date"),
        ("1999-02-30", "impossible_date"),
        ("19991301", "impossible_date"),
        ("1799-12-31", "year_out_of_range"),
        ("2201-01-01", "year_out_of_range"),
    ],
)
def test_refused(text: str, code: str) -> None:
    with pytest.raises(MalformedDate) as caught:
        parse_date(text)
    assert caught.value.code == code


def test_the_years_at_the_ends_pass() -> None:
    assert parse_date("1800-01-01").year == 1800
    assert parse_date("2200-12-31").year == 2200
