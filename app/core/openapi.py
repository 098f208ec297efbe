"""The OpenAPI description: FastAPI's own, with problem details in place of its validation errors."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from starlette.routing import compile_path

from app.core.problem_details import ProblemDetails, errors

API_KEY_SCHEME = "apiKey"
SESSION_SCHEME = "session"
SESSION_COOKIE = "lianqiao_session"
_SESSION = {
    "type": "apiKey",
    "in": "cookie",
    "name": SESSION_COOKIE,
    "description": "登录后的浏览器 A signed-in browser: POST /api/v1/sign-in sets the cookie",
}


def methods_at(app: FastAPI, path: str) -> set[str]:
    """The methods described for whatever address fits ``path``, upper case."""
    return {
        method.upper()
        for template, item in describe(app)["paths"].items()
        if compile_path(template)[0].fullmatch(path)
        for method in item
    }


def operation_id(route: APIRoute) -> str:
    """A route's function name: short, and good as a method name in generated clients."""
    return route.name


def describe(app: FastAPI) -> dict[str, Any]:
    """The description, made once."""
    if app.openapi_schema is None:
        described = get_openapi(
            title=app.title,
            version=app.version,
            description=app.description,
            routes=app.routes,
            tags=app.openapi_tags,
        )
        schemas = described.setdefault("components", {}).setdefault("schemas", {})
        problem = ProblemDetails.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas |= problem.pop("$defs")
        schemas["ProblemDetails"] = problem
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        described["components"].setdefault("securitySchemes", {})[SESSION_SCHEME] = _SESSION
        _say_who_may(described)
        app.openapi_schema = described
    return app.openapi_schema


def _say_who_may(described: dict[str, Any]) -> None:
    """401 for every operation that looks at who asks. One that refuses nobody, by 403 or as one's own account, is open."""
    for item in described["paths"].values():
        for operation in item.values():
            if "security" not in operation:
                continue
            operation["security"].append({SESSION_SCHEME: []})
            if "403" not in operation["responses"] and "accounts" not in operation.get("tags", ()):
                operation["security"].insert(0, {})
            operation["responses"]["401"] = errors(401)[401]
            operation["responses"] = dict(sorted(operation["responses"].items()))
