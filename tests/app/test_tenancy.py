"""No query forgets whose rows it may give: what a session does by itself, and a search for code that goes round it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI
from sqlalchemy import delete, exists, func, select, text, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, SQLModel, col

import app.tables  # noqa: F401 - fills the metadata
from app.core.actor import ANONYMOUS, COUNTRY, SYSTEM, Actor
from app.core.ids import company_id, new_id
from app.core.tenancy import OPEN, SCOPED, Unscoped, across_tenants
from app.demands.models import Demand
from app.registry.bulk import register_companies
from app.registry.derive import Registration
from app.registry.models import Company
from app.registry.uscc import check_character

APP = Path(__file__).resolve().parents[2] / "app"

OWNERS = {"company", "person", "demand", "claim"}
"""A table that refers to one of these belongs to somebody, so it has to say whose its rows are."""

BYPASSES = {
    # Where code works below the session or as the program itself, and why that is right there.
    "accounts/attempts.py": "takes an advisory lock",
    "accounts/http.py": "finds out who asks",
    "accounts/seats.py": "takes an advisory lock",
    "accounts/sign_in.py": "nobody is known before they are signed in",
    "catalogue/bulk.py": "bulk import of the public catalogue",
    "catalogue/supply.py": "the indexer reads the public catalogue and the outbox",
    "codes/answer_file.py": "a file of its own, of answers made for nobody in particular",
    "codes/models.py": "the condition of an index",
    "codes/resolving.py": "every scan's one query, over tables that are everybody's",
    "codes/statistics.py": "a job: runs as the program itself",
    "commands": "the command line is trusted",
    "core/audit.py": "takes an advisory lock",
    "core/database.py": "makes the session; jobs run as the program itself",
    "core/due.py": "jobs run as the program itself",
    "core/file_scan.py": "connects to a virus scanner",
    "core/idempotency.py": "takes an advisory lock",
    "core/locks.py": "the lock itself",
    "core/migrate.py": "the schema",
    "core/outbox.py": "adds to the outbox",
    "knowledge/following.py": "what matching knows is one for all",
    "knowledge/learning.py": "a job, over the public catalogue",
    "knowledge/service.py": "takes an advisory lock",
    "leads/digest.py": "jobs run as the program itself",
    "leads/keeping.py": "jobs run as the program itself",
    "leads/service.py": "takes an advisory lock",
    "deals/silence.py": "a job, for both sides of every deal",
    "main.py": "asks at the start whether there is an operator",
    "matches/alerts.py": "a job: meets all firms with all demands, and leaves out what is shown to few",
    "matches/due.py": "a job's list of what changed",
    "matches/impressions.py": "what was shown to anybody, which nobody is shown",
    "matches/story.py": "asks whether the demo world is loaded",
    "matches/learning.py": "learns from all outcomes, and shows none",
    "matches/standing.py": "the indexer of demands that are public or shown to none",
    "notify/claims.py": "jobs run as the program itself",
    "notify/hub.py": "looks for all listeners at once; each is handed only their own",
    "notify/jobs.py": "jobs run as the program itself",
    "notify/mail.py": "jobs run as the program itself",
    "notify/preferences.py": "takes an advisory lock",
    "reembedding/status.py": "counts firms and demands for who runs the installation; no row leaves",
    "registry/bulk.py": "bulk import of the public register",
    "registry/standing.py": "bulk import of the public register",
    "status/metrics.py": "counts over all tenants; no row leaves",
    "status/routes.py": "SELECT 1",
    "trade/endings.py": "a job: tells every firm invited",
    "trade/inquiries.py": "takes an advisory lock",
    "trade/jobs.py": "jobs run as the program itself",
    "web/desktop_pages.py": "nobody is known at the desktop that waits",
    "web/notice_settings.py": "the signature of a link says whose e-mails it ends",
    "web/sign_in_pages.py": "lists demo accounts to nobody known",
    "web/kept_forms.py": "who filled the form in is nobody yet: the token in the cookie is all that opens it",
}


@pytest.fixture
def firm(api: FastAPI) -> UUID:
    """A firm of this test's own."""
    return _firm(api, 1)


def _firm(api: FastAPI, number: int) -> UUID:
    first = f"91210106MA9T{number:05d}"
    uscc = first + check_character(first)
    with api.state.runtime.session(actor=SYSTEM) as session:
        register_companies(session, [Registration(uscc=uscc, name="沈阳归属测试厂")])
    return company_id(uscc)


@pytest.fixture
def drafts(api: FastAPI, firm: UUID) -> Iterator[dict[str, UUID]]:
    """One draft of the firm, one of another, one of a person without a firm, and an open demand."""
    writer, other = uuid4(), _firm(api, 2)
    rows = {
        "ours": Demand(
            id=new_id(), title="我方草稿", state="draft", buyer_company_id=firm, posted_by=uuid4()
        ),
        "theirs": Demand(
            id=new_id(), title="他方草稿", state="draft", buyer_company_id=other, posted_by=writer
        ),
        "private": Demand(id=new_id(), title="个人草稿", state="draft", posted_by=writer),
        "open": Demand(id=new_id(), title="公开", state="open", buyer_company_id=other),
    }
    with api.state.runtime.session(actor=SYSTEM) as session:
        session.add_all(rows.values())
    yield {"writer": writer, **{name: row.id for name, row in rows.items()}}
    with api.state.runtime.session(actor=SYSTEM) as session:
        session.execute(delete(Demand).where(col(Demand.id).in_([row.id for row in rows.values()])))


def seen(session: Session, drafts: dict[str, UUID]) -> set[str]:
    names = {key: name for name, key in drafts.items()}
    return {names[key] for key in session.scalars(select(col(Demand.id))) if key in names}


def test_everybody_sees_their_own_drafts_and_what_is_open(
    api: FastAPI, firm: UUID, drafts: dict[str, UUID]
) -> None:
    for actor, expected in (
        (ANONYMOUS, {"open"}),
        (Actor("person", uuid4(), seats={firm: "viewer"}), {"open", "ours"}),
        # The writer has left the firm: its draft stays the firm's.
        (Actor("person", drafts["writer"]), {"open", "private"}),
        (Actor("person", uuid4(), divisions=(COUNTRY,)), {"open"}),
        (Actor("key", uuid4(), seats={firm: "owner"}, scopes=frozenset()), {"open", "ours"}),
        (SYSTEM, {"open", "ours", "theirs", "private"}),
    ):
        with api.state.runtime.session(writing=False, actor=actor) as session:
            assert seen(session, drafts) == expected, actor


def test_no_shape_of_query_gets_round_it(api: FastAPI, firm: UUID, drafts: dict[str, UUID]) -> None:
    theirs = drafts["theirs"]
    stranger = Actor("person", uuid4(), seats={firm: "owner"})
    twin = aliased(Demand)
    inner = select(Demand).where(col(Demand.id) == theirs).subquery()
    queries = {
        "whole": select(Demand).where(col(Demand.id) == theirs),
        "column": select(col(Demand.title)).where(col(Demand.id) == theirs),
        "aliased": select(twin.id).where(twin.id == theirs),
        "subquery": select(inner.c.id),
        "joined": select(col(Company.id)).join(Demand, col(Demand.buyer_company_id) == col(Company.id)).where(
            col(Demand.id) == theirs
        ),
        "exists": select(col(Company.id)).where(
            exists().where(col(Demand.buyer_company_id) == col(Company.id), col(Demand.id) == theirs)
        ),
        "in": select(col(Company.id)).where(
            col(Company.id).in_(select(col(Demand.buyer_company_id)).where(col(Demand.id) == theirs))
        ),
        "union": select(Demand.id).where(col(Demand.id) == theirs).union(select(twin.id).where(twin.id == theirs)),
    }  # fmt: skip
    with api.state.runtime.session(writing=False, actor=stranger) as session:
        assert session.get(Demand, theirs) is None
        assert session.get(Demand, theirs, with_for_update=True) is None
        for name, query in queries.items():
            assert session.execute(query).all() == [], name
        counted = select(func.count()).select_from(Demand).where(col(Demand.id) == theirs)
        assert session.scalar(counted) == 0
    with api.state.runtime.session(actor=stranger) as session:
        assert session.execute(update(Demand).where(col(Demand.id) == theirs).values(title="x")).rowcount == 0
        assert session.execute(delete(Demand).where(col(Demand.id) == theirs)).rowcount == 0
    with api.state.runtime.session(writing=False, actor=SYSTEM) as session:
        assert session.get_one(Demand, theirs).title == "他方草稿"


def test_without_an_actor_nothing_is_given(api: FastAPI) -> None:
    with api.state.runtime.session(writing=False) as session:
        assert session.scalars(select(Company).limit(1)) is not None, "open tables need nobody"
        for query in (select(Demand), select(func.count()).select_from(Demand), select(col(Demand.id))):
            with pytest.raises(Unscoped):
                session.execute(query)
        with pytest.raises(Unscoped):
            session.get(Demand, uuid4())


def test_bare_tables_are_refused_and_exceptions_say_why(api: FastAPI, drafts: dict[str, UUID]) -> None:
    table = SQLModel.metadata.tables["demand"]
    with api.state.runtime.session(writing=False, actor=ANONYMOUS) as session:
        with pytest.raises(Unscoped):
            session.execute(select(table.c.id))
        for words in ("SELECT * FROM demand", "SELECT 1"):
            with pytest.raises(Unscoped):
                session.execute(text(words))
        assert session.execute(across_tenants(text("SELECT 1"), "for this test")).scalar() == 1
        with pytest.raises(Unscoped):
            session.execute(update(Demand), [{"id": drafts["theirs"], "title": "x"}])
        query = across_tenants(select(Demand).where(col(Demand.id) == drafts["theirs"]), "for this test")
        assert session.scalars(query).one().title == "他方草稿"


def test_every_table_says_whose_its_rows_are() -> None:
    declared = {model.__table__ for model in (*SCOPED, *OPEN)}  # type: ignore[attr-defined]
    silent = [
        table.name
        for table in SQLModel.metadata.sorted_tables
        if table not in declared and {key.column.table.name for key in table.foreign_keys} & OWNERS
    ]
    assert not silent, f"add @seen_by(...) or @seen_by_all(why) of app.core.tenancy to the models of {silent}"


def bypasses(path: Path) -> Iterator[str]:
    """Ways round the session in one file: its connection, the engine, SQL as text, acting as the program itself."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in ("connection", "connect", "exec_driver_sql", "raw_connection"):
                yield f"line {node.lineno}: {called}()"
            elif called == "text" and isinstance(node.func, ast.Name):
                yield f"line {node.lineno}: SQL as text"
            elif called == "across_tenants" and not (
                len(node.args) == 2 and isinstance(node.args[1], ast.Constant) and node.args[1].value
            ):
                yield f"line {node.lineno}: across_tenants() without a reason"
        elif isinstance(node, ast.Name) and node.id == "SYSTEM" and isinstance(node.ctx, ast.Load):
            yield f"line {node.lineno}: acts as SYSTEM"


def test_no_code_goes_round_the_session_unless_it_says_why() -> None:
    found = {
        path.relative_to(APP).as_posix(): ways
        for path in sorted(APP.rglob("*.py"))
        if (ways := list(bypasses(path)))
    }
    folders = {name.split("/")[0] for name in found}
    silent = {name: ways for name, ways in found.items() if not BYPASSES.keys() & {name, name.split("/")[0]}}
    assert not silent, f"scope these queries, or list the file with its reason in BYPASSES: {silent}"
    assert not (stale := BYPASSES.keys() - found.keys() - folders), f"no longer go round the session: {stale}"


def test_the_search_finds_each_way_round(tmp_path: Path) -> None:
    forgetful = tmp_path / "forgetful.py"
    forgetful.write_text(
        "session.connection().execute(q)\nsession.execute(text('SELECT * FROM demand'))\n"
        "runtime.session(actor=SYSTEM)\nacross_tenants(select(Demand))\nengine.connect()\n",
        encoding="utf-8",
    )
    assert len(list(bypasses(forgetful))) == 5
