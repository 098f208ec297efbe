"""From lists that buyers were shown and what came of them to a model that a running server ranks by, and back."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator
from uuid import UUID

import numpy as np
import pytest
from fastapi import FastAPI
from sqlalchemy import delete, update
from starlette.testclient import TestClient
from typer.testing import CliRunner

from app.cli import app as command
from app.core.actor import SYSTEM
from app.core.clock import now
from app.core.runtime import Runtime
from app.main import create_app
from app.matches.impressions import write_impressions
from app.matches.learning import shown_with_outcomes
from app.matches.models import Outcome
from app.matches.outcomes import record_outcome
from app.settings import Settings, get_settings
from app.trade.endings import end_invitations
from app.trade.models import Inquiry
from app.trade.policy import HEARD
from matching.learn.ranker import FOLDS
from matching.learn.store import RankerStore
from matching.rank import LINEAR
from tests.app.clients import with_operators_key
from tests.app.trade_helpers import Market, Supplier, sent
from tests.services.programs import until

pytestmark = pytest.mark.one_database

BUYERS, DEMANDS_EACH = 2, 15
PUMPS = ("离心泵", "潜水泵", "齿轮泵")
HERE, FAR_AWAY = "沈阳市铁西区北二路1号", "大连市甘井子区华北路1号"
FIRMS = {
    # Those far away say best what they make: a ranker that does not mind the way puts them first.
    **{f"大连测试{one}离心泵潜水泵齿轮泵制造有限公司": (FAR_AWAY, "离心泵、潜水泵、齿轮泵制造。") for one in "甲乙丙丁戊"},
    **{f"沈阳测试{one}机械有限公司": (HERE, "机械制造；离心泵、潜水泵、齿轮泵制造；阀门制造；五金销售。") for one in "甲乙丙丁戊"},
}  # fmt: skip
ASKED = {"text": "离心泵", "city": "沈阳"}


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A server that looks every moment for what is new; what jobs do is done by hand."""
    return Settings(
        data_dir=tmp_path_factory.mktemp("learning"),
        index_interval_seconds=0.05,
        impression_interval_seconds=3600,
        indexer=False,
    )


@pytest.fixture(scope="module")
def client(settings: Settings) -> Iterator[TestClient]:
    """The running server; see the fixture of the same name for all other tests."""
    with TestClient(create_app(settings)) as client:
        with_operators_key(client)
        client.app.state.portal = client.portal  # type: ignore[attr-defined]
        yield client


@pytest.fixture(scope="module")
def api(client: TestClient) -> FastAPI:
    """Its application."""
    assert isinstance(client.app, FastAPI)
    return client.app


@pytest.fixture
def learn(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., str]]:
    """`lianqiao learn ranker …` over the server's data folder; what it printed."""
    monkeypatch.setenv("LIANQIAO_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("COLUMNS", "200")
    get_settings.cache_clear()

    def run(*words: str, ok: bool = True) -> str:
        ended = CliRunner().invoke(command, ["learn", "ranker", *words])
        assert (ended.exit_code == 0) is ok, ended.output
        return ended.output

    yield run
    get_settings.cache_clear()


@pytest.fixture
def suppliers(
    client: TestClient, new_uscc: Callable[[], str], sign_in: Callable[..., TestClient], api: FastAPI
) -> dict[str, Supplier]:
    """By the firm's id, somebody who sells for it."""
    found = {}
    for name, (address, scope) in FIRMS.items():
        said = {"uscc": new_uscc(), "name": name, "address": address, "business_scope": scope}
        firm = sent(client, "/api/v1/companies", 201, **said)
        found[firm["id"]] = Supplier(firm["id"], sign_in(seats={firm["id"]: "sales"}))
    api.state.runtime.index_pending()
    return found


def ranked(client: TestClient) -> tuple[str, list[bool]]:
    """The model that a stranger's question is answered by, and for each firm in order whether it is near."""
    said = sent(client, "/api/v1/match", 200, **ASKED)
    return said["model"], [item["company"]["city"] == "沈阳市" for item in said["items"]]


def trade(market: Market, by_id: dict[str, Supplier], dice: random.Random) -> None:
    """A buyer reads the list, asks mostly whom it names first, and buys nearby: those far away decline or are silent."""
    address = f"/api/v1/demands/{market.demand_id}/matches"
    sort = dice.choice(("score", "score", "distance"))
    listed = market.buyer.get(address, params={"sort": sort}).json()["items"]
    asked = [one for place, one in enumerate(listed) if dice.random() < 1 / (1 + place / 3)] or listed[:1]
    ids = [one["company"]["id"] for one in asked]
    invited = market.buys("/api/v1/inquiries", 201, demand_id=market.demand_id, company_ids=ids)["items"]
    quotes = []
    for inquiry, one in zip(invited, asked, strict=True):
        supplier = by_id[one["company"]["id"]]
        market.suppliers.append(supplier)
        if one["company"]["city"] == "沈阳市":
            quotes.append(market.quote(len(market.suppliers) - 1, str(1000 + len(quotes))))
        elif dice.random() < 0.6:
            supplier.post(f"/api/v1/inquiries/{inquiry['id']}/decline", reason="distance")
    if quotes:
        award = market.award(quotes[0])["items"][0]
        winner = next(one for one in market.suppliers if one.company_id == award["company_id"])
        winner.post(f"/api/v1/awards/{award['id']}/confirm")
    else:
        market.buys(f"/api/v1/demands/{market.demand_id}/close")
    with market.api.state.runtime.session(actor=SYSTEM) as session:  # the days go by
        session.execute(update(Inquiry).values(told_at=now() - 2 * HEARD))


def test_outcomes_teach_a_model_that_a_running_server_takes_up_and_leaves(
    api: FastAPI,
    client: TestClient,
    suppliers: dict[str, Supplier],
    sign_in: Callable[..., TestClient],
    new_uscc: Callable[[], str],
    learn: Callable[..., str],
    settings: Settings,
) -> None:
    runtime: Runtime = api.state.runtime
    plain, order = ranked(client)
    assert not order[0], "the words speak for one far away"
    assert "30" in learn("--from", "outcomes", ok=False), "nothing is learnt from nothing"

    dice = random.Random(5)
    for name in ("甲", "乙")[:BUYERS]:
        said = {"uscc": new_uscc(), "name": f"沈阳测试{name}采购有限公司", "address": HERE}
        buyer_id = sent(client, "/api/v1/companies", 201, **said, business_scope="商务服务。")["id"]
        buyer = sign_in(seats={buyer_id: "buyer"})
        for number, pump in zip(range(DEMANDS_EACH), itertools.cycle(PUMPS), strict=False):
            lines = [{"name": pump, "quantity": number + 1, "unit": "台"}]
            said = {"title": f"采购{pump}{number + 1}台", "city": "沈阳", "lines": lines}
            demand = sent(buyer, "/api/v1/demands", 201, **said)
            trade(Market(api, demand, buyer_id, buyer), suppliers, dice)
    write_impressions(runtime)
    end_invitations(runtime)
    lessons = shown_with_outcomes(runtime)
    assert len(lessons) == BUYERS * DEMANDS_EACH
    assert {"won", "quoted", "declined", "ignored"} == {
        said for one in lessons for said in one.outcomes.values()
    }

    said = learn("--from", "outcomes")
    assert "各名次被看到的机会" in said
    assert "已启用 In use: 0001" in said, said
    until(lambda: ranked(client)[0] == "lambdamart-0001", what="the server to rank by the model")
    assert all(ranked(client)[1][:5]), "those nearby, from whom buyers bought"
    learn("--use", "linear")
    until(lambda: ranked(client) == (plain, order), what="the server to leave the model")

    # Where every firm has its turn there is nothing to learn, and what was learnt all the same is worse than before.
    with runtime.session(actor=SYSTEM) as session:
        session.execute(delete(Outcome))
        for turn, one in enumerate(lessons):
            winner = np.argsort(-LINEAR.points(one.matrix), kind="stable")[turn % FOLDS]
            record_outcome(
                session, demand_id=UUID(one.demand), company_id=UUID(one.keys[winner]), outcome="won"
            )
    assert "未启用 Not put into use" in learn("--from", "outcomes", ok=False)
    assert ranked(client)[0] == plain
    assert [one.version for one in RankerStore(settings.data_dir / "rankers").versions()] == ["0001", "0002"]
