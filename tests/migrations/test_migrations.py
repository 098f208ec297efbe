"""Migrations up and down with data in them, and the schema they give against the models."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect
from sqlmodel import SQLModel, select

import app.tables  # noqa: F401 - fills the metadata
import migrations
from app.core.database import make_engine, unit_of_work
from app.core.migrate import alembic_config, current_revision, downgrade, migrate
from app.registry.bulk import register_companies
from app.registry.derive import Registration
from app.registry.models import Company
from app.registry.uscc import check_character
from app.settings import Settings


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    """A new database at the newest schema."""
    made = make_engine(Settings(data_dir=tmp_path))
    migrate(made)
    return made


def test_head_is_the_newest_script() -> None:
    assert ScriptDirectory.from_config(alembic_config()).get_current_head() == migrations.HEAD


def test_the_schema_is_what_the_models_say(engine: Engine) -> None:
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), SQLModel.metadata) == []


def test_migrating_again_keeps_what_is_stored(engine: Engine) -> None:
    code = "91210106MA0DEM001"
    with unit_of_work(engine) as session:
        said = Registration(
            uscc=code + check_character(code), name="沈阳示例泵业有限公司", business_scope="水泵制造"
        )
        register_companies(session, [said])
    migrate(engine)
    with unit_of_work(engine, writing=False) as session:
        assert session.exec(select(Company.name)).all() == ["沈阳示例泵业有限公司"]


def test_all_the_way_down_and_up_again(engine: Engine) -> None:
    downgrade(engine, "base")
    assert set(inspect(engine).get_table_names()) == {"alembic_version"}
    migrate(engine)
    assert current_revision(engine) == migrations.HEAD
