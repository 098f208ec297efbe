"""What was understood, as rows a buyer reads and may correct; and the corrections read back from a form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError
from starlette.datastructures import FormData

from app.core.errors import InvalidInput, Problem
from app.core.validation import problems_of
from app.demands.needs import NeedCorrections
from app.demands.understanding import read_words
from app.web.forms import text_of
from app.web.labels import PER
from app.web.words import Words, grouped
from matching.need import Amount, Need
from matching.wishes import spec_text
from search.documents import Spec
from search.places import load_gazetteer

PREFIX = "fix."
_SEPARATORS = str.maketrans(dict.fromkeys(",，;；\n", "、"))

_WORD_ROWS: Mapping[str, str] = {
    "processes": "工艺",
    "materials": "材料",
    "grades": "牌号",
    "standards": "标准",
    "models": "型号",
}
_UNREAD_SPEC = "没有读懂“{spec}”，请写成“流量50m³/h”这样带数字和单位的形式"
_UNREAD_QUANTITY = "数量须为大于 0 的数字，并写明单位"


@dataclass(frozen=True, slots=True)
class Row:
    """One thing understood. ``editor`` names the input that corrects it; ``focus`` a field of the form that does so."""

    name: str
    label: str
    chips: tuple[str, ...]
    editor: str = "words"
    value: Any = ""
    focus: str = ""
    refused: bool = False
    fixed: bool = False
    errors: tuple[str, ...] = field(default=())


def need_rows(
    need: Need,
    words: Words,
    *,
    fixed: frozenset[str] = frozenset(),
    errors: Mapping[str, list[str]] | None = None,
) -> list[Row]:
    """Rows in the order a buyer checks them: the thing first. Rows never said and seldom needed are left out."""
    errors = errors or {}
    say = words.say

    def row(
        name: str, label: str, chips: tuple[str, ...], editor: str = "words", value: Any = None, **rest: Any
    ) -> Row:
        shown = "、".join(chips) if value is None else value
        said = tuple(errors.get(name, ()))
        return Row(name, say(label), chips, editor, shown, fixed=name in fixed, errors=said, **rest)

    quantity, place, deadline = need.quantity, need.place, need.deadline
    rows = [
        row("what", "要什么", need.what),
        row("kind", "种类", (words.kind(need.kind),) if need.kind else (), focus="kind"),
        row("specs", "规格", tuple(spec_text(spec) for spec in need.specs)),
        row("quantity", "数量", (amount_text(quantity, words),) if quantity else (), "quantity", quantity),
        row("place", "地点", (place_path(place.adcode),) if place else (), focus="adcode"),
        row(
            "deadline",
            "交期",
            (words.due(deadline),) if deadline else (),
            "date",
            deadline.isoformat() if deadline else "",
        ),
        row("exclusions", "排除", need.exclusions, refused=True),
        row("makers_only", "供方", _who(need, words), "who", need),
    ]
    seldom = [row(name, label, getattr(need, name)) for name, label in _WORD_ROWS.items()]
    rows[2:2] = [one for one in seldom if one.chips or one.fixed or one.errors]
    if need.application:
        rows.append(row("application", "用途", need.application))
    return rows


def amount_text(amount: Amount, words: Words) -> str:
    """20 台, 500 吨/月."""
    per = f"/{words.say(PER[amount.per])}" if amount.per else ""
    return f"{grouped(amount.value)} {amount.unit}{per}"


def place_path(adcode: str) -> str:
    """沈阳市铁西区; a province by its own name."""
    path = load_gazetteer().ancestors(adcode)
    return "".join(d.name for d in (path[1:] or path))


def _who(need: Need, words: Words) -> tuple[str, ...]:
    said = ((need.makers_only, "只要生产厂家"), (need.local_only, "只要本地"))
    return tuple(words.say(label) for holds, label in said if holds)


def fixed_names(form: FormData) -> frozenset[str]:
    """Which rows the buyer corrected: their inputs are sent, even when emptied."""
    names = {name.removeprefix(PREFIX).split(".")[0] for name in form if name.startswith(PREFIX)}
    return frozenset(names - ({"local_only"} if "makers_only" in names else set()))


def read_corrections(form: FormData, understood: Need) -> NeedCorrections | None:
    """The corrections sent, or None. Raises InvalidInput with fields named ``fix.<row>``.

    ``understood`` is what the words alone say: a spec left as it was shown keeps its meaning.
    """
    raw: dict[str, Any] = {}
    problems: list[Problem] = []
    readers: Mapping[str, Callable[[], Any]] = {
        "specs": lambda: _specs(text_of(form, f"{PREFIX}specs"), understood),
        "quantity": lambda: _quantity(form),
        "deadline": lambda: text_of(form, f"{PREFIX}deadline") or None,
    }
    for name in fixed_names(form):
        if name == "makers_only":
            raw |= {one: text_of(form, PREFIX + one) == "true" for one in ("makers_only", "local_only")}
        elif name in readers:
            try:
                raw[name] = readers[name]()
            except InvalidInput as error:
                problems.extend(error.problems)
        elif name in NeedCorrections.model_fields:
            raw[name] = _split(text_of(form, PREFIX + name))
    try:
        corrections = NeedCorrections.model_validate(raw) if raw else None
    except ValidationError as error:
        # The words of a row are one input: whichever of them is wrong, the row is named.
        found = [{**one, "loc": ("body", f"{PREFIX}{one['loc'][0]}")} for one in error.errors()]
        problems.extend(problems_of(found))
    if problems:
        raise InvalidInput(problems=problems)
    return corrections


def _split(text: str) -> list[str]:
    return [part for word in text.translate(_SEPARATORS).split("、") if (part := word.strip())]


def _specs(text: str, understood: Need) -> list[dict[str, Any]]:
    known = {spec_text(spec): spec for spec in understood.specs}
    found: list[Spec] = []
    for part in _split(text):
        read = (known[part],) if part in known else read_words("", part).specs
        if not read:
            raise InvalidInput(
                problems=[Problem(f"{PREFIX}specs", "bad_format", _UNREAD_SPEC, {"spec": part})]
            )
        found.extend(read)
    names = ("name", "low", "high", "unit", "word", "text")
    return [{name: getattr(spec, name) for name in names} for spec in dict.fromkeys(found)]


def _quantity(form: FormData) -> dict[str, Any] | None:
    value, unit, per = (
        text_of(form, f"{PREFIX}quantity.{part}").strip() for part in ("value", "unit", "per")
    )
    if not value:
        return None
    try:
        number = float(value.replace(",", ""))
    except ValueError:
        number = 0
    if not 0 < number <= 1e12 or not unit:
        raise InvalidInput(problems=[Problem(f"{PREFIX}quantity", "type", _UNREAD_QUANTITY)])
    return {"value": number, "unit": unit, "per": per}
