"""How our own validators refuse a value: with a stable code and a message in Chinese, like every Problem."""

from __future__ import annotations

from typing import Any

from pydantic_core import PydanticCustomError

REFUSED = "refused"


def refusal(code: str, message: str, **params: Any) -> PydanticCustomError:
    """The error to raise inside a pydantic validator; app.core.validation turns it into a Problem."""
    return PydanticCustomError(REFUSED, "{message}", {"code": code, "message": message, "params": params})
