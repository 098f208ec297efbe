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
_SINGLE_ROUND: Final = re.compile(r"(?:系统|平台|看板)$")


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
        if _is_equipment(head, amount):
            return "equipment"
        if _SINGLE_ROUND.search(head) and "technology" in _kinds_in(asked):
            return "technology"
    # In a Chinese head a process or service before the thing is its attribute: 渗碳齿轮 are gears.
    around = asked if head.isascii() else asked.lower().replace(head, " ")
    found = _kinds_in(around) | (_kinds_in(asked) - {"processing", "tech_service"})
    for kind in _ANYWHERE_ORDER:
        if kind in found:
            return kind
    if not head:
        return None
    if "raw_material" in _kinds_in(head) and (
        amount is None or amount.unit in ("吨", "t", "kg", "公斤", "ton", "tons", "tonnes")
    ):
        return "raw_material"
    if amount is not None and amount.unit in ("台", "set", "sets", "座", "艘") and amount.value <= 5:
        return "equipment" if amount.unit != "set" and amount.unit != "sets" else "product"
    return "product" if amount is not None or measured else None


def _kinds_in(text: str) -> set[Kind]:
    """Kinds whose words stand in ``text``; a word that only begins a machine's name (检测仪) does not count."""
    found: set[Kind] = set()
    for kind, finder in lexicon().kind_finders.items():
        for word in finder.find(text):
            if not re.match(
                r"机(?!组)|仪|设备|床|炉|刀|线|液|剂|件|用|中心|厂|车间|工位", text[word.end : word.end + 2]
            ):
                found.add(kind)
                break
    return found


def _is_equipment(head: str, amount: Amount | None) -> bool:
    unit = find_unit(amount.unit) if amount else None
    if amount is not None and unit is not None and unit.dimension == "count" and amount.value > _MANY:
        return False
    return head.endswith(lexicon().equipment_heads)
