"""Every POST that creates takes an Idempotency-Key; those of the loop, found in the description, create one thing when sent twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from fastapi import FastAPI
from starlette.testclient import TestClient

from tests.app.deal_helpers import begin_trade, ready_for
from tests.app.trade_helpers import Market, make_market, ready_for_trade, sent

LOOP = {"demands", "trade", "deals", "fair play"}
NOT_REPEATED = {"/api/v1/sign-in"}
"""Signing in twice begins two sessions, and its answer sets a cookie that is never kept to be given again."""
FILE = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def creating(api: FastAPI) -> Iterator[tuple[str, dict[str, Any]]]:
    """(path, operation) of every POST that answers 201."""
    for path, item in api.openapi()["paths"].items():
        if "201" in item.get("post", {}).get("responses", {}):
            yield path, item["post"]


def example(api: FastAPI, operation: dict[str, Any]) -> dict[str, Any]:
    """The first example of a request, empty where it has no JSON."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if content is None:
        return {}
    if "examples" in content:
        found: dict[str, Any] = next(iter(content["examples"].values()))["value"]
        return found
    name = content["schema"]["$ref"].rsplit("/", 1)[1]
    first: dict[str, Any] = api.openapi()["components"]["schemas"][name]["examples"][0]
    return first


def test_every_creating_post_takes_a_key(api: FastAPI) -> None:
    silent = {
        path
        for path, operation in creating(api)
        if "idempotency-key" not in {one["name"].lower() for one in operation.get("parameters", [])}
    }
    assert silent == NOT_REPEATED


def test_what_the_loop_creates_is_created_once(
    api: FastAPI, firm: Callable[[str], UUID], sign_in: Callable[..., TestClient]
) -> None:
    tried = set()
    for number, (path, operation) in enumerate(creating(api)):
        if not LOOP & set(operation["tags"]):
            continue
        who, ids, said = prepared(
            path, example(api, operation), make_market(api, firm, sign_in, 1), firm, sign_in
        )
        body: dict[str, Any] = {"json": said} if said else {}
        headers = {"Idempotency-Key": f"twice-{number}"}
        if path.startswith("/api/v1/demand-files/"):
            body, headers["Content-Type"] = {"content": FILE}, "application/octet-stream"
            body["params"] = {"name": "图纸.pdf"}
        first, again = (who.post(path.format(**ids), headers=headers, **body) for _ in range(2))
        assert first.status_code == 201, f"{path}: {first.text}"
        assert (again.status_code, again.json()) == (201, first.json()), f"{path}: {again.text}"
        tried.add(path)
    assert len(tried) >= 11


def prepared(
    path: str,
    said: dict[str, Any],
    market: Market,
    firm: Callable[[str], UUID],
    sign_in: Callable[..., TestClient],
) -> tuple[TestClient, dict[str, Any], dict[str, Any]]:
    """Who may send it, the ids of the path, and the example with ids that are there."""
    ids: dict[str, Any] = {"demand_id": market.demand_id}
    if path.endswith("/reviews"):
        who, ids = ready_for(path, begin_trade(market.api, firm, sign_in))
        return who, ids, said
    if path.endswith("/reports"):
        return market.buyer, ids, {**said, "subject_id": market.suppliers[0].company_id}
    if path.endswith("/demands"):
        return sign_in(), ids, said
    if "demand-templates" in path:
        made = {"name": "常用", "demand_id": market.demand_id}
        if path.endswith("/draft"):
            ids["template_id"] = sent(market.buyer, "/api/v1/demand-templates", 201, **made)["id"]
            return market.buyer, ids, {}
        return market.buyer, ids, made
    if path.endswith("/copy") or "demand-files" in path:
        return market.buyer, ids, said
    simple = make_market(market.api, firm, sign_in, 1, lines=[])
    return ready_for_trade(path, said, simple)
