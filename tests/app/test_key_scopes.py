"""Each verb needs its scope over HTTP: a key with every scope but that one reads and changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.accounts.keys import make_key
from app.accounts.policy import SCOPES, Scope
from app.core.actor import SYSTEM
from tests.app.clients import another_client
from tests.app.deal_helpers import begin_trade
from tests.app.trade_helpers import make_market, sent

pytestmark = pytest.mark.one_database

Verb = tuple[str, Scope, str, str, dict[str, Any]]
"""Whose key tries it, the scope it needs, method, path and body."""


def key_of(api: FastAPI, company: UUID | str, *scopes: Scope) -> TestClient:
    """A program with a key of the firm."""
    with api.state.runtime.session(actor=SYSTEM) as session:
        token = make_key(session, name="测试", scopes=scopes, company_id=UUID(str(company))).token
    return another_client(api, headers={"Authorization": f"Bearer {token}"})


def test_each_verb_needs_its_scope(
    api: FastAPI, firm: Callable[[str], UUID], sign_in: Callable[..., TestClient]
) -> None:
    trade = make_market(api, firm, sign_in, 2)
    first, second = trade.suppliers
    invited = {"demand_id": trade.demand_id, "company_ids": [first.company_id]}
    inquiry = sent(trade.buyer, "/api/v1/inquiries", 201, **invited)["items"][0]["id"]
    quote = trade.quote(0, "3200", None)["id"]
    award = trade.award({"id": quote})["items"][0]["id"]
    deal = begin_trade(api, firm, sign_in)
    demand, terms = f"demands/{trade.demand_id}", trade.terms("3100", None)

    def verbs() -> Iterator[Verb]:
        yield "buyer", "demands:write", "POST", "demands", {"title": "采购阀门"}
        yield "buyer", "demands:write", "PATCH", demand, {"title": "改名"}
        yield "buyer", "demands:write", "POST", f"{demand}/close", {}
        yield "buyer", "quotes:write", "POST", "inquiries", {**invited, "company_ids": [second.company_id]}
        yield "buyer", "quotes:write", "POST", f"{demand}/awards", {"choices": [{"quote_id": quote}]}
        yield "buyer", "quotes:write", "POST", f"{demand}/reopen-rest", {}
        yield "buyer", "quotes:write", "POST", f"awards/{award}/take-back", {}
        yield "buyer", "quotes:write", "POST", f"quotes/{quote}/reject", {}
        yield "seller", "quotes:write", "POST", "quotes", {"demand_id": trade.demand_id, **terms}
        yield "seller", "quotes:write", "PUT", f"quotes/{quote}", terms
        yield "seller", "quotes:write", "POST", f"quotes/{quote}/withdraw", {}
        yield "seller", "quotes:write", "POST", f"awards/{award}/confirm", {}
        yield "seller", "quotes:write", "POST", f"awards/{award}/decline", {}
        yield "seller", "quotes:write", "POST", f"inquiries/{inquiry}/decline", {"reason": "price"}
        yield "seller", "quotes:write", "POST", f"{demand}/questions", {"question": "何时到货？"}
        yield "seller", "leads:write", "POST", "leads", {"company_id": second.company_id}
        yield "seller", "leads:write", "GET", "leads", {}
        yield "seller", "listings:write", "POST", "listings", {
            "company_id": first.company_id, "kind": "product", "title": "泵",
        }  # fmt: skip
        yield "seller", "companies:write", "PATCH", f"companies/{first.company_id}", {"employees": 3}
        yield "seller", "companies:write", "PUT", f"companies/{first.company_id}/blocks/{trade.buyer_id}", {}
        yield "seller", "codes:write", "POST", "codes", {"company_id": first.company_id}
        yield "seller", "webhooks:write", "POST", "webhooks", {
            "company_id": first.company_id, "url": "https://erp.example.com/",
        }  # fmt: skip
        yield "dealer", "deals:write", "POST", f"deals/{deal.deal_id}/confirm", {"side": "supplier"}
        yield "dealer", "deals:write", "POST", f"deals/{deal.deal_id}/cancel", {"note": "停产"}

    firms = {"buyer": trade.buyer_id, "seller": first.company_id, "dealer": str(deal.supplier_id)}
    lacking = {
        (who, scope): key_of(api, firms[who], *(one for one in SCOPES if one != scope))
        for who, scope in {(who, scope) for who, scope, *_ in verbs()}
    }
    for who, scope, method, path, said in verbs():
        program = lacking[who, scope]
        body = {} if method == "GET" else {"json": said}
        answer = program.request(method, f"/api/v1/{path}", headers={"If-Match": "*"}, **body)
        assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing"), (method, path)
        assert scope in answer.json()["detail"], (method, path)
    assert trade.state() == "awarded"
    for who, path in (("buyer", demand), ("seller", f"quotes/{quote}"), ("seller", f"awards/{award}")):
        assert lacking[who, "quotes:write"].get(f"/api/v1/{path}").status_code == 200, "reading needs none"
    assert key_of(api, first.company_id, "quotes:write").post(f"/api/v1/awards/{award}/confirm").is_success
