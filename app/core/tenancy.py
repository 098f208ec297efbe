"""Rows belong to tenants: a session gives out only those its actor may see.

A table says once whose its rows are: ``@seen_by(rule)`` with a condition on its columns, or ``@seen_by_all(why)``.
Every statement that goes through a session gets the conditions of all scoped tables in it, in joins, subqueries and
counts too, so a query cannot forget them. A session that was given no actor refuses to touch a scoped table, and so
do statements on bare tables, to which no condition can be added. What has to look beyond one tenant says so, with a
reason: ``across_tenants(statement, "why")``. tests/app/test_tenancy.py finds tables that declare nothing and code
that goes round the session.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Table, TextClause, event, false, or_, true
from sqlalchemy.orm import ORMExecuteState, with_loader_criteria
from sqlalchemy.sql import visitors
from sqlalchemy.sql.base import Executable
from sqlmodel import Session, SQLModel

from app.core.actor import COUNTRY, Actor
from search.index import division_prefix

Rule = Callable[[Actor], ColumnElement[bool]]
Model = TypeVar("Model", bound=type[SQLModel])
Statement = TypeVar("Statement", bound=Executable)

SCOPED: dict[type[SQLModel], Rule] = {}
"""Tables whose rows are seen by some."""
OPEN: dict[type[SQLModel], str] = {}
"""Tables whose rows are seen by all, and why."""
ACTOR = "actor"
_ACROSS = "across_tenants"


class Unscoped(RuntimeError):
    """A query on a scoped table that nobody's rights can be applied to: a mistake in the program."""


def seen_by(rule: Rule) -> Callable[[Model], Model]:
    """Declare which rows of a table an actor sees."""

    def declare(model: Model) -> Model:
        SCOPED[model] = rule
        return model

    return declare


def seen_by_all(why: str) -> Callable[[Model], Model]:
    """Declare that the rows of a table are everybody's."""

    def declare(model: Model) -> Model:
        OPEN[model] = why
        return model

    return declare


def across_tenants(statement: Statement, why: str) -> Statement:
    """The statement, free of the actor's conditions. ``why`` is for whoever reads it next."""
    return statement.execution_options(**{_ACROSS: why})


def actor_of(session: Session) -> Actor:
    """Whose session it is. Raises Unscoped when nobody said."""
    actor: Actor | None = session.info.get(ACTOR)
    if actor is None:
        raise Unscoped("this session was opened without an actor: session(actor=...)")
    return actor


@event.listens_for(Session, "do_orm_execute")
def _scope(state: ORMExecuteState) -> None:
    if isinstance(state.statement, TextClause) and not state.execution_options.get(_ACROSS):
        # No condition can be added to words; only what looks at no row may be said in them.
        if actor_of(state.session).kind != "system":  # type: ignore[arg-type]
            raise Unscoped("SQL as text: select the model")
        return
    # A column load refreshes a row that this session has been given already.
    if state.is_column_load or not (state.is_select or state.is_update or state.is_delete):
        return
    if state.execution_options.get(_ACROSS):
        return
    touched = _tables(state.statement)
    scoped = [(model, rule) for model, rule in SCOPED.items() if model.__table__ in touched]  # type: ignore[attr-defined]
    if not scoped:
        return
    actor = actor_of(state.session)  # type: ignore[arg-type]
    if actor.kind == "system":
        return
    if not state.is_orm_statement:
        raise Unscoped(f"{scoped[0][0].__name__}: select the model, not its bare table")
    if state.is_update and isinstance(state.parameters, list):
        raise Unscoped(f"{scoped[0][0].__name__}: many rows updated by their keys, which no condition guards")
    state.statement = state.statement.options(
        *(with_loader_criteria(model, rule(actor), include_aliases=True) for model, rule in scoped)
    )


def _tables(statement: Any) -> set[Table]:
    return {part for part in visitors.iterate(statement) if isinstance(part, Table)}


def operated(adcode: Any, actor: Actor) -> ColumnElement[bool]:
    """Whether a column of adcodes lies in the divisions the actor operates (as Actor.operates says of one adcode)."""
    if not actor.divisions:
        return false()
    if COUNTRY in actor.divisions:
        return true()
    return or_(adcode == "", *(adcode.startswith(division_prefix(held)) for held in actor.divisions))
