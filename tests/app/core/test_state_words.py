"""A move that a state forbids is refused in the reader's words, whichever lifecycle it is of."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

import pytest

import app
from app.core.errors import Conflict
from app.core.i18n import translate
from app.core.lifecycle import moved
from app.core.state_words import STATE_WORDS
from app.leads import policy

pytestmark = pytest.mark.one_database

OUTSIDE = {"app.accounts.scanning"}
"""Lifecycles whose refusal names no state."""


def lifecycles() -> Iterator[tuple[str, frozenset[str]]]:
    """(module, states) of every table of moves in the program."""
    for found in pkgutil.walk_packages(app.__path__, "app."):
        if found.name.startswith(("app.web.", "app.commands.", "app.cli")) or found.name in OUTSIDE:
            continue
        module = importlib.import_module(found.name)
        for name, table in vars(module).items():
            if name.endswith("MOVES") and isinstance(table, dict):
                yield found.name, frozenset({state for state, _ in table} | {*table.values()})


def test_every_state_has_a_word_in_both_languages() -> None:
    named = {frozenset(words) for words in STATE_WORDS.values()}
    found = list(lifecycles())
    assert len(found) >= len(STATE_WORDS)
    assert {where for where, states in found if not any(states <= words for words in named)} == set()
    for words in STATE_WORDS.values():
        assert not [word for word in words.values() if translate(word, "en") == word]


def test_a_refusal_names_the_state_as_pages_do() -> None:
    with pytest.raises(Conflict) as refused:
        moved(policy.MOVES, "lost", "start", code="lead_state")
    chinese, english = (refused.value.as_problem(language)["detail"] for language in ("zh", "en"))
    assert "“丢单”" in chinese
    assert "“Lost”" in english
    assert "lost" not in chinese
