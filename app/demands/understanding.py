"""From a buyer's words and form to the Need that is matched."""

from __future__ import annotations

from dataclasses import replace

from app.core.clock import today
from app.demands.needs import NeedCorrections, corrected
from matching.need import Need, Place
from matching.understand import understand
from search.documents import Kind
from search.places import load_gazetteer


def read_words(title: str, text: str) -> Need:
    """What the words alone say, counted from today in China."""
    return understand(text, title=title, today=today(), places=load_gazetteer())


def completed(
    need: Need, *, place: Place | None, kind: Kind | None, corrections: NeedCorrections | None
) -> Need:
    """The need with the form's place and kind, then the corrections, laid over it. Raises InvalidInput."""
    if place:
        need = replace(need, place=place)
    if kind:
        need = replace(need, kind=kind)
    return corrected(need, corrections)
