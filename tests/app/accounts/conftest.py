"""Browsers that are not signed in, each from an address of its own, and the codes sent to people."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from tests.app.clients import another_client

_numbers = itertools.count(1)


@pytest.fixture
def stranger(api: FastAPI) -> Callable[[], TestClient]:
    """Makes browsers of nobody known, each at another address, so that counted attempts stay its own."""

    def make() -> TestClient:
        number = next(_numbers)
        return another_client(api, client=(f"10.1.{number // 250}.{number % 250 + 1}", 50_000))

    return make


@pytest.fixture
def contact() -> str:
    """An e-mail address nobody has yet."""
    return f"new{next(_numbers)}@people.test"


@pytest.fixture
def code_for(caplog: pytest.LogCaptureFixture) -> Callable[[TestClient, str], str]:
    """Asks for a code and reads it where the development sender writes it."""

    def ask(browser: TestClient, contact: str) -> str:
        caplog.clear()
        answer = browser.post("/api/v1/sign-in/codes", json={"contact": contact})
        assert answer.status_code == 202, answer.text
        (said,) = [record.getMessage() for record in caplog.records if record.name == "app.core.senders"]
        found = re.search(r"\b\d{6}\b", said.split("\n", 1)[1])
        assert found
        return found[0]

    return ask
