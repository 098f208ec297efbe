"""Whatever is asked for, what is answered in front of the routes and what they answer themselves is the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from httpx import Response
from starlette.testclient import TestClient

from app.web import scan_front
from tests.app.codes.resolver.conftest import PHONE, move

Ask = Callable[[], Response]

PATHS = [
    "/c/{code}",
    "/c/{low}",
    "/c/%20{grouped}",
    "/c/{code}%0A",
    "/c/{code}%0D%0AX-Made-Up:1",
    "/c/{wide}",
    "/c/{percent}",
    "/c/{code}/",
    "//c/{code}",
    "/c//{code}",
    "/c/%2F{code}",
    "/c/./{code}",
    "/c/",
    "/c",
    "/C/{code}",
    "/c/{typo}",
    "/c/{code}%00",
    "/c/%FF{code}",
]
QUERIES = [
    "",
    "?s={s}",
    "?s={s}&s=x",
    "?s=x&s={s}",
    "?s=%20{s}",
    "?s=",
    "?s={s}%0A",
    "?lang=en",
    "?lang=en&s={s}",
    "?lang=fr",
    "?lang=",
    "?linkType=linkset",
    "?linkType=all",
    "?linkType=gs1:defaultLink",
    "?linkType=describedby",
    "?linkType=capacity",
    "?linkType=nothing",
    "?linkType=",
    "?linkType=&linkType=linkset",
    "?context=x&utm=1",
    "?%ff=%ff",
]
HEADERS: list[dict[str, str]] = [
    {},
    {"Accept": "application/linkset+json"},
    {"Accept": "application/json;q=0.5, text/html;q=0.4"},
    {"Accept": "application/ld+json"},
    {"Accept": "text/vcard"},
    {"Accept": "text/html;q=0, application/ld+json"},
    {"Accept": "image/png"},
    {"Accept": "*/*;q=0"},
    {"Accept": ""},
    {"Accept-Encoding": "identity"},
    {"Accept-Encoding": "gzip;q=0"},
    {"Accept-Encoding": "br, GZIP"},
    {"Accept-Encoding": "*"},
    {"Accept-Language": "en-GB,en;q=0.8"},
    {"Accept-Language": "zh;q=0.1,en;q=0.9"},
    {"Cookie": "lang=en"},
    {"Cookie": "session=nobodys"},
    {"Authorization": "Bearer lq_nobodys"},
    {"Authorization": ""},
    {"If-None-Match": "*"},
    {"If-None-Match": '"x", W/"y"'},
    {"If-Modified-Since": "Thu, 01 Jan 2099 00:00:00 GMT"},
    {"Range": "bytes=0-9"},
    {"Content-Length": "99999999999"},
    {"HX-Request": "true"},
    {"X-HTTP-Method-Override": "DELETE"},
    {"Origin": "https://example.com"},
]


def asks(scanner: TestClient, code: dict[str, Any]) -> list[tuple[str, Ask]]:
    plain = code["code"]
    words = {
        "code": plain,
        "low": plain.lower(),
        "grouped": f"{plain[:5]}-{plain[5:]}",
        "wide": "".join(chr(ord(one) + 0xFEE0) for one in plain),
        "percent": "".join(f"%{ord(one):02X}" for one in plain),
        "typo": plain[:-1] + ("A" if plain[-1] != "A" else "B"),
        "s": code["path"].partition("?s=")[2],
    }
    made: list[tuple[str, Ask]] = []

    def add(method: str, url: str, headers: dict[str, str]) -> None:
        url = url.format(**words)
        made.append((f"{method} {url} {headers}", lambda: scanner.request(method, url, headers=headers)))

    for path in PATHS:
        add("GET", path, {})
        add("GET", path, {"Accept": "application/linkset+json"})
    for query in QUERIES:
        add("GET", "/c/{code}" + query, {})
        add("GET", "/c/{code}" + query, {"Accept": "application/linkset+json", "Accept-Language": "en"})
    for headers in HEADERS:
        add("GET", "/c/{code}?s={s}", headers)
        add("HEAD", "/c/{code}?s={s}", headers)
    for method in ("OPTIONS", "POST", "DELETE", "QUERY"):
        add(method, "/c/{code}?s={s}", {})
    return made


def told(answer: Response) -> tuple[int, bytes, dict[str, set[str]]]:
    """What a reader gets. What an answer varies with is told once in front, twice where a middleware adds it again."""
    headers = {name: set(value.split(", ")) for name, value in answer.headers.items() if name != "date"}
    return answer.status_code, answer.content, headers


def differing(monkeypatch: pytest.MonkeyPatch, all_asked: list[tuple[str, Ask]]) -> dict[str, Any]:
    for _, ask in all_asked:
        ask()
    front = [told(ask()) for _, ask in all_asked]
    with monkeypatch.context() as without:
        without.setattr(scan_front, "kept", lambda *_: None)
        routes = [told(ask()) for _, ask in all_asked]
    return {
        name: (here, there)
        for (name, _), here, there in zip(all_asked, front, routes, strict=True)
        if here != there
    }


def test_the_same_answer_to_whatever_is_asked(
    scanner: TestClient, code: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    all_asked = asks(scanner, code)
    assert differing(monkeypatch, all_asked) == {}
    assert not [name for name, ask in all_asked if ask().status_code >= 500]


@pytest.mark.parametrize("action", ["suspend", "revoke", "replace"])
def test_the_same_of_a_code_that_stands_no_longer(
    client: TestClient,
    scanner: TestClient,
    code: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    action: str,
) -> None:
    kept = scanner.get(code["path"])
    again = {"If-None-Match": kept.headers["etag"], **PHONE}
    all_asked: list[tuple[str, Ask]] = [
        ("again", lambda: scanner.get(code["path"], headers=again)),
        ("linkset", lambda: scanner.get(code["path"] + "&linkType=linkset")),
        ("head", lambda: scanner.head(code["path"])),
    ]
    for _, ask in all_asked:
        ask()
    move(client, code, action)
    assert differing(monkeypatch, all_asked) == {}
    assert {ask().status_code for _, ask in all_asked} == {
        {"suspend": 403, "revoke": 410, "replace": 307}[action]
    }
