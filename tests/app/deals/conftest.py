"""Firms, and deals between them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from tests.app.deal_helpers import Trade, begin_trade


@pytest.fixture
def trade(
    api: FastAPI, firm: Callable[[str], UUID], sign_in: Callable[..., TestClient]
) -> Callable[..., Trade]:
    """Begins a deal: between firms of its own, or with the supplier given."""

    def begin(**said: Any) -> Trade:
        return begin_trade(api, firm, sign_in, **said)

    return begin
