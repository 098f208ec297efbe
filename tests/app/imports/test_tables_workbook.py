"""XLSX workbooks as people send them."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from app.imports import workbook_file
from app.imports.cells import number_problem
from app.imports.company_headers import COMPANY_HEADERS
from app.imports.headers import recognise
from app.imports.tables import Row, UnreadableTable, open_table


def write(folder: Path, fill: Callable[[Worksheet], None]) -> Path:
    book = Workbook()
    fill(book.active)
    path = folder / "firms.xlsx"
    book.save(path)
    return path


def rows_of(path: Path) -> list[Row]:
    with open_table(path) as table:
        return list(table.rows())


def test_cells_become_text(tmp_path: Path) -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.append(["企业名称", "员工人数", "成立日期", "注册资本", "状态", "区县"])
        sheet.append(["  甲厂\u3000", 5.0, date(1999, 1, 2), 0.1, True, 21010])
        sheet["F2"].number_format = "000000"
        sheet.append(["９１２", 12, datetime(1999, 1, 2, 8, 30), 1.5e10, None, None])

    first, second = rows_of(write(tmp_path, fill))
    assert list(first.values.values()) == ["甲厂", "5", "1999-01-02", "0.1", "TRUE", "021010"]
    assert list(second.values.values()) == ["９１２", "12", "1999-01-02 08:30:00", "15000000000", "", ""]
    assert not first.problems


def test_codes_stored_as_numbers_have_lost_digits(tmp_path: Path) -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.append(["企业名称", "信用代码"])
        sheet.append(["甲", 9.12101e17])
        sheet.append(["乙", "9.12101E+17"])
        sheet.append(["丙", 912101061234567891])
        sheet.append(["戊", 13800138000])

    found = [[(p.code, p.column) for p in row.problems] for row in rows_of(write(tmp_path, fill))]
    lost = [("digits_lost", "信用代码")]
    assert found == [lost, lost, lost, []]


def test_an_integer_with_more_digits_than_a_spreadsheet_keeps_is_whole() -> None:
    assert number_problem("信用代码", 912101061234567891) is None
    assert number_problem("信用代码", 912101061234560000) is not None
    assert number_problem("信用代码", 999_999_999_999_999) is None


def test_titles_blank_rows_and_a_two_level_header(tmp_path: Path) -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.append(["2024年企业名录"])
        sheet.merge_cells("A1:E1")
        sheet.append([])
        sheet.append(["序号", "企业信息", None, "注册", None])
        sheet.append([None, "企业名称*", "统一社会信用代码", "地址", "资本(万元)"])
        sheet.merge_cells("A3:A4")
        sheet.merge_cells("B3:C3")
        sheet.merge_cells("D3:E3")
        sheet.append([1, "甲厂", "912101000000000001", "沈阳", 50])

    with open_table(write(tmp_path, fill)) as table:
        assert table.headers == [
            "序号",
            "企业信息/企业名称*",
            "企业信息/统一社会信用代码",
            "注册/地址",
            "注册/资本(万元)",
        ]
        assert table.header_row == 4
        found = recognise(table.headers, COMPANY_HEADERS)
        assert list(found.columns.values()) == ["name", "uscc", "address", "capital_raw"]
        assert found.units == {"capital_raw": "万元"}
        assert [(row.number, row.values["企业信息/企业名称*"]) for row in table.rows()] == [(5, "甲厂")]
        assert table.total == 1


def test_parents_are_kept_where_the_children_say_little(tmp_path: Path) -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.append(["企业名称", "地址", "产能", None])
        sheet.append([None, None, "数量", "单位"])
        for area in ("A1:A2", "B1:B2", "C1:D1"):
            sheet.merge_cells(area)
        sheet.append(["甲", "沈阳", 5, "吨"])

    with open_table(write(tmp_path, fill)) as table:
        assert table.headers == ["企业名称", "地址", "产能/数量", "产能/单位"]
        assert [row.number for row in table.rows()] == [3]


def test_a_title_is_no_parent_but_a_row_of_parents_is(tmp_path: Path) -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.append(["企业名录"])
        sheet.merge_cells("A1:D1")
        sheet.append(["企业", None, "联系", None])
        sheet.merge_cells("A2:B2")
        sheet.merge_cells("C2:D2")
        sheet.append(["企业名称", "地址", "电话", "邮箱"])

    def title_only(sheet: Worksheet) -> None:
        fill(sheet)
        sheet.unmerge_cells("A2:B2")
        sheet.unmerge_cells("C2:D2")
        sheet.delete_rows(2)

    with open_table(write(tmp_path, fill)) as table:
        assert table.headers == ["企业/企业名称", "企业/地址", "联系/电话", "联系/邮箱"]
    with open_table(write(tmp_path, title_only)) as table:
        assert table.headers == ["企业名称", "地址", "电话", "邮箱"]


def test_vertically_merged_cells_fill_down(tmp_path: Path) -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.append(["城市", "企业名称", "标签", "资质"])
        sheet.append(["沈阳", "甲", "x", None])
        sheet.append([None, "乙", None, None])
        sheet.append([])
        sheet.append([None, "丙", None, None])
        sheet.append([None, "丁", None, None])
        sheet.merge_cells("A2:A5")
        sheet.merge_cells("C2:D3")

    rows = rows_of(write(tmp_path, fill))
    assert [(row.number, *row.values.values()) for row in rows] == [
        (2, "沈阳", "甲", "x", ""),
        (3, "沈阳", "乙", "x", ""),
        (5, "沈阳", "丙", "", ""),
        (6, "", "丁", "", ""),
    ]


def test_sheets_hidden_or_without_known_headers_are_passed_over(tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["说明", "请按模板填写"])
    hidden = book.create_sheet("代码表")
    hidden.sheet_state = "hidden"
    hidden.append(["企业名称", "信用代码", "地址", "城市"])
    book.create_sheet("数据").append(["企业名称", "信用代码"])
    book["数据"].append(["甲", "1"])
    path = tmp_path / "f.xlsx"
    book.save(path)
    assert [row.values["企业名称"] for row in rows_of(path)] == ["甲"]
    with open_table(path, sheet="代码表") as table:
        assert len(table.headers) == 4
    with pytest.raises(UnreadableTable) as caught:
        open_table(path, sheet="别的")
    assert caught.value.params == {"sheet": "别的", "sheets": "Sheet、代码表、数据"}


def test_error_values_are_problems_and_formulas_give_their_saved_value(tmp_path: Path) -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.append(["企业名称", "城市", "员工人数"])
        sheet.append(["甲", "#N/A", "=2+3"])

    path = write(tmp_path, fill)
    # openpyxl does not compute; put in what a spreadsheet program would have saved.
    saved = tmp_path / "saved.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(saved, "w") as new:
        for part in old.namelist():
            content = old.read(part)
            new.writestr(
                part,
                content.replace(b"<f>2+3</f><v></v>", b"<f>2+3</f><v>5</v>").replace(
                    b"<f>2+3</f><v />", b"<f>2+3</f><v>5</v>"
                ),
            )
    (row,) = rows_of(saved)
    assert row.values == {"企业名称": "甲", "城市": "", "员工人数": "5"}
    assert [(p.code, p.column, p.value) for p in row.problems] == [("formula_error", "城市", "#N/A")]


def test_not_a_workbook(tmp_path: Path) -> None:
    path = tmp_path / "f.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "x")
    with pytest.raises(UnreadableTable) as caught:
        open_table(path)
    assert (caught.value.code, caught.value.params) == ("unsupported_format", {"format": "docx"})

    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", "<broken")
    with pytest.raises(UnreadableTable) as caught:
        open_table(path)
    assert caught.value.code == "damaged_file"

    path.write_bytes(b"PK\x03\x04 no archive at all")
    with pytest.raises(UnreadableTable) as caught:
        open_table(path)
    assert caught.value.code == "damaged_file"


def test_a_damaged_sheet_names_the_row(tmp_path: Path) -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.append(["企业名称", "城市"])
        for n in range(3000):
            sheet.append([f"firm {n}", "x"])

    path = write(tmp_path, fill)
    cut = tmp_path / "cut.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(cut, "w") as new:
        for part in old.namelist():
            content = old.read(part)
            new.writestr(part, content[: len(content) // 2] if "sheet1" in part else content)
    with open_table(cut) as table, pytest.raises(UnreadableTable) as caught:
        list(table.rows())
    assert caught.value.code == "damaged_file"
    assert int(caught.value.params["line"]) > 1000


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", bytes(workbook_file.RATIO_FROM_BYTES + 1))
    with pytest.raises(UnreadableTable) as caught:
        open_table(path)
    assert caught.value.code == "too_large"


def test_a_far_cell_does_not_widen_every_row(tmp_path: Path) -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.append(["企业名称", "城市"])
        sheet.append(["甲", "沈阳"])
        sheet["XFD3"] = "stray"

    path = write(tmp_path, fill)
    assert [row.values for row in rows_of(path)] == [{"企业名称": "甲", "城市": "沈阳"}]


def test_progress(tmp_path: Path) -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.append(["企业名称", "城市"])
        for n in range(100):
            sheet.append([f"firm {n}", "x"])

    with open_table(write(tmp_path, fill)) as table:
        assert table.progress() == 0
        shares = [table.progress() for _ in table.rows()]
    assert shares[49] == 0.5
    assert table.progress() == 1
