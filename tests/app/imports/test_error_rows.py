from __future__ import annotations

import csv
from pathlib import Path

import pytest

from app.imports.error_rows import COLUMNS, ErrorRows


def add(errors: ErrorRows, value: str = "x", column: str = "企业名称") -> None:
    errors.add(row=7, column=column, value=value, code="bad", reason_zh="名称为空", reason_en="no name")


def read(path: Path) -> list[list[str]]:
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.reader(stream))


def test_written_at_once_on_leaving(tmp_path: Path) -> None:
    path = tmp_path / "jobs" / "errors.csv"
    with ErrorRows(path) as errors:
        add(errors, '一"行\n两,行')
        assert not path.exists()
    assert errors.count == 1
    assert read(path) == [list(COLUMNS), ["7", "企业名称", '一"行\n两,行', "bad", "名称为空", "no name"]]
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_no_cell_can_run_as_a_formula(tmp_path: Path, start: str) -> None:
    path = tmp_path / "errors.csv"
    attack = f'{start}HYPERLINK("http://example.com")'
    with ErrorRows(path) as errors:
        add(errors, attack, column=attack)
    assert read(path)[1][1:3] == [f"'{attack}"] * 2


def test_values_are_cut(tmp_path: Path) -> None:
    path = tmp_path / "errors.csv"
    with ErrorRows(path) as errors:
        add(errors, "长" * 200)
        add(errors, "长" * 201)
    assert [row[2] for row in read(path)[1:]] == ["长" * 200, "长" * 199 + "…"]


def test_nothing_is_left_without_errors_or_after_a_failure(tmp_path: Path) -> None:
    path = tmp_path / "errors.csv"
    path.write_text("of an earlier run")
    with ErrorRows(path):
        pass
    assert list(tmp_path.iterdir()) == []

    def fail() -> None:
        with ErrorRows(path) as errors:
            add(errors)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert list(tmp_path.iterdir()) == []
