"""Operators, and words that no other test uses."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import delete
from starlette.testclient import TestClient

from app.core.actor import SYSTEM
from app.core.runtime import Runtime
from app.knowledge.models import WordRelation
from app.knowledge.service import tell_matching

_numbers = itertools.count(1)
WORDS = "/api/v1/words"
KNOWN = "/api/v1/known-words"
DECIDE = "/api/v1/word-decisions"


@pytest.fixture
def forgotten(api: FastAPI) -> Iterator[None]:
    """The words of a test are gone after it: other tests match in the same world."""
    yield
    runtime: Runtime = api.state.runtime
    with runtime.session(actor=SYSTEM) as session:
        session.execute(delete(WordRelation))
        tell_matching(session)
    runtime.words.follow()


@pytest.fixture
def operator(sign_in: Callable[..., TestClient], forgotten: None) -> TestClient:  # noqa: ARG001
    """An operator of one province."""
    return sign_in(divisions=["210000"], name="钱运营")


@pytest.fixture
def new_word() -> Callable[[], str]:
    """Makes up words."""
    return lambda: f"造词{next(_numbers)}号"


@pytest.fixture
def add(operator: TestClient) -> Callable[..., dict[str, Any]]:
    """Relates two words."""

    def make(term: str, other: str, **more: Any) -> dict[str, Any]:
        answer = operator.post(WORDS, json={"term": term, "other": other, **more})
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    return make
