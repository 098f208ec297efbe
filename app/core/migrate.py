"""Bringing the database to the newest schema."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text

import migrations
from app.core.locks import lock_name

if TYPE_CHECKING:
    from alembic.config import Config


def alembic_config() -> Config:
    """Alembic's configuration without an ini file: the scripts lie in the ``migrations`` package."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    return config


def current_revision(engine: Engine) -> str | None:
    """The revision a database is at; None for an empty one."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def migrate(engine: Engine, revision: str = migrations.HEAD) -> None:
    """Upgrade to ``revision`` in one transaction; a database that is there already does not wait for Alembic to load."""
    if current_revision(engine) == revision:
        return
    from alembic import command

    config = alembic_config()
    with _alone(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Go back to ``revision`` (``base`` for nothing at all)."""
    from alembic import command

    config = alembic_config()
    with _alone(engine) as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    """A transaction that no other migration shares, and that may take its time."""
    with engine.execution_options(writing=True).begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            connection.execute(text("SET LOCAL lock_timeout = 0"))
        lock_name(connection, "migrate")
        yield connection
