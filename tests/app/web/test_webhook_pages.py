"""Pages of webhooks: registered with the secret shown once, tested, paused, rotated, replayed, removed."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

pytestmark = pytest.mark.one_database
SignIn = Callable[..., TestClient]


def test_a_webhook_from_first_to_last(sign_in: SignIn, company: dict[str, Any]) -> None:
    owner = sign_in(seats={company["id"]: "owner"})
    where = f"/companies/{company['id']}/webhooks"
    assert "还没有推送地址" in owner.get(where).text
    refused = owner.post(where, data={"url": "http://10.0.0.1/", "name": "ERP", "kind": "quote.received"})
    assert refused.status_code == 422
    assert "须为 https://" in refused.text
    assert 'value="http://10.0.0.1/"' in refused.text
    made = owner.post(
        where, data={"url": "https://erp.example.com/x", "name": "ERP", "kind": "quote.received"}
    ).text
    assert re.search(r"whsec_[A-Za-z0-9+/]{43}=", made.replace("&#43;", "+"))
    found = re.search(r'action="(/webhooks/[0-9a-f-]{36})/ping"', made)
    assert found
    one = found[1]
    assert "whsec_" not in owner.get(one).text
    assert "待发送" in owner.post(f"{one}/ping").text
    assert "已暂停" in owner.post(f"{one}/pause").text
    owner.post(f"{one}/resume")
    assert "whsec_" in owner.post(f"{one}/rotate").text
    assert owner.get(f"{one}?state=failed").status_code == 200
    api = owner.get(f"/api/v1{one}/deliveries").json()["items"]
    assert "待发送" in owner.post(f"{one}/deliveries/{api[0]['id']}/replay").text
    assert owner.post(f"{one}/no-such").status_code == 404
    assert "Send a test" in owner.get(f"{one}?lang=en").text
    assert "No webhooks yet" in owner.post(f"{one}/remove").text
    assert owner.get(one).status_code == 404


def test_managers_only(sign_in: SignIn, company: dict[str, Any]) -> None:
    where = f"/companies/{company['id']}/webhooks"
    assert sign_in(seats={company["id"]: "sales"}).get(where).status_code == 403
    assert sign_in().get(where).status_code == 403


def test_preferences_are_kept_and_what_is_wrong_is_said(sign_in: SignIn) -> None:
    mine = sign_in()
    where = "/notices/preferences"
    assert "收到报价" in mine.get(where).text
    said = {
        "pace": "daily",
        "digest_at": "07:30",
        "quiet_from": "20:00",
        "quiet_to": "06:00",
        "time_zone": "UTC",
    }
    kept = mine.post(where, data={**said, "kind-quote.received": "none"}).text
    assert "已保存" in kept
    api = mine.get("/api/v1/me/notice-preferences").json()
    assert {name: api[name] for name in said} == said
    assert api["channels"]["quote.received"] == "none"
    wrong = mine.post(where, data={**said, "quiet_from": "30:00"})
    assert wrong.status_code == 422
    assert "须为时刻" in wrong.text
