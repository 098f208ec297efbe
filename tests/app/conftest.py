"""One application over a temporary folder for all API tests: starting it loads the encoder, which is the slow part."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.accounts.contacts import read_contact
from app.accounts.models import Operator, Seat
from app.accounts.people import make_person
from app.accounts.sessions import Device, begin_session
from app.core.actor import SYSTEM
from app.core.openapi import SESSION_COOKIE
from app.core.runtime import Runtime
from app.main import create_app
from app.registry.uscc import check_character
from app.settings import Settings, get_settings
from tests.app.clients import another_client, with_operators_key
from tests.conftest import databases
from tests.services.mail import Post, post_office

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def settings(
    engine_name: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Settings]:
    """Settings of a world of its own, on SQLite and then on PostgreSQL."""
    folder = tmp_path_factory.mktemp("data")
    for url in databases(engine_name, request, folder):
        # No indexer and no jobs: tests apply changes, and do what comes round, when they want it done.
        # Whoever tests the limits of scanning sets them; here every test comes from one network.
        yield Settings(
            data_dir=folder,
            database_url=url,
            index_interval_seconds=3600,
            impression_interval_seconds=3600,
            indexer=False,
            max_body_bytes=200_000,
            scan_misses=0,
            scan_codes=0,
        )


@pytest.fixture(scope="session")
def client(settings: Settings) -> Iterator[TestClient]:
    """A program with the API key of an operator of the whole country: it may do everything that keys may.

    It keeps the application running; an exception in it fails the test.
    """
    with TestClient(create_app(settings)) as client:
        with_operators_key(client)
        client.app.state.portal = client.portal  # type: ignore[attr-defined]
        yield client


@pytest.fixture(scope="session")
def api(client: TestClient) -> FastAPI:
    """The running application."""
    app = client.app
    assert isinstance(app, FastAPI)
    return app


@pytest.fixture
def commanded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Runtime]:
    """The program over the folder that the command line works on."""
    monkeypatch.setenv("LIANQIAO_DATA_DIR", str(tmp_path))
    get_settings.cache_clear()
    opened = Runtime(Settings(data_dir=tmp_path))
    yield opened
    opened.close()
    get_settings.cache_clear()


@pytest.fixture
def visitor(api: FastAPI) -> TestClient:
    """Nobody known, at the running application; with this test's own cookies, for a page remembers the language."""
    return another_client(api)


@pytest.fixture
def sign_in(api: FastAPI) -> Callable[..., TestClient]:
    """Makes a person and gives their signed-in browser: ``sign_in(seats={company_id: "owner"}, divisions=["210000"])``."""

    def make(
        *, seats: dict[str, str] | None = None, divisions: Iterable[str] = (), name: str = "测试员"
    ) -> TestClient:
        with api.state.runtime.session(actor=SYSTEM) as session:
            contact = read_contact(f"t{next(_numbers)}@people.test")
            person = make_person(session, contact, name=name)
            for company, role in (seats or {}).items():
                session.add(Seat(company_id=UUID(company), person_id=person.id, role=role))
            for division in divisions:
                session.add(Operator(person_id=person.id, division=division))
            begun = begin_session(session, person=person, method="code", device=Device("tests", "127.0.0.1"))
        browser = another_client(api)
        browser.cookies.set(SESSION_COOKIE, begun.token)
        return browser

    return make


@pytest.fixture(scope="session")
def new_uscc() -> Callable[[], str]:
    """Makes valid, fictional codes, never the same twice."""

    def make() -> str:
        first = f"91210106MA8T{next(_numbers):05d}"
        return first + check_character(first)

    return make


@pytest.fixture
def company(client: TestClient, new_uscc: Callable[[], str]) -> dict[str, Any]:
    """A registered firm of this test's own."""
    said = {
        "uscc": new_uscc(),
        "name": "沈阳测试泵业有限公司",
        "address": "沈阳市铁西区北二路1号",
        "business_scope": "水泵、阀门制造、销售。",
    }
    answer = client.post("/api/v1/companies", json=said)
    assert answer.status_code == 201, answer.text
    registered: dict[str, Any] = answer.json()
    return registered


@pytest.fixture
def firm(client: TestClient, new_uscc: Callable[[], str]) -> Callable[[str], UUID]:
    """Registers a firm and gives its id."""

    def make(name: str) -> UUID:
        said = {
            "uscc": new_uscc(),
            "name": name,
            "address": "沈阳市铁西区北二路1号",
            "business_scope": "水泵制造",
        }
        answer = client.post("/api/v1/companies", json=said)
        assert answer.status_code == 201, answer.text
        return UUID(answer.json()["id"])

    return make


@pytest.fixture
def draft(client: TestClient, company: dict[str, Any]) -> dict[str, Any]:
    """One of its drafted listings."""
    listing: dict[str, Any] = client.get(f"/api/v1/companies/{company['id']}/listings").json()["items"][0]
    return listing


@pytest.fixture
def demand(client: TestClient) -> dict[str, Any]:
    """An open demand of this test's own."""
    answer = client.post("/api/v1/demands", json={"title": "采购水泵20台", "city": "沈阳"})
    assert answer.status_code == 201, answer.text
    posted: dict[str, Any] = answer.json()
    return posted


@pytest.fixture
def index_now(api: FastAPI) -> Callable[[], int]:
    """Applies everything in the outbox to the index."""
    apply: Callable[[], int] = api.state.runtime.index_pending
    return apply


@pytest.fixture
def post(api: FastAPI, monkeypatch: pytest.MonkeyPatch) -> Iterator[Post]:
    """The mail server that the running application writes by."""
    settings = api.state.runtime.settings
    with post_office() as office:
        monkeypatch.setattr(settings, "smtp_url", office.address)
        monkeypatch.setattr(settings, "mail_from", "链桥 <noreply@lianqiao.example>")
        yield office
