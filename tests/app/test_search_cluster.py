"""The whole application on Elasticsearch, and what is left of it while Elasticsearch is away: everything but search."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update
from starlette.testclient import TestClient

from app.core.actor import SYSTEM
from app.core.backends import begin_successor
from app.core.clock import now
from app.core.outbox import OutboxEntry
from app.main import create_app
from app.matches.standing import index_demands
from app.settings import Settings
from search.elastic import Connection
from search.rebuild import rebuild
from tests.app.clients import with_operators_key
from tests.services.elasticsearch_nodes import free_ports, own_alias

ALIAS = own_alias("app-test")

Register = Callable[[TestClient], dict[str, object]]


@pytest.fixture
def register(new_uscc: Callable[[], str]) -> Register:
    def make(client: TestClient) -> dict[str, object]:
        said = {
            "uscc": new_uscc(),
            "name": "沈阳测试泵业有限公司",
            "address": "沈阳市铁西区北二路1号",
            "business_scope": "水泵、阀门制造、销售。",
        }
        answer = client.post("/api/v1/companies", json=said)
        assert answer.status_code == 201, answer.text
        company: dict[str, object] = answer.json()
        return company

    return make


@pytest.fixture(scope="module")
def cluster(elasticsearch_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The application with its index in Elasticsearch."""
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("data"),
        search_url=elasticsearch_url,
        search_index=ALIAS,
        index_interval_seconds=3600,
    )
    with TestClient(create_app(settings)) as client:
        yield with_operators_key(client)
    with Connection(urls=tuple(elasticsearch_url.split(","))).open() as elastic:
        elastic.indices.delete(index=list(elastic.indices.get(index=f"{ALIAS}-*", features="aliases")))


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The application whose Elasticsearch is away."""
    (port,) = free_ports(1)
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("data"),
        search_url=f"http://127.0.0.1:{port}",
        index_interval_seconds=0.05,
    )
    with TestClient(create_app(settings)) as client:
        yield with_operators_key(client)


def test_a_registered_firm_is_found_explained_and_counted(cluster: TestClient, register: Register) -> None:
    company = register(cluster)
    assert cluster.app.state.runtime.index_pending() == 1  # type: ignore[attr-defined]
    found = cluster.post("/api/v1/match", json={"title": "采购水泵20台", "city": "沈阳"}).json()
    assert [one["company"]["id"] for one in found["items"]] == [company["id"]]
    assert found["items"][0]["reasons"]
    searched = cluster.get("/api/v1/search", params={"q": "阀门", "facets": "true"}).json()
    assert searched["items"][0]["company"]["id"] == company["id"]
    assert searched["facets"]["cities"] == {"沈阳市": 1}
    assert cluster.get("/readyz").json()["indexed_companies"] == 1
    assert "lianqiao_search_up 1" in cluster.get("/metrics").text
    page = cluster.get("/search", params={"q": "水泵"})
    assert page.status_code == 200
    assert "沈阳测试泵业有限公司" in page.text
    demand = cluster.post("/api/v1/demands", json={"title": "采购水泵20台"}).json()
    index_demands(cluster.app.state.runtime)  # type: ignore[attr-defined]
    cluster.app.state.runtime.demand_index.refresh()  # type: ignore[attr-defined]
    suiting = cluster.get(f"/api/v1/companies/{company['id']}/demands").json()["items"]
    assert [one["demand"]["id"] for one in suiting] == [demand["id"]]
    assert suiting[0]["reasons"]


def test_search_says_503_and_when_to_come_back(alone: TestClient) -> None:
    answer = alone.get("/api/v1/search", params={"q": "水泵"})
    assert answer.status_code == 503
    assert answer.json()["code"] == "search_unavailable"
    assert int(answer.headers["Retry-After"]) > 0


def test_everything_but_search_goes_on(alone: TestClient, register: Register) -> None:
    company = register(alone)
    demand = alone.post("/api/v1/demands", json={"title": "采购水泵20台", "city": "沈阳"})
    assert demand.status_code == 201
    assert alone.get(f"/api/v1/companies/{company['id']}").status_code == 200
    assert alone.get(f"/demands/{demand.json()['id']}").status_code == 200
    assert alone.get("/search").status_code == 200
    ready = alone.get("/readyz")
    assert ready.status_code == 200
    assert ready.json()["index"] == "unavailable"
    with alone.app.state.runtime.session(actor=SYSTEM) as session:  # type: ignore[attr-defined]
        session.execute(update(OutboxEntry).values(created_at=now() - timedelta(minutes=5)))
    figures = alone.get("/metrics").text
    assert "lianqiao_search_up 0" in figures
    assert "lianqiao_outbox_pending 1" in figures
    (lag,) = re.findall(r"^lianqiao_outbox_lag_seconds (\S+)$", figures, re.MULTILINE)
    assert 290 <= float(lag) < 3600


def test_a_running_server_follows_a_rebuild(register: Register, tmp_path: Path) -> None:
    """Embedded: the folder is another one after a rebuild; requests find what it holds without a restart."""
    settings = Settings(data_dir=tmp_path, index_interval_seconds=3600)
    with TestClient(create_app(settings)) as client:
        runtime = client.app.state.runtime  # type: ignore[attr-defined]
        company = register(with_operators_key(client))
        before = runtime.index
        successor = begin_successor(settings, runtime.encoder)
        assert rebuild(runtime.changes, successor)
        successor.close()
        assert before.replaced()
        runtime.follow()
        found = client.get("/api/v1/search", params={"q": "水泵"}).json()
        assert [one["company"]["id"] for one in found["items"]] == [company["id"]]
        assert runtime.index_pending() == 1
