"""Made-up companies in a real database, for tests of what leads from it to the index."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Engine, delete, update
from sqlmodel import col

from app.catalogue.models import Listing
from app.core.database import unit_of_work
from app.core.ids import company_id
from app.core.outbox import enqueue, parked
from app.registry.bulk import register_companies
from app.registry.derive import Registration
from app.registry.models import Company
from app.registry.uscc import check_character
from search.embedded import EmbeddedIndex
from search.index import Filters
from tests.contract.search_worlds import keys, words

FIRMS = 25
"""Companies that a database begins with, all of them makers of pumps."""


def uscc(number: int) -> str:
    first = f"91210106MA8T{number:05d}"
    return first + check_character(first)


def key(number: int) -> str:
    return str(company_id(uscc(number)))


def register(engine: Engine, numbers: Sequence[int], scope: str) -> None:
    with unit_of_work(engine) as session:
        register_companies(
            session,
            [Registration(uscc(n), f"沈阳测试{n}号有限公司", business_scope=scope) for n in numbers],
        )


def forget(engine: Engine, number: int, *, version: int | None) -> None:
    """Delete a company, with an outbox entry when a version is given."""
    with unit_of_work(engine) as session:
        run = session.connection()
        run.execute(delete(Listing).where(col(Listing.company_id) == UUID(key(number))))
        run.execute(delete(Company).where(col(Company.id) == UUID(key(number))))
        if version is not None:
            enqueue(session, [(key(number), version)])


def set_version(engine: Engine, number: int, version: int) -> None:
    with unit_of_work(engine) as session:
        session.connection().execute(
            update(Company).where(col(Company.id) == UUID(key(number))).values(version=version)
        )


def pumps(index: EmbeddedIndex) -> set[str]:
    return set(keys(words(index, "水泵制造", Filters())))


def refused(engine: Engine) -> dict[str, str]:
    """What is parked, and why."""
    with unit_of_work(engine, writing=False) as session:
        return {one.key: one.reason for one in parked(session)}
