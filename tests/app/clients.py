"""More than one program at one running application."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from starlette.testclient import TestClient


def another_client(api: FastAPI, **settings: Any) -> TestClient:
    """Another program at the running application, in the event loop it runs in.

    A client of its own loop would take the application's locks into that loop, where none but it may wait for them.
    """
    client = TestClient(api, **settings)
    client.portal = api.state.portal
    return client
