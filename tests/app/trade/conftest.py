"""A market of a test's own."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from uuid import UUID

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from tests.app.trade_helpers import Market, make_market


@pytest.fixture
def market(
    api: FastAPI, firm: Callable[[str], UUID], sign_in: Callable[..., TestClient]
) -> Callable[..., Market]:
    """Posts a demand and registers so many suppliers."""
    return partial(make_market, api, firm, sign_in)
