"""Migrations up and down with data in them, and the schema they give against the models, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text
from sqlmodel import SQLModel, select

import app.tables  # noqa: F401 - fills the metadata
import migrations
from app.catalogue.bulk import Statement, state_listings
from app.catalogue.models import Listing
from app.core.actor import SYSTEM
from app.core.database import make_engine, unit_of_work
from app.core.ids import company_id
from app.core.migrate import alembic_config, current_revision, downgrade, migrate
from app.core.outbox import OutboxEntry
from app.demands.schemas import DemandCreate
from app.demands.service import lines_of, list_demands, post_demand
from app.registry.bulk import register_companies
from app.registry.derive import Registration
from app.registry.models import Company
from app.registry.uscc import check_character
from app.settings import Settings
from tests.services.postgresql import Postgresql

CODE = "91210106MA0DEM001"
USCC = CODE + check_character(CODE)


@pytest.fixture
def empty(engine_name: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database with nothing in it."""
    if engine_name == "sqlite":
        yield make_engine(Settings(data_dir=tmp_path))
        return
    server: Postgresql = request.getfixturevalue("postgresql")
    with server.database() as url:
        engine = make_engine(Settings(database_url=url))
        yield engine
        engine.dispose()


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """A new database at the newest schema."""
    made = make_engine(Settings(database_url=database_url))
    yield made
    made.dispose()


def fill(engine: Engine) -> None:
    """A firm with its drafts, its outbox entry, and a demand."""
    with unit_of_work(engine, actor=SYSTEM) as session:
        said = Registration(
            USCC, "沈阳示例泵业有限公司", business_scope="水泵制造；阀门销售。", tags=("民营",)
        )
        register_companies(session, [said])
        post_demand(session, said=DemandCreate(title="采购水泵20台", city="沈阳"))


def test_head_is_the_newest_script() -> None:
    assert ScriptDirectory.from_config(alembic_config()).get_current_head() == migrations.HEAD


def test_the_schema_is_what_the_models_say(engine: Engine) -> None:
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), SQLModel.metadata) == []


def test_migrating_again_keeps_what_is_stored(engine: Engine) -> None:
    fill(engine)
    migrate(engine)
    assert current_revision(engine) == migrations.HEAD
    with unit_of_work(engine, writing=False, actor=SYSTEM) as session:
        firm = session.get_one(Company, company_id(USCC))
        assert (firm.name, firm.tags, firm.version) == ("沈阳示例泵业有限公司", ["民营"], 1)


def test_all_the_way_down_and_up_again_with_data(engine: Engine) -> None:
    fill(engine)
    downgrade(engine, "base")
    assert set(inspect(engine).get_table_names()) == {"alembic_version"}
    migrate(engine)
    assert current_revision(engine) == migrations.HEAD
    fill(engine)


def test_every_step_down_and_up_keeps_the_register(engine: Engine) -> None:
    """Each revision after the first, taken back and again, with rows in the tables that were there before it."""
    fill(engine)
    scripts = list(ScriptDirectory.from_config(alembic_config()).walk_revisions())
    for script in scripts[:-1]:
        assert isinstance(script.down_revision, str)
        downgrade(engine, script.down_revision)
        assert current_revision(engine) == script.down_revision
        migrate(engine)
        with unit_of_work(engine, writing=False, actor=SYSTEM) as session:
            assert session.get_one(Company, company_id(USCC)).tags == ["民营"]
            assert len(session.exec(select(Listing)).all()) == 2
            assert [demand.title for demand in list_demands(session)[0]] == ["采购水泵20台"]
            firms = select(OutboxEntry).where(OutboxEntry.subject == "supplier")
            assert [entry.version for entry in session.exec(firms)] == [1]


def test_demands_of_before_have_their_line_and_their_place_in_the_new_life(engine: Engine) -> None:
    with unit_of_work(engine, actor=SYSTEM) as session:
        for title, state in (("采购水泵20台", "open"), ("草稿", "draft"), ("找仓库", "expired")):
            post_demand(session, said=DemandCreate(title=title, state="draft")).state = state
    downgrade(engine, "0009")
    with engine.connect() as connection:
        assert set(connection.execute(text("SELECT title, state FROM demand"))) == {
            ("采购水泵20台", "open"),
            ("草稿", "draft"),
            ("找仓库", "closed"),
        }
    migrate(engine)
    with unit_of_work(engine, writing=False, actor=SYSTEM) as session:
        found = {demand.title: demand for demand in list_demands(session)[0]}
        assert {title: demand.state for title, demand in found.items()} == {
            "采购水泵20台": "open",
            "草稿": "draft",
            "找仓库": "closed",
        }
        assert found["采购水泵20台"].published_at is not None
        assert found["采购水泵20台"].visibility == "public"
        (line,) = lines_of(session, found["采购水泵20台"].id)
        assert (line.name, line.quantity, line.unit, line.implied) == ("采购水泵20台", 20, "台", True)


def test_drafts_of_before_that_say_what_the_firm_stated_are_put_away(engine: Engine) -> None:
    fill(engine)
    said = Statement(
        USCC, "product", "水 泵", "resell", fields={"supply_role": "maker", "pricing": "negotiable"}
    )
    with unit_of_work(engine, actor=SYSTEM) as session:
        state_listings(session, [said])
    downgrade(engine, "0022")
    held = text("SELECT title, status, version FROM listing ORDER BY title")
    with engine.connect() as run:
        before = [tuple(row) for row in run.execute(held)]
    assert [row for row in before if row[0] != "阀门"] == [("水 泵", "published", 1), ("水泵", "draft", 3)]
    migrate(engine)
    told = text(
        "SELECT c.version, max(o.version) FROM company c, outbox o WHERE o.subject = 'supplier' GROUP BY 1"
    )
    with engine.connect() as run:
        after = [tuple(row) for row in run.execute(held)]
        assert [tuple(row) for row in run.execute(told)] == [(4, 4)]
    assert sorted(set(after) - set(before)) == [("水泵", "superseded", 4)]


def test_several_processes_that_start_at_once_migrate_once(empty: Engine) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(migrate, [empty] * 4))
    assert current_revision(empty) == migrations.HEAD
    with empty.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), SQLModel.metadata) == []
