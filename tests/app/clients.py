"""More than one program at one running application."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from starlette.testclient import TestClient

from app.accounts.keys import make_key
from app.accounts.policy import SCOPES
from app.core.actor import COUNTRY, SYSTEM


def another_client(api: FastAPI, **settings: Any) -> TestClient:
    """Another program at the running application, in the event loop it runs in.

    A client of its own loop would take the application's locks into that loop, where none but it may wait for them.
    """
    client = TestClient(api, **settings)
    client.portal = api.state.portal
    return client


def with_operators_key(client: TestClient) -> TestClient:
    """The client with the API key of an operator of the whole country: it may do everything that keys may."""
    with client.app.state.runtime.session(actor=SYSTEM) as session:  # type: ignore[attr-defined]
        token = make_key(session, name="tests", scopes=SCOPES, division=COUNTRY).token
    client.headers["Authorization"] = f"Bearer {token}"
    return client
