"""What may be news is looked for; where nothing changed nothing is matched."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, update
from sqlmodel import col
from starlette.testclient import TestClient

from app.core.actor import SYSTEM
from app.core.clock import now, today
from app.core.runtime import Runtime
from app.demands.models import Demand
from app.demands.service import touch
from app.leads import digest
from app.leads.digest import tell_leads_found
from app.matches import reverse
from app.matches.models import Alert, DigestDay
from app.matches.standing import index_demands
from app.registry.models import Company
from tests.app.leads.found.conftest import next_day, told


@pytest.fixture
def thing() -> str:
    """Nobody else's: ten demands are on a list, and other tests ask for the usual thing more often."""
    return "转鼓真空过滤机"


@pytest.fixture
def quiet(runtime: Runtime, maker: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Makes as if the firm's list were of yesterday, and the firm and all demands as they are for ten days."""
    monkeypatch.setattr(digest, "THOROUGH_EVERY", 10**50)

    def calm() -> None:
        long_ago = now() - timedelta(days=10)
        with runtime.session(actor=SYSTEM) as session:
            session.execute(update(Demand).values(updated_at=long_ago))
            session.execute(
                update(Company).where(col(Company.id) == UUID(maker["id"])).values(updated_at=long_ago)
            )
        next_day(runtime, maker)

    return calm


def test_where_nothing_changed_nothing_is_matched(
    runtime: Runtime,
    maker: dict[str, Any],
    seller: TestClient,
    post: Callable[..., str],
    quiet: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    del seller
    known = post()
    tell_leads_found(runtime)
    assert known in told(runtime, maker)
    matched, match = list[int](), reverse._matched

    def noted(*said: Any, **more: Any) -> Any:
        matched.append(1)
        return match(*said, **more)

    monkeypatch.setattr(reverse, "_matched", noted)
    with runtime.session(actor=SYSTEM) as session:
        session.execute(delete(Alert).where(col(Alert.demand_id) != UUID(known)))
    quiet()
    tell_leads_found(runtime)
    assert matched == []
    with runtime.session(writing=False, actor=SYSTEM) as session:
        assert session.get_one(DigestDay, UUID(maker["id"])).day == today(), "its turn is over for today"


@pytest.mark.parametrize("news", ["none", "demand", "firm", "listing", "rest", "week", "first"])
def test_whatever_may_be_news_is_looked_for(
    runtime: Runtime,
    client: TestClient,
    maker: dict[str, Any],
    seller: TestClient,
    post: Callable[..., str],
    quiet: Callable[[], None],
    index_now: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
    news: str,
    thing: str,
) -> None:
    del seller
    demand, other = post(f"采购{thing}六台"), post(f"采购{thing}七台")
    firm = UUID(maker["id"])
    tell_leads_found(runtime)
    with runtime.session(actor=SYSTEM) as session:
        session.execute(delete(Alert).where(col(Alert.company_id) == firm))
    quiet()
    where = f"/api/v1/companies/{firm}"
    if news == "demand":
        with runtime.session(actor=SYSTEM) as session:
            touch(session, session.get_one(Demand, UUID(demand)))
        index_demands(runtime)
    elif news == "firm":
        client.patch(where, json={"contact_name": "王敏"}, headers={"If-Match": "*"}).raise_for_status()
    elif news == "listing":
        fields = {"supply_role": "maker", "pricing": "negotiable"}
        said = {"company_id": str(firm), "kind": "product", "title": thing, "fields": fields}
        client.post("/api/v1/listings", json=said).raise_for_status()
        index_now()
    elif news == "rest":
        monkeypatch.setattr(digest, "MOST", 1)
        with runtime.session(actor=SYSTEM) as session:
            yesterday = now() - timedelta(days=1)
            session.add(
                Alert(demand_id=UUID(other), company_id=firm, cause="digest", score=80, created_at=yesterday)
            )
    elif news == "week":
        monkeypatch.setattr(digest, "THOROUGH_EVERY", 1)
    elif news == "first":
        with runtime.session(actor=SYSTEM) as session:
            session.execute(delete(DigestDay).where(col(DigestDay.company_id) == firm))
    tell_leads_found(runtime)
    # Demands of other tests suit the firm too.
    assert bool(told(runtime, maker).keys() - {other}) == (news != "none")
