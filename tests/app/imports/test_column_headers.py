from __future__ import annotations

from pathlib import Path

import pytest

from app.imports.company_headers import COMPANY_FIELDS, COMPANY_HEADERS
from app.imports.headers import header_unit, normalise_header, recognise
from app.imports.mapping_file import load_mapping
from app.imports.problems import UnreadableMapping, mapping_problem_text


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("企业名称*", "name"),
        ("＊企业名称（必填）", "name"),
        ("1. 公司 名称：", "name"),
        ("Company_Name", "name"),
        ("统一社会信用代码\n(18位)", "uscc"),
        ("Unified Social Credit Code", "uscc"),
        ("ＵＳＣＣ", "uscc"),
        ("统一社会信用代码/注册号", "uscc"),
        ("注册资本(万元)", "capital_raw"),
        ("注册资本/万元", "capital_raw"),
        ("注册/资本", "capital_raw"),
        ("企业(机构)类型", "type"),
        ("住所（经营场所）", "address"),
        ("基本信息/成立日期", "registered_on"),
        ("E-mail", "email"),
        ("法定代表人", None),
        ("(万元)", None),
    ],
)
def test_company_headers(header: str, field: str | None) -> None:
    found = recognise([header], COMPANY_HEADERS)
    assert found.columns.get(header) == field
    assert found.unknown == ([] if field else [header])


def test_every_field_is_known_by_its_own_name() -> None:
    assert list(recognise(COMPANY_FIELDS, COMPANY_HEADERS).columns.values()) == list(COMPANY_FIELDS)


@pytest.mark.parametrize(
    ("header", "unit"),
    [
        ("注册资本(万元)", "万元"),
        ("注册资本（单位：万元人民币）", "万元人民币"),
        ("注册资本【万美元】", "万美元"),
        ("注册资本/万元", "万元"),
        ("员工人数(人)", "人"),
        ("企业名称(必填)", ""),
        ("万元", ""),
    ],
)
def test_units(header: str, unit: str) -> None:
    assert header_unit(header) == unit


def test_the_first_of_two_columns_is_read_and_missing_ones_are_told() -> None:
    found = recognise(["注册地址", "住所", "备注"], COMPANY_HEADERS, required=["name", "address"])
    assert found.columns == {"注册地址": "address"}
    assert found.repeated == {"住所": "address"}
    assert found.unknown == ["备注"]
    assert found.missing == ["name"]


def test_a_mapping_wins_over_synonyms_and_order() -> None:
    found = recognise(
        ["企业名称", "公司（全称）", "状态"],
        COMPANY_HEADERS,
        overrides={"公司(全称)": "name", "状态": "", "厂": "name"},
        required=["name"],
    )
    assert found.columns == {"公司（全称）": "name"}
    assert found.repeated == {"企业名称": "name"}
    assert found.ignored == ["状态"]
    assert not found.missing


def test_normalised() -> None:
    assert normalise_header(" ２、注册资本 (万元) * ") == "注册资本"


def test_mapping_files(tmp_path: Path) -> None:
    toml, json = tmp_path / "m.toml", tmp_path / "m.json"
    toml.write_text('[columns]\n"公司" = "name"\n"备注" = ""\n', encoding="utf-8")
    json.write_text('\ufeff{"columns": {"公司": "name", "备注": ""}}', encoding="utf-8")
    assert load_mapping(toml, fields=COMPANY_FIELDS) == load_mapping(json) == {"公司": "name", "备注": ""}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", "unreadable"),
        ("[]", "no_columns"),
        ('{"columns": {}}', "no_columns"),
        ('{"columns": {"公司": 1}}', "not_text"),
        ('{"columns": {"公司": "nom"}}', "unknown_field"),
    ],
)
def test_broken_mapping_files_are_told(tmp_path: Path, text: str, code: str) -> None:
    path = tmp_path / "m.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UnreadableMapping) as caught:
        load_mapping(path, fields=COMPANY_FIELDS)
    assert caught.value.code == code
    assert mapping_problem_text(caught.value, "zh")
    assert mapping_problem_text(caught.value, "en")


def test_a_mapping_in_another_encoding_is_told(tmp_path: Path) -> None:
    path = tmp_path / "m.toml"
    path.write_bytes('[columns]\n"公司" = "name"\n'.encode("gb18030"))
    with pytest.raises(UnreadableMapping) as caught:
        load_mapping(path)
    assert caught.value.code == "unreadable"
