"""`lianqiao match` and `lianqiao search` as somebody runs them in a terminal: real processes over one small world."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from app.catalogue.bulk import Statement, state_listings
from app.core.actor import SYSTEM
from app.core.migrate import migrate
from app.core.runtime import Runtime
from app.demands.schemas import DemandCreate
from app.demands.service import post_demand
from app.registry.bulk import register_companies
from app.registry.derive import Registration
from app.registry.uscc import check_character
from app.settings import Settings
from tests.services.programs import LIANQIAO

pytestmark = pytest.mark.one_database

CODES = [first + check_character(first) for first in ("91210106MA0CMD001", "91210202MA0CMD002")]
CARVER, SELLER = CODES


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a maker in Shenyang and a reseller in Dalian; nothing of them is indexed yet."""
    made = tmp_path_factory.mktemp("terminal")
    runtime = Runtime(Settings(data_dir=made))
    migrate(runtime.engine)
    with runtime.session(actor=SYSTEM) as session:
        register_companies(
            session,
            [
                Registration(
                    CARVER,
                    "沈阳琥珀[雕]刻有限公司",
                    address="沈阳市铁西区北二路1号",
                    business_scope="琥珀雕刻机制造。",
                ),
                Registration(
                    SELLER,
                    "大连琥珀贸易有限公司",
                    address="大连市中山区人民路1号",
                    business_scope="琥珀雕刻机销售。",
                ),
            ],
        )
        fields = {"supply_role": "maker", "pricing": "negotiable"}
        state_listings(session, [Statement(CARVER, "product", "数控琥珀雕刻机", "make", fields=fields)])
        post_demand(session, said=DemandCreate(title="采购琥珀雕刻机3台", city="沈阳"))
    runtime.close()
    return made


def lianqiao(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    settings = {"LIANQIAO_DATA_DIR": str(folder), "COLUMNS": "160", "NO_COLOR": "1"}
    return subprocess.run(
        [*LIANQIAO, *arguments], capture_output=True, text=True, env=os.environ | settings, timeout=240
    )


def answer(folder: Path, *arguments: str) -> Any:
    done = lianqiao(folder, *arguments, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_demand_is_answered_in_words(folder: Path) -> None:
    done = lianqiao(folder, "match", "采购琥珀雕刻机3台，不锈钢，不要贸易商", "--city", "沈阳")
    assert done.returncode == 0, done.stderr
    understood, _, found = done.stdout.partition("1. ")
    assert "要什么 What: 琥珀雕刻机" in understood
    assert "类别 Kind: 设备" in understood
    assert "材料 Material: 不锈钢" in understood
    assert "只要厂家 makers" in understood
    assert found.startswith("沈阳琥珀[雕]刻有限公司"), "what a firm is called is no markup"
    assert "琥珀雕刻机  经营范围" in found
    assert "✓ " in found
    assert "? " in found
    assert "大连琥珀贸易有限公司" not in found
    for code in ("scope", "listing", "registry", "unknown"):
        assert code not in done.stdout


def test_the_same_in_json_as_over_http(folder: Path) -> None:
    told = answer(folder, "match", "采购琥珀雕刻机3台", "--city", "沈阳", "--within", "anywhere")
    assert {"need", "items", "model", "took_ms"} <= told.keys()
    assert told["need"]["what"] == ["琥珀雕刻机"]
    assert [one["rank"] for one in told["items"]] == [1, 2]
    assert [one["company"]["uscc"] for one in told["items"]] == [CARVER, SELLER]
    first = told["items"][0]
    assert first["distance_km"] < 100 < told["items"][1]["distance_km"]
    assert {"kind", "title", "source"} <= first["item"].keys()
    assert all({"type", "text", "field", "source"} <= reason.keys() for reason in first["reasons"])
    within = answer(folder, "match", "采购琥珀雕刻机", "--city", "沈阳", "--within", "city", "-n", "1")
    assert [one["company"]["uscc"] for one in within["items"]] == [CARVER]


def test_in_english(folder: Path) -> None:
    done = lianqiao(folder, "match", "amber carving machine 琥珀雕刻机", "--lang", "en")
    assert done.returncode == 0, done.stderr
    assert "Understood" in done.stdout
    assert "score " in done.stdout
    assert "Kind: Equipment" in done.stdout
    assert "琥珀雕刻机  business scope" in done.stdout
    for chinese in ("企业填报", "经营范围", "已理解", "匹配", "候选"):
        assert chinese not in done.stdout


def test_words_are_searched_for(folder: Path) -> None:
    done = lianqiao(folder, "search", "琥珀雕刻机")
    assert done.returncode == 0, done.stderr
    assert "沈阳琥珀[雕]刻有限公司" in done.stdout
    assert "大连琥珀贸易有限公司" in done.stdout
    stated = lianqiao(folder, "search", "数控琥珀雕刻机")
    assert "数控琥珀雕刻机  企业填报" in stated.stdout
    there = answer(folder, "search", "琥珀雕刻机", "--division", "210200")
    assert [one["company"]["uscc"] for one in there["items"]] == [SELLER]
    nowhere = lianqiao(folder, "search", "琥珀雕刻机", "--division", "210500")
    assert (nowhere.returncode, "没有找到合适的企业" in nowhere.stdout) == (0, True)


def test_the_other_way_round(folder: Path) -> None:
    done = lianqiao(folder, "match", "--company", CARVER)
    assert done.returncode == 0, done.stderr
    assert "1. 采购琥珀雕刻机3台" in done.stdout
    assert [one["demand"]["title"] for one in answer(folder, "match", "--company", CARVER)["items"]] == [
        "采购琥珀雕刻机3台"
    ]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["match"], 2, "--company"),
        (["match", "水泵", "--company", CARVER], 2, "--company"),
        (["match", "水泵", "--within", "city"], 1, "限定范围前请先写明所在城市或区县"),
        (["match", "水泵", "--city", "亚特兰蒂斯"], 1, "没有找到这个地名"),
        (["match", "--company", "91210106MA0CMD0010"], 1, "校验位不符"),
        (["search", "水泵", "--limit", "0"], 2, "limit"),
        (["search", "水泵", "--division", "219999"], 1, "没有这个区划代码"),
    ],
)
def test_what_cannot_be_asked_is_told_without_a_trace(
    folder: Path, arguments: list[str], code: int, words: str
) -> None:
    done = lianqiao(folder, *arguments)
    assert done.returncode == code, done.stdout + done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
