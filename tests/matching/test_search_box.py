"""The search box: requests, steps on from the last search, and questions back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.understanding import TODAY
from matching.search_box import Reading, Search, read_search
from search.places import load_gazetteer

FIRST = "找沈阳市沈北新区做精密机械加工的企业，推荐6家"


def read(text: str, before: Search | None = None) -> Reading:
    return read_search(text, before, today=TODAY, places=load_gazetteer())


def test_a_whole_sentence() -> None:
    reading = read(FIRST)
    assert reading.need.what == ("精密机械加工",)
    assert reading.need.kind == "processing"
    assert reading.search.division == "210113"
    assert reading.search.count == 6
    assert not reading.step


@pytest.mark.parametrize(
    ("text", "what", "division", "count"),
    [
        ("推荐3家大连的铸造厂", "铸造", "210200", 3),
        ("帮我找十家能做钣金的厂家", "钣金", "", 10),
        ("辽宁有没有做激光切割的", "激光切割", "210000", None),
        ("海城市哪几家企业做镁砂", "镁砂", "210381", None),
        ("给我推荐营口做冷链运输的公司5家", "冷链运输", "210800", 5),
        ("recommend 5 suppliers of brass valves in Dalian", "brass valves", "210200", 5),
        ("鞍山铁东区搞热处理的厂子给我列三家", "热处理", "210302", 3),
        ("大连金州区做模具的企业有哪些？", "模具", "210213", None),
        ("沈阳于洪区 铝型材 厂家 6个", "铝型材", "210114", 6),
        ("找个能做喷漆的，大东区的", "喷漆", "210104", None),
        ("从沈阳到大连的冷链运输公司", "冷链运输", "", None),
        ("做芳烃的化工企业有哪些", "芳烃", "", None),
        ("沈河区和大东区做纸箱的企业", "纸箱", "210100", None),
        ("瓦房店轴承厂，推荐十来家", "轴承", "210281", None),
        ("find 5 CNC machining companies in Dalian", "CNC machining", "210200", 5),
        ("液压油缸", "液压油缸", "", None),
        ("冷藏运输 营口", "冷藏运输", "", None),
        ("直线导轨滑块，沈阳，不要贸易商", "直线导轨滑块", "", None),
    ],
)
def test_requests(text: str, what: str, division: str, count: int | None) -> None:
    reading = read(text)
    assert reading.need.what[:1] == (what,)
    assert (reading.search.division, reading.search.count) == (division, count)
    assert not reading.question


@pytest.mark.parametrize(
    ("text", "divisions"),
    [
        ("盘锦或者锦州做纸箱的企业", ("211100", "210700")),
        ("沈阳和大连做铸件的企业", ("210100", "210200")),
        ("鞍山、辽阳、本溪市的耐火砖厂家", ("210300", "211000", "210500")),
        ("casting companies in Shenyang and Dalian", ("210100", "210200")),
    ],
)
def test_several_cities(text: str, divisions: tuple[str, ...]) -> None:
    assert read(text).search.divisions == divisions


def test_steps_keep_or_replace_several_cities() -> None:
    both = read("沈阳和大连做铸件的企业").search
    assert read("换一批", both).search.divisions == ("210100", "210200")
    narrowed = read("其中哪些在金州区", both)
    assert narrowed.search.divisions == ("210213",)
    assert not narrowed.left
    assert read("其中哪些在锦州", both).left == "210100"
    assert read("换成鞍山和营口的", both).search.divisions == ("210300", "210800")


def test_a_zone_of_technology_asks_for_no_technology() -> None:
    assert read("推荐几家沈阳经济技术开发区的电缆厂").need.kind != "technology"


def test_some_more_of_the_same_steps_on() -> None:
    before = read("帮我找5家大连的铸造厂").search
    for more in ("再来5家", "再给我推荐5家", "再来几家"):
        reading = read(more, before)
        assert reading.step, more
        assert reading.search.words == before.words


@pytest.mark.parametrize(
    ("text", "change"),
    [
        ("那浑南区呢", {"division": "210112"}),
        ("换成大连", {"division": "210200"}),
        ("只看厂家", {"makers_only": True}),
        ("不要贸易商", {"makers_only": True}),
        ("其中有没有已核验的", {"verified_only": True}),
        ("按距离排", {"nearest_first": True}),
        ("只看设备", {"kind": "equipment"}),
        ("要10家", {"count": 10}),
        ("makers only", {"makers_only": True}),
    ],
)
def test_steps(text: str, change: dict[str, object]) -> None:
    before = replace(read(FIRST).search, start=6)
    reading = read(text, before)
    assert reading.step
    assert reading.search == replace(before, start=0, **change)
    assert reading.need.what == ("精密机械加工",)


@pytest.mark.parametrize("text", ["换一批", "再来几家", "还有别的吗", "下一批", "more", "next batch"])
def test_next_batch_begins_where_the_last_ended(text: str) -> None:
    before = replace(read(FIRST).search, start=6)
    assert read(text, before).search == before


def test_a_district_outside_the_last_place_is_said() -> None:
    reading = read("其中哪些在于洪区", read(FIRST).search)
    assert (reading.search.division, reading.left) == ("210114", "210113")
    city = read("找沈阳做精密机械加工的企业").search
    assert read("其中哪些在于洪区", city).left == ""


def test_a_new_request_forgets_the_last() -> None:
    reading = read("找大连做铸造的企业", read(FIRST).search)
    assert not reading.step
    assert reading.search == Search(words="找大连做铸造的企业", division="210200")


@pytest.mark.parametrize(
    "text", ["推荐几家企业", "找企业", "有没有好的供应商", "沈阳有哪些好的厂家", "recommend some suppliers"]
)
def test_vague_requests_are_asked_back(text: str) -> None:
    assert read(text).question == "what"


@pytest.mark.parametrize("text", ["换一批", "其中哪些在于洪区"])
def test_steps_without_a_search_before(text: str) -> None:
    assert read(text).question == "first"


def test_the_answer_to_a_question_keeps_the_place() -> None:
    asked = read("沈阳有哪些好的厂家，推荐5家").search
    reading = read("精密机械加工", asked)
    assert (reading.search.division, reading.search.count) == ("210100", 5)


def test_a_name_of_several_places_is_asked_back() -> None:
    reading = read("铁西区做热处理的企业")
    assert reading.question == "where"
    assert {"210106", "210303"} <= set(reading.options)
    assert read("鞍山铁西区做热处理的企业").search.division == "210303"


@settings(max_examples=100, deadline=2000)
@given(
    st.text(max_size=60),
    st.sampled_from(["", "推荐6家", "其中", "换一批", "铁西区", "找企业做"]),
    st.booleans(),
)
def test_any_text_is_read(text: str, lead: str, after: bool) -> None:
    reading = read(lead + text, read(FIRST).search if after else None)
    assert reading.search.start >= 0
    assert reading.search.count is None or 1 <= reading.search.count <= 100


@pytest.mark.parametrize(
    ("text", "words", "price", "unit"),
    [
        ("3000元以内的水泵", "水泵", 3_000, ""),
        ("水泵 三千元以下", "水泵", 3_000, ""),
        ("每吨不超过4,200元的钢管", "钢管", 4_200, "吨"),
        ("采购水泵20台，单价不超过3000元/台", "采购水泵20台", 3_000, "台"),
        ("5万元以内的数控机床", "数控机床", 50_000, ""),
        ("brass valves under 300 yuan each", "brass valves", 300, ""),
        ("steel pipe under CNY 4,200 per ton", "steel pipe", 4_200, "ton"),
        ("注册资本500万元以下的水泵厂", "注册资本500万元以下的水泵厂", None, ""),
        ("水泵20台，预算5万元以内", "水泵20台，预算5万元以内", None, ""),
        ("水泵3000元", "水泵3000元", None, ""),
        ("水泵 999999999999999元以内", "水泵 999999999999999元以内", None, ""),
    ],
)
def test_what_one_may_cost_at_most(text: str, words: str, price: float | None, unit: str) -> None:
    search = read(text).search
    assert (search.words, search.max_price, search.price_unit) == (words, price, unit)
    assert search.min_price is None


@pytest.mark.parametrize(
    ("text", "words", "least", "most", "unit"),
    [
        ("3000元以上的水泵", "水泵", 3_000, None, ""),
        ("水泵，单价不低于3000元/台", "水泵", 3_000, None, "台"),
        ("每吨不得低于4,200元的钢管", "钢管", 4_200, None, "吨"),
        ("每吨不得高于4,200元的钢管", "钢管", None, 4_200, "吨"),
        ("超过五千元的减速机", "减速机", 5_000, None, ""),
        ("2000到3000元的水泵", "水泵", 2_000, 3_000, ""),
        ("2000元-3000元的水泵", "水泵", 2_000, 3_000, ""),
        ("水泵 单价在2000至3000元/台之间", "水泵", 2_000, 3_000, "台"),
        ("3000~2000元的水泵", "水泵", 2_000, 3_000, ""),
        ("2到3万元的数控机床", "数控机床", 20_000, 30_000, ""),
        ("9千到1万元的数控机床", "数控机床", 9_000, 10_000, ""),
        ("两千到三千元的水泵", "水泵", 2_000, 3_000, ""),
        ("brass valves over 300 yuan each", "brass valves", 300, None, ""),
        ("steel pipe at least CNY 4,200 per ton", "steel pipe", 4_200, None, "ton"),
        ("brass valves 200 to 300 yuan each", "brass valves", 200, 300, ""),
        ("brass valves between 200 and 300 yuan", "brass valves", 200, 300, ""),
        ("注册资本500万元以上的水泵厂", "注册资本500万元以上的水泵厂", None, None, ""),
        ("注册资本500到800万元的水泵厂", "注册资本500到800万元的水泵厂", None, None, ""),
        ("月薪6000元以上的焊工", "月薪6000元以上的焊工", None, None, ""),
        ("水泵20台，预算5到8万元", "水泵20台，预算5到8万元", None, None, ""),
        ("pumps 200 to 300 pieces", "pumps 200 to 300 pieces", None, None, ""),
        ("水泵20到30台", "水泵20到30台", None, None, ""),
    ],
)
def test_what_one_costs_at_least(
    text: str, words: str, least: float | None, most: float | None, unit: str
) -> None:
    search = read(text).search
    assert (search.words, search.min_price, search.max_price, search.price_unit) == (words, least, most, unit)


def test_a_price_narrows_the_search_before_and_stays() -> None:
    first = read("沈阳做水泵的企业").search
    cheaper = read("3000元以内的", first)
    assert cheaper.step
    assert cheaper.search == replace(first, max_price=3_000)
    assert read("换一批", cheaper.search).search.max_price == 3_000
    asked = read("3000元以内的")
    assert asked.question == "what"
    assert (read("水泵", asked.search).search.words, read("水泵", asked.search).search.max_price) == (
        "水泵",
        3_000,
    )
