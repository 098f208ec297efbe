"""RFC 9457 problem details as a schema, and what OpenAPI says of the errors of an operation."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from pydantic import BaseModel, Field

PROBLEM_JSON = "application/problem+json"


class FieldError(BaseModel):
    """One wrong field."""

    field: str = Field(
        description="Dotted path in the body, or the name of a parameter; empty for the whole body."
    )
    code: str
    message: str
    params: dict[str, Any] = Field(default_factory=dict, description="Limits, positions and suggestions.")


class ProblemDetails(BaseModel):
    """RFC 9457 problem details. ``code`` is stable; ``title``, ``detail`` and messages are in the reader's language."""

    model_config = {
        "json_schema_extra": {
            "examples": [
                {
                    "type": "urn:lianqiao:problem:invalid_input",
                    "title": "填写的内容有误，未保存任何数据",
                    "status": 422,
                    "code": "invalid_input",
                    "instance": "/api/v1/companies",
                    "errors": [{"field": "name", "code": "required", "message": "必填", "params": {}}],
                }
            ]
        }
    }

    type: str
    title: str
    status: int
    code: str
    detail: str = ""
    instance: str = ""
    errors: list[FieldError] = Field(default_factory=list)


def errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The ``responses`` of an operation that may answer with these error statuses, and with 422 and 503 as all may."""
    schema = {"$ref": "#/components/schemas/ProblemDetails"}
    return {
        status: {"description": HTTPStatus(status).phrase, "content": {PROBLEM_JSON: {"schema": schema}}}
        for status in sorted({*statuses, 422, 503})
    }
