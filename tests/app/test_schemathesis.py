"""Generated requests, valid and not, against the description: no failure, no undocumented answer, no other shape."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis import GenerationMode
from schemathesis.config import GenerationConfig, ProjectConfig, ProjectsConfig, SchemathesisConfig
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from app.main import create_app
from app.settings import Settings

pytestmark = pytest.mark.one_database

EXAMPLES = 8
"""Generated for each operation, beside the examples of the description and its boundary values."""

sent: Counter[str] = Counter()


def description() -> Any:
    """The description of an application that is never started: it opens no file."""
    generation = GenerationConfig(modes=list(GenerationMode), deterministic=True, database="none")
    config = SchemathesisConfig(projects=ProjectsConfig(default=ProjectConfig(generation=generation)))
    return schemathesis.openapi.from_dict(create_app(Settings()).openapi(), config=config)


@pytest.fixture(scope="session")
def existing(client: TestClient) -> dict[str, str]:
    """Ids that exist, so that generated requests reach what lies behind the first 404."""
    said = {"uscc": "91210106MA7XAMP1EE", "name": "沈阳示例泵业有限公司", "business_scope": "水泵、阀门制造"}
    client.post("/api/v1/companies", json=said)
    company = client.get(f"/api/v1/companies/by-uscc/{said['uscc']}").json()
    listings = client.get(f"/api/v1/companies/{company['id']}/listings").json()["items"]
    listing = listings[0]["id"] if listings else ""
    demand = client.post("/api/v1/demands", json={"title": "水泵"}).json()
    client.post("/api/v1/codes", json={"company_id": company["id"]})
    code = client.get(f"/api/v1/codes/{said['uscc']}").json()["enterprise_code"]["code"]
    return {
        "company_id": company["id"],
        "listing_id": listing,
        "demand_id": demand["id"],
        "uscc": said["uscc"],
        "code": code,
    }


@pytest.fixture(scope="session")
def started(client: TestClient) -> Any:
    """The running application without its lifespan, which the client has entered already."""

    async def http_only(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await client.app(scope, receive, send)

    return http_only


@pytest.fixture(scope="session")
def key(client: TestClient) -> str:
    """The operator's API key, as it is sent."""
    return client.headers["authorization"]


schema = description()


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
def test_answers_as_described(case: Any, existing: dict[str, str], started: Any, key: str) -> None:
    generated = case.meta.generation.mode if case.meta else GenerationMode.NEGATIVE
    if generated is GenerationMode.POSITIVE:
        for name in case.path_parameters or {}:
            case.path_parameters[name] = existing.get(name, case.path_parameters[name])
        if case.method == "PATCH":
            case.headers["If-Match"] = "*"
    case.headers["Authorization"] = key
    sent[case.method] += 1
    # Without its key nothing may pass: test_api_description sees to that, since a probe does not reach this application.
    # What fits the schema may still name a code, place or field that does not exist: a 422 is right then.
    case.call_and_validate(app=started, excluded_checks=[positive_data_acceptance, ignored_auth])


def test_enough_was_sent() -> None:
    assert sum(sent.values()) >= 1_500, dict(sent)
