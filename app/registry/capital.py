"""Registered capital as registers write it: "50(万元人民币)", "1,200万美元", "３亿元", "N/A".

The amount, its currency, and what it is in yuan for ordering and filtering. Nothing is guessed: where no
currency is written the register means yuan, which is the only default here.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

# Yuan for one unit. Fixed on purpose: cny orders and filters firms by size, and an order that changed with
# the day's market would change search results for no reason a buyer could see. Rounded from the central parity
# rates of the end of 2024; franc and mark through their irrevocable euro rates (Council Regulation (EC)
# No 2866/98: 1 EUR = 6.55957 FRF = 1.95583 DEM).
RATES_DATED = "2024-12-31"
CNY_PER_UNIT: dict[str, Decimal] = {
    "CNY": Decimal("1"),
    "USD": Decimal("7.19"),
    "EUR": Decimal("7.53"),
    "JPY": Decimal("0.0462"),
    "HKD": Decimal("0.926"),
    "GBP": Decimal("9.08"),
    "CHF": Decimal("8.00"),
    "AUD": Decimal("4.51"),
    "CAD": Decimal("5.05"),
    "SGD": Decimal("5.32"),
    "KRW": Decimal("0.0049"),
    "TWD": Decimal("0.22"),
    "FRF": Decimal("1.15"),
    "DEM": Decimal("3.85"),
}

_CURRENCIES = {
    "人民币元": "CNY",
    "元人民币": "CNY",
    "人民币": "CNY",
    "元": "CNY",
    "CNY": "CNY",
    "RMB": "CNY",
    "美元": "USD",
    "美金": "USD",
    "USD": "USD",
    "欧元": "EUR",
    "EUR": "EUR",
    "日元": "JPY",
    "日圆": "JPY",
    "JPY": "JPY",
    "港元": "HKD",
    "港币": "HKD",
    "香港元": "HKD",
    "HKD": "HKD",
    "英镑": "GBP",
    "GBP": "GBP",
    "瑞士法郎": "CHF",
    "CHF": "CHF",
    "澳大利亚元": "AUD",
    "澳元": "AUD",
    "AUD": "AUD",
    "加拿大元": "CAD",
    "加元": "CAD",
    "CAD": "CAD",
    "新加坡元": "SGD",
    "SGD": "SGD",
    "韩元": "KRW",
    "韩国元": "KRW",
    "KRW": "KRW",
    "新台币": "TWD",
    "台币": "TWD",
    "TWD": "TWD",
    "法国法郎": "FRF",
    "德国马克": "DEM",
}
_MULTIPLIERS = {
    "": 1,
    "百": 100,
    "千": 1_000,
    "万": 10_000,
    "十万": 100_000,
    "百万": 1_000_000,
    "千万": 10_000_000,
    "亿": 100_000_000,
}
_ABSENT = re.compile(r"|[-—/\\*]+|N/?A|NULL|NONE|无|未填|未公示|不详")
_WRITTEN = re.compile(
    r"(?P<currency_before>[A-Z]{3}|人民币|美元|港币)?:?"
    r"(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)"
    r"\(?(?P<multiplier>[十百千]?万|[百千亿])?(?P<currency>[^\d()]*)\)?整?"
)


LARGEST = Decimal(10) ** 15
"""A thousand trillion: no firm has it, and the database column ends not far above."""


class InvalidCapital(ValueError):
    """A text that states no capital. ``code`` is "capital_unreadable", "capital_currency" or "capital_too_large"."""

    def __init__(self, code: str, raw: str) -> None:
        super().__init__(f"{code}: {raw!r}")
        self.code = code
        self.raw = raw


@dataclass(frozen=True, slots=True)
class Capital:
    """``amount`` units of ``currency`` (ISO 4217); ``cny`` the same in yuan at the rates of ``RATES_DATED``."""

    amount: Decimal
    currency: str
    cny: Decimal
    raw: str


def parse_capital(raw: str) -> Capital | None:
    """The capital a register's field states; None when it says there is none ("", "N/A", "-").

    A number with an empty unit ("5()") is in 万元, ten thousand yuan: registers keep capital in that unit, and
    the brackets show that the unit was lost, not left out. A bare number ("50000") is yuan.
    Raises ``InvalidCapital``.
    """
    text = re.sub(r"[\s_]+", "", unicodedata.normalize("NFKC", raw)).upper()
    if _ABSENT.fullmatch(text):
        return None
    if text.endswith("()"):
        text = text[:-2] + "万元"
    match = _WRITTEN.fullmatch(text)
    if match is None or text.count("(") != text.count(")"):
        raise InvalidCapital("capital_unreadable", raw)
    written = match["currency"] or match["currency_before"] or "元"
    if match["currency"] == "元" and match["currency_before"]:  # 人民币50万元
        written = match["currency_before"]
    currency = _CURRENCIES.get(written)
    if currency is None:
        raise InvalidCapital("capital_currency", raw)
    amount = Decimal(match["number"].replace(",", "")) * _MULTIPLIERS[match["multiplier"] or ""]
    if max(amount, amount * CNY_PER_UNIT[currency]) >= LARGEST:
        raise InvalidCapital("capital_too_large", raw)
    return Capital(_plain(amount), currency, _plain(amount * CNY_PER_UNIT[currency]), raw)


def _plain(amount: Decimal) -> Decimal:
    """To the cent (分), the smallest unit any of these is kept in."""
    return amount.quantize(Decimal("0.01"))
