"""Suggestions from the catalogue: found, never applied, never repeated, never brought back once refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count

import pytest
from sqlalchemy import delete, select
from sqlmodel import col

from app.catalogue.models import Listing
from app.core.actor import COUNTRY, SYSTEM, Actor
from app.core.ids import company_id, new_id
from app.core.runtime import Runtime
from app.knowledge import learning, service
from app.knowledge.learning import learn_at_night, learn_relations
from app.knowledge.models import WordEdition, WordRelation
from app.registry.bulk import register_companies
from app.registry.derive import Registration
from app.registry.uscc import check_character
from app.settings import Settings

OPERATOR = Actor("person", new_id(), name="孙运营", divisions=(COUNTRY,))
NIGHT = datetime(2026, 3, 1, 18, 30, tzinfo=UTC)
"""Half past two in China."""
_numbers = count(1)


@pytest.fixture
def world(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    """A database whose firms make 灯箱构件 and 牌匾构材 together, among firms that make other things."""
    runtime = Runtime(Settings(database_url=database_url, data_dir=tmp_path_factory.mktemp("words")))
    with runtime.session(actor=SYSTEM) as session:
        for number in range(8):
            _firm(session, "灯箱构件", "牌匾构材", f"甲{number}")
        for number in range(500):
            _firm(session, f"乙{number}", f"丙{number}")
    yield runtime
    runtime.close()


def _firm(session: object, *titles: str, role: str = "make") -> None:
    first = f"91210106MA7W{next(_numbers):05d}"
    uscc = first + check_character(first)
    register_companies(session, [Registration(uscc=uscc, name=f"沈阳造词{first[-5:]}厂")])  # type: ignore[arg-type]
    firm = company_id(uscc)
    for title in titles:
        session.add(Listing(id=new_id(), company_id=firm, kind="product", role=role, title=title))  # type: ignore[attr-defined]


def rows(runtime: Runtime) -> list[WordRelation]:
    with runtime.session(writing=False, actor=OPERATOR) as session:
        return list(session.scalars(select(WordRelation)))


def test_suggested_and_not_applied(world: Runtime) -> None:
    learnt = learn_relations(world)
    assert (learnt.firms, learnt.new) == (508, 1)
    (row,) = rows(world)
    assert {row.term, row.other} == {"灯箱构件", "牌匾构材"}
    assert (row.state, row.source, row.kin, row.firms) == ("suggested", "cooccurrence", "related", 8)
    assert (row.term_firms, row.other_firms) == (8, 8)
    expander = world.words.expander
    assert expander.mentions(row.term) == ()
    with world.session(actor=OPERATOR) as session:
        service.decide(session, ids=[row.id], action="approve")
    world.words.follow()
    assert world.words.expander.mentions(row.term)


def test_reading_again_adds_nothing_and_shows_the_present_evidence(world: Runtime) -> None:
    learn_relations(world)
    assert learn_relations(world).new == 0
    with world.session(actor=SYSTEM) as session:
        _firm(session, "灯箱构件", "牌匾构材", "甲新")
    assert learn_relations(world).new == 0
    (row,) = rows(world)
    assert row.firms == 9


def test_what_was_refused_or_edited_stays_so(world: Runtime) -> None:
    learn_relations(world)
    (row,) = rows(world)
    with world.session(actor=OPERATOR) as session:
        service.decide(session, ids=[row.id], action="refuse")
    assert learn_relations(world).new == 0
    assert [one.state for one in rows(world)] == ["refused"]


def test_what_is_resold_is_no_trade(world: Runtime) -> None:
    with world.session(actor=SYSTEM) as session:
        session.execute(delete(Listing))
        for number in range(8):
            _firm(session, "灯箱构件", "牌匾构材", f"甲{number}", role="resell")
    assert learn_relations(world).pairs == ()


def test_the_job_reads_once_a_night(world: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    moment = NIGHT.replace(hour=6)
    monkeypatch.setattr(learning, "now", lambda: moment)
    assert learn_at_night(world) == 0
    assert rows(world) == [], "by day the catalogue is left alone"
    moment = NIGHT
    assert learn_at_night(world) == 1
    with world.session(actor=SYSTEM) as session:
        session.execute(delete(WordRelation))
    assert learn_at_night(world) == 0, "another process, or the next round of the same night"
    assert rows(world) == []
    moment = NIGHT.replace(day=2)
    assert learn_at_night(world) == 1


def test_suggestions_do_not_disturb_matching(world: Runtime) -> None:
    with world.session(writing=False, actor=SYSTEM) as session:
        before = session.scalar(select(col(WordEdition.number)))
    learn_relations(world)
    with world.session(writing=False, actor=SYSTEM) as session:
        assert session.scalar(select(col(WordEdition.number))) == before
