"""Other forms of address mean the same thing: GS1 Digital Link paths and prefix/suffix identifiers; what holds for all of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.codes.numbers import new_code
from tests.app.codes.resolver.conftest import GS1, LINKSET


def gtin(number: int) -> str:
    body = f"69{number:010d}"
    total = sum(int(digit) * (1, 3)[i % 2] for i, digit in enumerate(body))
    return body + str(-total % 10)


def test_gs1_digital_link_means_the_same_thing(
    scanner: TestClient, api: FastAPI, code: dict[str, Any], issue: Callable[..., dict[str, Any]]
) -> None:
    del code
    number = gtin(abs(hash(api)) % 10**9)
    product = issue(kind="product", label="IS50 水泵", gs1_path=f"01/{number}")
    machine = issue(kind="machine", label="3 号机", gs1_path=f"8004/{number[:7]}A%2F{number[-5:]}")
    origin = api.state.runtime.settings.origin()
    for path, held in (
        (f"/01/{number}", product),
        (f"/01/0{number}", product),
        (f"/01/{number}/", product),
        (f"/01/{number}/10/KL8G/21/S7", product),
        (f"/8004/{number[:7]}A%2F{number[-5:]}", machine),
    ):
        answer = scanner.get(path, params={"17": "261231"})
        assert answer.status_code == 307, path
        assert answer.headers["location"] == f"/c/{held['code']}?17=261231"
        assert 'rel="linkset"' in answer.headers["link"]
        links = scanner.get(path, headers=LINKSET).json()["linkset"]
        assert links[0]["anchor"].startswith(origin + path.split("?")[0][:4])
        assert links[0][GS1 + "defaultLink"][0]["href"] == f"{origin}/c/{held['code']}"
    head = scanner.head(f"/01/{number}")
    assert (head.status_code, head.content) == (307, b"")


@pytest.mark.parametrize(
    "path",
    [
        "/01/6901234567893",  # check digit
        "/01/690123456789",  # length and digit
        "/01/abc",
        "/01/6901234567892/21/A/10/B",  # qualifiers out of order
        "/01/6901234567892/99/A",
        "/417/6901234567892/254/1",  # a qualifier of another key
        "/8003/16901234567892X",
        "/8004/a",
        "/8004/" + "x" * 31,
        "/414/%E4%B8%AD",
    ],
)
def test_malformed_gs1_is_answered_400(scanner: TestClient, path: str) -> None:
    answer = scanner.get(path, headers=LINKSET)
    assert answer.status_code == 400


def test_unknown_gs1_is_404(scanner: TestClient) -> None:
    assert scanner.get(f"/01/{gtin(1)}").status_code == 404


def test_prefix_and_suffix_mean_the_same_thing(
    scanner: TestClient, code: dict[str, Any], issue: Callable[..., dict[str, Any]]
) -> None:
    machine = issue(kind="machine", label="3 号机", handle=f"88.118.7/A/{code['code']}")
    for path, held in (
        (f"/88.000.0/{code['code']}", code),
        (f"/88.000.0/{code['printed'].lower()}/", code),
        (f"/88.118.7/A/{code['code']}", machine),
    ):
        assert scanner.get(path).headers["location"] == f"/c/{held['code']}"
        assert scanner.get(path, headers=LINKSET).status_code == 200
    assert scanner.get("/88.118.7/nobody").status_code == 404
    assert scanner.get("/88.000.0/7K3PXM2WQA").status_code == 400


def test_methods_and_cors(scanner: TestClient, code: dict[str, Any]) -> None:
    for path in (f"/c/{code['code']}", "/01/6901234567892", "/88.000.0/x"):
        options = scanner.options(path)
        assert options.status_code == 204
        assert options.headers["access-control-allow-methods"] == "GET, HEAD, OPTIONS"
        for answer in (options, scanner.get(path), scanner.head(path)):
            assert answer.headers["access-control-allow-origin"] == "*"
    assert scanner.head(code["path"]).content == b""


def test_an_error_is_never_200(scanner: TestClient) -> None:
    for path in ("/c/7K3PXM2WQA", f"/c/{new_code()}", "/01/1", "/88.1.1/x"):
        for accept in ("text/html", "*/*", "application/linkset+json", "application/ld+json"):
            assert scanner.get(path, headers={"Accept": accept}).status_code in (400, 404)


def test_the_resolver_describes_itself(scanner: TestClient, api: FastAPI) -> None:
    said = scanner.get("/.well-known/gs1resolver").json()
    assert said["resolverRoot"] == api.state.runtime.settings.origin()
    assert set(said["supportedPrimaryKeys"]) == {"01", "414", "417", "8003", "8004"}
    assert said["supportedLinkType"][0]["namespace"] == GS1
