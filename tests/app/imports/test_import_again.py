"""Companies imported again: nothing changed, nothing written; what users stated and what the file lacks stays."""

from __future__ import annotations

from pathlib import Path

from import_samples import (
    CONTACT_HEADER,
    HEADER,
    company,
    company_row,
    error_lines,
    make_uscc,
    stored,
    write_csv,
)
from sqlalchemy import text

from app.core.ids import company_id
from app.core.runtime import Runtime
from app.imports.companies import import_companies
from app.registry.models import Company


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
