import csv
import gzip
import io
from pathlib import Path

import pytest

from search.divisions import stem
from search.places import Gazetteer, distance_km, load_gazetteer


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return load_gazetteer()


def named(gazetteer: Gazetteer, text: str, within: str = "") -> list[tuple[str, str]]:
    return [(m.text, m.division.adcode) for m in gazetteer.find_in_text(text, within=within)]


def test_the_tree(gazetteer: Gazetteer) -> None:
    assert [d.name for d in gazetteer.ancestors("210112")] == ["辽宁省", "沈阳市", "浑南区"]
    assert [d.name for d in gazetteer.ancestors("110105")] == ["北京市", "朝阳区"]
    assert gazetteer.contains("210000", "210112")
    assert gazetteer.contains("210112", "210112")
    assert not gazetteer.contains("210200", "210112")
    assert gazetteer.get("999999") is None
    assert gazetteer.ancestors("999999") == ()


def test_by_name(gazetteer: Gazetteer) -> None:
    assert [d.adcode for d in gazetteer.by_name("铁西区", within="210000")] == ["210106", "210303"]
    assert [d.adcode for d in gazetteer.by_name("东陵区")] == ["210112"]
    assert [d.adcode for d in gazetteer.by_name("dalian")] == ["210200"]
    assert gazetteer.by_name("无此地") == ()


@pytest.mark.parametrize(
    ("name", "bare"),
    [
        ("沈北新区", "沈北"),
        ("岫岩满族自治县", "岫岩"),
        ("内蒙古自治区", "内蒙古"),
        ("义县", "义县"),
        ("广西壮族自治区", "广西"),
    ],
)
def test_stem(name: str, bare: str) -> None:
    assert stem(name) == bare


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("沈阳铁西区找一家做法兰的厂", [("沈阳", "210100"), ("铁西区", "210106")]),
        ("大连或鞍山海城的供应商", [("大连", "210200"), ("鞍山", "210300"), ("海城", "210381")]),
        ("铁西区，鞍山", [("铁西区", "210303"), ("鞍山", "210300")]),
        ("沈北有没有", [("沈北", "210113")]),
        ("大连开发区机加工", [("大连开发区", "210213")]),
        ("东陵区、新城子", [("东陵区", "210112"), ("新城子", "210113")]),
        ("沈阳和平", [("沈阳", "210100"), ("和平", "210102")]),
        ("苏州吴江", [("苏州", "320500"), ("吴江", "320509")]),
        ("朝阳", [("朝阳", "211300")]),
        ("北京朝阳区", [("北京", "110000"), ("朝阳区", "110105")]),
        ("沈阳市和平区三好街90号", [("沈阳市", "210100"), ("和平区", "210102")]),
        (
            "Castings in Bayuquan; Tiexi District, Anshan",
            [("Bayuquan", "210804"), ("Tiexi District", "210303"), ("Anshan", "210300")],
        ),
    ],
)
def test_places_in_text(gazetteer: Gazetteer, text: str, expected: list[tuple[str, str]]) -> None:
    assert named(gazetteer, text) == expected


@pytest.mark.parametrize(
    "text",
    ["新区 高新区 开发区", "铁西区的厂家", "大连杆、大连接板", "十四平方米", "上海路12号", "鞍山东路", "大理石台面", "和平",
     "公安部认证，合作共赢", "防砸包头安全鞋", "12 Dalian Road", "白银焊条", ""],
)  # fmt: skip
def test_words_that_are_no_place(gazetteer: Gazetteer, text: str) -> None:
    assert named(gazetteer, text) == []


def test_the_readers_own_city_decides_between_two(gazetteer: Gazetteer) -> None:
    assert named(gazetteer, "铁西区的厂家", within="210300") == [("铁西区", "210303")]


def test_a_mention_is_cut_from_the_text_itself(gazetteer: Gazetteer) -> None:
    text = "送到 SHENYANG，再到大连市。"
    assert all(text[m.start : m.end] == m.text for m in gazetteer.find_in_text(text))


@pytest.mark.parametrize(
    ("address", "city", "adcode", "method"),
    [
        ("辽宁省大连市普兰店区城子坦街道中心街", "大连", "210214", "county_in_address"),
        ("沈阳市新城子区颇家屯东", "沈阳", "210113", "former_name"),
        ("辽宁省普兰店市瓦窝镇王家村", "大连", "210281", "street"),
        ("沈河区高官台街24号", "沈阳", "210103", "county_in_address"),
        ("辽阳县刘二堡镇", "辽阳", "211021", "county_in_address"),
        ("铁西区三道街213号", "鞍山", "210303", "county_in_address"),
        ("兴城海口码头", "葫芦岛", "211481", "short_name"),
        ("灌水镇车古轮泡村", "丹东", "210624", "street"),
        ("辽宁省大连经济技术开发区安盛里2#", "大连", "210213", "zone"),
        ("沈阳经济技术开发区花海路", "", "210106", "zone"),
        ("阜新市阜新市太平区高科技园区", "阜新", "210904", "county_in_address"),
        ("北京市朝阳区建国路", "", "110105", "county_in_address"),
        ("江苏省苏州市吴江区", "沈阳", "320509", "county_in_address"),
        ("滨江中路66号", "丹东", "210600", "city_only"),
        ("天津自贸试验区中环西路", "沈阳", "120000", "province_only"),
    ],
)
def test_addresses(gazetteer: Gazetteer, address: str, city: str, adcode: str, method: str) -> None:
    found = gazetteer.resolve_address(address, city=city)
    assert found is not None
    assert (found.division.adcode, found.method) == (adcode, method)
    assert 0 < found.confidence <= 1


def test_the_registration_office_is_asked_last(gazetteer: Gazetteer) -> None:
    by_code = gazetteer.resolve_address("国庆路", city="锦州", registered_adcode="210724")
    assert by_code is not None
    assert (by_code.division.name, by_code.method) == ("凌海市", "uscc")
    by_words = gazetteer.resolve_address("锦州市太和区", city="锦州", registered_adcode="210724")
    assert by_words is not None
    assert by_words.division.name == "太和区"


def test_an_address_of_nowhere(gazetteer: Gazetteer) -> None:
    assert gazetteer.resolve_address("某路1号") is None


def test_distance(gazetteer: Gazetteer) -> None:
    assert distance_km(0, 0, 0, 90) == pytest.approx(10007.6, abs=0.1)
    assert distance_km(121.6, 38.9, 121.6, 38.9) == 0
    shenyang_to_dalian = gazetteer.distance_km("210100", "210200")
    assert shenyang_to_dalian == pytest.approx(345, abs=1)
    assert gazetteer.distance_km("210100", "999999") is None


def test_the_real_register(gazetteer: Gazetteer, shared_data: Path) -> None:
    with gzip.open(shared_data / "liaoning_companies.csv.gz") as packed:
        rows = list(csv.DictReader(io.TextIOWrapper(packed, "utf-8")))
    found = [gazetteer.resolve_address(row["address"], city=row["city"]) for row in rows]
    to_county = sum(f is not None and f.division.level == "county" for f in found)
    assert to_county / len(rows) >= 0.97, "measured 0.98"
