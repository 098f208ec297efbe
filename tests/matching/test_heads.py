"""The thing wanted, told apart from story, application, refusal and the job done on it."""

from __future__ import annotations

import pytest

from benchmarks.understanding import TODAY
from matching.need import Need
from matching.understand import understand
from search.places import load_gazetteer


def read(text: str, title: str = "") -> Need:
    return understand(text, title=title, today=TODAY, places=load_gazetteer())


@pytest.mark.parametrize(
    ("text", "head", "application"),
    [
        ("皮带机上的清扫器，30套", "清扫器", ("皮带机",)),
        ("给挖掘机配套用的销轴，600根", "销轴", ("挖掘机",)),
        ("钢格板650平，船上走道用", "钢格板", ("船上走道",)),
        ("压铸模具一套，用于电控壳体", "压铸模具", ("电控壳体",)),
        ("我们是做阀门的，去年接了大单，现在缺一批螺栓", "螺栓", ()),
        ("产线上的减速机坏了，急着换", "减速机", ()),
        ("激光切割机坏了，找能上门修的", "激光切割机维修", ()),
        ("想给热水管道做保温", "热水管道保温", ()),
        ("把进口刀杆换成国产的", "进口刀杆", ()),
        ("从沈阳往广州发一批机床", "机床运输", ()),
        ("求代加工，尼龙卡扣，2000片", "尼龙卡扣", ()),
    ],
)
def test_heads(text: str, head: str, application: tuple[str, ...]) -> None:
    need = read(text)
    assert need.what[:1] == (head,)
    assert need.application == application


@pytest.mark.parametrize(
    ("text", "things"),
    [
        ("1.球阀40只\n2.蝶阀25只\n3.止回阀60只", ("球阀", "蝶阀", "止回阀")),
        ("要班台12张、文件柜30组、会议桌2张", ("班台", "文件柜", "会议桌")),
        ("采购氩气、氮气，每月60瓶", ("氩气", "氮气")),
        ("采购提取罐一台；配套浓缩器一台", ("提取罐", "浓缩器")),
    ],
)
def test_several_things(text: str, things: tuple[str, ...]) -> None:
    assert read(text).what == things


def test_attributes_joined_by_a_comma_are_no_list() -> None:
    assert read("", "防结垢、杀藻药剂").what == ("防结垢、杀藻药剂",)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("激光切割加工，来料，30吨", "processing"),
        ("买一台激光切割机", "equipment"),
        ("激光切割机坏了，找能上门修的", "tech_service"),
        ("齿圈要找人铸，8件", "processing"),
        ("招铆工5名", "labour"),
        ("氧化锌每月25吨", "raw_material"),
        ("找团队开发一套能耗监测平台", "technology"),
        ("白酒代工，3000箱", "capacity"),
    ],
)
def test_make_process_buy(text: str, kind: str) -> None:
    assert read(text).kind == kind
