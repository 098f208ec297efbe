from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from import_samples import HEADER, company_row, error_lines, make_uscc, stored, write_csv
from sqlalchemy import text

from app.core.runtime import Runtime
from app.imports.companies import import_companies
from app.imports.listings import import_listings
from app.imports.problems import UnreadableTable

LISTING_HEADER = [
    "信用代码", "要素类别", "名称", "简介", "供货身份", "报价方式", "品牌",
    "加工工艺", "可加工材料", "最小批量(件)", "月加工能力", "备注",
]  # fmt: skip
PUMP = [make_uscc(1), "产品", "单级离心泵", "铸铁泵", "自产", "面议", "示例", "", "", "", "", "x"]
MILLING = [
    make_uscc(1), "委托加工", "数控铣削", "", "", "", "", "铣削、车削", "碳钢、铸铁", "10", "8000 件/月", "",
]  # fmt: skip


@pytest.fixture
def market(runtime: Runtime, tmp_path: Path) -> Runtime:
    """Two firms, nothing waiting for the index."""
    import_companies(
        write_csv(tmp_path / "firms.csv", [HEADER, company_row(1), company_row(3)]), runtime=runtime
    )
    with runtime.engine.begin() as run:
        run.execute(text("DELETE FROM outbox"))
    return runtime


def listing(runtime: Runtime, title: str) -> dict[str, object]:
    (found,) = [row for row in stored(runtime)["listing"] if row["title"] == title]
    return found


def test_kinds_are_mixed_in_one_sheet(market: Runtime, tmp_path: Path) -> None:
    report = import_listings(write_csv(tmp_path / "a.csv", [LISTING_HEADER, PUMP, MILLING]), runtime=market)
    assert (report.rows, report.created, report.failed, report.unread) == (2, 2, 0, ("备注",))
    pump, milling = listing(market, "单级离心泵"), listing(market, "数控铣削")
    assert (pump["kind"], pump["role"], pump["status"], pump["source"]) == (
        "product",
        "make",
        "published",
        "firm",
    )
    assert pump["fields"] == {
        "supply_role": "maker",
        "brand": "示例",
        "pricing": "negotiable",
    }
    assert milling["fields"] == {
        "process": ["turning", "milling"],
        "material": ["carbon_steel", "cast_iron"],
        "minimum_batch": {"value": 10, "unit": "piece"},
        "monthly_capacity": {"value": 8000, "unit": "piece/month"},
    }
    assert milling["role"] == "process"
    held = stored(market)
    assert [version for _, version in held["outbox"]] == [2]
    assert sorted(row["version"] for row in held["company"]) == [1, 2]


def test_another_node_gives_the_same_ids(
    market: Runtime, make_runtime: Callable[[str], Runtime], tmp_path: Path
) -> None:
    path = write_csv(tmp_path / "a.csv", [LISTING_HEADER, PUMP, MILLING])
    import_listings(path, runtime=market)
    other = make_runtime("other")
    import_companies(tmp_path / "firms.csv", runtime=other)
    import_listings(path, runtime=other)
    assert stored(other)["listing"] == stored(market)["listing"]


def test_a_repeated_import_changes_nothing_and_a_changed_row_one_listing(
    market: Runtime, tmp_path: Path
) -> None:
    path = write_csv(tmp_path / "a.csv", [LISTING_HEADER, PUMP, MILLING])
    import_listings(path, runtime=market)
    before = stored(market)
    report = import_listings(path, runtime=market)
    assert (report.unchanged, report.created, report.updated) == (2, 0, 0)
    assert stored(market) == before
    write_csv(path, [LISTING_HEADER, [*PUMP[:3], "不锈钢泵", *PUMP[4:]], MILLING])
    report = import_listings(path, runtime=market)
    assert (report.unchanged, report.updated) == (1, 1)
    assert (listing(market, "单级离心泵")["summary"], listing(market, "单级离心泵")["version"]) == (
        "不锈钢泵",
        2,
    )


def test_bad_rows_are_told_and_the_rest_lands(market: Runtime, tmp_path: Path) -> None:
    rows = [
        PUMP,
        [make_uscc(9), *PUMP[1:]],
        ["123", *PUMP[1:]],
        [PUMP[0], "玄学", *PUMP[2:]],
        [PUMP[0], "产品", "", *PUMP[3:]],
        [*PUMP[:2], "另一泵", "", "", "一口价", *PUMP[6:]],
        [*PUMP[:3], "另一种说法", *PUMP[4:]],
        PUMP,
    ]
    report = import_listings(write_csv(tmp_path / "a.csv", [LISTING_HEADER, *rows]), runtime=market)
    assert (report.rows, report.created, report.unchanged, report.failed) == (8, 1, 1, 6)
    assert report.error_file
    lines = error_lines(report.error_file)
    assert sorted({(line["row"], line["code"]) for line in lines}) >= sorted(
        [
            ("3", "unknown_company"),
            ("4", "uscc_length"),
            ("5", "unknown_kind"),
            ("6", "required"),
            ("7", "required"),
            ("8", "duplicate_in_file"),
        ]
    )
    assert {line["column"] for line in lines if line["row"] == "7"} == {"供货身份", "price", "price_unit"}
    assert all(line["reason_zh"] and line["reason_en"] for line in lines)


def test_a_draft_of_the_same_title_is_confirmed_not_doubled(market: Runtime, tmp_path: Path) -> None:
    draft = next(
        row for row in stored(market)["listing"] if row["role"] == "make" and row["kind"] == "product"
    )
    owners = {row["id"]: row["uscc"] for row in stored(market)["company"]}
    row = [owners[draft["company_id"]], "产品", draft["title"], *PUMP[3:]]
    report = import_listings(write_csv(tmp_path / "a.csv", [LISTING_HEADER, row]), runtime=market)
    assert report.updated == 1
    after = listing(market, str(draft["title"]))
    assert (after["id"], after["status"], after["source"]) == (draft["id"], "published", "scope")


@pytest.mark.parametrize("status", ["withdrawn", "dismissed"])
def test_what_the_firm_withdrew_stays_withdrawn(market: Runtime, tmp_path: Path, status: str) -> None:
    path = write_csv(tmp_path / "a.csv", [LISTING_HEADER, PUMP])
    import_listings(path, runtime=market)
    with market.engine.begin() as run:
        run.execute(
            text("UPDATE listing SET status = :status WHERE title = '单级离心泵'"), {"status": status}
        )
    report = import_listings(path, runtime=market)
    assert report.failed == 1
    assert report.error_file
    assert [line["code"] for line in error_lines(report.error_file)] == ["not_offered"]
    assert listing(market, "单级离心泵")["status"] == status


def test_a_sheet_without_kinds_is_refused_unless_one_is_given(market: Runtime, tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "a.csv", [["uscc", "title", "供货身份", "报价方式"], [make_uscc(1), "泵", "经销", "面议"]]
    )
    with pytest.raises(UnreadableTable):
        import_listings(path, runtime=market)
    assert import_listings(path, runtime=market, kind="product").created == 1
    assert listing(market, "泵")["role"] == "resell"
