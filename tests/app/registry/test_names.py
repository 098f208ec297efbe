import csv
from pathlib import Path

import pytest

from app.registry.names import parse_company_name, short_names


@pytest.mark.parametrize(
    ("name", "place", "brand", "trade", "form", "branch"),
    [
        ("大连佳信纸箱有限公司", "大连", "佳信", "纸箱", "有限公司", ""),
        ("亿达（大连）科技有限公司", "大连", "亿达", "科技", "有限公司", ""),
        ("沈阳机床股份有限公司", "沈阳", "", "机床", "股份有限公司", ""),
        ("沈阳市沈北新区种子公司", "沈阳市沈北新区", "", "种子", "公司", ""),
        ("大连经济技术开发区红星汽车运输有限公司", "大连经济技术开发区", "红星", "汽车运输", "有限公司", ""),
        ("大连华锐重工集团股份有限公司港口事业部", "大连", "华锐", "重工", "集团股份有限公司", "港口事业部"),
        ("环球国际航运青岛有限公司", "青岛", "环球", "国际航运", "有限公司", ""),
        ("天台欧帕汽车用品经营部", "天台", "欧帕", "汽车用品", "经营部", ""),
        ("东港市小甸子供销合作社批发部", "东港市", "小甸子", "", "供销合作社", "批发部"),
        ("北台钢铁(集团)有限责任公司", "", "北台", "钢铁", "集团有限责任公司", ""),
        ("Dalian Trading Co., Ltd.", "", "Dalian Trading Co., Ltd.", "", "", ""),
        ("", "", "", "", "", ""),
    ],
)
def test_parts_of_a_name(name: str, place: str, brand: str, trade: str, form: str, branch: str) -> None:
    parts = parse_company_name(name)
    assert (parts.place, parts.brand, parts.trade, parts.organisation_form, parts.branch) == (
        place,
        brand,
        trade,
        form,
        branch,
    )
    assert parts.legal_name == name


def test_short_names_people_type() -> None:
    assert short_names("大连佳信纸箱有限公司") == ("佳信纸箱", "大连佳信纸箱", "大连佳信", "佳信")
    assert short_names("沈阳机床股份有限公司")[0] == "沈阳机床"
    assert "红星汽车运输" in short_names("大连经济技术开发区红星汽车运输有限公司")
    assert "大连红星汽车运输" in short_names("大连经济技术开发区红星汽车运输有限公司")


def test_a_short_name_is_never_the_legal_name_and_keeps_the_branch() -> None:
    names = short_names("大连佳信纸箱有限公司旅顺分公司")
    assert "佳信纸箱旅顺分公司" in names
    assert all(name.endswith("旅顺分公司") for name in names)
    assert "佳信纸箱" not in short_names("佳信纸箱")


def test_brands_of_the_labelled_names(shared_data: Path) -> None:
    lines = (shared_data / "cnp_groundtruth.txt").read_text(encoding="utf-8").splitlines()
    labelled = [[*line.split(), ""][:2] for line in lines if line.strip()]
    right = sum(parse_company_name(name).brand == brand for name, brand in labelled)
    assert right / len(labelled) >= 0.93, "measured 0.94"


def test_short_names_of_listed_firms(shared_data: Path) -> None:
    with (shared_data / "company_short_full.csv").open(encoding="utf-8") as lines:
        firms = [
            (row["short"].removeprefix("*").removeprefix("ST"), row["full"]) for row in csv.DictReader(lines)
        ]
    found = sum(short in short_names(full) for short, full in firms)
    assert found / len(firms) >= 0.68, "measured 0.71"
