"""Whose word a piece of evidence is stands beside it on every page in the reader's language, never as a code."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import get_args

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.core.i18n import Language, translate
from app.matches.sources import SOURCES, source_name
from app.matches.standing import index_demands
from search.documents import Source

pytestmark = pytest.mark.one_database

THING = "苍鹭雕花机"
FIELDS = {"supply_role": "maker", "pricing": "negotiable"}
SAID = re.compile(r'<span class="src">([^<]*)</span>')


@pytest.fixture(scope="module")
def firm(client: TestClient, api: FastAPI, new_uscc: Callable[[], str]) -> str:
    """Two makers of what nobody else makes, one by its own word and one by its register entry; the id of the first."""
    made = []
    for scope in ("", f"{THING}制造。"):
        said = {
            "uscc": new_uscc(), "name": "沈阳苍鹭测试有限公司", "address": "沈阳市铁西区北二路1号", "business_scope": scope,
        }  # fmt: skip
        made.append(client.post("/api/v1/companies", json=said).json()["id"])
    listing = {"company_id": made[0], "kind": "product", "title": THING, "fields": FIELDS}
    assert client.post("/api/v1/listings", json=listing).status_code == 201
    asked = {"title": f"采购{THING}3台", "city": "沈阳", "description": "不锈钢，精度0.01mm"}
    assert client.post("/api/v1/demands", json=asked).status_code == 201
    api.state.runtime.index_pending()
    return str(made[0])


def sources_on(client: TestClient, address: str, language: str, **asked: str) -> set[str]:
    """What the page names as sources; every one has to be a name of the table."""
    answer = client.get(address, params=asked | {"lang": language}, headers={"accept": "text/html"})
    assert answer.status_code == 200, answer.text[:500]
    return {html.unescape(one) for one in SAID.findall(answer.text)}


def test_every_source_of_an_item_has_a_name_in_both_languages() -> None:
    assert set(get_args(Source)) <= set(SOURCES)
    for code in SOURCES:
        chinese, english = source_name(code, "zh"), source_name(code, "en")
        assert english.isascii()
        assert not chinese.isascii()


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("address", ["/match", "/search", "/companies/{firm}/demands"])
def test_sources_stand_on_pages_by_their_names(
    client: TestClient, api: FastAPI, firm: str, address: str, language: Language
) -> None:
    index_demands(api.state.runtime)
    asked = {"/match": {"text": f"采购{THING}3台，不锈钢"}, "/search": {"q": THING}}.get(address, {})
    found = sources_on(client, address.format(firm=firm), language, **asked)
    named = {translate(name, language) for name in SOURCES.values()}
    assert found <= named, found - named
    wanted = {"企业填报"} if "{firm}" in address else {"企业填报", "经营范围", "工商登记"}
    assert found >= {translate(name, language) for name in wanted}


def test_whatever_is_answered_over_http_has_a_name(client: TestClient, firm: str) -> None:
    del firm
    answer = client.post("/api/v1/match", json={"title": f"采购{THING}", "description": "不锈钢，精度0.01mm"})
    told = [one for match in answer.json()["items"] for one in (*match["reasons"], *match["gaps"])]
    assert told
    assert {one["source"] for one in told} <= set(SOURCES)
