"""Sheets of companies: read whatever they look like, bad rows told and the rest landed."""

from __future__ import annotations

import gzip
from datetime import date
from pathlib import Path

import pytest
from import_samples import HEADER, company, company_row, error_lines, make_uscc, stored, write_csv
from openpyxl import Workbook

from app.core.runtime import Runtime
from app.imports.companies import import_companies
from app.imports.intake import error_file_for
from app.imports.problems import UnreadableMapping, UnreadableTable, table_problem_text
from app.imports.report import Progress


def test_a_gb18030_sheet_becomes_companies_drafts_and_outbox(runtime: Runtime, tmp_path: Path) -> None:
    rows = [HEADER, *(company_row(number) for number in range(1, 8))]
    path = write_csv(tmp_path / "firms.csv", rows, encoding="gb18030")
    seen: list[Progress] = []
    report = import_companies(path, runtime=runtime, progress=seen.append, batch_size=3)
    assert (report.rows, report.created, report.failed, report.error_file) == (7, 7, 0, None)
    held = stored(runtime)
    assert report.drafts == len(held["listing"]) > 7
    assert len(held["outbox"]) == 7
    one = company(runtime, 1)
    assert one["name"] == "沈阳示例1号纸箱有限公司"
    assert (one["capital_raw"], one["capital_cny"]) == ("51万元", 510_000)
    assert (one["adcode"], one["district"], one["status"]) == ("210106", "铁西区", "active")
    assert one["tags"] == ["专精特新", "民营"]
    assert [progress.done_rows for progress in seen] == [3, 6, 7]
    assert seen[-1].total_rows == 7
    assert not list(tmp_path.glob("*.error.csv"))


def test_a_workbook_under_a_title_with_merged_headers(runtime: Runtime, tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    sheet.append(["沈阳市企业名录"])
    sheet.append(["企业", "", "登记", ""])
    sheet.append(["统一社会信用代码", "企业名称", "成立日期", "注册资本(万元)"])
    for area in ("A1:D1", "A2:B2", "C2:D2"):
        sheet.merge_cells(area)
    sheet.append([make_uscc(1), "沈阳示例泵业有限公司", "2003/5/18", 500])
    book.save(tmp_path / "firms.xlsx")
    report = import_companies(tmp_path / "firms.xlsx", runtime=runtime)
    assert (report.created, report.failed) == (1, 0)
    one = company(runtime, 1)
    assert (one["registered_on"], one["capital_cny"]) == (date(2003, 5, 18), 5_000_000)


def test_bad_rows_are_told_and_the_rest_lands(runtime: Runtime, tmp_path: Path) -> None:
    good = [company_row(number) for number in range(1, 4)]
    bad = [company_row(number) for number in range(4, 12)]
    bad[0][0] = bad[0][0].replace("9121", "9I21", 1)
    bad[1][0] = bad[1][0][:-1]
    bad[2][1] = ""
    bad[3][2] = "2003-02-30"
    bad[4][3] = "五十"
    bad[5][6] = "冬眠"
    bad[6][1] = "沈" * 201
    bad[7][0], bad[7][2] = "12", "昨天"
    path = write_csv(tmp_path / "firms.csv", [HEADER, *good, *bad])
    report = import_companies(path, runtime=runtime)
    assert (report.rows, report.created, report.failed) == (11, 3, 8)
    assert report.error_file == tmp_path / "firms.csv.error.csv"
    lines = error_lines(report.error_file)
    assert [(line["row"], line["column"], line["code"]) for line in lines] == [
        ("5", "统一社会信用代码", "uscc_alphabet"),
        ("6", "统一社会信用代码", "uscc_length"),
        ("7", "企业名称", "required"),
        ("8", "成立日期", "impossible_date"),
        ("9", "注册资本(万元)", "capital_unreadable"),
        ("10", "登记状态", "unknown_status"),
        ("11", "企业名称", "too_long"),
        ("12", "统一社会信用代码", "uscc_length"),
        ("12", "成立日期", "malformed_date"),
    ]
    assert make_uscc(4) in lines[0]["reason_zh"]
    assert make_uscc(4) in lines[0]["reason_en"]
    assert lines[3]["value"] == "2003-02-30"
    assert all(line["reason_zh"] and line["reason_en"].isascii() for line in lines[:4])


def test_a_sheet_without_codes_is_refused_by_name(runtime: Runtime, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "firms.csv", [["企业名称", "住所"], ["甲厂", "沈阳"]])
    with pytest.raises(UnreadableTable) as caught:
        import_companies(path, runtime=runtime)
    assert "统一社会信用代码" in table_problem_text(caught.value, "zh")
    assert stored(runtime)["company"] == []


def test_a_mapping_file_names_the_columns(runtime: Runtime, tmp_path: Path) -> None:
    mapping = tmp_path / "columns.toml"
    mapping.write_text('[columns]\n"甲" = "uscc"\n"乙" = "name"\n', encoding="utf-8")
    path = write_csv(tmp_path / "firms.csv", [["甲", "乙", "丙"], [make_uscc(1), "甲厂", "?"]])
    report = import_companies(path, runtime=runtime, mapping=mapping)
    assert (report.created, report.unread) == (1, ("丙",))
    mapping.write_text('[columns]\n"甲" = "code"\n', encoding="utf-8")
    with pytest.raises(UnreadableMapping):
        import_companies(path, runtime=runtime, mapping=mapping)


def test_the_error_file_goes_to_the_data_folder_when_the_source_is_read_only(tmp_path: Path) -> None:
    assert error_file_for(tmp_path / "a.csv", tmp_path / "data") == tmp_path / "a.csv.error.csv"
    gone = tmp_path / "no such folder" / "a.csv"
    assert error_file_for(gone, tmp_path / "data") == tmp_path / "data" / "imports" / "a.csv.error.csv"


def test_real_registrations(runtime: Runtime, shared_data: Path) -> None:
    with gzip.open(shared_data / "liaoning_companies.csv.gz", "rt", encoding="utf-8") as source:
        lines = [next(source) for _ in range(501)]
    path = runtime.settings.data_dir / "firms.csv"
    path.write_text("".join(lines), encoding="utf-8")
    report = import_companies(path, runtime=runtime)
    assert (report.created, report.failed) == (500, 0)
    placed = [row for row in stored(runtime)["company"] if row["adcode"]]
    assert len(placed) > 490
