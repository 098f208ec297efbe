"""Real published sheets, with shifted columns and headers among the data, against a cleaned copy."""

from __future__ import annotations

import csv
import re
from pathlib import Path

from app.imports.alignment import COMPANY_SHAPES, realigned
from app.imports.headers import recognise
from app.imports.tables import open_table

INTENTION_HEADERS = {
    "地区": "region",
    "地市": "region",
    "标题": "notice_title",
    "发布时间": "published",
    "采购项目名称": "project",
    "项目名称": "project",
    "采购需求概况": "overview",
    "客户名称": "buyer",
    "金额": "budget",
    "预算金额": "budget",
    "预计时间": "month",
    "预计采购时间": "month",
}
SHAPES = {
    "子序号": re.compile(r"\d{1,3}"),
    "发布时间": re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"),
    "预算金额(万元)": re.compile(r"\d+\.\d+"),
    "拟面向中小企业预留": re.compile(r"[是否]"),
    "预计采购时间": re.compile(r"\d{4}年\d\d月"),
}
CLEAN_COLUMNS = ("region", "notice_title", "published", "project", "overview")


def records(path: Path, *, realign: bool) -> list[tuple[str, ...]]:
    with open_table(path, synonyms=INTENTION_HEADERS) as table:
        columns = {
            field: header for header, field in recognise(table.headers, INTENTION_HEADERS).columns.items()
        }
        found = []
        for row in table.rows():
            assert not row.problems
            values = (realigned(row.values, SHAPES) if realign else None) or row.values
            found.append(
                tuple(" ".join(values[columns[f]].split()) if f in columns else "" for f in CLEAN_COLUMNS)
            )
        return found


def clean_rows(folder: Path) -> set[tuple[str, ...]]:
    with (folder / "intentions_clean.csv").open(encoding="utf-8-sig", newline="") as stream:
        return {tuple(" ".join(row[c].split()) for c in CLEAN_COLUMNS) for row in csv.DictReader(stream)}


def test_all_sheets_are_read(shared_data: Path) -> None:
    folder = shared_data / "dirty"
    counts = [len(records(folder / f"{n}.xlsx", realign=False)) for n in range(1, 9)]
    # 8.xlsx holds ten headers among its 40 rows.
    assert counts == [79, 63, 44, 67, 21, 42, 40, 30]


def test_shifted_rows_are_put_right(shared_data: Path) -> None:
    folder = shared_data / "dirty"
    clean = clean_rows(folder)
    agree = {False: 0, True: 0}
    seen = set()
    for realign in agree:
        for n in (3, 5, 6, 8):
            found = records(folder / f"{n}.xlsx", realign=realign)
            agree[realign] += sum(record in clean for record in found)
            seen.update(set(found) & clean)
    assert agree == {False: 79, True: 137}
    assert seen == clean


def test_a_row_in_place_or_in_doubt_is_left_alone() -> None:
    shapes = {"代码": COMPANY_SHAPES["uscc"], "日期": COMPANY_SHAPES["registered_on"]}
    right = {"名称": "甲", "代码": "912101000000000001", "日期": "1999-01-02", "备注": ""}
    assert realigned(right, shapes) is None
    slipped = dict(zip(right, ["912101000000000001", "1999-01-02", "", "x"], strict=True))
    assert realigned(slipped, shapes) == {
        "名称": "",
        "代码": "912101000000000001",
        "日期": "1999-01-02",
        "备注": "x",
    }
    assert realigned({**right, "代码": "wrong"}, shapes) is None
    assert realigned({**right, "代码": "wrong", "备注": "full"}, shapes) is None
