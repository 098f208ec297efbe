"""Turns of phrase in which buyers ask without a word of asking, and clauses that only look as if they named a thing.

Clauses are masked text (see `matching.clauses`). A turn is rewritten to 求X, so that one grammar reads all of them.
"""

from __future__ import annotations

import re
from typing import Final

from matching.clauses import CUT, NOTATION
from matching.lexicon import lexicon
from matching.nouns import is_thing

_RUNS_OUT: Final = re.compile(
    r"^(?P<thing>.{2,24}?)(?:现在|最近|眼看|马上|快)?(?:就|又)?要?(?:用完了?|用光了?|断货了?|断供了?|没货了?|缺货了?|告急|接不上货?了?|供不上了?)$"
)
_DONE_TO: Final = re.compile(
    rf"^.{{0,14}}?(?:拟|需要?|要|想|计划|打算|准备|现)?(?<![绝面相成核校针])对(?P<thing>.{{2,30}}?)(?:进行|实施|开展|做)(?:一次|全面|{CUT})*的?(?P<job>[\u4e00-\u9fff、]{{2,16}})$"
)
_TOLD_TO: Final = re.compile(
    r"^[\u4e00-\u9fff]{2,8}(?:让|要求|通知|规定)(?:我们|厂里|企业|必须|要|得)*(?:做|搞|上|装|办|出具?)(?!了)(?P<thing>[\u4e00-\u9fff]{2,})$"
)
_ANYBODY: Final = re.compile(
    r"^(?:请问|咱这|群里|这边|本地|附近)*(?:(?:有|哪里有|哪有)(?:没有|谁|人|哪家)?(?:会|能|懂|专门|可以)?(?:做|干|搞|生产|加工|卖|出|供|弄|懂)(?P<thing>.{2,20}?)的?(?:厂家?|厂子|师傅|人|朋友)?(?:没有?|吗|么|嘛|不)"
    r"|(?:谁|谁家|哪家|哪位|哪里|哪儿)(?:还|也)?(?:会|能|懂|有|专门|可以)?(?:做|干|搞|生产|加工|卖|供|懂)(?!过)(?P<made>.{2,20}?)(?:的|啊|呀|呢|吗)*)$"
)
_WHO_MENDS: Final = re.compile(
    r"(?:谁|哪位|哪家|哪里|有没有|找|请|能)[^，]{0,8}?(?:会|能|来|可以)?(?:现场|上门)?(?:修理|维修|修复|检修|修)(?:的|吗|一下|么|好)*$"
)
_MOVES: Final = r"(?:拉|运|发|送|配送|调|转运)"
_CARRIED: Final = re.compile(
    rf"^(?:.*?(?:每[天周月日]|一批|有批|有|长期))?(?:[\d一两二三四五六七八九十几]\s?[车柜箱趟件吨批])?{CUT}*(?P<thing>[\u4e00-\u9fff]{{2,10}}?)(?:要|需要?)?(?:从|由).{{1,14}}?{_MOVES}(?:到|往|至|去|回).*$"
    rf"|^(?:.*?(?:有一?批|一批|有些|有))(?P<load>[\u4e00-\u9fff]{{2,10}}?)(?:要|需要?|想)(?:从.{{1,12}}?)?{_MOVES}(?:到|往|至|去|回).*$"
    r"|^(?!以前|之前|原来|原先|都是|一直)(?:把|将)?(?P<gone>[\u4e00-\u9fff]{2,14}?)(?:要|需要?)?(?:运|拉|送)(?:出去|走|出厂|出港)$"
)
_HIRED: Final = re.compile(
    rf"^(?P<ask>.{{0,8}}?(?:缺|找|请|需要|招|想请|委托))(?:个|一个|一位|几个|几家|一家|些)?(?:有资质的|有经验的|懂行的|专业的?|靠谱的|老)*(?:人|师傅|单位|厂家|公司|厂子|施工队|队伍|团队|第三方)(?:帮着|帮忙|帮我们|帮我|给我们|给|过来|来|上门|现场)+(?:做|干|弄|搞|把)?(?:一下)?(?P<job>[\u4e00-\u9fff{CUT}{NOTATION}]{{2,20}}?)(?:一遍|一下|一次)?$"
)
_FIRM_OF_TRADE: Final = re.compile(
    r"(?P<made>(?:做|生产|制造|加工|供应)[^的]{2,16})的(?:化工|化学|石化|机械|机电|电子|电气|电器|仪表|食品|粮油|纺织|服装|塑料|橡胶|橡塑|建材|冶金|钢铁|制药|医药|轻工|五金|木业|纸业|包装|印刷|能源|环保|矿业|船舶|汽配|科技|农业)(?=(?:企业|公司|厂家|工厂|厂|单位)(?:$|[^\u4e00-\u9fff]))"
)
"""做芳烃的化工企业: the trade of the firm is no part of what it makes."""
_CAN_YOU: Final = re.compile(
    r"^(?:在吗|请问|问一?下|想问一?下?|咨询一?下)*(?:咱家|咱们?|你家|你们家?|贵司|贵厂|您家?|你那边?|这边)(?:还|也)?(?:能|会|可以|接)(?:不能|不会)?(?:做|干|加工|生产)?(?P<thing>.{2,14}?)(?:吗|么|不|嘛|没)$"
)
_ASKING_END: Final = frozenset("吗么不嘛没")
_ASKED_IF: Final = re.compile(
    r"^(?:请问|问一?下|想问一?下?)(?:你们|贵司|贵厂|咱们?)?(?:能|可以|还|会)?(?:做|接|加工|生产|卖)(?P<thing>.{2,16}?)(?:吗|么|嘛|不)$"
)
_FOR_OUR: Final = re.compile(
    r"^.{0,8}?(?:请|找|委托|让).{0,18}?(?:机构|单位|公司|厂家|厂|团队|师傅|队伍|服务商|实验室)(?:来)?[给帮对为替把](?:我们|我厂|我司|我方|厂里|公司|本厂)?的?(?P<thing>[\u4e00-\u9fff、]{2,24}?)(?P<job>(?:做|进行|搞|办)(?P<done>[\u4e00-\u9fff]{2,8})|(?:换|修|刷|装|洗|改|涂|翻)[\u4e00-\u9fff]{1,6})(?:一下|一次)?$"
)
"""请能出证书的机构给我们的压力表做校准: a job on the thing."""
_SET_RIGHT: Final = re.compile(
    r"^.{0,8}?把(?P<thing>[^，]{2,24}?)的?(?:问题|毛病|隐患)?(?:彻底|全部|统一|重新|好好|给)*(?P<job>处理|解决|治理|翻修|修复|修缮|修好|修|清理|清运|清洗|改造|加固|翻新|拆除)(?:一下|一遍|掉|好|干净)?(?:再用|重新用)?$"
)
"""把屋顶漏雨问题彻底处理: a job on the thing."""
_REDOUBLED: Final = re.compile(r"([\u4e00-\u9fff])一\1")
_POINTED: Final = re.compile(r"(?:的|^)(?:那|这)[种个款类样些]的?(?=[\u4e00-\u9fff]{2})")


def reworded(text: str) -> str:
    """The clause, with 求 before what a turn of phrase asks for; otherwise unchanged but for pointing words (的那种白粉)."""
    text = _POINTED.sub(lambda m: "的" if m[0][0] == "的" else "", text)
    text = _FIRM_OF_TRADE.sub(r"\g<made>的", _REDOUBLED.sub(r"\1", text))
    if found := _RUNS_OUT.match(text):
        return f"求{found['thing']}"
    if found := _DONE_TO.match(text):
        return f"求{found['thing'].lstrip(CUT)}{found['job']}"
    if (found := _TOLD_TO.match(text)) and is_thing(found["thing"]) > 0:
        return f"求{found['thing']}"
    if found := _ANYBODY.match(text):
        return f"求{found['thing'] or found['made']}"
    if text[-1:] in _ASKING_END and (found := _CAN_YOU.match(text) or _ASKED_IF.match(text)):
        return f"求{found['thing']}"
    if ("我" in text or "厂" in text) and (found := _FOR_OUR.match(text)):
        return f"求{found['thing']}{found['done'] or found['job']}"
    if "把" in text and (found := _SET_RIGHT.match(text)):
        return f"求{found['thing']}{found['job']}"
    if found := _HIRED.match(text):
        return f"求{found['job']}"
    if found := _CARRIED.match(text):
        return f"求{found['thing'] or found['load'] or found['gone']}运输"
    return text


def asks_who_mends(text: str) -> bool:
    """抚顺这边谁会修: the thing was named before."""
    return _WHO_MENDS.search(text) is not None


_ADDRESSED: Final = re.compile(
    r"^(?:(?:各位|诸位|请教|求助|大家|老铁|兄弟|朋友|老板|亲|群里|同行|大神|大佬|师傅|老师|高手|急)(?:们|好|一下|各位|老师|老板|大神|师傅|朋友|急|的)*|谢谢.{0,4}|在线等|有偿|不胜感激|打扰了?)$"
)
_BUYER_ALONE: Final = re.compile(
    r"^[\u4e00-\u9fff]{2,12}(?:厂|公司|店|站|企业|食堂|合作社|养殖场|农场|项目部|连锁|工地|酒店|医院|学校|超市|作坊|车队)(?:一家)?$"
)
_MADE_HERE: Final = re.compile(
    r"^(?:我|我们|厂里|本人|家里)?(?:是)?(?:做|搞|干|开|种|养|卖)[^要需求找]{2,16}的$"
)
_QUALITY: Final = re.compile(
    r"^(?P<of>[\u4e00-\u9fff]{1,8}?)(?:得|都|也)?要(?:求)?(?:比较|很|特别|更|有)?(?P<how>[\u4e00-\u9fff]{1,4})$"
)
_WE: Final = re.compile(r"我|咱|厂|公司|现|急|还|另|想|需|单位|工地|项目|主|重|只|次|长期|一直")
_ASPECT: Final = re.compile(
    r"^(?:预算|价格|总价|单价|价位|运费|账期|付款|质量|品质|工期|交期|设计|图纸?|版子|模具已|样品)"
)
_BESIDES: Final = re.compile(r"^(?:另外|另|外加|顺便|同时|再|还)(?:配|带|要|需|送|得|加|有)")
_HAPPENED: Final = re.compile(
    r"(?:新?上|买|采购|换|装|安装|建|接|签|订|收到|拿到|投产|中标|引进|租|购置|搬到)了(?![^，]{0,12}(?:坏|不够|老化))"
)
_KIND_OF: Final = re.compile(r"(?:的|那[种个]|[这那]样的)$")


def is_address(text: str) -> bool:
    """老铁们, 各位老师, 急急急: speaks to the readers."""
    return _ADDRESSED.match(text.strip(f"{CUT}{NOTATION} ")) is not None


def about_buyer(text: str) -> bool:
    """电热管厂, 做包装机的: who asks, not what is asked for."""
    bare = text.strip(f"{CUT}{NOTATION} ")
    return any(pattern.search(bare) for pattern in (_BUYER_ALONE, _MADE_HERE, _HAPPENED))


def quality_of(text: str) -> str | None:
    """What 电阻要好 or 仓要干净 speak of (电阻, 仓); None for other clauses."""
    bare = text.strip(f"{CUT}{NOTATION} ")
    found = _QUALITY.match(bare)
    if found is None or _WE.search(bare[: found.start("how")]) or is_thing(found["how"]) == 1:
        return None
    return found["of"]


def less_worth(text: str, order: int) -> float:
    """How much less a clause speaks for a thing, by its form: an aspect, an addition, an attribute, a material alone."""
    bare = text.strip(f"{CUT}{NOTATION} ")
    if order and _ASPECT.match(bare):
        return 1.5
    if order and _BESIDES.match(bare):
        return 0.8
    material = lexicon().materials.find(bare)
    only_material = bool(material) and material[0].text == bare.removesuffix("的").removesuffix("材质")
    if _KIND_OF.search(bare):
        return 1.0 if order else 1.5 if only_material else 0.7
    return 0.5 if only_material and not text.startswith(CUT) else 0.0


_TAKER: Final = re.compile(
    r"^[\u4e00-\u9fff]{0,10}(?:厂|公司|店|站)?(?:长期|高价|大量|急)?(?:收购?|急用|急需|求购|采购|要货)$"
)


def speaks_of_the_one_before(text: str, order: int) -> bool:
    """增碳剂厂收, 急用: what is wanted stands in the clause before."""
    return order > 0 and _TAKER.match(text.strip(f"{CUT}{NOTATION} ")) is not None
