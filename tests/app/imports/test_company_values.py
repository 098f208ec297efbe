"""What cells of a sheet of companies are read as, and which are refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from import_samples import CONTACT_HEADER, HEADER, company, company_row, error_lines, make_uscc, write_csv

from app.core.actor import ANONYMOUS
from app.core.ids import company_id
from app.core.runtime import Runtime
from app.imports.companies import import_companies
from app.imports.intake import error_file_for
from app.registry.contacts import contact_of
from app.registry.models import Company


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
