"""A database of its own with two firms, and a signer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from sqlmodel import Session

from app.codes.keys import Signer, signer
from app.core.actor import SYSTEM
from app.core.database import make_engine, unit_of_work
from app.core.ids import company_id
from app.registry.bulk import register_companies
from app.registry.derive import Registration
from app.registry.uscc import check_character
from app.settings import Settings

FIRMS = ("沈阳示例泵业有限公司", "大连示例机床有限公司")


@pytest.fixture
def keys_folder(tmp_path: Path) -> Path:
    return tmp_path / "keys"


@pytest.fixture
def session(database_url: str) -> Iterator[Session]:
    """A unit of work over a database that is thrown away."""
    engine = make_engine(Settings(database_url=database_url))
    with unit_of_work(engine, actor=SYSTEM) as session:
        yield session
    engine.dispose()


@pytest.fixture
def firms(session: Session) -> list[UUID]:
    """Ids of two registered firms."""
    stems = [f"91210106MA8C{number:05d}" for number in range(len(FIRMS))]
    said = [
        Registration(uscc=s + check_character(s), name=name) for s, name in zip(stems, FIRMS, strict=True)
    ]
    register_companies(session, said)
    return [company_id(one.uscc) for one in said]


@pytest.fixture
def sign(session: Session, keys_folder: Path) -> Signer:
    return signer(session, keys_folder)
