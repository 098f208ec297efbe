from __future__ import annotations

import gzip
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from import_samples import HEADER, company_row, error_lines, make_uscc, stored, write_csv
from openpyxl import Workbook
from sqlalchemy import text

from app.core.actor import ANONYMOUS
from app.core.ids import company_id
from app.core.runtime import Runtime
from app.imports.companies import import_companies
from app.imports.intake import error_file_for
from app.imports.problems import UnreadableMapping, UnreadableTable, table_problem_text
from app.imports.report import Progress
from app.registry.contacts import contact_of
from app.registry.models import Company


def company(runtime: Runtime, number: int) -> dict[str, Any]:
    uscc = make_uscc(number)
    return next(row for row in stored(runtime)["company"] if row["uscc"] == uscc)


def empty_outbox(runtime: Runtime) -> None:
    with runtime.engine.begin() as run:
        run.execute(text("DELETE FROM outbox"))


def patch(runtime: Runtime, number: int, stated: list[str], **columns: object) -> None:
    """What a user's correction leaves in the database."""
    with runtime.session() as session:
        firm = session.get_one(Company, company_id(make_uscc(number)))
        for name, value in columns.items():
            setattr(firm, name, value)
        firm.provenance = {**firm.provenance, **{name: {"from": "user"} for name in stated}}
        session.add(firm)


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


def test_a_repeated_import_changes_nothing(runtime: Runtime, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "firms.csv", [HEADER, *(company_row(number) for number in range(1, 10))])
    import_companies(path, runtime=runtime, batch_size=4)
    empty_outbox(runtime)
    before = stored(runtime)
    report = import_companies(path, runtime=runtime, batch_size=2)
    assert (report.created, report.updated, report.unchanged, report.drafts) == (0, 0, 9, 0)
    assert stored(runtime) == before


def test_the_first_of_two_rows_with_one_code_holds_whatever_the_batches(
    runtime: Runtime, tmp_path: Path
) -> None:
    changed = company_row(1)
    changed[1] = "沈阳另一名称有限公司"
    path = write_csv(
        tmp_path / "firms.csv", [HEADER, company_row(1), company_row(2), company_row(1), changed]
    )
    for _ in range(2):
        report = import_companies(path, runtime=runtime, batch_size=1)
        assert (report.failed, report.updated) == (1, 0)
        assert report.created + report.unchanged == 3
        assert report.error_file
        assert [line["code"] for line in error_lines(report.error_file)] == ["duplicate_in_file"]
    assert company(runtime, 1)["version"] == 1


def test_a_changed_row_updates_only_its_company(runtime: Runtime, tmp_path: Path) -> None:
    rows = [company_row(1), company_row(2)]
    import_companies(write_csv(tmp_path / "firms.csv", [HEADER, *rows]), runtime=runtime)
    empty_outbox(runtime)
    rows[1][5] = "齿轮制造。"
    report = import_companies(write_csv(tmp_path / "firms.csv", [HEADER, *rows]), runtime=runtime)
    assert (report.updated, report.unchanged) == (1, 1)
    two = company(runtime, 2)
    held = stored(runtime)
    assert two["version"] == 2
    assert [version for _, version in held["outbox"]] == [2]
    assert [row["title"] for row in held["listing"] if row["company_id"] == two["id"]] == ["齿轮"]


def test_what_a_user_stated_stays(runtime: Runtime, tmp_path: Path) -> None:
    row = company_row(1)
    path = write_csv(tmp_path / "firms.csv", [HEADER, row])
    import_companies(path, runtime=runtime)
    stated = ["tags", "adcode", "employees"]
    patch(runtime, 1, stated, tags=["ISO 9001"], adcode="210102", district="和平区", lon=1.5, employees=86)
    row[4], row[5], row[7] = "沈阳市大东区东站街2号", "齿轮制造。", "新标签"
    report = import_companies(write_csv(path, [HEADER, row]), runtime=runtime)
    assert report.updated == 1
    one = company(runtime, 1)
    assert (one["tags"], one["adcode"], one["district"], one["lon"]) == (
        ["ISO 9001"],
        "210102",
        "和平区",
        1.5,
    )
    assert (one["employees"], one["size_class"]) == (86, "unknown")
    assert (one["address"], one["business_scope"]) == (row[4], row[5])
    assert one["provenance"]["employees"] == {"from": "user"}
    assert import_companies(path, runtime=runtime).unchanged == 1


def test_columns_the_file_does_not_have_stay(runtime: Runtime, tmp_path: Path) -> None:
    import_companies(write_csv(tmp_path / "firms.csv", [HEADER, company_row(1)]), runtime=runtime)
    before = company(runtime, 1)
    short = [[*HEADER[:2], "网址"], [*company_row(1)[:2], "www.example.cn"]]
    report = import_companies(write_csv(tmp_path / "sites.csv", short), runtime=runtime)
    after = company(runtime, 1)
    assert report.updated == 1
    same = set(before) - {"website", "version", "content_hash"}
    assert {name: before[name] for name in same} == {name: after[name] for name in same}
    assert after["website"] == "www.example.cn"


def test_a_moved_address_moves_the_division_even_without_a_city_column(
    runtime: Runtime, tmp_path: Path
) -> None:
    import_companies(write_csv(tmp_path / "firms.csv", [HEADER, company_row(1)]), runtime=runtime)
    short = [["统一社会信用代码", "企业名称", "住所"], [*company_row(1)[:2], "大连市金州区光明街道"]]
    import_companies(write_csv(tmp_path / "moved.csv", short), runtime=runtime)
    assert company(runtime, 1)["adcode"] == "210213"


def test_invisible_characters_are_dropped_and_placeholders_say_nothing(
    runtime: Runtime, tmp_path: Path
) -> None:
    row = company_row(1)
    row[1] = "沈阳\u200b示例\x0b泵业\n有限公司"
    row[3], row[7] = "-", "N/A"
    import_companies(write_csv(tmp_path / "firms.csv", [HEADER, row]), runtime=runtime)
    one = company(runtime, 1)
    assert (one["name"], one["capital_raw"], one["tags"]) == ("沈阳示例泵业 有限公司", "", [])


@pytest.mark.parametrize(
    ("written", "status"),
    [
        ("存续（在营、开业、在册）", "active"),
        ("在业", "active"),
        ("吊销，未注销", "revoked"),
        ("吊销，已注销", "deregistered"),
        ("已注销", "deregistered"),
        ("停业", "suspended"),
        ("Inactive", "suspended"),
    ],
)
def test_status_words(runtime: Runtime, tmp_path: Path, written: str, status: str) -> None:
    row = company_row(1)
    row[6] = written
    import_companies(write_csv(tmp_path / "firms.csv", [HEADER, row]), runtime=runtime)
    assert company(runtime, 1)["status"] == status


def test_industry_codes_websites_and_numbers_are_checked(runtime: Runtime, tmp_path: Path) -> None:
    header = ["统一社会信用代码", "企业名称", "行业代码", "网址", "人数"]
    rows = [
        [make_uscc(1), "甲厂", "C3441 泵及真空设备制造", "https://a.example.cn/x?y=1", "1,200人"],
        [make_uscc(2), "乙厂", "9999", "javascript:alert(1)", "50-99人"],
        [make_uscc(3), "丙厂", "C", "", ""],
        [make_uscc(4), "丁厂", "通用设备制造业", "", ""],
    ]
    report = import_companies(write_csv(tmp_path / "firms.csv", [header, *rows]), runtime=runtime)
    one = company(runtime, 1)
    assert (one["industry_code"], one["employees"]) == ("3441", 1200)
    assert company(runtime, 3)["industry_code"] == "C"
    assert company(runtime, 4)["industry_code"] == "34"
    assert report.error_file
    codes = [line["code"] for line in error_lines(report.error_file)]
    assert codes == ["unknown_industry", "malformed_website", "not_a_whole_number"]


def test_a_row_whose_cells_slipped_is_put_right(runtime: Runtime, tmp_path: Path) -> None:
    row = company_row(1)
    path = write_csv(tmp_path / "firms.csv", [HEADER, [*row[:2], *row[3:], ""]])
    report = import_companies(path, runtime=runtime)
    assert (report.created, report.failed) == (1, 0)
    one = company(runtime, 1)
    assert (one["registered_on"], one["capital_raw"], one["address"]) == (None, "51万元", row[4])


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


CONTACT_HEADER = [*HEADER, "联系人", "联系电话", "电子邮箱"]


def test_contacts_are_read_and_masked_to_strangers(runtime: Runtime, tmp_path: Path) -> None:
    rows = [
        CONTACT_HEADER,
        [*company_row(1), "陈示例", "０２４－88888888 陈工；13800000000", "sales@example.com、b@example.com"],
        [*company_row(2), "-", "13800000000 13900000000", "无"],
        [*company_row(3), "", "", ""],
        [*company_row(4), "", "024-88888888转8001", ""],
    ]
    report = import_companies(write_csv(tmp_path / "firms.csv", rows), runtime=runtime)
    assert (report.created, report.failed, report.unread) == (4, 0, ())
    assert report.phones_left == 2
    first, second, third = (company(runtime, number) for number in (1, 2, 3))
    assert (first["contact_name"], first["phone"], first["email"]) == (
        "陈示例",
        "024-88888888",
        "sales@example.com",
    )
    assert (second["contact_name"], second["phone"], second["email"]) == ("", "13800000000", "")
    assert (third["phone"], third["contact_visibility"]) == ("", "members")
    with runtime.session(writing=False) as session:
        shown = contact_of(session.get_one(Company, company_id(make_uscc(1))), ANONYMOUS)
    assert (shown.masked, shown.name, shown.phone) == (True, "陈**", "024****8888")


def test_a_contact_that_cannot_be_reached_is_told_with_its_column(runtime: Runtime, tmp_path: Path) -> None:
    rows = [
        CONTACT_HEADER,
        [*company_row(1), "陈示例", "见年报", "sales@example.com"],
        [*company_row(2), "陈示例", "024-88888888", "sales.example.com"],
    ]
    path = write_csv(tmp_path / "firms.csv", rows)
    report = import_companies(path, runtime=runtime)
    assert (report.created, report.failed) == (0, 2)
    told = "".join(map(str, error_lines(error_file_for(path, runtime.settings.data_dir))))
    assert "024-88888888" in told
    assert "联系电话" in told
    assert "电子邮箱" in told


def test_a_sheet_without_contacts_keeps_them_and_what_a_firm_stated_stays(
    runtime: Runtime, tmp_path: Path
) -> None:
    told = [*company_row(1), "陈示例", "024-88888888", "sales@example.com"]
    import_companies(write_csv(tmp_path / "first.csv", [CONTACT_HEADER, told]), runtime=runtime)
    import_companies(write_csv(tmp_path / "second.csv", [HEADER, company_row(1)]), runtime=runtime)
    assert company(runtime, 1)["phone"] == "024-88888888"
    patch(runtime, 1, ["phone"], phone="024-66666666")
    told[-2] = "024-77777777"
    import_companies(write_csv(tmp_path / "third.csv", [CONTACT_HEADER, told]), runtime=runtime)
    assert company(runtime, 1)["phone"] == "024-66666666"
