"""Whatever is sent, the answer is a typed problem, never a stack trace."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError
from starlette.testclient import TestClient

from app.catalogue.models import Listing
from app.core.http import SessionDep
from app.core.ids import new_id
from app.core.versions import check_version
from app.main import create_app
from app.settings import Settings

JSON = {"Content-Type": "application/json"}


def is_problem(answer: Any, status: int, code: str) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert (body["status"], body["code"]) == (status, code)
    assert body["title"]


def test_unknown_address_and_method(client: TestClient) -> None:
    is_problem(client.get("/api/v1/nothing"), 404, "not_found")
    answer = client.delete("/api/v1/companies")
    is_problem(answer, 405, "method_not_allowed")
    assert answer.headers["allow"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 422, "malformed_json"),
        (b"", 422, "required"),
        (b"[]", 422, "type"),
        (b"null", 422, "type"),
        (b'{"title": "\\ud800"}', 422, "control_character"),
        (b'{"title": "\\u0000"}', 422, "control_character"),
        (b'{"\\ud800": 1, "title": "a"}', 422, "control_character"),
        (b'{"title": 1e999}', 422, "type"),
    ],
)
def test_odd_bodies(client: TestClient, body: bytes, status: int, code: str) -> None:
    answer = client.post("/api/v1/demands", content=body, headers=JSON)
    is_problem(answer, status, "invalid_input")
    assert answer.json()["errors"][0]["code"] == code


@pytest.mark.parametrize("body", [b'{"title": "\xff"}', b"[" * 100_000, b'{"title": ' + b"9" * 5000 + b"}"])
def test_unreadable_bodies(client: TestClient, body: bytes) -> None:
    answer = client.post("/api/v1/demands", content=body, headers=JSON)
    assert answer.status_code in (400, 422)
    assert answer.json()["code"] in ("malformed_body", "invalid_input")


def test_other_content_type_is_explained(client: TestClient) -> None:
    answer = client.post("/api/v1/demands", content=b'{"title": "a"}', headers={"Content-Type": "text/plain"})
    is_problem(answer, 422, "invalid_input")
    assert "application/json" in answer.json()["errors"][0]["message"]


def test_large_body_is_refused_announced_or_not(client: TestClient, settings: Settings) -> None:
    body = json.dumps({"title": "泵", "description": "x" * settings.max_body_bytes}).encode()
    is_problem(client.post("/api/v1/demands", content=body, headers=JSON), 413, "body_too_large")

    def chunks() -> Iterator[bytes]:
        yield from (body[start : start + 10_000] for start in range(0, len(body), 10_000))

    is_problem(client.post("/api/v1/demands", content=chunks(), headers=JSON), 413, "body_too_large")
    lying = {**JSON, "Content-Length": "9" * 30}
    is_problem(client.post("/api/v1/demands", content=b"{}", headers=lying), 413, "body_too_large")


@pytest.mark.parametrize("uscc", ["%00", "%FF", "x" * 65, "９１", "91210106MA7XAMP1E", "%20"])
def test_odd_codes(client: TestClient, uscc: str) -> None:
    is_problem(client.get(f"/api/v1/codes/{uscc}"), 422, "invalid_input")


@pytest.mark.parametrize(
    ("headers", "params", "title"),
    [
        ({}, {}, "未找到"),
        ({"Accept-Language": "en-US,en;q=0.9,zh;q=0.1"}, {}, "Not found"),
        ({"Accept-Language": "fr, zh-CN"}, {}, "未找到"),
        ({"Accept-Language": "en", "Cookie": "lang=zh"}, {}, "未找到"),
        ({"Cookie": "lang=zh"}, {"lang": "en"}, "Not found"),
        ({"Accept-Language": "\x7f;;,,"}, {"lang": "xx"}, "未找到"),
    ],
)
def test_language(client: TestClient, headers: dict[str, str], params: dict[str, str], title: str) -> None:
    answer = client.get("/api/v1/nothing", headers=headers, params=params)
    assert answer.json()["title"] == title


@pytest.mark.parametrize("if_match", ['"3"', 'W/"3"', "3", '"1", "3"', "*"])
def test_versions_that_match(if_match: str) -> None:
    check_version(if_match, 3)


def test_unexpected_failure_leaks_nothing(settings: Settings) -> None:
    broken = create_app(settings)

    @broken.get("/broken")
    def fail() -> None:
        raise RuntimeError("secret: password=1234")

    @broken.get("/busy")
    def busy() -> None:
        raise OperationalError("INSERT secret", {}, Exception("database is locked"))

    client = TestClient(broken, raise_server_exceptions=False)  # no lifespan: the routes touch nothing
    answer = client.get("/broken")
    is_problem(answer, 500, "internal_error")
    assert "secret" not in answer.text
    answer = client.get("/busy")
    is_problem(answer, 503, "database_busy")
    assert answer.headers["retry-after"]
    assert "secret" not in answer.text


@pytest.mark.usefixtures("client")  # its database has the tables
def test_a_commit_that_fails_is_told_and_not_called_done(settings: Settings) -> None:
    late = create_app(settings)

    @late.post("/late", status_code=201)
    def store(session: SessionDep) -> dict[str, str]:
        listing = Listing(id=new_id(), company_id=new_id(), kind="product", title="无主之物")
        session.add(listing)  # written at the commit, where the foreign key refuses it
        return {"stored": str(listing.id)}

    answer = TestClient(late).post("/late")
    late.state.runtime.close()
    is_problem(answer, 409, "conflict")


def test_metrics_are_prometheus_text(client: TestClient) -> None:
    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    lines = [line for line in answer.text.splitlines() if not line.startswith("#")]
    assert all(float(line.rsplit(" ", 1)[1]) >= 0 for line in lines)
    assert {"lianqiao_outbox_pending", "lianqiao_indexed_companies", "lianqiao_match_seconds_count"} <= {
        line.split(" ")[0] for line in lines
    }
