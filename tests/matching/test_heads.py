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
        ("水泵厂，填料函里塞的那种盘根用完了，找一家", "盘根", ("填料函里塞",)),
        ("我单位拟对两台电梯进行维护保养，为期一年", "电梯维护保养", ()),
        ("安监局让做防雷检测，哪家有资质", "防雷检测", ()),
        ("各位老师，谁还能做木质托盘？", "木质托盘", ()),
        ("有做珍珠棉内衬的没", "珍珠棉内衬", ()),
        ("缺人帮着铣平面，30件", "铣平面", ()),
        ("一批苹果要从瓦房店拉到长春", "苹果运输", ()),
        ("黄铜的，水泵上用的叶轮，50个", "叶轮", ("水泵",)),
        ("废电极，回收公司收，现款", "废电极", ()),
        ("车间新上了两台冲床，要做隔音房", "隔音房", ()),
        ("储罐，罐壁要光，防腐要好", "储罐", ()),
        ("零件清洗机，一台", "零件清洗机", ()),
        ("急救箱30个", "急救箱", ()),
        ("螺旋千斤顶十台", "螺旋千斤顶", ()),
        ("活塞销，2000件", "活塞销", ()),
        ("【招标公告】货物名称：低压电缆。数量：3公里", "低压电缆", ()),
        ("在吗，问一下你家能镀锌吗，小件", "镀锌", ()),
        ("请问做线路板三防漆喷涂吗，板子我们寄", "线路板三防漆喷涂", ()),
        ("现在想请有经验的厂家重新设计制造一套焊接夹具", "焊接夹具", ()),
        ("想找一家能出证书的机构给我们的千分尺做校准", "千分尺校准", ()),
        ("想把车间地面起砂问题彻底处理，2000平", "车间地面起砂处理", ()),
        ("我司2019年落户营口，码头紧张。救生筏到期，共6只", "救生筏", ()),
        ("厂里的炉渣要拉走，每天20吨", "炉渣运输", ()),
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
        ("序号1：雨衣 300件；序号2：雨靴 300双", ("雨衣", "雨靴")),
        ("采购清单：牛腩200公斤；鸡翅100公斤；菜籽油10桶", ("牛腩", "鸡翅", "菜籽油")),
        ("食堂采购：土豆每周300斤，白菜每周200斤", ("土豆", "白菜")),
    ],
)
def test_several_things(text: str, things: tuple[str, ...]) -> None:
    assert read(text).what == things


@pytest.mark.parametrize(
    ("text", "head"),
    [
        ("The pump at our mine is leaking. We need someone to repair it on site.", "repair of pump"),
        ("Want to hire 6 crane drivers for two months", "crane drivers"),
        ("Marine surveyor required in Dalian", "Marine surveyor"),
        ("For our bakery we would like a quotation for dough mixers", "dough mixers"),
        ("Is there anybody near Anshan who can do sand casting?", "sand casting"),
        ("Worn pallets? No, we need 20 mm plywood", "plywood"),
        ("Tender: supply and installation of a biomass boiler", "biomass boiler"),
        ("Enquiry - gear hobbing, 1200 pcs", "gear hobbing"),
        ("Please provide price and lead time for: conveyor idlers, qty 900", "conveyor idlers"),
        ("Our mill is in Spain. Seeking a quotation for flax yarn, 3 t", "flax yarn"),
        ("Could somebody overhaul a diesel engine on site?", "overhaul of diesel engine"),
        ("Need an agency to recruit 30 sewing operators", "sewing operators"),
        ("Foundry coke, 200 t", "Foundry coke"),
        ("Cathode material, 20 t", "Cathode material"),
        ("Gear oil filtration on site, report required", "Gear oil filtration"),
    ],
)
def test_english_heads(text: str, head: str) -> None:
    assert read(text).what[:1] == (head,)


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
