"""Files that go with a demand: refused by what they are, kept outside what is served, given out as downloads."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

DEMANDS, FILES = "/api/v1/demands", "/api/v1/demand-files"
PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n%%EOF"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


def zipped(*entries: tuple[str, bytes]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return held.getvalue()


DOCX = zipped(("[Content_Types].xml", b"<x/>"), ("word/document.xml", b"<x/>"))


def send(client: TestClient, demand: dict[str, Any], name: str, content: bytes, **headers: str) -> Any:
    return client.post(f"{FILES}/{demand['id']}", params={"name": name}, content=content, headers=headers)


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("图纸.pdf", PDF, "application/pdf"),
        ("照片.PNG", PNG, "image/png"),
        ("总图.dwg", b"AC1032" + b"\0" * 20, "image/vnd.dwg"),
        ("壳体.stp", b"ISO-10303-21;\nHEADER;", "model/step"),
        ("说明.docx", DOCX, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("清单.csv", "名称,数量\n泵,20\n".encode("gb18030"), "text/plain"),
        ("打包.zip", zipped(("a.pdf", PDF)), "application/zip"),
    ],
)
@pytest.mark.one_database
def test_what_a_demand_needs_is_kept_and_given_out(
    client: TestClient, demand: dict[str, Any], api: FastAPI, name: str, content: bytes, media_type: str
) -> None:
    answer = send(client, demand, name, content)
    assert answer.status_code == 201, answer.text
    kept = answer.json()
    assert (kept["name"], kept["media_type"], kept["size"]) == (name, media_type, len(content))
    given = client.get(f"{DEMANDS}/{demand['id']}/files/{kept['id']}")
    assert given.content == content
    assert given.headers["content-disposition"].startswith("attachment;")
    assert given.headers["x-content-type-options"] == "nosniff"
    lies: Path = api.state.runtime.settings.attachments_dir() / demand["id"] / kept["id"]
    assert lies.read_bytes() == content
    gone = client.delete(f"{DEMANDS}/{demand['id']}/files/{kept['id']}")
    assert gone.status_code == 204
    assert not lies.exists()
    assert client.get(f"{DEMANDS}/{demand['id']}/files").json()["items"] == []


HIDDEN_SCRIPT = (
    b"%PDF-1.5\nstream\n" + zlib.compress(b"<< /S /JavaScript /JS (app.alert(1)) >>") + b"\nendstream"
)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.pdf", b"", "required"),
        ("a.pdf", b"MZ\x90\0", "unsafe_file"),
        ("a.txt", b"#!/bin/sh\nls", "unsafe_file"),
        (
            "a.txt",
            b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*",
            "unsafe_file",
        ),
        ("a.pdf", PDF + b"/OpenAction << /S /JavaScript >>", "unsafe_file"),
        ("a.pdf", PDF + b"<< /S /J#61vaScript >>", "unsafe_file"),
        ("a.pdf", HIDDEN_SCRIPT, "unsafe_file"),
        ("a.docx", zipped(("[Content_Types].xml", b""), ("word/vbaProject.bin", b"x")), "unsafe_file"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "unsafe_file"),
        ("a.zip", zipped(("run.exe", b"x")), "unsafe_file"),
        ("a.zip", zipped(("in.zip", b"x")), "unsafe_file"),
        ("a.zip", zipped(("big", b"\0" * 201_000_000)), "unsafe_file"),
        ("a.zip", b"PK\x03\x04 cut short", "unsafe_file"),
        ("a.html", b"<html><script>1</script>", "bad_format"),
        ("a.svg", b"<svg onload='x'/>", "bad_format"),
        ("a.bin", b"\0\1\2\3", "bad_format"),
        ("a.pdf", PNG, "wrong_ending"),
        ("a.exe", PDF, "wrong_ending"),
    ],
)
@pytest.mark.one_database
def test_what_is_refused(
    client: TestClient, demand: dict[str, Any], name: str, content: bytes, code: str
) -> None:
    answer = send(client, demand, name, content)
    assert answer.status_code == 422, answer.text
    assert [(one["field"], one["code"]) for one in answer.json()["errors"]] == [("file", code)]


def test_the_same_file_is_kept_once_and_ten_at_most(client: TestClient, demand: dict[str, Any]) -> None:
    first = send(client, demand, "a.pdf", PDF, **{"Idempotency-Key": f"f-{demand['id']}"}).json()
    assert send(client, demand, "a.pdf", PDF, **{"Idempotency-Key": f"f-{demand['id']}"}).json() == first
    assert send(client, demand, "b.pdf", PDF).json()["id"] == first["id"]
    for number in range(9):
        assert send(client, demand, "a.pdf", PDF + bytes([65 + number])).status_code == 201
    assert send(client, demand, "a.pdf", PDF + b"z").status_code == 409


def test_who_sees_the_demand_sees_its_files(
    visitor: TestClient, sign_in: Callable[..., TestClient], company: dict[str, Any]
) -> None:
    buyer, stranger = sign_in(seats={company["id"]: "owner"}), sign_in()
    demand = buyer.post(DEMANDS, json={"title": "水泵", "state": "draft"}).json()
    kept = send(buyer, demand, "../../etc/图纸.pdf", PDF).json()
    assert kept["name"] == "图纸.pdf"
    where = f"{DEMANDS}/{demand['id']}/files/{kept['id']}"
    assert visitor.get(where).status_code == 404
    buyer.post(f"{DEMANDS}/{demand['id']}/open")
    assert visitor.get(where).content == PDF
    assert visitor.get(f"{DEMANDS}/{company['id']}/files/{kept['id']}").status_code == 404
    assert stranger.delete(where).status_code == 403
    assert send(stranger, demand, "a.pdf", PDF + b"1").status_code == 403
    assert send(visitor, demand, "a.pdf", PDF + b"1").status_code == 401
    newest = buyer.get(f"{DEMANDS}/{demand['id']}").json()
    assert newest["revision"] == 1
    send(buyer, demand, "b.pdf", PDF + b"2")
    change = buyer.get(f"{DEMANDS}/{demand['id']}/revisions").json()["items"][0]["changes"]
    assert change == [{"field": "files", "before": ["图纸.pdf"], "after": ["图纸.pdf", "b.pdf"]}]


def test_a_file_too_large_is_refused_before_it_is_read(client: TestClient, demand: dict[str, Any]) -> None:
    assert send(client, demand, "a.pdf", PDF + b"\0" * 20_100_000).status_code == 413
