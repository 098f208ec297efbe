"""What is answered in front of the routes is what the routes would answer, and only as long as it is true."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from httpx import Response
from sqlalchemy import create_engine
from starlette.testclient import TestClient

from app.codes.statistics import scan_days, write_scans
from app.codes.watch import Watch
from app.core.actor import SYSTEM
from app.web import scan_pages
from tests.app.codes.resolver.conftest import LINKSET, PHONE, move


@pytest.fixture
def reached(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Paths that went to the routes."""
    paths, represent = list[str](), scan_pages.represent

    async def noted(request: Any, *rest: Any, **options: Any) -> Any:
        paths.append(request.url.path)
        return await represent(request, *rest, **options)

    monkeypatch.setattr(scan_pages, "represent", noted)
    return paths


@pytest.mark.parametrize(
    "headers", [PHONE, LINKSET, {"Accept-Encoding": "identity"}], ids=["page", "links", "plain"]
)
def test_a_kept_answer_is_the_one_that_was_made(
    scanner: TestClient, code: dict[str, Any], reached: list[str], headers: dict[str, str]
) -> None:
    made = scanner.get(code["path"], headers=headers)
    kept = scanner.get(code["path"], headers=headers)
    assert len(reached) == 1
    assert (kept.status_code, kept.content) == (200, made.content)
    assert _told(kept) == _told(made)
    unchanged = scanner.get(code["path"], headers={**headers, "If-None-Match": made.headers["etag"]})
    assert (unchanged.status_code, unchanged.content, len(reached)) == (304, b"", 1)


def _told(answer: Response) -> dict[str, set[str]]:
    """Headers; what an answer varies with is told once here, twice where a middleware adds it again."""
    return {name: set(value.split(", ")) for name, value in answer.headers.items()}


def test_only_for_nobody_known(
    scanner: TestClient, sign_in: Callable[..., TestClient], code: dict[str, Any], reached: list[str]
) -> None:
    scanner.get(code["path"])
    scanner.head(code["path"])
    sign_in().get(code["path"], headers=PHONE)
    scanner.get(code["path"] + "&linkType=describedby")
    reached.clear()
    scanner.head(code["path"])
    sign_in().get(code["path"], headers=PHONE)
    scanner.get(f"/c/{code['code']}/contact.vcf")
    assert len(reached) == 3


def test_not_when_the_code_stands_no_longer(
    client: TestClient, scanner: TestClient, code: dict[str, Any], reached: list[str]
) -> None:
    for _ in range(2):
        scanner.get(code["path"])
    forged = code["path"][:-4] + "AAAA"
    assert scanner.get(forged).status_code == 403
    move(client, code, "suspend")
    said = scanner.get(code["path"])
    assert (said.status_code, said.headers["cache-control"]) == (403, "no-store")
    assert len(reached) == 1


def test_each_is_counted(
    api: FastAPI, scanner: TestClient, firm: dict[str, Any], code: dict[str, Any], reached: list[str]
) -> None:
    for _ in range(3):
        scanner.get(code["path"])
    runtime = api.state.runtime
    write_scans(runtime)
    with runtime.session(writing=False, actor=SYSTEM) as session:
        (row,) = scan_days(session, UUID(firm["id"]), days=1)
    assert (row.viewer, row.count, len(reached)) == ("visitor", 3, 1)


def test_who_walks_is_slowed_here_too(
    api: FastAPI,
    scanner: TestClient,
    issue: Callable[..., dict[str, Any]],
    code: dict[str, Any],
    reached: list[str],
) -> None:
    paths = [code["path"], issue(kind="machine", label="3 号机")["path"]]
    for path in paths:
        scanner.get(path)
    held, api.state.watch = api.state.watch, Watch(misses=0, codes=2)
    try:
        assert [scanner.get(path).status_code for path in (*paths, paths[0])] == [200, 200, 429]
    finally:
        api.state.watch = held
    assert len(reached) == 2


@pytest.mark.parametrize("database", ["empty.db", "no/such/folder.db"])
def test_a_database_that_fails_is_told_as_for_any_other_page(
    api: FastAPI, scanner: TestClient, code: dict[str, Any], tmp_path: Path, database: str
) -> None:
    scanner.get(code["path"])
    runtime = api.state.runtime
    held, runtime.engine = runtime.engine, create_engine(f"sqlite:///{tmp_path / database}")
    try:
        said = scanner.get(code["path"])
    finally:
        runtime.engine.dispose()
        runtime.engine = held
    assert said.status_code == 503
    assert "retry-after" in said.headers
    assert scanner.get(code["path"]).status_code == 200
