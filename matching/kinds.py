"""Which of the ten production factors a demand asks for."""

from __future__ import annotations

import re
from typing import Final

from matching.english import in_chinese
from matching.jobs import job_kind
from matching.kind_endings import ending_kind
from matching.lexicon import lexicon
from matching.need import Amount
from matching.nouns import is_thing
from matching.units import find_unit
from search.documents import Kind

_MANY: Final = 60
"""More pieces than this of a "machine" are parts, not machines."""
_ENDING_ORDER: Final[tuple[Kind, ...]] = (
    "tech_service",
    "capacity",
    "processing",
    "logistics",
    "labour",
    "finance",
    "technology",
    "raw_material",
)
_ANYWHERE_ORDER: Final[tuple[Kind, ...]] = (
    "labour",
    "finance",
    "logistics",
    "capacity",
    "technology",
    "tech_service",
    "processing",
)
_MACHINE_BEHIND: Final = re.compile(r"机(?!组)|仪|设备|床|炉|刀|线|液|剂|件|用|中心|厂|车间|工位")
_PRINTED_OR_PACKED: Final = ("包装", "印刷", "代工", "贴牌", "组装")
_WORKER: Final = re.compile(
    r"[\u4e00-\u9fff](?<![加施手化竣开完人电军民分职轻重])工$|起重工$|(?:电|军)工(?:人|班)$"
)
_MADE_BY_OTHERS: Final = re.compile(
    r"(?:找|请)(?:人|厂|个厂|厂家)(?:来|帮忙)?(?:铸|锻|加工|焊|车|磨|铣|镗|冲|切)|\b(?:subcontractor|to machine|toll)\b|来料加工|外协|委外|外发|(?:能|可以)加工"
)
_MATTER: Final = re.compile(
    r"(?:粉|砂|矿|酸|碱|烯|胺|炭黑|氧化锌|氧化镁|酒精|乙醇|木浆板|短绒|硅铁|边角料|重废|炮泥|树脂|外加剂|粒|颗粒|煤|焦|石|油脂|化工料|乳液|溶剂|盐|锭)$"
)
"""Closes the names of what is bought by weight to be used up."""
_BUYERS_MATERIAL: Final = re.compile(
    r"(?:毛坯|坯布|坯料|坯子|面料|里布|裁片|原料|原材料|材料|板材|棒料|胚料|料|布)(?:我们|我方|我司|甲方|客户|都|由|自己|全部|也)*(?:出(?![现货口])|提供|自备|自有|自带|是?客供|供(?![货应]))"
    r"|来料(?![检化])|客供|带料来|\b(?:we|us|customer|buyer) (?:will )?(?:supply|supplies|provide|provides) (?:the |all )?(?:raw )?(?:materials?|blanks?|fabric)\b|\b(?:our own|customer.?supplied|free.?issue) (?:materials?|blanks?|fabric)\b",
    re.IGNORECASE,
)
"""The buyer brings the matter, so the work on it is wanted."""
_TO_DRAWING: Final = re.compile(
    r"(?:按|照|来)(?:客户)?[图样]纸?(?:加工|做|制作|生产|铸|锻|打样|来样)|来[图样]|有图(?!书)|图我|给图|\b(?:to|per|according to) (?:our |the )?drawings?\b",
    re.IGNORECASE,
)
_WORKSHOP: Final = re.compile(r"走心机|走刀机|树脂砂|砂型|消失模|失蜡|硅溶胶|自由锻|模锻")
_WHO_CAN: Final = re.compile(
    r"(?:求|找|寻|有没有|谁家?|哪家|有)[^，。]{0,6}?能(?:批量|小批量|代)?(?:铸|锻|车|铣|磨|镗|冲|焊|镀|喷|干)(?!净)"
)
_SERVED: Final = re.compile(
    r"^(?:上门)?(?:修(?![边枝正饰])|维修|检修|拆除|拆装|清洗(?![机剂液设])|清运|保养|校准|检定|测绘|调试|疏通|维护|repair\b|overhaul\b|service of\b|refurbish)"
    r"|(?:维保|清运|拆装|疏通|治理|修缮|防水|保温施工|施工|年审|评审|评价|监测|托管|运营|检定|标定|见证|申请|评级|达标|顾问|代账|策划|咨询服务|purification|surveyor|inspector|consultant|audit|repairs?)$",
    re.IGNORECASE,
)
_CARRIED: Final = re.compile(
    r"(?:仓库|库房|库位|搬家|搬迁|搬运|代发货?|一件代发|打包发货|清关|报检|押运|拼货|回程车|挂车|brokers?|brokerage|forwarders?|haulage|carriers?|drayage|warehouse)$",
    re.IGNORECASE,
)
_PEOPLE: Final = re.compile(
    r"\b(?:fitters?|welders?|drivers?|operators?|electricians?|mechanics|cleaners?|seamstresses|labou?rers|packers|technicians?|turners?|machinists?|scaffolders?|riggers?|carpenters?|guards?)$"
)
_AND: Final = re.compile("[和及、与]")
_AGENT: Final = re.compile(
    r"[a-z]{2,}(?:[bcdfgklmnprtvyz]er|[aiceu]tor|veyor|essor|mill|press|oven|kiln|saw)$"
)
_NO_AGENT: Final = re.compile(
    r"(?:paper|rubber|polymer|powder|fertili[sz]er|timber|lumber|container|copper|silver|leather|water|butter|cover|fastener|adapter|spacer|washer|primer|liner|buffer|filter|rafter|corner|order|number|polyester|sticker|poster|folder|holder|flower|pepper|ginger|liquor|hanger|sweater|trailer|super|other|power|cylinder|border|layer|letter|roller|lever|drawer|shutter|counter|charger|former|blister|sulfur)$"
)
_PART: Final = re.compile(
    r"(?:[轮件板套座杆轴芯片环圈块盖壳管阀头条垫齿销]|配件|零件|部件|模具?|parts?|spares?)$"
)
"""Closes the names of parts, which stand under their machine's code in the lists."""
_FEW: Final = 10
"""So many machines are bought at once; more of a thing that only ends like one are parts or tools."""
_SERVICES: Final = frozenset(("tech_service", "processing", "logistics", "technology", "labour", "finance"))
_SINGLE_ROUND: Final = re.compile(r"(?:系统|平台|看板|软件|小程序)$")


def guess_kind(
    what: tuple[str, ...],
    asked: str,
    amount: Amount | None,
    *,
    measured: bool,
    text: str = "",
    metal: bool = False,
) -> Kind | None:
    """The kind of production factor, or None when unsure.

    ``asked`` is the title, or the sentence that asks, ``text`` all of it; ``measured`` says that properties were given,
    ``metal`` that a grade or a process of the workshop was. The end of the head decides first (切割机 is a machine,
    激光切割 is processing), then words elsewhere in ``asked``.
    """
    head = what[0].lower() if what else ""
    by_ending: Kind | None = None
    words = lexicon()
    if head:
        for kind in _ENDING_ORDER:
            if head.removesuffix("服务").endswith(words.kinds.get(kind, ())):
                if kind == "processing" and head.endswith("加工") and "capacity" in _kinds_in(asked):
                    return "capacity"
                return kind
        first = _AND.split(head, maxsplit=1)[0]
        if first in words.process_words or (
            head.endswith(words.process_words) and not head.endswith(_PRINTED_OR_PACKED)
        ):
            return "processing"
        if _WORKER.search(head) or _PEOPLE.search(head):
            return "labour"
        if _CARRIED.search(head):
            return "logistics"
        if _SERVED.search(head):
            return "tech_service"
        if head.endswith(("技术", "专利")):
            return "technology"
        by_ending = ending_kind(head)
        if by_ending in _SERVICES:
            return by_ending
        if _is_equipment(head, amount):
            return "equipment"
        if _SINGLE_ROUND.search(head) and ("technology" in _kinds_in(asked) or "开发" in asked):
            return "technology"
        if _MADE_BY_OTHERS.search(asked) or _made_for_buyer(text, metal=metal):
            return "processing"
        if _MATTER.search(head) and amount is not None and _weighed(amount):
            return "raw_material"
        job = job_kind(head, sent=amount is not None and _many(amount)) if by_ending is None else None
        if job:
            return job
    # In a Chinese head a process or service before the thing is its attribute: 渗碳齿轮 are gears.
    around = asked if head.isascii() else asked.lower().replace(head, " ")
    found = _kinds_in(around) | (_kinds_in(asked) - {"processing", "tech_service"})
    for kind in _ANYWHERE_ORDER:
        if kind in found:
            return kind
    if not head:
        return None
    if "raw_material" in _kinds_in(head) and (amount is None or _weighed(amount)):
        return "raw_material"
    if (
        not _PART.search(head)
        and amount is not None
        and amount.unit in ("台", "set", "sets", "座", "艘")
        and amount.value <= 5
    ):
        return "equipment" if amount.unit != "set" and amount.unit != "sets" else "product"
    return _by_name(head, by_ending, amount) or (
        "product" if amount is not None or measured or is_thing(head) > 0 else None
    )


def _by_name(head: str, kind: Kind | None, amount: Amount | None) -> Kind | None:
    """The kind that things of such a name are, ``kind`` by its ending, where the amount allows it."""
    if kind is None and head.isascii():
        kind = ending_kind(in_chinese(head))
    if kind is None and _AGENT.search(head) and not _NO_AGENT.search(head):
        kind = "equipment"
    if kind == "equipment" and (_too_many(amount, _FEW) or _PART.search(head)):
        return "product"
    if kind == "raw_material" and amount is not None and not _weighed(amount):
        return "product"
    if kind is None and not head.isascii() and amount is not None and _by_mass(amount):
        return "raw_material"  # an unknown thing bought by weight
    return kind


def _made_for_buyer(text: str, *, metal: bool) -> bool:
    """Whether a workshop is asked to work on what the buyer brings, or to his drawing in metal."""
    return (
        _BUYERS_MATERIAL.search(text) is not None
        or _WHO_CAN.search(text) is not None
        or _WORKSHOP.search(text) is not None
        or (metal and _TO_DRAWING.search(text) is not None)
    )


def _by_mass(amount: Amount) -> bool:
    unit = find_unit(amount.unit)
    return unit is not None and unit.dimension == "mass"


def _weighed(amount: Amount) -> bool:
    unit = find_unit(amount.unit)
    return unit is not None and (unit.dimension in ("mass", "volume") or amount.unit in ("车", "桶"))


def _kinds_in(text: str) -> set[Kind]:
    """Kinds whose words stand in ``text``; a word that only begins a machine's name (检测仪) does not count."""
    found: set[Kind] = set()
    words = lexicon()
    for word in words.kind_words.find(text):
        if not _MACHINE_BEHIND.match(text, word.end):
            found.update(words.kinds_of[word.text.lower()])
    return found


def _is_equipment(head: str, amount: Amount | None) -> bool:
    return not _too_many(amount) and head.endswith(lexicon().equipment_heads)


def _many(amount: Amount) -> bool:
    unit = find_unit(amount.unit)
    return _weighed(amount) or (unit is not None and unit.dimension == "count" and amount.value > _MANY)


def _too_many(amount: Amount | None, most: int = _MANY) -> bool:
    unit = find_unit(amount.unit) if amount else None
    return amount is not None and unit is not None and unit.dimension == "count" and amount.value > most
