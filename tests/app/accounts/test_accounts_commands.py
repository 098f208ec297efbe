"""`lianqiao accounts …` on a data folder of its own."""

from __future__ import annotations

import pytest
from sqlmodel import col, select
from typer.testing import CliRunner

from app.accounts.identify import by_api_key, person_actor
from app.accounts.models import ApiKey, Person
from app.accounts.passwords import password_fits
from app.cli import app
from app.core.actor import SYSTEM
from app.core.runtime import Runtime

GOOD = "four unrelated words here"


pytestmark = pytest.mark.usefixtures("commanded")


def run(*words: str, ok: bool = True) -> str:
    ended = CliRunner().invoke(app, ["accounts", *words])
    assert (ended.exit_code == 0) is ok, ended.output
    return ended.output


def person(runtime: Runtime, email: str) -> Person:
    with runtime.session(writing=False, actor=SYSTEM) as session:
        return session.exec(select(Person).where(col(Person.email) == email)).one()


def test_the_first_operator(commanded: Runtime) -> None:
    assert "210000" in run("create-operator", "li@example.com", "--name", "李运营", "--password", GOOD)
    run("create-operator", "li@example.com", "--division", "210100")
    made = person(commanded, "li@example.com")
    assert made.name == "李运营"
    assert password_fits(made.password_hash, GOOD)
    with commanded.session(writing=False, actor=SYSTEM) as session:
        assert person_actor(session, made).divisions == ("210000", "210100")
    assert "李运营" in run("list")


def test_a_password_is_reset(commanded: Runtime) -> None:
    run("create-operator", "li@example.com")
    assert "猜" in run("reset-password", "li@example.com", "--password", "password123", ok=False)
    run("reset-password", "li@example.com", "--password", GOOD)
    assert password_fits(person(commanded, "li@example.com").password_hash, GOOD)
    run("reset-password", "nobody@example.com", "--password", GOOD, ok=False)


def test_people_are_disabled_and_enabled(commanded: Runtime) -> None:
    run("create-operator", "li@example.com")
    run("disable", "li@example.com")
    assert person(commanded, "li@example.com").status == "disabled"
    run("enable", "li@example.com")
    assert person(commanded, "li@example.com").status == "active"


def test_a_key_is_printed_alone(commanded: Runtime) -> None:
    token = run("create-key", "导入", "--scope", "companies:write", "--division", "210100").strip()
    with commanded.session(writing=False, actor=SYSTEM) as session:
        found = by_api_key(session, token)
        assert found
        assert found.actor.divisions == ("210100",)
        assert found.actor.scopes == {"companies:write"}
        assert session.exec(select(ApiKey)).one().created_by is None


@pytest.mark.parametrize(
    "words",
    [
        ("create-operator", "nonsense"),
        ("create-operator", "li@example.com", "--division", "999999"),
        ("create-operator", "li@example.com", "--password", "short"),
        ("create-key", "x", "--scope", "everything"),
        ("create-key", "x", "--company", "91210106MA7XAMP1EE"),
        ("disable", "nobody@example.com"),
    ],
)
def test_what_is_wrong_is_told(words: tuple[str, ...], commanded: Runtime) -> None:
    run(*words, ok=False)
    with commanded.session(writing=False, actor=SYSTEM) as session:
        assert session.exec(select(Person)).all() == [], "nothing half done"
