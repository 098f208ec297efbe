"""`lianqiao audit …`: the head of the chain is printed to be kept elsewhere, and shows that the end was cut off."""

from __future__ import annotations

import json

from sqlmodel import col, delete
from typer.testing import CliRunner

from app.cli import app
from app.core.actor import SYSTEM
from app.core.audit import AuditEntry, record
from app.core.runtime import Runtime


def run(*words: str, ok: bool = True) -> str:
    ended = CliRunner().invoke(app, ["audit", *words])
    assert (ended.exit_code == 0) is ok, ended.output
    return ended.stdout


def test_a_head_kept_elsewhere_finds_an_end_cut_off(commanded: Runtime) -> None:
    assert run("head", ok=False) == "", "nothing that a file of heads would be appended with"
    for number in range(3):
        with commanded.session(actor=SYSTEM) as session:
            record(session, act="test", company_id=None, division="", detail={"n": number})
    head, number = run("head").split()
    assert number == "3"
    assert json.loads(run("head", "--json")) == {"head": head, "number": 3}
    assert json.loads(run("verify", "--head", head, "--json"))["ok"]
    with commanded.session(actor=SYSTEM) as session:
        session.execute(delete(AuditEntry).where(col(AuditEntry.number) == 3))
    assert json.loads(run("verify", "--json"))["ok"], "by itself the chain does not know how long it was"
    said = json.loads(run("verify", "--head", head, "--json", ok=False))
    assert (said["broken_at"], said["reason"]) == (3, "head not found")
