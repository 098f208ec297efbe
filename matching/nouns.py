"""What goods and jobs are called: whether a phrase ends in such a word."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Final

from matching.knowledge.thesaurus import is_material, load_thesaurus
from matching.lexicon import lexicon

_LONGEST: Final = 6
_FIRST_SERVICE: Final = "43"
"""Divisions of GB/T 4754 below this one grow, dig or make things."""
TYPICAL_ENDINGS: Final = frozenset(
    "夹机器泵阀管板件架柜箱袋罐桶瓶盒炉塔釜床车灯轴轮辊杆棒钉栓母圈环垫套座筒片带网布纸膜砖料剂粉油漆胶线缆绳链刀模具钢铁铜铝球块条丝钩梁柱门窗桌椅服帽鞋表仪盘盖叶翅砂石煤炭酸碱盐酯"
)
"""Characters that close the names of goods: a phrase ending in one is more likely a thing than a remark."""
_GENERIC: Final = ("设备", "装置", "系统", "机组", "机器", "配件", "零件", "工具", "材料", "药剂")


@cache
def goods_words() -> frozenset[str]:
    """The open lists of goods (``data/goods_words.txt``, see `matching.build_words`) and the lexicon's own words."""
    listed = (files("matching") / "data" / "goods_words.txt").read_text(encoding="utf-8").split()
    return frozenset(listed) | lexicon().goods


@cache
def trade_names() -> frozenset[str]:
    """What the thesaurus calls made things; slips are not corrected towards so many."""
    entries = [entry for entry in load_thesaurus() if entry.industry < _FIRST_SERVICE]
    names = {name for entry in entries for name in (entry.term, *entry.also) if not name.isascii()}
    return frozenset(name for name in names if not name.endswith(job_words()) and not is_material(name))


@cache
def job_words() -> tuple[str, ...]:
    """Words that close the name of a job or service: 加工, 维修, 运输, 贷款."""
    words = lexicon()
    jobs = {
        w for kind, names in words.kinds.items() if kind != "raw_material" for w in names if not w.isascii()
    }
    return tuple(jobs | set(words.process_words))


def is_goods(phrase: str) -> bool:
    """Whether ``phrase`` is or ends in the name of goods.

    Two characters of the thesaurus count only by themselves: they are too often the end of something else.
    """
    words, names = goods_words(), trade_names()
    tails = (phrase[-length:] for length in range(2, min(_LONGEST, len(phrase)) + 1))
    return phrase in names or any(tail in words or (tail in names and len(tail) > 2) for tail in tails)


def is_thing(phrase: str) -> float:
    """How surely ``phrase`` ends in the name of goods or of a job: 1 for a listed word, 0.4 for a typical ending."""
    words = goods_words()
    if is_goods(phrase):
        return 1.0
    if phrase.endswith(job_words()) or (phrase.endswith("子") and phrase[-3:-1] in words):
        return 1.0
    if phrase.endswith(_GENERIC):
        return 0.7
    return 0.4 if phrase[-1:] in TYPICAL_ENDINGS and len(phrase) > 1 else 0.0
