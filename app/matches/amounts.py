"""Price and capacity as filters: a number and the unit it is of, said together."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator

from app.catalogue.units import unit_meant
from app.core.refusals import refusal
from app.core.text import Line
from matching.need import Need
from matching.search_box import Search
from search.documents import Amount

MOST = 1e12

Number = Annotated[float, Field(gt=0, le=MOST, allow_inf_nan=False)]
Unit = Annotated[str, Line(20)]

_PRICED_PER = "计价单位，如 台、吨 What the price is for"
_A_MONTH = "产能单位，如 吨/月 Of a month"


class AmountLimits(BaseModel):
    """The least and the most that a unit may cost (CNY), and the least that can be supplied in a month."""

    model_config = ConfigDict(extra="forbid")

    min_price: Number | None = None
    max_price: Number | None = None
    price_unit: Unit = Field(default="", validate_default=True, description=_PRICED_PER)
    min_capacity: Number | None = None
    capacity_unit: Unit = Field(default="", validate_default=True, description=_A_MONTH)

    @field_validator("max_price")
    @classmethod
    def _is_no_less(cls, most: float | None, info: ValidationInfo) -> float | None:
        least = info.data.get("min_price")
        if most is not None and least is not None and most < least:
            raise refusal("range_reversed", PRICES_REVERSED)
        return most

    @field_validator("price_unit", "capacity_unit")
    @classmethod
    def _goes_with_its_number(cls, unit: str, info: ValidationInfo) -> str:
        of_price = info.field_name == "price_unit"
        numbers = ("min_price", "max_price") if of_price else ("min_capacity",)
        if any(number not in info.data for number in numbers):
            return unit  # refused already
        if all(info.data[number] is None for number in numbers) != (unit == ""):
            raise refusal(
                "number_and_unit", "{number} 和 {unit} 须一起填写", number=numbers[-1], unit=info.field_name
            )
        known = unit_meant(unit) if unit else None
        if unit and not (known and (_is_goods(known[1]) if of_price else known[1].endswith("/month"))):
            raise refusal("unknown_unit", NO_PRICE_UNIT if of_price else NO_CAPACITY_UNIT)
        return unit

    def price(self) -> Amount | None:
        """The most, CNY for one of the canonical unit."""
        return self._for_one(self.max_price)

    def least_price(self) -> Amount | None:
        """The least, of the same."""
        return self._for_one(self.min_price)

    def _for_one(self, price: float | None) -> Amount | None:
        if price is None or not (meant := unit_meant(self.price_unit)):
            return None
        return Amount.of(price / meant[0], meant[1])

    def capacity(self) -> Amount | None:
        """Of the canonical unit a month."""
        if self.min_capacity is None or not (meant := unit_meant(self.capacity_unit)):
            return None
        return Amount.of(self.min_capacity * meant[0], meant[1])


def with_price_said(limits: AmountLimits, search: Search, need: Need) -> AmountLimits:
    """The limits with the price that was said in the search box, unless one stands among them already.

    For one of what is asked for in so many, where the words name no unit; a unit nothing is priced by is passed over.
    """
    said = {"min_price": search.min_price, "max_price": search.max_price}
    if limits.price_unit or not any(said.values()):
        return limits
    units = (search.price_unit, need.quantity.unit if need.quantity else "", PIECE)
    known = next(one for one in units if (meant := unit_meant(one)) and _is_goods(meant[1]))
    return limits.model_copy(update={**said, "price_unit": known})


def _is_goods(unit: str) -> bool:
    """Whether things are sold by it: no rate, and no money."""
    return "/" not in unit and unit != "CNY"


PIECE = "件"
PRICES_REVERSED = "最高单价低于最低单价，请对调或改一个"
NO_PRICE_UNIT = "不认识这个计价单位，请写件、台、套、吨、千克、米、平方米或立方米"
NO_CAPACITY_UNIT = "请写每月或每天的产量单位，如 吨/月、件/天、台/月"


def _limits(
    min_price: Annotated[
        float | None,
        Query(gt=0, le=MOST, description="最低单价，元 The least a unit may cost, CNY", examples=[1000]),
    ] = None,
    max_price: Annotated[
        float | None,
        Query(gt=0, le=MOST, description="最高单价，元 The most a unit may cost, CNY", examples=[3000]),
    ] = None,
    price_unit: Annotated[str, Query(max_length=20, description=_PRICED_PER, examples=["台"])] = "",
    min_capacity: Annotated[
        float | None,
        Query(gt=0, le=MOST, description="最低月产能 The least that can be supplied", examples=[200]),
    ] = None,
    capacity_unit: Annotated[str, Query(max_length=20, description=_A_MONTH, examples=["台/月"])] = "",
) -> AmountLimits:
    """The same as query parameters."""
    try:
        return AmountLimits(
            min_price=min_price,
            max_price=max_price,
            price_unit=price_unit,
            min_capacity=min_capacity,
            capacity_unit=capacity_unit,
        )
    except ValidationError as error:
        raise RequestValidationError(
            [{**one, "loc": ("query", *one["loc"])} for one in error.errors()]
        ) from error


AmountsQuery = Annotated[AmountLimits, Depends(_limits)]
