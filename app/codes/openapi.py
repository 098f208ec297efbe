"""What OpenAPI says of resolving a code; the route itself is in app.web.scan_pages, beside the page."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path, Query

from app.codes.links import JSON_LD, LINKSET, VCARD
from app.core.problem_details import errors

ScannedCode = Annotated[
    str, Path(max_length=64, description="企业码，任何写法 In any spelling", examples=["7K3PX-M2WQK"])
]
Signature = Annotated[
    str, Query(max_length=200, description="签名 The signature in the QR, <kid>.<signature>")
]
LinkTypeAsked = Annotated[str, Query(max_length=200, description="linkset，或一种链接 or one link type")]

RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "网页，或按 Accept 返回 A page; or what Accept asks for",
        "content": {
            "text/html": {"schema": {"type": "string", "examples": ["<!doctype html>"]}},
            LINKSET: {"schema": {"type": "object", "examples": [{"linkset": []}]}},
            JSON_LD: {"schema": {"type": "object", "examples": [{"@type": "Organization"}]}},
            VCARD: {"schema": {"type": "string", "examples": ["BEGIN:VCARD"]}},
        },
    },
    307: {"description": "换发后的新码，或所选链接 The code that replaced it, or the link asked for"},
    **errors(400, 403, 404, 410, 429),
}
