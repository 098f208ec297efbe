"""A document that a real Elasticsearch refuses: set aside with its reason while the rest goes on, seen, mended, tried again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import update
from sqlmodel import col
from starlette.testclient import TestClient

from app.core.actor import SYSTEM
from app.main import create_app
from app.registry.models import Company
from app.settings import Settings
from search.elastic import Connection
from tests.app.clients import with_operators_key
from tests.services.elasticsearch_nodes import own_alias
from tests.services.programs import Programs, programs

pytestmark = pytest.mark.one_database

ALIAS = own_alias("parking")


@pytest.fixture
def settings(database_url: str, elasticsearch_url: str, tmp_path: Path) -> Iterator[dict[str, str]]:
    """A world of its own on the real cluster; the changes are indexed when the test says so."""
    yield {
        "data_dir": str(tmp_path / "data"),
        "database_url": database_url,
        "search_url": elasticsearch_url,
        "search_index": ALIAS,
        "index_interval_seconds": "3600",
        "search_timeout_seconds": "60",
    }
    with Connection(urls=tuple(elasticsearch_url.split(","))).open() as elastic:
        elastic.indices.delete(
            index=list(elastic.indices.get(index=f"{ALIAS}-*", features="aliases")) or ["none*"]
        )


@pytest.fixture
def operator(settings: dict[str, str], tmp_path: Path) -> Iterator[Programs]:
    """Somebody at the command line of the same world."""
    with programs(tmp_path, settings) as started:
        yield started


@pytest.mark.timeout(600)
def test_a_poison_document_is_parked_shown_and_tried_again(
    settings: dict[str, str], operator: Programs, new_uscc: Callable[[], str]
) -> None:
    with TestClient(create_app(Settings.model_validate(settings))) as client:
        runtime = client.app.state.runtime  # type: ignore[attr-defined]
        with_operators_key(client)
        firms = {}
        for number in range(5):
            said = {"uscc": new_uscc(), "name": f"沈阳{number}号泵业有限公司", "business_scope": "水泵制造。"}
            firms[client.post("/api/v1/companies", json=said).json()["id"]] = said["uscc"]
        poison = list(firms)[2]

        def lies_at(latitude: float) -> None:
            with runtime.session(actor=SYSTEM) as session:
                place = update(Company).where(col(Company.id) == UUID(poison)).values(lon=123.4, lat=latitude)
                session.connection().execute(place)

        def found() -> set[str]:
            items = client.get("/api/v1/search", params={"q": "水泵"}).json()["items"]
            return {item["company"]["id"] for item in items}

        lies_at(
            941.8
        )  # as a slip in some import would: no such latitude exists, and Elasticsearch takes none
        assert runtime.index_pending() == 5
        assert found() == set(firms) - {poison}
        figures = client.get("/metrics").text
        assert "lianqiao_outbox_parked 1" in figures
        assert "lianqiao_outbox_pending 0" in figures

        told = json.loads(operator.start("index", "parked", "--json").communicate()[0])
        assert (told["key"], told["uscc"]) == (poison, firms[poison])
        assert "latitude" in told["reason"]
        again = operator.start("index", "retry", firms[poison])
        assert "仍搁置 1" in again.communicate()[0]
        assert again.returncode == 1
        assert found() == set(firms) - {poison}

        lies_at(41.8)
        mended = operator.start("index", "retry")
        assert "仍搁置 0" in mended.communicate()[0]
        assert mended.returncode == 0
        assert found() == set(firms)
        assert "lianqiao_outbox_parked 0" in client.get("/metrics").text
