"""Codes out of use, replaced, forged, mistyped: each its own answer, and nothing of the firm."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.codes.numbers import new_code
from tests.app.codes.resolver.conftest import move


@pytest.mark.parametrize(
    ("action", "status", "reason"),
    [("suspend", 403, "code_suspended"), ("revoke", 410, "code_revoked")],
)
def test_a_code_out_of_use_says_so_and_nothing_else(
    client: TestClient,
    scanner: TestClient,
    firm: dict[str, Any],
    code: dict[str, Any],
    action: str,
    status: int,
    reason: str,
) -> None:
    assert scanner.get(code["path"]).status_code == 200  # and now it lies in the cache
    move(client, code, action)
    refused_everywhere(scanner, code, status, reason, hidden=(firm["name"], firm["uscc"], firm["id"]))


def refused_everywhere(
    scanner: TestClient, code: dict[str, Any], status: int, reason: str, hidden: tuple[str, ...]
) -> None:
    for path in (code["path"], code["path"] + "&linkType=linkset", f"/c/{code['code']}/contact.vcf"):
        for accept in ("text/html", "application/linkset+json", "application/ld+json"):
            answer = scanner.get(path, headers={"Accept": accept})
            assert answer.status_code == status
            assert reason in answer.text
            assert answer.headers["cache-control"] == "no-store"
            assert not any(word in answer.text for word in hidden)


def test_not_in_use_yet(scanner: TestClient, issue: Callable[..., dict[str, Any]]) -> None:
    refused_everywhere(scanner, issue(activate=False), 403, "code_not_in_use", hidden=())


def test_a_replaced_code_forwards_through_the_whole_line(
    client: TestClient, scanner: TestClient, firm: dict[str, Any], code: dict[str, Any]
) -> None:
    second = move(client, code, "replace")
    third = move(client, second, "replace")
    answer = scanner.get(code["path"] + "&source=gate")
    assert answer.status_code == 307
    assert answer.headers["location"] == third["path"] + "&source=gate"
    assert firm["name"] in scanner.get(answer.headers["location"]).text
    move(client, third, "revoke")
    assert scanner.get(scanner.get(code["path"]).headers["location"]).status_code == 410
    move(client, code, "revoke")
    assert scanner.get(code["path"]).status_code == 410


def test_a_sub_code_falls_with_the_firms_own(
    client: TestClient, scanner: TestClient, code: dict[str, Any], issue: Callable[..., dict[str, Any]]
) -> None:
    machine = issue(kind="machine", label="3 号机")
    assert "3 号机" in scanner.get(machine["path"]).text
    move(client, code, "suspend")
    assert scanner.get(machine["path"]).status_code == 403
    move(client, code, "resume")
    assert scanner.get(machine["path"]).status_code == 200


def test_a_forged_signature_is_refused(scanner: TestClient, code: dict[str, Any]) -> None:
    before, signature = code["path"].rsplit(".", 1)
    other = "B" if signature[0] == "A" else "A"
    for forged in (other + signature[1:], "", "A" * 86, signature[:43]):
        answer = scanner.get(f"{before}.{forged}")
        assert answer.status_code == 403
        assert "假码" in answer.text
    unissued = new_code()
    assert scanner.get(f"/c/{unissued}?s={code['kid']}.{signature}").status_code == 403
    assert scanner.get(f"/c/{unissued}").status_code == 404


def test_a_typo_is_told_as_one(scanner: TestClient, code: dict[str, Any]) -> None:
    swapped = code["code"][1] + code["code"][0] + code["code"][2:]
    typos = [code["code"][:-1], code["code"] + "0", "%00", "企业码"]
    for typo in [swapped, *typos] if swapped != code["code"] else typos:
        answer = scanner.get(f"/c/{typo}")
        assert (answer.status_code, "抄错" in answer.text) == (400, True)
    english = scanner.get(f"/c/{typos[0]}", headers={"Accept": "application/json", "Accept-Language": "en"})
    assert english.json()["code"] == "code_mistyped"
    assert "10 characters" in english.json()["detail"]
