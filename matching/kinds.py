"""Which of the ten production factors a demand asks for."""

from __future__ import annotations

import re
from typing import Final

from matching.lexicon import lexicon
from matching.need import Amount
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
_WORKER: Final = re.compile(r"[\u4e00-\u9fff](?<![加施手化竣开完人电军民分职轻重])工$|(?:电|军)工(?:人|班)$")
_MADE_BY_OTHERS: Final = re.compile(
    r"(?:找|请)(?:人|厂|个厂|厂家)(?:来|帮忙)?(?:铸|锻|加工|焊|车|磨|铣|镗|冲|切)|\b(?:subcontractor|to machine|toll)\b|来料加工|外协|委外|外发|(?:能|可以)加工"
)
_MATTER: Final = re.compile(
    r"(?:粉|砂|矿|酸|碱|烯|胺|炭黑|氧化锌|氧化镁|酒精|乙醇|木浆板|短绒|硅铁|边角料|重废|炮泥|树脂|外加剂|粒|颗粒|煤|焦|石|油脂|化工料|乳液|溶剂|盐|锭)$"
)
"""Closes the names of what is bought by weight to be used up."""
_SINGLE_ROUND: Final = re.compile(r"(?:系统|平台|看板|软件|小程序)$")


def guess_kind(what: tuple[str, ...], asked: str, amount: Amount | None, *, measured: bool) -> Kind | None:
    """The kind of production factor, or None when unsure.

    ``asked`` is the title, or the sentence that asks; ``measured`` says that properties were given. The end of the head decides first (切割机 is a machine,
    激光切割 is processing), then words elsewhere in ``asked``.
    """
    head = what[0].lower() if what else ""
    words = lexicon()
    if head:
        for kind in _ENDING_ORDER:
            if head.removesuffix("服务").endswith(words.kinds.get(kind, ())):
                if kind == "processing" and head.endswith("加工") and "capacity" in _kinds_in(asked):
                    return "capacity"
                return kind
        if head.endswith(words.process_words) and not head.endswith(_PRINTED_OR_PACKED):
            return "processing"
        if _WORKER.search(head):
            return "labour"
        if _is_equipment(head, amount):
            return "equipment"
        if _SINGLE_ROUND.search(head) and ("technology" in _kinds_in(asked) or "开发" in asked):
            return "technology"
        if _MADE_BY_OTHERS.search(asked):
            return "processing"
        if _MATTER.search(head) and amount is not None and _weighed(amount):
            return "raw_material"
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
    if amount is not None and amount.unit in ("台", "set", "sets", "座", "艘") and amount.value <= 5:
        return "equipment" if amount.unit != "set" and amount.unit != "sets" else "product"
    return "product" if amount is not None or measured else None


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
    unit = find_unit(amount.unit) if amount else None
    if amount is not None and unit is not None and unit.dimension == "count" and amount.value > _MANY:
        return False
    return head.endswith(lexicon().equipment_heads)
