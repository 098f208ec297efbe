"""A sheet of listings sent again, or sent anew, leaves what a firm edited since."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from import_samples import HEADER, company_row, make_uscc, stored, write_csv

from app.catalogue.declarations import load_kinds
from app.catalogue.schemas import ListingCreate, ListingUpdate
from app.catalogue.service import create_listing, update_listing
from app.core.actor import SYSTEM
from app.core.ids import company_id
from app.core.migrate import downgrade, migrate
from app.core.runtime import Runtime
from app.imports.companies import import_companies
from app.imports.listings import import_listings

COLUMNS = ["信用代码", "要素类别", "名称", "简介", "供货身份", "报价方式", "品牌"]
PUMP = [make_uscc(1), "产品", "单级离心泵", "铸铁泵", "自产", "面议", "示例"]
VALVE = [make_uscc(1), "产品", "闸阀", "铸钢阀", "自产", "面议", "示例"]


@pytest.fixture
def market(runtime: Runtime, tmp_path: Path) -> Runtime:
    """A firm with two listings of a sheet."""
    import_companies(write_csv(tmp_path / "firms.csv", [HEADER, company_row(1)]), runtime=runtime)
    send(runtime, tmp_path, PUMP, VALVE)
    return runtime


def send(runtime: Runtime, folder: Path, *rows: list[str]) -> tuple[int, int, int, int]:
    """(created, updated, unchanged, kept) of a sheet with these rows."""
    report = import_listings(write_csv(folder / "listings.csv", [COLUMNS, *rows]), runtime=runtime)
    assert report.failed == 0
    assert report.created + report.updated + report.unchanged == report.rows
    return report.created, report.updated, report.unchanged, report.kept


def listing(runtime: Runtime, title: str) -> dict[str, Any]:
    (found,) = [row for row in stored(runtime)["listing"] if row["title"] == title]
    return found


def edit(runtime: Runtime, held_as: str, **change: Any) -> None:
    held = listing(runtime, held_as)
    with runtime.session(actor=SYSTEM) as session:
        update_listing(session, held["id"], change=ListingUpdate(**change), if_match=f'"{held["version"]}"')


def test_the_old_sheet_again_leaves_an_edit(market: Runtime, tmp_path: Path) -> None:
    edit(market, "单级离心泵", summary="不锈钢泵")
    before = stored(market)
    assert send(market, tmp_path, PUMP, VALVE) == (0, 0, 2, 0)
    assert stored(market) == before


def test_a_new_sheet_changes_only_what_nobody_edited(market: Runtime, tmp_path: Path) -> None:
    edit(market, "单级离心泵", summary="不锈钢泵")
    told = [*PUMP[:3], "塑料泵", "自产", "面议", "新牌"]
    assert send(market, tmp_path, told, VALVE) == (0, 1, 1, 1)
    after = listing(market, "单级离心泵")
    assert (after["summary"], after["fields"]["brand"], after["by_hand"]) == ("不锈钢泵", "新牌", ["summary"])
    assert send(market, tmp_path, told, VALVE) == (0, 0, 2, 0)
    edit(market, "单级离心泵", fields=after["fields"] | {"brand": "自有品牌"})
    assert send(market, tmp_path, PUMP, VALVE) == (0, 0, 2, 1), "the first sheet, after the second"
    assert listing(market, "单级离心泵")["fields"]["brand"] == "自有品牌"


@pytest.mark.parametrize("row", [PUMP, [*PUMP[:3], "另一种说法", *PUMP[4:]]])
def test_a_renamed_listing_is_not_brought_back(market: Runtime, tmp_path: Path, row: list[str]) -> None:
    edit(market, "单级离心泵", title="多级离心泵")
    before = stored(market)
    assert send(market, tmp_path, row, VALVE) == (0, 0, 2, 1)
    assert stored(market) == before


def test_a_listing_of_another_kind_by_now_is_not_brought_back(market: Runtime, tmp_path: Path) -> None:
    material = load_kinds()["raw_material"].example
    edit(market, "单级离心泵", kind="raw_material", fields=material)
    assert send(market, tmp_path, PUMP, VALVE) == (0, 0, 2, 1)
    assert listing(market, "单级离心泵")["fields"] == material


def test_a_confirmed_draft_renamed_is_not_brought_back(market: Runtime, tmp_path: Path) -> None:
    drafts = [row for row in stored(market)["listing"] if row["status"] == "draft"]
    draft = next(row for row in drafts if (row["kind"], row["role"]) == ("product", "make"))
    row = [*PUMP[:2], draft["title"], *PUMP[3:]]
    assert send(market, tmp_path, row) == (0, 1, 0, 0)
    edit(market, draft["title"], title="改了名")
    for again in (row, [*row[:3], "另一种说法", *row[4:]]):
        assert send(market, tmp_path, again) == (0, 0, 1, 1)


def test_what_was_stated_on_a_page_stands_and_a_sheet_adds_to_it(market: Runtime, tmp_path: Path) -> None:
    with market.session(actor=SYSTEM) as session:
        fields = {"supply_role": "maker", "pricing": "negotiable", "brand": "手填"}
        said = ListingCreate(company_id=company_id(make_uscc(1)), kind="product", title="蝶阀", fields=fields)
        create_listing(session, said=said)
    assert listing(market, "蝶阀")["by_hand"] == ["fields"]
    assert send(market, tmp_path, [*PUMP[:2], "蝶阀", *PUMP[3:]]) == (0, 1, 0, 1)
    assert (listing(market, "蝶阀")["summary"], listing(market, "蝶阀")["fields"]["brand"]) == (
        "铸铁泵",
        "手填",
    )


def test_listings_of_before_the_upgrade(market: Runtime, tmp_path: Path) -> None:
    with market.session(actor=SYSTEM) as session:
        fields = {"supply_role": "maker", "pricing": "negotiable"}
        said = ListingCreate(company_id=company_id(make_uscc(1)), kind="product", title="蝶阀", fields=fields)
        create_listing(session, said=said)
    downgrade(market.engine, "0023")
    migrate(market.engine)
    assert listing(market, "蝶阀")["by_hand"] == ["role", "summary", "fields"]
    assert (listing(market, "闸阀")["by_hand"], listing(market, "闸阀")["content_hash"]) == ([], "")
    version = listing(market, "闸阀")["version"]
    assert send(market, tmp_path, PUMP, VALVE) == (0, 0, 2, 0)
    assert (listing(market, "闸阀")["version"], len(listing(market, "闸阀")["content_hash"])) == (version, 64)
