"""`lianqiao import companies` and `listings` in a terminal: asked the same way, each doing its own work."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
import typer
from import_samples import HEADER, company_row, make_uscc, write_csv

from app.commands.importing import app
from tests.services.programs import LIANQIAO

pytestmark = pytest.mark.one_database

COLUMNS = ["信用代码", "要素类别", "名称", "简介", "供货身份", "报价方式"]
PUMP = [make_uscc(1), "产品", "单级离心泵", "铸铁泵", "自产", "面议"]


def test_every_importer_is_asked_the_same_way() -> None:
    commands = typer.main.get_group(app).commands
    assert set(commands) == {"companies", "listings"}
    asked = {
        repr([(one.name, one.opts, one.default, getattr(one, "help", "")) for one in command.params])
        for command in commands.values()
    }
    assert len(asked) == 1
    helps = {command.help for command in commands.values()}
    assert len(helps) == 2
    assert all(helps)


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    env = os.environ | {"LIANQIAO_DATA_DIR": str(folder / "data")}
    return subprocess.run(
        [*LIANQIAO, "import", *arguments], capture_output=True, text=True, env=env, timeout=240
    )


def report(folder: Path, *arguments: str) -> dict[str, Any]:
    done = run(folder, *arguments, "--json")
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def test_both_in_a_terminal(tmp_path: Path) -> None:
    firms = write_csv(tmp_path / "firms.csv", [HEADER, company_row(1)])
    listings = write_csv(tmp_path / "listings.csv", [COLUMNS, PUMP, [make_uscc(9), *PUMP[1:]]])
    assert report(tmp_path, "companies", str(firms))["created"] == 1
    errors = tmp_path / "wrong.csv"
    told = report(tmp_path, "listings", str(listings), "--errors", str(errors))
    assert (told["created"], told["failed"], told["kept"], told["error_file"]) == (1, 1, 0, str(errors))
    assert "unknown_company" in errors.read_text(encoding="utf-8-sig")
    again = run(tmp_path, "listings", str(listings))
    assert "新增 0 更新 0 未变 1 失败 1" in again.stdout
    assert run(tmp_path, "listings", str(tmp_path / "none.csv")).returncode == 2
