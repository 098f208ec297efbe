"""Cells as people type them become fields, or are refused by name."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.catalogue.cells import find_column, raw_from_cells, read_cell
from app.catalogue.declarations import load_kinds
from app.catalogue.problems import InvalidFields
from app.catalogue.validation import validate_fields
from search.documents import KINDS, Kind

ROW = {
    "加工工艺*": "车削、铣削，Grinding",
    "材质": "碳钢;不锈钢",
    "牌号": 304,
    "最大长度（m）": "3",
    "直径": "２０～８００ｍｍ",
    "公差": "0.02mm",
    "起订量": "10 件",
    "月产能": "1,200件/月",
    "空闲时段": "2026-03-01至2026-04-30 30%；2026/9/1 ~ 2026/9/30",
    "自制工装模具": "是",
    "交期": "20天",
    "备注": "不属于任何字段",
}


def test_a_row_becomes_a_clean_listing() -> None:
    assert validate_fields("processing", raw_from_cells("processing", ROW)) == {
        "process": ["turning", "milling", "grinding"],
        "material": ["carbon_steel", "stainless_steel"],
        "grade": ["304"],
        "max_length": {"value": 3, "unit": "m"},
        "diameter": {"low": 20, "high": 800, "unit": "mm"},
        "tolerance": {"value": 0.02, "unit": "mm"},
        "minimum_batch": {"value": 10, "unit": "piece"},
        "monthly_capacity": {"value": 1200, "unit": "piece/month"},
        "free_windows": [
            {"from": "2026-03-01", "to": "2026-04-30", "free": 30},
            {"from": "2026-09-01", "to": "2026-09-30", "free": 100},
        ],
        "own_tooling": True,
        "lead_time_days": 20,
    }


@pytest.mark.parametrize(
    ("kind", "header", "column"),
    [
        ("processing", "月加工能力(件/月)", ("monthly_capacity", "件/月")),
        ("processing", "２、月加工能力（件/月）", ("monthly_capacity", "件/月")),
        ("product", "Lead time", ("lead_time_days", "")),
        ("product", "备注", None),
        ("labour", "", None),
    ],
)
def test_a_header_names_a_field_and_maybe_its_unit(
    kind: Kind, header: str, column: tuple[str, str] | None
) -> None:
    assert find_column(kind, header) == column


@pytest.mark.parametrize(
    ("kind", "key", "cell", "clean"),
    [
        ("finance", "amount", "50-3000万元", {"low": 50, "high": 3000, "unit": "10k_CNY"}),
        ("finance", "rate", "4.8%~7.5%", {"low": 4.8, "high": 7.5, "unit": "percent"}),
        ("logistics", "temperature", "-25~-18℃", {"low": -25, "high": -18, "unit": "degC"}),
        ("raw_material", "thickness", 6, {"low": 6, "high": 6, "unit": "mm"}),
        ("product", "price", "2,860元", 2860),
    ],
)
def test_cells_hold_numbers_with_units(kind: Kind, key: str, cell: Any, clean: Any) -> None:
    declared = load_kinds()[kind].field(key)
    assert declared is not None
    example = load_kinds()[kind].example | {key: read_cell(declared, cell)}
    assert validate_fields(kind, example)[key] == clean


@pytest.mark.parametrize(
    ("header", "cell", "code"),
    [
        ("公差", "很高", "type"),
        ("公差", "7级", "unknown_unit"),
        ("工艺", "车削、炼金", "not_an_option"),
        ("交期", "2个月", "type"),
        ("空闲时段", "随时", "type"),
        ("直径", "2cm~800mm", "type"),
    ],
)
def test_a_cell_that_cannot_be_read_is_refused_by_name(header: str, cell: str, code: str) -> None:
    (key, _unit) = find_column("processing", header) or ("", "")
    raw = load_kinds()["processing"].example | raw_from_cells("processing", {header: cell})
    with pytest.raises(InvalidFields) as caught:
        validate_fields("processing", raw)
    assert [(found.field, found.code) for found in caught.value.problems] == [(key, code)]


@settings(max_examples=150, deadline=None)
@given(kind=st.sampled_from(KINDS), data=st.data())
def test_no_cell_breaks_the_reading(kind: Kind, data: st.DataObject) -> None:
    headers = st.sampled_from([field.label.zh for field in load_kinds()[kind].fields])
    text = st.text(alphabet="0123456789.,-~至万元吨件/月mm%车削、；:年 ", max_size=14)
    cells = data.draw(
        st.dictionaries(headers, st.one_of(text, st.floats(), st.none(), st.booleans()), max_size=6)
    )
    raw = raw_from_cells(kind, cells)
    assert len(raw) == len(cells)
    try:
        validate_fields(kind, raw)
    except InvalidFields as refused:
        assert refused.problems  # noqa: PT017 - either outcome will do, any other exception will not
