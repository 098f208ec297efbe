"""Which words matched, as HTML: everything escaped, and <mark> around what was searched for."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Literal

from markupsafe import Markup, escape
from pydantic import BaseModel

from search.documents import CapabilityItem, SupplierDocument
from search.highlight import Part, fragment, highlight


class HighlightPublic(BaseModel):
    """A field with the words that matched in <mark>. Everything else in ``html`` is escaped: it can go into a page as it is."""

    field: Literal["name", "title", "text"]
    html: str


def marked(text: str, wanted: Collection[str]) -> Markup:
    """A text with the words of ``wanted`` in <mark>; without any, the text escaped."""
    return _html(highlight(text, wanted) or ((text, False),))


def passage(text: str, wanted: Collection[str]) -> Markup:
    """What stands around the first words that matched in a long text; nothing where none did."""
    return _html(fragment(highlight(text, wanted)))


def highlights_of(
    supplier: SupplierDocument, item: CapabilityItem | None, wanted: Collection[str]
) -> list[HighlightPublic]:
    """The name, the item's title and a passage of its description, those in which words matched."""
    found = [HighlightPublic(field="name", html=html) for html in [_matched(supplier.name, wanted)] if html]
    return found + (highlights_of_item(item, wanted) if item else [])


def highlights_of_item(item: CapabilityItem, wanted: Collection[str]) -> list[HighlightPublic]:
    """The title and a passage of the description, those in which words matched."""
    found: list[HighlightPublic] = []
    if title := _matched(item.title, wanted):
        found.append(HighlightPublic(field="title", html=title))
    if text := passage(item.text, wanted):
        found.append(HighlightPublic(field="text", html=text))
    return found


def _matched(text: str, wanted: Collection[str]) -> str:
    return _html(highlight(text, wanted))


def _html(parts: Iterable[Part]) -> Markup:
    return Markup("").join(
        Markup("<mark>{}</mark>").format(text) if hit else escape(text) for text, hit in parts
    )
