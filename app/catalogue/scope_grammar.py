"""The words of a registered business scope (经营范围): verbs, boilerplate, and what kind of thing a noun names.

Tables only, and the expressions compiled from them; `scope_pieces`, `scope_reading` and `drafting` apply them. All
expressions expect text folded by `fold` (half-width letters and punctuation, one character for one, so offsets keep their meaning).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from search.documents import Kind, Role

_FOLD: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {
    0x3000: " ",
    ord("﹑"): "、",
    ord("｡"): "。",
    ord("【"): "(",
    ord("】"): ")",
    ord("["): "(",
    ord("]"): ")",
    0xFF3B: "(",
    0xFF3D: ")",
    ord("\t"): " ",
    ord("\r"): "。",
    ord("\n"): "。",
    ord("※"): "。",
    ord("*"): "。",
    0xFF0A: "。",
    ord("…"): "。",
}


_WORDS: Final[dict[str, frozenset[str]]] = {
    table: frozenset(words.split())
    for table, words in tomllib.loads(
        (Path(__file__).parent / "data" / "scope_words.toml").read_text(encoding="utf-8")
    ).items()
}


def fold(text: str) -> str:
    """Half-width form of letters, digits and punctuation; the length never changes."""
    return text.translate(_FOLD)


def _alternatives(words: Iterable[str]) -> str:
    return "|".join(sorted((re.escape(word) for word in words), key=len, reverse=True))


MAKE: Final = _WORDS["make"]
RESELL: Final = _WORDS["resell"]
PROCESS: Final = _WORDS["process"]
ALONE: Final = _WORDS["serve_alone"]
"""Service nouns that stand for themselves: they do not lend their sense to the nouns listed before them."""

SERVE: Final = _WORDS["serve_each"] | ALONE

FOLDED_INTO_MAKING: Final = _WORDS["folded_into_making"]
"""What a maker does on the way: said beside 制造 it is not an offer of its own."""

_VERBS = MAKE | RESELL | PROCESS | SERVE
_SUFFIX_VERBS = _VERBS - {"制", "批", "销", "贸易"}
_VERB = _alternatives(_SUFFIX_VERBS)
_JOIN = "(?:兼营|兼|并|及|和|与|或|[、/])?"
_TAIL = "(?:服务|业务|工程|活动)?"
VERB_RUN: Final = re.compile(f"(?:{_alternatives(_VERBS - {'制', '贸易'})})")
ONLY_VERBS: Final = re.compile(
    f"(?:的|相关|有关|其)*(?:{_alternatives(_VERBS - {'制', '贸易'})})"
    f"(?:{_JOIN}(?:{_alternatives(_VERBS - {'制', '贸易'})}))*{_TAIL}$"
)
VERBS_AT_END: Final = re.compile(f"(?P<of>的)?(?P<run>(?:{_VERB})(?:{_JOIN}(?:{_VERB}))*){_TAIL}$")

_LEADING = _WORDS["leading"]
VERBS_AT_START: Final = re.compile(f"(?:{_alternatives(_LEADING)})(?:{_JOIN}(?:{_alternatives(_LEADING)}))*")
PLAIN_LEAD: Final = _WORDS["plain_lead"]
NOT_A_PLAIN_LEAD: Final = re.compile(
    r"资料|线|中心|区|部|公司|厂$|型|性|用|设备$|过程|基地|服务|管理|许可|业务|技术|工艺|网点|市场|站|业|商|汽车|客运|车辆?|代理"
)
NOT_A_LEAD: Final = re.compile(
    r"的|资料|线|设备(?!制造)|中心|服务|业务|技术|咨询|工程|代理|工具|用具|器具|器材|用品|材料|机$|机械$|机及|区|商|品$|件$|型|性|"
    r"用|管理|公司|厂|费|证|权|台|许可|总承包|过程|装置|装饰|仪|车$|场|站|所|油|软件|方案|类|模具|项目|安装|合同|保障|信息|物"
)
"""What, after a leading verb, makes it a modifier instead: 生产资料, 加工中心, 检测设备, 铸造机械."""
LIGHT_LEAD: Final = re.compile(
    r"(?:68\d\d|(?:（?\d{1,2}[.)）]))?(?:主要从事|可?承担|可?承接|承揽|承办|从事|主营|兼营|专营|经营(?!性)|办理|提供|开展|主要|专业|自营|附设|附属|"
    r"包括|另设|发放|开办|吸收|本企业|本公司|公司|为[^,、]{2,8}提供)+(?=..)"
)
MODIFIER: Final = re.compile(
    r"(?:68\d\d-?(?=[\u4e00-\u9fff])|（\d{1,2}）|各种|各类|各式|各型|各项|各|其它|其他|相关的?|有关的?|相应的?|所需的?|上述的?|以上|以及|及其|其|自产的?|自有的?(?=产品)|"
    r"本公司生产的|开发的|本企业生产的|国产|出口|国内外|国内|国外|一切|全部|部分|等|及|和|与|的|系列|[-—.·:#~”“\"'‘’])+"
)
TRAILER: Final = re.compile(
    r"(?:等产品|等商品|等设备|等材料|等制品|等用品|相关|等等|等|系列产品|系列|之类|的|及|和|与|以及|[-—.·:~”“\"'‘’])+$"
)
GRADE: Final = re.compile(r"(?:[壹贰叁肆一二三四特甲乙丙]级|（暂定）)+$")
"""The grade of a builder's licence: 施工总承包贰级."""
INTANGIBLE: Final = re.compile(
    r"(?:广告|软件|网站|程序|视频|动画|影视|节目|网页|图文|游戏|影像|报价|标书|工程)$"
)
"""Making one of these is a service: 广告制作."""
STEMS: Final = _WORDS["stems"]
"""Verbs that act as nouns for those after them: 室内装饰设计、施工 -> 室内装饰施工."""
WHOLE_AT_END: Final = _WORDS["whole_at_end"]
"""At the end of a run of verbs these make one compound of it: 营销策划, 销售代理."""
ACCESSORY: Final = re.compile(
    r"(?:其|相关|相应|有关|附属|配套)*(零配件|零部件|配件|部件|备件|附件|零件|耗材|辅料|配套件|备品备件|备品配件|外设|附属设备|"
    r"配套设备|配套产品|辅助设备)$"
)
"""A bare word for parts, which borrows the noun before it: 水泵及配件 -> 水泵配件."""
BARE_HEAD: Final = re.compile(
    r"(?:器材|材料|设备|用具|制品|产品|商品|用品|元件|设施|工具|原料|成套设备|机械|器件|物资)"
    rf"(?:的?(?:{_VERB})(?:{_JOIN}(?:{_VERB}))*{_TAIL})?$"
)
"""Heads too bare to stand alone after 及: 电器机械及器材 stays whole."""

EMPTY: Final = _WORDS["empty"]
"""Not a thing anyone would search for by itself."""
STANDS_ALONE: Final = (PROCESS - {"加工"}) | ALONE | _WORDS["stands_alone"]
"""Verbs that are an offer with nothing beside them: 机械加工, 仓储."""
TOO_BARE: Final = _WORDS["too_bare"]
SHORT_OK: Final = _WORDS["short_ok"]

_BEFORE = "法律|行政法规|法规|国家法律|国家限定|国家限制|国家禁止|国家专项|依法|凡|涉及|需经|须经|应经|经营范围以|未获|未经|但国家"
_TRADE_WORDS = r"(?:自产|所需|各类|国内外|国内|货物|商品|产品|技术|机械设备|零配件|原辅材料|生产|科研|仪器仪表|及|和|与|、|的|所需的|相关|业务|以及|各种)"
BOILERPLATE: Final[tuple[tuple[str, re.Pattern[str]], ...]] = (
    (
        "口",
        re.compile(
            r"(?:自营|经营|从事|代理|开展|办理)?(?:和代理)?(?:进口|出口)?本?(?:企业|公司|厂)(?:自产|生产|所需|科研|进出口)[^;。]{0,150}"
            r"(?:进口|出口)(?:业务)?|进口本?(?:企业|公司)[^;。]{0,80}|"
            rf"(?:自营|经营|代理|自营和代理|自营或代理|办理)?(?:和代理)?本?(?:企业|公司)?{_TRADE_WORDS}{{0,40}}"
            r"(?:进出口|[进出]口(?=业务|贸易))(?:业务|贸易|商品|代理|服务){0,3}"
        ),
    ),
    (
        "",
        re.compile(
            rf"但?(?:{_BEFORE})[^;。()]{{0,70}}?(?:除外|经营活动|方可经营|后经营|不得经营|凭许可证经营|批准的项目|许可的项目|"
            r"审批的[^;。(),]{0,6}|为准|办理(?:相关手续|申请)?|经营项目[^;。(),、]{0,12})|"
            r"(?:许可|一般)(?:经营)?项目: ?无(?![纺缝机线损水人烟菌尘铅毒公])|"
            r"无?(?:许可|一般|前置许可)(?:经营)?(?:项目|范围)(?=[: ;。]|$)|以下(?:项目|经营项目)?仅?限[^;。:]{0,12}?经营|"
            r"以上(?:均|项目|范围|经营)?[^;。()]{0,24}?(?:专项审批|除外|经营|危险品|为准)|"
            r"经[^;。,()]{0,24}(?:批准|许可|核准)的?(?:其它|其他)?[^;。,()]{0,16}|"
            r"(?:国际|国内|转口|边境|对外|易货)一?般?贸易|此处空白|空白|商品展示"
        ),
    ),
    ("期", re.compile(r"[^;。,()、]{0,20}(?:有效期|期限)[^;。()]{0,40}")),
)
"""Formulas of the registry, cut out before reading, each behind a letter it cannot do without.

    Every repetition is bounded, so time stays linear."""
BOILERPLATE_PIECE: Final = re.compile(
    r"除外|许可证|资质|审批|批准|为准|不得经营|禁止|限制的|进出口|专项|筹建|法律|凭.{0,12}经营|仅限|^限(?!位|速|流|压|幅)|^不含|^不包括|"
    r"^除(?:疫苗|血液|注射|含|法律|国家|.{1,40}(?:以|之)外)|^含(?![油银硼硅氟磷钛铬])|^凭|"
    r"有效期|^以上|^上述|自主选择|核定|内部事|债权|规定|未经|^如$|依法|^如下|营销员|投保单|^单证|保险单|保险收据|接受客户|^投诉$|核保|打印保单|查勘理|授权|^包括$|^其中|国家|^持|国营贸易|许可该|依照|三来一补|行政规章|^在.{0,14}内$"
)
DROPPED_BRACKET: Final = re.compile(
    r"不含|除|凭|限|许可|审批|批准|法律|以上|均|级|含|资质|为准|经营|禁止|不包括|不涉及|无储存|连锁|持证|仅|专项|非分装|其他|详见|"
    r"不得|有效|号|至|期|^见|^不|涉及|国家|专营|范围|服务$|业务$|注|分公司|分支|代码|[0-9]{3}"
)

_GOODS = re.compile(r"[品材料件具械备车油表器机食服帽货物电烟酒粮肥药金交纸线缆灯]$")
_EQUIPMENT = _WORDS["equipment_heads"]
_NOT_EQUIPMENT = _WORDS["not_equipment_heads"]
_RAW = _WORDS["raw_material_heads"]
_RENTED_SPACE = re.compile(
    r"房|厂|仓库|库房|场地|柜台|商铺|摊位|土地|铺面|写字|车位|门市|网点|办公室|商业|冷库|楼|场所|市场|床位|展位|货场"
)
_PLAIN_TRADE = re.compile(
    r"(?:安装|维修|修理|调试|保养|检修|施工|改造|检测|设计|清洗|拆除|维护|监理|工程|装修|策划|改装)$"
)
_SERVICE_KINDS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    (
        "logistics",
        re.compile(
            r"运输|仓储|货代|搬运|物流|货运|装卸|配送|订舱|报关|报检|报验|储存|堆存|堆场|快递|中转|搬家|客运|集装箱|船舶代理|邮政|海运"
        ),
    ),
    (
        "finance",
        re.compile(
            r"贷款|担保|融资|保险|险种|险$|存款|结算|汇款|贴现|承兑|债券|兑付|兑换|结汇|售汇|信用证|票据|拆借|典当|外汇|储蓄|银行卡|"
            r"信用卡|保管箱|基金|证券|期货|信托|代收|代付|收付款|金融|投资(?!咨询)|外币|人民币|小额|保函|借记卡|贵金属业务|黄金|白银"
        ),
    ),
    ("labour", re.compile(r"劳务|职业介绍|人才|培训|人力资源|派遣|家政|招聘|外派")),
    (
        "technology",
        re.compile(
            r"技术开发|软件开发|软件研发|软硬件开发|系统开发|技术转让|技术研发|研发|产品开发|软件设计|技术研究|专利|程序开发|研究"
        ),
    ),
)

MAKER_NAME: Final = re.compile(
    r"制造|加工|机械|工具|制品|铸造|锻造|工厂|厂|机床|重工|酒业|铸件|泵业|阀门|轴承|电器|电缆|化工|纺织(?!品)|服装|制衣|食品|塑料|塑胶|橡胶|耐火|"
    r"矿|印刷|包装|饲料|钢管|铝业|铜业|模具|仪表|家具|陶瓷|玻璃|木业|纸业|药业|制药|水泥|冶金|冶炼|钢铁|合金|农场|养殖|种植|合作社"
)
SELLER_NAME: Final = re.compile(
    r"商贸|贸易|经贸|工贸|经销|商店|商场|商行|商社|销售|门市|供销|物资|批发|超市|百货|商厦|商城|加油站|药房|药店|大药房|经营处|经营部|"
    r"采购|供应|购物|专卖|书店|商业|便利|连锁|种子公司|生产资料|农资|土产|五交化|五金交电|医药|糖酒|副食|粮油站|商品|购销|营业部|烟草"
)
SERVER_NAME: Final = re.compile(
    r"银行|信用社|信用合作|保险|证券|咨询|工程|设计|装饰|装修|运输|物流|货运|客运|物业|酒店|宾馆|饭店|旅行|旅游|广告|服务|邮政|通信|"
    r"电信|联通|移动|房地产|投资|事务所|培训|学校|医院|典当|担保|拍卖|出租|安装|监理|勘|测绘|检测|人才|劳务|报关|货代|代理|园林|绿化"
)


def role_of(verb: str) -> Role:
    """What a firm does when its scope says ``verb``, one word of the tables above."""
    if verb in MAKE:
        return "make"
    if verb in RESELL:
        return "resell"
    return "process" if verb in PROCESS else "service"


def kind_of_goods(noun: str) -> Kind:
    """Equipment when the head noun is a machine, raw material for ores, metals, chemicals …, otherwise product."""
    head = noun.split("（", 1)[0]
    if _ends(head, _EQUIPMENT) and not _ends(head, _NOT_EQUIPMENT):
        return "equipment"
    return "raw_material" if _ends(head, _RAW) else "product"


def names_goods(noun: str) -> bool:
    """Whether the head of a noun is a good (材料, 设备, 服装 …) rather than something done."""
    return bool(_GOODS.search(noun)) or kind_of_goods(noun) != "product"


def _ends(noun: str, heads: frozenset[str]) -> bool:
    """Whether a noun ends in one of the heads, none of which is longer than six characters."""
    return any(noun[-length:] in heads for length in range(1, 7))


def kind_of_service(title: str) -> Kind:
    """The production factor a service belongs to; plain trades (维修, 安装, 餐饮 …) are tech_service."""
    if title.endswith("保险"):
        return "finance"
    if _PLAIN_TRADE.search(title) and "软件" not in title:
        return "tech_service"
    if re.search(r"租赁|出租", title) and "融资" not in title and "客运" not in title:
        return "capacity" if _RENTED_SPACE.search(title) else "equipment"
    for kind, words in _SERVICE_KINDS:
        if words.search(title):
            return kind
    return "tech_service"
