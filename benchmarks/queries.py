"""The hottest queries with PostgreSQL's own account of them, as docs/queries.md.

Rows are made up in the database, so many that a plan that reads too much shows. The statements are those the program
sends: they are caught as the services run, and asked for again with EXPLAIN (ANALYZE, BUFFERS).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, event, select, text
from sqlmodel import Session, SQLModel, col

from app.accounts.identify import by_session
from app.accounts.models import Person
from app.accounts.sign_in_models import LoginSession
from app.accounts.tokens import digest
from app.catalogue.service import list_listings
from app.catalogue.supply import DatabaseChanges
from app.codes.models import EnterpriseCode
from app.codes.numbers import check_character as number_check
from app.codes.service import get_code
from app.core.actor import SYSTEM, Actor
from app.core.clock import now
from app.core.database import make_engine, unit_of_work
from app.core.ids import company_id
from app.core.migrate import migrate
from app.core.outbox import waiting
from app.demands.schemas import DemandCreate
from app.demands.service import list_demands, post_demand
from app.leads.finding import Filters, list_leads
from app.leads.models import Lead
from app.notify.inbox import count_unread, list_notices
from app.notify.models import Notice
from app.registry.bulk import register_companies
from app.registry.derive import Registration
from app.registry.models import Company
from app.registry.service import find_by_uscc, get_company, list_companies
from app.registry.uscc import check_character
from app.settings import Settings

CODE = "91210106MA0DEM001"
LISTINGS_A_FIRM = 8
DEMANDS_A_FIRM = 0.2
PENDING = 5_000
NOTICES_A_PERSON = 50
ME = UUID(int=1)
TOKEN = "of a browser"  # noqa: S105 - of nobody
NUMBER = "9ABCDEFGH" + number_check("9ABCDEFGH")

# Copies of one real row, changed where queries look: a column added later comes along by itself.
_FILL = {
    "company": """
        INSERT INTO company SELECT made.* FROM company base, generate_series(1, :firms) n,
            LATERAL jsonb_populate_record(base, jsonb_build_object(
                'id', md5('firm' || n)::uuid, 'uscc', lpad(n::text, 18, '0'),
                'adcode', (ARRAY['210102','210106','210202','210213','210302','210402'])[1 + n % 6],
                'industry_code', (3000 + n % 900)::text,
                'tags', CASE WHEN n % 50 = 0 THEN '["专精特新"]' ELSE '[]' END::jsonb)) made
        WHERE base.id = :base""",
    "listing": """
        INSERT INTO listing SELECT made.*
        FROM listing base, generate_series(1, :firms) n, generate_series(1, :listings) m,
            LATERAL jsonb_populate_record(base, jsonb_build_object(
                'id', md5('listing' || n || '/' || m)::uuid, 'company_id', md5('firm' || n)::uuid, 'title', '水泵' || m,
                'kind', CASE WHEN n % 100 = 0 THEN 'finance' WHEN m < 5 THEN 'product' ELSE 'processing' END)) made
        WHERE base.id = (SELECT id FROM listing LIMIT 1)""",
    "demand": """
        INSERT INTO demand SELECT made.* FROM demand base, generate_series(1, :demands) n,
            LATERAL jsonb_populate_record(base, jsonb_build_object(
                'id', md5('demand' || n)::uuid,
                'state', CASE WHEN n % 20 = 0 THEN 'open' ELSE 'closed' END)) made""",
    "person": """
        INSERT INTO person SELECT made.* FROM person base, generate_series(1, :people) n,
            LATERAL jsonb_populate_record(base, jsonb_build_object('id', md5('person' || n)::uuid)) made""",
    "login_session": """
        INSERT INTO login_session SELECT made.* FROM login_session base, generate_series(1, :people) n,
            LATERAL jsonb_populate_record(base, jsonb_build_object(
                'id', md5('session' || n)::uuid, 'person_id', md5('person' || n)::uuid,
                'token_hash', md5('token' || n))) made""",
    "notice": """
        INSERT INTO notice SELECT made.* FROM notice base, generate_series(1, :people) n, generate_series(1, :notices) m,
            LATERAL jsonb_populate_record(base, jsonb_build_object(
                'id', md5('notice' || n || '/' || m)::uuid, 'key', m,
                'person_id', CASE n WHEN 1 THEN base.person_id ELSE md5('person' || n)::uuid END,
                'read_at', CASE WHEN m < 45 THEN now() END)) made""",
    "enterprise_code": """
        INSERT INTO enterprise_code SELECT made.* FROM enterprise_code base, generate_series(1, :firms) n,
            LATERAL jsonb_populate_record(base, jsonb_build_object(
                'code', lpad(n::text, 10, '0'), 'company_id', md5('firm' || n)::uuid)) made""",
    "lead": """
        INSERT INTO lead SELECT made.* FROM lead base, generate_series(1, 20) t, generate_series(1, :firms / 20) n,
            LATERAL jsonb_populate_record(base, jsonb_build_object(
                'id', md5('lead' || t || '/' || n)::uuid, 'company_id', md5('firm' || n)::uuid,
                'team_id', CASE t WHEN 1 THEN base.team_id ELSE md5('firm' || t)::uuid END,
                'state', CASE WHEN n % 50 = 0 THEN 'todo' ELSE 'lost' END)) made""",
    "outbox": """
        INSERT INTO outbox (key, version, created_at)
        SELECT md5('firm' || n)::uuid::text, 1, now() FROM generate_series(1, :pending) n""",
}


@dataclass(frozen=True, slots=True)
class Explained:
    """A query of the program and the plan of its slowest statement."""

    name: str
    milliseconds: float
    statement: str
    plan: str


def fill(engine: Engine, firms: int) -> None:
    """A database with so many firms. Raises ValueError when it holds other firms already."""
    migrate(engine)
    uscc = CODE + check_character(CODE)
    with unit_of_work(engine, actor=SYSTEM) as session:
        if session.scalar(select(col(Company.id)).limit(1)):
            raise ValueError("this database is in use; name an empty one")
        register_companies(session, [Registration(uscc, "沈阳示例泵业有限公司", business_scope="水泵制造。")])
        post_demand(session, said=DemandCreate(title="采购水泵20台", city="沈阳"))
        numbers = {
            "firms": firms,
            "listings": LISTINGS_A_FIRM,
            "demands": int(firms * DEMANDS_A_FIRM),
            "people": firms // 10,
            "notices": NOTICES_A_PERSON,
            "pending": PENDING,
            "base": company_id(uscc),
        }
        session.add_all(_firsts(company_id(uscc)))
        session.flush()
        for statement in _FILL.values():
            session.connection().execute(text(statement), numbers)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


def _firsts(firm: UUID) -> list[SQLModel]:
    """One row of each of the other tables, to be copied: somebody signed in, whom ``hottest`` asks for."""
    until = now() + timedelta(days=30)
    return [
        Person(id=ME, name="王"),
        LoginSession(id=ME, person_id=ME, token_hash=digest(TOKEN), method="demo", expires_at=until),
        Notice(id=ME, person_id=ME, kind="lead_reminder", about="/leads", key="0"),
        EnterpriseCode(code=NUMBER, company_id=firm, kid="", signature=""),
        Lead(id=ME, team_id=firm, name="沈阳示例泵业有限公司", source="scan"),
    ]


def hottest(engine: Engine) -> dict[str, Callable[[Session], object]]:
    """The queries by name; each is what a service does."""
    with unit_of_work(engine, writing=False, actor=SYSTEM) as session:
        some = session.scalars(select(Company).order_by(col(Company.id)).limit(500)).all()
    firm, keys = some[len(some) // 2], [str(one.id) for one in some]
    team = company_id(CODE + check_character(CODE))
    changes = DatabaseChanges(engine)

    def claimed(_: Session) -> None:
        taken = changes.claim(2_000)
        assert taken  # noqa: S101 - the outbox was filled
        taken.release()

    return {
        "Who is signed in": lambda session: by_session(session, TOKEN),
        "Unread notices": count_unread,
        "Inbox, newest first": list_notices,
        "Enterprise code, scanned": lambda session: get_code(session, NUMBER),
        "Leads of a team, to be done": lambda session: list_leads(
            session, team_id=team, filters=Filters(state="todo")
        ),
        "Company by id": lambda session: get_company(session, firm.id),
        "Company by credit code": lambda session: find_by_uscc(session, firm.uscc),
        "Companies of a city, in the middle": lambda session: list_companies(
            session, division="210200", cursor=_cursor(firm.uscc)
        ),
        "Companies of an industry": lambda session: list_companies(session, industry="31"),
        "Companies with a tag": lambda session: list_companies(session, tag="专精特新"),
        "Listings of a company": lambda session: list_listings(session, company_id=firm.id),
        "Listings of a rare kind": lambda session: list_listings(session, kind="finance"),
        "Open demands, newest first": lambda session: list_demands(session, state="open"),
        "Indexer: claim 2,000 changes": claimed,
        "Indexer: load 500 firms": lambda _: changes.load(keys),
        "Indexer: lag": waiting,
        "Check: versions of all firms": lambda _: next(iter(changes.versions())),
    }


def _cursor(uscc: str) -> str:
    from app.core.pagination import encode_cursor

    return encode_cursor(uscc)


def explain(engine: Engine, name: str, run: Callable[[Session], object]) -> Explained:
    """Run a query twice, so that what it reads is in memory, and explain its slowest statement."""
    caught: list[tuple[str, Any]] = []
    reader = Actor("person", ME, seats={company_id(CODE + check_character(CODE)): "owner"})

    def note(_c: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            caught.append((statement, parameters))

    for _ in range(2):
        caught.clear()
        event.listen(engine, "before_cursor_execute", note)
        try:
            with unit_of_work(engine, writing=False, actor=reader) as session:
                run(session)
        finally:
            event.remove(engine, "before_cursor_execute", note)
    with engine.connect() as connection:
        plans = [(_plan(connection, *one), one[0]) for one in caught]
    plan, statement = max(plans, key=lambda one: _milliseconds(one[0]))
    return Explained(name, _milliseconds(plan), _short(statement), _short(plan))


def _plan(connection: Connection, statement: str, parameters: Any) -> str:
    rows = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, BUFFERS, SETTINGS OFF) {statement}", parameters)
    return "\n".join(row[0] for row in rows)


def _milliseconds(plan: str) -> float:
    found = re.search(r"Execution Time: ([\d.]+) ms", plan)
    return float(found[1]) if found else 0.0


def _short(words: str) -> str:
    """Without the long lists of columns and keys."""
    words = re.sub(r"SELECT .*? \n?FROM", "SELECT ... FROM", words, count=1, flags=re.S)
    words = re.sub(r"\{[^{}]{200,}\}|\((%\([^)]*\)s(::\w+)?(, )?){10,}\)", "(...)", words)
    return "\n".join(line[:200] for line in words.splitlines())


def report(found: list[Explained], counts: dict[str, int], version: str) -> str:
    """The page."""
    rows = ", ".join(f"{count:,} in `{table}`" for table, count in counts.items())
    lines = [
        "# The hottest queries on PostgreSQL",
        "",
        f"Made by `python -m benchmarks.queries URL` (an empty database) on {version}, with made-up rows: {rows}.",
        "Times are of the statement in the server, with what it reads in memory; look at the plans rather than at them.",
        "Each is answered from an index but the lag, which counts all of a table that is nearly empty; `tests/app/test_query_plans.py` watches that.",
        "",
        "| query | ms |",
        "|---|---|",
        *(f"| {one.name} | {one.milliseconds:.1f} |" for one in found),
    ]
    for one in found:
        lines += ["", f"## {one.name}", "", "```sql", one.statement, "```", "", "```text", one.plan, "```"]
    return "\n".join(lines) + "\n"


def main(url: str, *, firms: int = 100_000, output: Path = Path("docs/queries.md")) -> None:
    """Fill the empty database at ``url`` and write the page."""
    engine = make_engine(Settings(database_url=url))
    fill(engine, firms)
    found = [explain(engine, name, run) for name, run in hottest(engine).items()]
    with engine.connect() as connection:
        counts = {
            table: connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()  # noqa: S608
            for table in _FILL
        }
        version = "PostgreSQL " + str(connection.execute(text("SHOW server_version")).scalar())
    output.write_text(report(found, counts, version), encoding="utf-8")
    engine.dispose()


if __name__ == "__main__":
    import typer

    typer.run(main)
