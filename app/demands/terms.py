"""What a buyer says beside the words, put into the demand's own columns and checked as a whole.

A draft holds whatever was filled in: what is missing or contradicts itself is said when it is published.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from copy import copy
from datetime import datetime
from typing import Any

from app.catalogue.service import clean_form, draft_form
from app.core.clock import now
from app.core.errors import InvalidInput, Problem
from app.demands.forms import form_named
from app.demands.models import Demand
from app.demands.schemas import DemandUpdate

BUDGET_REVERSED = "预算下限大于上限，请对调"
WINDOW_REVERSED = "最早交付日晚于最迟交付日，请对调"
SEALED_WITHOUT_DEADLINE = "密封报价须同时填写报价截止时间"

_EMPTY: dict[str, Any] = {
    "title": "", "description": "", "buyer": "", "city": "", "district": "", "adcode": "", "kind": "", "address": "",
    "form": "", "fields": {}, "budget_sealed": False, "sealed": False, "visibility": "public",
}  # fmt: skip
"""What a column holds of which nothing was said; the others hold None."""

COLUMNS = frozenset(DemandUpdate.model_fields) & frozenset(Demand.model_fields) - {"need"}
"""What is said in a field and kept in a column of the same name."""


def write_terms(
    demand: Demand, values: dict[str, Any], *, lines: Sequence[str] = (), draft: bool = False
) -> None:
    """Put ``values`` by column into the demand. Raises InvalidInput for what contradicts itself or its form.

    ``lines``: the names of those written. A ``draft`` is only refused fields that cannot be kept as they are.
    """
    for name, value in values.items():
        setattr(demand, name, copy(_EMPTY.get(name)) if value is None else value)
    if "form" in values and "fields" not in values:
        demand.fields = {}
    problems = [] if draft else unnamed(demand.title, lines) + _wrong_terms(demand, set(values))
    if {"form", "fields"} & set(values):
        problems += _write_fields(demand, draft=draft)
    if problems:
        raise InvalidInput(problems=problems)


def complete(demand: Demand, lines: Sequence[str]) -> None:
    """See that a draft is whole, and clean its fields. Raises InvalidInput naming all that is missing or wrong."""
    write_terms(demand, {name: getattr(demand, name) for name in COLUMNS}, lines=lines)


def _write_fields(demand: Demand, *, draft: bool) -> list[Problem]:
    declared = form_named(demand.form)
    if declared is None:
        return (
            [Problem("fields", "form_needed", "请先选择需求表单（form），再填写 fields")]
            if demand.fields
            else []
        )
    try:
        demand.fields = (draft_form if draft else clean_form)(declared, demand.fields)
    except InvalidInput as refused:
        return list(refused.problems)
    return []


def unnamed(title: str, lines: Sequence[str]) -> list[Problem]:
    """What has no name yet: the demand, or a line written by the buyer."""
    wrong = [] if title.strip() else [Problem("title", "required", "请填写需求标题，写明要采购什么")]
    return wrong + [
        Problem(f"lines.{at}.name", "required", "请填写第 {n} 条明细的名称，或删去这一条", {"n": at + 1})
        for at, name in enumerate(lines)
        if not name
    ]


def _wrong_terms(demand: Demand, given: Collection[str]) -> list[Problem]:
    wrong = []
    low, high = demand.budget_low, demand.budget_high
    if low is not None and high is not None and low > high:
        wrong.append(Problem("budget_low", "reversed", BUDGET_REVERSED))
    if demand.deliver_from and demand.deliver_until and demand.deliver_from > demand.deliver_until:
        wrong.append(Problem("deliver_from", "reversed", WINDOW_REVERSED))
    if demand.sealed and demand.quotes_until is None:
        wrong.append(Problem("quotes_until", "required", SEALED_WITHOUT_DEADLINE))
    for name in sorted({"quotes_until", "valid_until"} & set(given)):
        moment: datetime | None = getattr(demand, name)
        if moment and moment <= now():
            wrong.append(Problem(name, "in_the_past", "时间已过，请填写将来的时间"))
    if demand.quotes_until and demand.valid_until and demand.quotes_until > demand.valid_until:
        wrong.append(Problem("quotes_until", "reversed", "报价截止晚于需求有效期，请提前或延长有效期"))
    return wrong
