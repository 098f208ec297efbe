"""The page of a code: what it shows to whom, in which language, kept until something changes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.codes.answer_file import AnswerFile
from app.codes.answers import Answers
from app.web import scan_answers
from tests.app.codes.resolver.conftest import PHONE


def test_a_phone_gets_the_page(scanner: TestClient, firm: dict[str, Any], code: dict[str, Any]) -> None:
    answer = scanner.get(code["path"])
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    for word in (firm["name"], code["printed"], "二维码签名有效", "空闲 40%", "水泵", "ISO 9001", "铁西区"):
        assert word in answer.text
    assert "unsafe" not in answer.headers["content-security-policy"]
    typed = scanner.get(f"/c/{code['printed'].lower()}")
    assert "不带签名" in typed.text
    assert "二维码签名有效" not in typed.text


def test_masked_for_a_visitor_until_the_firm_shows_it(
    client: TestClient,
    scanner: TestClient,
    sign_in: Callable[..., TestClient],
    firm: dict[str, Any],
    code: dict[str, Any],
) -> None:
    for path in (code["path"], f"/c/{code['code']}/contact.vcf", f"/c/{code['code']}?linkType=describedby"):
        said = scanner.get(path).text
        for secret in ("13800001234", "建国", "chen@example.com"):
            assert secret not in said, path
    assert "138****1234" in scanner.get(code["path"]).text
    assert scanner.get(f"/c/{code['code']}?linkType=contact").status_code == 404
    for who, sees in (
        ({}, False),  # signed in: the firm shows it to members who ask, and sees who did
        ({"seats": {firm["id"]: "viewer"}}, True),
        ({"divisions": ["210100"]}, False),
    ):
        assert ("13800001234" in sign_in(**who).get(f"/c/{code['code']}", headers=PHONE).text) is sees
    where = f"/api/v1/companies/{firm['id']}"
    client.patch(where, json={"contact_visibility": "private"}, headers={"If-Match": "*"})
    known = sign_in(name="路人甲").get(f"/c/{code['code']}", headers=PHONE)
    assert "13800001234" not in known.text
    assert known.headers["cache-control"] == "private, no-cache"
    assert "路人甲" in known.text
    assert "路人甲" not in scanner.get(code["path"]).text
    assert (
        "13800001234" in sign_in(seats={firm["id"]: "viewer"}).get(f"/c/{code['code']}", headers=PHONE).text
    )
    client.patch(where, json={"contact_visibility": "public"}, headers={"If-Match": "*"})
    assert 'href="tel:13800001234"' in scanner.get(code["path"]).text
    card = scanner.get(f"/c/{code['code']}?linkType=contact", follow_redirects=True)
    assert card.headers["content-type"] == "text/vcard; charset=utf-8"
    assert "TEL;TYPE=WORK,VOICE:13800001234\r\n" in card.text
    assert all(len(line.encode()) <= 75 for line in card.text.split("\r\n"))


def test_cached_until_anything_it_shows_changes(
    client: TestClient, scanner: TestClient, firm: dict[str, Any], code: dict[str, Any]
) -> None:
    first = scanner.get(code["path"])
    etag = first.headers["etag"]
    assert first.headers["cache-control"] == "public, max-age=0, s-maxage=60"
    again = scanner.get(code["path"], headers={"If-None-Match": f'"other", {etag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    client.post(
        "/api/v1/listings",
        json={"company_id": firm["id"], "kind": "finance", "title": "设备融资租赁", "fields": {}},
    )
    client.patch(f"/api/v1/companies/{firm['id']}", json={"tags": ["新标签"]}, headers={"If-Match": "*"})
    changed = scanner.get(code["path"], headers={"If-None-Match": etag})
    assert changed.status_code == 200
    assert "新标签" in changed.text


def test_a_new_start_finds_the_page_that_was_made(
    scanner: TestClient, api: FastAPI, code: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = scanner.get(code["path"])
    file = AnswerFile(api.state.runtime.settings.data_dir)
    monkeypatch.delattr(scan_answers, "render_text")
    running = api.state.answers
    try:
        api.state.answers = Answers(file)
        found = scanner.get(code["path"])
    finally:
        api.state.answers = running
        file.close()
    assert (found.status_code, found.text) == (200, made.text)
    assert found.headers["etag"] == made.headers["etag"]


def test_nothing_of_one_readers_address_reaches_the_next(scanner: TestClient, code: dict[str, Any]) -> None:
    scanner.get(code["path"] + "&x=<script>evil</script>&utm=secret")
    assert "secret" not in scanner.get(code["path"]).text
    assert code["path"].partition("?")[2] not in scanner.get(code["path"]).text


def test_compressed_once(scanner: TestClient, code: dict[str, Any]) -> None:
    answer = scanner.get(code["path"], headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) < 8_000
    plain = scanner.get(code["path"], headers={"Accept-Encoding": "identity"})
    assert plain.text == answer.text
    assert "content-encoding" not in plain.headers


def test_typed_on_the_scan_page(scanner: TestClient, code: dict[str, Any]) -> None:
    answer = scanner.get("/scan", params={"code": code["printed"].lower()})
    assert answer.headers["location"] == f"/c/{code['code']}"
    wrong = scanner.get("/scan", params={"code": "<b>"})
    assert 'aria-invalid="true"' in wrong.text
    assert "&lt;b&gt;" in wrong.text


def test_scans_are_counted_without_naming_anybody(scanner: TestClient, code: dict[str, Any]) -> None:
    scanner.get(code["path"])
    figures = scanner.get("/metrics").text
    assert re.search(r'lianqiao_code_scans_total\{outcome="active"\} [1-9]', figures)
    assert code["code"] not in json.dumps(figures)
