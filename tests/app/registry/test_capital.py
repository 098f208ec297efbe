import csv
import gzip
import io
from decimal import Decimal
from pathlib import Path

import pytest

from app.registry.capital import CNY_PER_UNIT, InvalidCapital, parse_capital


@pytest.mark.parametrize(
    ("raw", "amount", "currency"),
    [
        ("50(万元人民币)", "500000", "CNY"),
        ("150万人民币", "1500000", "CNY"),
        ("1,200(万元人民币)", "12000000", "CNY"),
        ("392.8000(万元人民币)", "3928000", "CNY"),
        ("3(万)", "30000", "CNY"),
        ("50.4万人民币元", "504000", "CNY"),
        ("5()", "50000", "CNY"),
        ("５０．５（万元）", "505000", "CNY"),
        ("3亿元", "300000000", "CNY"),
        ("1.5亿美元", "150000000", "USD"),
        ("20(万美元)", "200000", "USD"),
        ("100(万日元)", "1000000", "JPY"),
        ("100(万港元)", "1000000", "HKD"),
        ("10(万欧元)", "100000", "EUR"),
        ("10(万法国法郎)", "100000", "FRF"),
        ("10(万德国马克)", "100000", "DEM"),
        ("10(万瑞士法郎)", "100000", "CHF"),
        ("10(万澳大利亚元)", "100000", "AUD"),
        ("人民币50万元", "500000", "CNY"),
        ("USD 100,000", "100000", "USD"),
        ("50000", "50000", "CNY"),
    ],
)
def test_forms_seen_in_registers(raw: str, amount: str, currency: str) -> None:
    capital = parse_capital(raw)
    assert capital is not None
    assert (capital.amount, capital.currency, capital.raw) == (Decimal(amount), currency, raw)
    assert capital.cny == (Decimal(amount) * CNY_PER_UNIT[currency]).quantize(Decimal("0.01"))


@pytest.mark.parametrize("raw", ["", "  ", "N/A", "n/a", "-", "无", "／"])
def test_no_capital_stated(raw: str) -> None:
    assert parse_capital(raw) is None


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("注册资本", "capital_unreadable"),
        ("-5万", "capital_unreadable"),
        ("1,2,3万", "capital_unreadable"),
        ("5万(元", "capital_unreadable"),
        ("9" * 40 + "亿元", "capital_too_large"),
        ("5万卢布", "capital_currency"),
    ],
)
def test_malformed(raw: str, code: str) -> None:
    with pytest.raises(InvalidCapital) as caught:
        parse_capital(raw)
    assert (caught.value.code, caught.value.raw) == (code, raw)


def test_every_capital_of_the_register_is_read(shared_data: Path) -> None:
    with gzip.open(shared_data / "liaoning_companies.csv.gz") as packed:
        stated = {row["capital_raw"] for row in csv.DictReader(io.TextIOWrapper(packed, "utf-8"))}
    for raw in stated:
        capital = parse_capital(raw)
        assert (capital is None) == (raw in {"", "N/A"})
