"""Typed links: RFC 9264 linksets, one link by type, JSON-LD, the reader's preferences."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.web.negotiation import accepted, preferred, takes_gzip
from tests.app.codes.resolver.conftest import GS1, LINKSET


def test_a_linkset_is_rfc_9264(scanner: TestClient, api: FastAPI, code: dict[str, Any]) -> None:
    """RFC 9264, 4.2.2 to 4.2.4: one "linkset" array; contexts with anchor; targets with href, titles with languages."""
    origin = api.state.runtime.settings.origin()
    for answer in (
        scanner.get(f"/c/{code['code']}", headers=LINKSET),
        scanner.get(f"/c/{code['code']}?linkType=linkset"),
        scanner.get(f"/c/{code['code']}?linkType=all"),
        scanner.get(f"/c/{code['code']}", headers={"Accept": "application/json"}),
    ):
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/linkset+json"
        assert list(answer.json()) == ["linkset"]
        (context,) = answer.json()["linkset"]
        assert context.pop("anchor") == f"{origin}/c/{code['code']}"
        for relation, targets in context.items():
            assert re.fullmatch(r"[a-z][a-z0-9.-]*|https?://\S+|urn:\S+", relation)
            for target in targets:
                assert {"href", "title"} <= set(target)
                assert target["href"].startswith(("http://", "https://"))
                assert all(set(one) == {"value", "language"} for one in target.get("title*", []))
                assert isinstance(target.get("hreflang", []), list)
        assert context["urn:lianqiao:link:quality"][0]["href"] == "https://example.com/iso.pdf"
        assert {GS1 + "certificationInfo", "urn:lianqiao:link:capacity", "describedby"} <= set(context)
        assert len(context[GS1 + "defaultLink"]) == 1


def test_the_linkset_is_announced_in_the_header(scanner: TestClient, code: dict[str, Any]) -> None:
    for path in (code["path"], f"/c/{code['code']}?linkType=quality"):
        link = scanner.get(path).headers["link"]
        assert 'rel="linkset"; type="application/linkset+json"' in link
    as_linkset = scanner.get(f"/c/{code['code']}", headers=LINKSET).headers["link"]
    assert 'rel="http://www.w3.org/ns/json-ld#context"' in as_linkset


@pytest.mark.parametrize("asked", ["quality", "lq:quality", "urn:lianqiao:link:quality"])
def test_one_link_by_type(scanner: TestClient, code: dict[str, Any], asked: str) -> None:
    answer = scanner.get(f"/c/{code['code']}", params={"linkType": asked, "batch": "7"})
    assert (answer.status_code, answer.headers["location"]) == (307, "https://example.com/iso.pdf?batch=7")


@pytest.mark.parametrize("asked", ["traceability", "gs1:recipeInfo", "nonsense", "javascript:alert(1)"])
def test_a_link_that_is_not_there(scanner: TestClient, code: dict[str, Any], asked: str) -> None:
    answer = scanner.get(f"/c/{code['code']}", params={"linkType": asked}, headers={"Accept": "*/*"})
    assert (answer.status_code, answer.json()["code"]) == (404, "link_not_found")
    assert "quality" in answer.json()["detail"]


def test_links_suit_the_readers_language(scanner: TestClient, issue: Callable[..., dict[str, Any]]) -> None:
    stated = [
        {"type": "traceability", "href": f"https://example.com/{tag}", "title": tag, "hreflang": tag}
        for tag in ("en", "zh")
    ]
    code = issue(links=stated)
    for tag in ("en", "zh"):
        answer = scanner.get(
            f"/c/{code['code']}?linkType=gs1:traceability", headers={"Accept-Language": f"{tag},de;q=0.5"}
        )
        assert answer.headers["location"] == f"https://example.com/{tag}"
    page = scanner.get(f"/c/{code['code']}", headers={"Accept-Language": "en-GB"})
    assert (page.headers["content-language"], "What this rests on" in page.text) == ("en", True)
    assert "Accept-Language" in page.headers["vary"]


def test_json_ld_speaks_schema_org(
    scanner: TestClient, firm: dict[str, Any], code: dict[str, Any], issue: Callable[..., dict[str, Any]]
) -> None:
    answer = scanner.get(f"/c/{code['code']}", headers={"Accept": "application/ld+json"})
    assert answer.headers["content-type"] == "application/ld+json"
    said = answer.json()
    assert (said["@context"], said["@type"], said["taxID"]) == (
        "https://schema.org",
        "Organization",
        firm["uscc"],
    )
    assert said["address"]["@type"] == "PostalAddress"
    assert {offer["itemOffered"]["@type"] for offer in said["makesOffer"]} == {"Product", "Service"}
    product = issue(kind="product", label="IS50 水泵", gs1_path="01/6901234567892")
    said = scanner.get(f"/c/{product['code']}?linkType=describedby").json()
    assert (said["@type"], said["name"], said["manufacturer"]["name"]) == (
        "Product",
        "IS50 水泵",
        firm["name"],
    )
    assert said["hasGS1DigitalLink"].endswith("/01/06901234567892")
    branch = issue(kind="branch", label="鞍山分厂")
    said = scanner.get(f"/c/{branch['code']}?linkType=describedby").json()
    assert said["parentOrganization"]["name"] == firm["name"]


def test_accept_headers() -> None:
    assert accepted("a/b;q=0.5, c/d, e/f;q=0, g/h;q=x, nonsense") == ["c/d", "a/b"]
    offered = ("text/html", "application/json")
    for header, wanted in (
        ("", "text/html"),
        ("*/*", "text/html"),
        ("application/*", "application/json"),
        ("image/png", "text/html"),
        ("text/html;q=0.2, application/json", "application/json"),
    ):
        assert preferred(header, offered) == wanted


def test_compressed_for_who_takes_it(scanner: TestClient, code: dict[str, Any]) -> None:
    for header, taken in (
        ("gzip, br", True),
        ("br;q=1, GZIP;q=0.5", True),
        ("*", True),
        ("gzip;q=0", False),
        ("*, gzip;q=0", False),
        ("br", False),
        ("", False),
    ):
        assert takes_gzip(header) is taken, header
        for path in (f"/c/{code['code']}", "/openapi.json"):
            answer = scanner.get(path, headers={"Accept-Encoding": header})
            assert (answer.headers.get("Content-Encoding") == "gzip") is taken, (path, header)
            assert "Accept-Encoding" in answer.headers["Vary"]
