"""The resolver: each form of address, each state, each representation. docs/resolver.md names these tests rule by rule."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.codes.numbers import new_code
from app.core.clock import today
from app.web.negotiation import accepted, preferred
from tests.app.clients import another_client

CODES = "/api/v1/codes"
PHONE = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Language": "zh-CN,zh;q=0.9"}
LINKSET = {"Accept": "application/linkset+json"}
GS1 = "https://ref.gs1.org/voc/"


@pytest.fixture
def scanner(client: TestClient, api: FastAPI) -> TestClient:
    """A phone that follows no redirect by itself."""
    del client
    return another_client(api, headers=PHONE, follow_redirects=False)


@pytest.fixture
def firm(client: TestClient, company: dict[str, Any]) -> dict[str, Any]:
    """A firm with a contact, a line that is free now, a certificate."""
    window = {
        "from": (today() - timedelta(days=3)).isoformat(),
        "to": (today() + timedelta(days=30)).isoformat(),
        "free": 40,
    }
    said = {
        "company_id": company["id"],
        "kind": "capacity",
        "title": "1250 吨挤压线",
        "fields": {
            "line": "1250 吨挤压线",
            "products_made": ["工业铝型材"],
            "monthly_output": {"value": 600, "unit": "t/month"},
            "free_share": 20,
            "free_windows": [window],
            "quality_system": ["ISO 9001"],
        },
    }
    assert client.post("/api/v1/listings", json=said).status_code == 201
    change = {"contact_name": "陈建国", "phone": "13800001234", "email": "chen@example.com"}
    answer = client.patch(f"/api/v1/companies/{company['id']}", json=change, headers={"If-Match": "*"})
    assert answer.status_code == 200, answer.text
    return company


@pytest.fixture
def issue(client: TestClient, firm: dict[str, Any]) -> Callable[..., dict[str, Any]]:
    """Issues a code to the firm."""

    def make(**said: Any) -> dict[str, Any]:
        answer = client.post(CODES, json={"company_id": firm["id"], **said})
        assert answer.status_code == 201, answer.text
        issued: dict[str, Any] = answer.json()
        return issued

    return make


@pytest.fixture
def code(issue: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    """The firm's own active code."""
    return issue(links=[{"type": "quality", "href": "https://example.com/iso.pdf", "title": "ISO 9001 证书"}])


def move(client: TestClient, code: dict[str, Any], action: str) -> dict[str, Any]:
    answer = client.post(f"{CODES}/{code['code']}/{action}", json={"reason": "测试"})
    assert answer.is_success, answer.text
    moved: dict[str, Any] = answer.json()
    return moved


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


def test_nothing_of_one_readers_address_reaches_the_next(scanner: TestClient, code: dict[str, Any]) -> None:
    scanner.get(code["path"] + "&x=<script>evil</script>&utm=secret")
    assert "secret" not in scanner.get(code["path"]).text
    assert code["path"].partition("?")[2] not in scanner.get(code["path"]).text


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


def test_scans_are_counted_without_naming_anybody(scanner: TestClient, code: dict[str, Any]) -> None:
    scanner.get(code["path"])
    figures = scanner.get("/metrics").text
    assert re.search(r'lianqiao_code_scans_total\{outcome="active"\} [1-9]', figures)
    assert code["code"] not in json.dumps(figures)
