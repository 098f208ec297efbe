"""Which production factor a demand asks for: by the end of the head, by who brings the material, by lists of names."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from benchmarks.understanding import TODAY
from matching.build_kinds import endings
from matching.kind_endings import ending_kind
from matching.understand import understand

pytestmark = pytest.mark.one_database


@pytest.mark.parametrize(
    ("text", "title", "kind"),
    [
        ("40吨，吨袋装", "铸造用萤石块", "raw_material"),
        ("DN600，2公里，要录像", "厂区雨水管网清淤", "tech_service"),
        ("QT450，来模，月200只", "皮带轮翻砂", "processing"),
        ("150吨，去黄粒", "大米色选", "processing"),
        ("面料我方提供，两千件", "围裙", "processing"),
        ("40Cr，调质，300根", "按图做一批传动轴", "processing"),
        ("阻燃面料，12组，按图定制", "接待台", "product"),
        ("12人，三班倒", "起重工", "labour"),
        ("用于烟气处理，想找成熟的", "低温脱硝技术", "technology"),
        ("三台", "渣浆泵叶轮", "product"),
        ("300平，十二个人，周末", "办公室搬家", "logistics"),
        ("Gas heated, 2 units", "Batch fryer for a snack plant", "equipment"),
        ("Two tons, dated", "Wrapping paper", "product"),
        ("We need a customs broker in Dalian", "", "logistics"),
        ("Want to hire 12 pipe fitters", "", "labour"),
    ],
)
def test_kinds(text: str, title: str, kind: str) -> None:
    assert understand(text, title=title, today=TODAY).kind == kind


def test_the_longest_ending_decides() -> None:
    assert ending_kind("滚筒烘干机") == "equipment"
    assert ending_kind("工业级氢氧化钾") == "raw_material"
    assert ending_kind("卡夫卡") is None


def test_endings_are_learnt_where_lists_agree(tmp_path: Path) -> None:
    with (tmp_path / "goods_zh_en.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("similar_group", "names_zh", "names_en"))
        rows.writerows(("0102", "磷酸甲盐", f"{name} zorbate") for name in ("methyl", "ethyl", "sodium"))
        rows.writerow(("0748", "未定器", "undecided thing"))
    with (tmp_path / "procurement_catalogue_2022.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("code", "name", "level"))
        rows.writerow(("C15010000", "驼队驮运", "2"))
        rows.writerow(("A02000000", "设备总称", "1"))
    found = endings(tmp_path)
    assert found["驼队驮运"] == "logistics" or found.get("驮运") == "logistics"
    assert found["zorbate"] == "raw_material"
    assert "未定器" not in found
    assert "设备总称" not in found
