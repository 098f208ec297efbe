"""The search box over HTTP: what was typed, read against the search before it, which the reader's side carries along."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable
from dataclasses import asdict, fields
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError

from app.core.clock import today
from app.core.errors import InvalidInput, Problem
from app.core.i18n import Language, translate
from app.demands.needs import Adcode
from app.matches.amounts import Number, Unit
from matching.search_box import MOST, Reading, Search, read_search
from search.documents import Kind
from search.places import load_gazetteer

LONGEST_CONTEXT = 4000

_CHECKED: dict[str, TypeAdapter[Any]] = {
    "words": TypeAdapter(Annotated[str, Field(max_length=2000)]),
    "division": TypeAdapter(Adcode),
    "others": TypeAdapter(Annotated[list[Adcode], Field(max_length=8)]),
    "kind": TypeAdapter(Kind),
    "count": TypeAdapter(Annotated[int, Field(ge=1, le=MOST)]),
    "min_price": TypeAdapter(Number),
    "max_price": TypeAdapter(Number),
    "price_unit": TypeAdapter(Unit),
    "start": TypeAdapter(Annotated[int, Field(ge=0, le=10_000)]),
    **dict.fromkeys(("makers_only", "verified_only", "nearest_first"), TypeAdapter(bool)),
}

QUESTIONS = {
    "what": "要找做什么的企业？请写明产品、工艺或服务，例如“精密机械加工”",
    "first": "请先说要找什么，例如“找沈阳做精密机械加工的企业”，再接着筛选",
    "where": "有几个地方叫这个名字，要哪一个？",
}
LEFT = "{place}不在{former}内，已改为在{place}查找"
FEWER = "{place}只找到 {n} 家，可以放宽地点再找"
NO_MORE = "没有更多了，可以放宽条件再找"


def read_box(text: str, context: str = "") -> Reading:
    """The search meant by ``text`` after the one in ``context``. Raises InvalidInput for a context not made here."""
    before = decode_search(context) if context else None
    return read_search(text, before, today=today(), places=load_gazetteer())


def encode_search(search: Search) -> str:
    """A search as an opaque word that the reader's side sends back with the next words."""
    said = {name: value for name, value in asdict(search).items() if value}
    packed = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def decode_search(context: str) -> Search:
    """The search in such a word. Raises InvalidInput when it was not made by `encode_search`."""
    try:
        said = json.loads(base64.urlsafe_b64decode(context[:LONGEST_CONTEXT] + "=" * (-len(context) % 4)))
        if isinstance(said, dict) and said.keys() <= {field.name for field in fields(Search)}:
            checked = {
                name: _CHECKED[name].validate_python(value, strict=True) for name, value in said.items()
            }
            search = Search(**checked | {"others": tuple(checked.get("others", ()))})
            if all(load_gazetteer().get(one) for one in search.divisions):
                return search
    except (binascii.Error, ValueError, RecursionError, ValidationError):
        pass
    raise InvalidInput(
        problems=[Problem("context", "malformed_context", "上次搜索的记录无效，请重新说明要找什么")]
    )


def place_name(adcode: str) -> str:
    """A division by its own name; "" when unknown."""
    division = load_gazetteer().get(adcode)
    return division.name if division else ""


def place_names(adcodes: Iterable[str]) -> str:
    """Divisions by their own names: 沈阳市、大连市."""
    return "、".join(name for adcode in adcodes if (name := place_name(adcode)))


def full_name(adcode: str) -> str:
    """A division with its city: 沈阳市铁西区."""
    return "".join(division.name for division in load_gazetteer().ancestors(adcode)[1:])


def notes_of(reading: Reading, *, found: int, shown: int, language: Language) -> list[str]:
    """What the reader should know about the answer: a place outside the last one, fewer than asked for, no more."""
    search = reading.search
    notes = []
    if reading.left:
        places = {"place": place_names(search.divisions), "former": place_name(reading.left)}
        notes.append(translate(LEFT, language, **places))
    if search.start and not shown:
        notes.append(translate(NO_MORE, language))
    elif search.division and search.count and found < search.count and not search.start:
        notes.append(translate(FEWER, language, place=place_names(search.divisions), n=found))
    return notes
