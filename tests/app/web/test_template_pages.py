"""Templates in a browser: kept from a demand, used, called something else, deleted and had back."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

pytestmark = pytest.mark.one_database


@pytest.fixture
def buyer(sign_in: Callable[..., TestClient], company: dict[str, Any]) -> TestClient:
    browser = sign_in(seats={company["id"]: "owner"})
    browser.headers["accept"] = "text/html"
    return browser


def test_a_template_is_made_used_renamed_deleted_and_had_back(buyer: TestClient) -> None:
    assert "还没有模板" in buyer.get("/my/templates").text
    sent = {"title": "采购铸铁平台", "description": "一级精度", "key": "t1", "state": "draft"}
    demand = buyer.post("/demands/new", data=sent)
    key = str(demand.url).rsplit("/", 1)[1]
    assert "存为模板" in demand.text

    kept = buyer.post("/my/templates", data={"demand": key, "name": "平台 <b>采购</b>"})
    assert "平台 &lt;b&gt;采购&lt;/b&gt;" in kept.text
    one = re.search(r"/my/templates/([0-9a-f-]{36})/use", kept.text)
    assert one
    base = f"/my/templates/{one[1]}"
    version = re.search(r'name="version" value="(\d+)"', kept.text)
    assert version
    refused = buyer.post(f"{base}/rename", data={"name": " ", "version": version[1]})
    assert refused.status_code == 422
    assert f'id="name-{one[1]}-error"' in refused.text
    renamed = buyer.post(f"{base}/rename", data={"name": "季度平台", "version": version[1]})
    assert "季度平台" in renamed.text
    assert buyer.post(f"{base}/rename", data={"name": "旧页", "version": version[1]}).status_code == 412

    begun = buyer.post(f"{base}/use")
    assert str(begun.url).endswith("/edit")
    assert "一级精度" in begun.text
    assert "最近删除" in buyer.post(f"{base}/delete").text
    assert buyer.post(f"{base}/use").status_code == 404
    back = buyer.post(f"{base}/restore").text
    assert f"{base}/use" in back
    assert "最近删除" not in back


def test_templates_are_their_makers(buyer: TestClient, sign_in: Callable[..., TestClient]) -> None:
    demand = buyer.post("/demands/new", data={"title": "采购机床", "key": "t2", "state": "draft"})
    made = buyer.post("/my/templates", data={"demand": str(demand.url).rsplit("/", 1)[1], "name": "机床"})
    one = re.search(r"/my/templates/([0-9a-f-]{36})/use", made.text)
    assert one
    other = sign_in()
    other.headers["accept"] = "text/html"
    assert "机床" not in other.get("/my/templates").text
    assert other.post(f"/my/templates/{one[1]}/delete").status_code == 404
