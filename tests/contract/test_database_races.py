"""Many writers at once, on both databases: nothing is lost, nothing happens twice, nobody is left hanging."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import TypeVar

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from app.catalogue.bulk import Statement, state_listings
from app.catalogue.models import Listing
from app.catalogue.schemas import ListingUpdate
from app.catalogue.service import list_listings, update_listing
from app.core.database import make_engine, transact, unit_of_work
from app.core.errors import PreconditionFailed
from app.core.idempotency import once
from app.core.ids import company_id
from app.core.outbox import OutboxEntry
from app.registry.bulk import register_companies
from app.registry.derive import Registration
from app.registry.models import Company
from app.registry.schemas import CompanyUpdate
from app.registry.service import get_company, list_companies, update_company
from app.registry.uscc import check_character
from app.settings import Settings

T = TypeVar("T")

AT_ONCE = 8


def uscc(number: int) -> str:
    first = f"91210106MA8T{number:05d}"
    return first + check_character(first)


def firm(number: int, scope: str = "水泵制造；阀门销售。") -> Registration:
    return Registration(uscc(number), f"沈阳测试{number}号有限公司", business_scope=scope)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    made = make_engine(Settings(database_url=database_url))
    yield made
    made.dispose()


def at_once(engine: Engine, work: Sequence[Callable[[Session], T]]) -> list[T | Exception]:
    """What each gave or raised, all begun at the same moment, each in a unit of work that is tried again."""
    ready = Barrier(len(work))

    def run(one: Callable[[Session], T]) -> T | Exception:
        ready.wait()
        try:
            return transact(engine, one)
        except Exception as error:
            return error

    with ThreadPoolExecutor(len(work)) as pool:
        return list(pool.map(run, work))


def test_of_edits_of_one_version_one_wins(engine: Engine) -> None:
    transact(engine, partial(register_companies, registrations=[firm(0)]))
    key = company_id(uscc(0))

    def edit(session: Session, number: int) -> int:
        change = CompanyUpdate(employees=number)
        return update_company(session, key, change=change, if_match='"1"').version

    done = at_once(engine, [partial(edit, number=number) for number in range(1, AT_ONCE)])
    assert done.count(2) == 1
    assert sum(isinstance(answer, PreconditionFailed) for answer in done) == AT_ONCE - 2


def test_a_key_used_at_once_creates_once(engine: Engine) -> None:
    numbers = itertools.count()

    def create(session: Session) -> dict[str, int]:
        return once(session, key="k", route="POST /x", request={}, create=lambda: {"made": next(numbers)})

    assert at_once(engine, [create] * AT_ONCE) == [{"made": 0}] * AT_ONCE


def test_batches_that_register_the_same_firms_at_once_register_them_once(engine: Engine) -> None:
    orders = [range(40), range(39, -1, -1), range(20, 60), range(59, 10, -1)]
    batches = [partial(register_companies, registrations=[firm(n) for n in order]) for order in orders]
    done = at_once(engine, batches)
    assert not [answer for answer in done if isinstance(answer, Exception)]
    assert sum(answer.created for answer in done if not isinstance(answer, Exception)) == 60
    with unit_of_work(engine, writing=False) as session:
        assert {company.version for company in session.exec(select(Company))} == {1}
        assert Counter(entry.key for entry in session.exec(select(OutboxEntry))).most_common(1)[0][1] == 1
        found, _ = list_companies(session, limit=100)
    codes = [company.uscc for company in found]
    assert codes == sorted(codes)
    assert len(codes) == 60


def test_imports_and_edits_of_the_same_firms_lose_no_version(engine: Engine) -> None:
    transact(engine, partial(register_companies, registrations=[firm(n) for n in range(20)]))
    keys = [company_id(uscc(n)) for n in range(20)]

    def edit(session: Session, number: int) -> None:
        for key in keys[number::AT_ONCE]:
            update_company(session, key, change=CompanyUpdate(employees=10 + number), if_match="*")

    def edit_listings(session: Session, number: int) -> None:
        # One firm's listings only: a request edits one, and whole batches are for bulk statements.
        for listing in list_listings(session, company_id=keys[number])[0]:
            update_listing(session, listing.id, change=ListingUpdate(summary=f"第{number}版"), if_match="*")

    def state(session: Session, backwards: bool) -> None:
        said = [Statement(uscc(n), "product", "水泵", summary="统一介绍") for n in range(20)]
        state_listings(session, said[::-1] if backwards else said)

    imports = [
        partial(register_companies, registrations=[firm(n, scope) for n in order])
        for scope, order in (("轴承制造。", range(20)), ("齿轮制造。", range(19, -1, -1)))
    ]
    edits = [partial(edit, number=number) for number in range(3)]
    listings = [partial(edit_listings, number=number) for number in range(3)]
    stated = [partial(state, backwards=backwards) for backwards in (False, True)]
    done = at_once(engine, [*imports, *edits, *listings, *stated])
    # A draft may have been replaced by an import while it waited to be edited; nothing else may go wrong.
    assert {type(answer).__name__ for answer in done if isinstance(answer, Exception)} <= {"NotFound"}
    with unit_of_work(engine, writing=False) as session:
        reached = Counter({str(key): get_company(session, key).version for key in keys})
        noted = session.exec(select(OutboxEntry.key, OutboxEntry.version)).all()
    # Each version of each firm was noted once, and none was given twice.
    assert max(Counter(noted).values()) == 1
    assert Counter(key for key, _ in noted) == reached


def test_listings_page_in_the_same_order_on_both(engine: Engine) -> None:
    transact(engine, partial(register_companies, registrations=[firm(n) for n in range(9)]))
    with unit_of_work(engine, writing=False) as session:
        whole, _ = list_listings(session, limit=100)
        paged: list[Listing] = []
        cursor: str | None = ""
        while cursor is not None:
            page, cursor = list_listings(session, limit=4, cursor=cursor)
            paged += page
    assert [one.id for one in paged] == [one.id for one in whole] == sorted(one.id for one in whole)
