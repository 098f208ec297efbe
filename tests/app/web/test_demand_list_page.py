"""The page of all demands: which states one may pick."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import UUID

import pytest
from starlette.testclient import TestClient

from app.demands.policy import HIDDEN, STATES
from tests.app.web.conftest import HTML

pytestmark = pytest.mark.one_database

SignIn = Callable[..., TestClient]


def states_offered(browser: TestClient) -> list[str]:
    answer = browser.get("/demands", headers=HTML)
    assert answer.status_code == 200, answer.text
    return re.findall(r'class="chip" href="[^"]*[?&;]state=([a-z_]+)', answer.text)


def test_only_states_in_which_one_may_find_something_are_offered(
    visitor: TestClient, sign_in: SignIn, firm: Callable[[str], UUID]
) -> None:
    published = [state for state in STATES if state not in HIDDEN]
    assert states_offered(visitor) == published
    buyer = sign_in(seats={str(firm("沈阳看需求测试有限公司")): "buyer"})
    assert states_offered(buyer) == published
    draft = buyer.post("/api/v1/demands", json={"title": "采购水泵", "state": "draft"})
    assert draft.status_code == 201, draft.text
    assert states_offered(buyer) == ["draft", *published]
    assert states_offered(visitor) == published


def test_the_state_asked_for_is_offered_though_nothing_is_found(visitor: TestClient) -> None:
    page = visitor.get("/demands?state=withdrawn", headers=HTML).text
    assert re.search(r'href="[^"]*state=withdrawn[^"]*" aria-current="true">已撤回<', page)
