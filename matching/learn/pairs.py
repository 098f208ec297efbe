"""Training pairs drawn anew every round: two names of one thing, a thing and its class, two things of a class.

Names are also dressed as people write them: a firm adds its verb (螺栓制造), a buyer sizes, grades and amounts
(M20×80 螺栓 8.8级 两吨). So the model learns which words name the thing and which do not.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from matching.learn.families import Family, plain


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts that belong together, and the family that keeps other pairs of it from counting as their opposites."""

    left: str
    right: str
    family: str


@dataclass(frozen=True, slots=True)
class Rates:
    """How many pairs a round each member of a family gives, on average."""

    names: float
    heads: float
    siblings: float


def draw(families: Sequence[Family], rates: Rates, chance: random.Random) -> Iterator[Pair]:
    """One round of pairs; a family gives what it has."""
    for family in families:
        for member in family.members:
            for _ in range(_times(rates.names * (len(member) > 1), chance)):
                yield Pair(member[0], chance.choice(member[1:]), family.key)
            for _ in range(_times(rates.heads * bool(family.heads), chance)):
                yield Pair(chance.choice(member), chance.choice(family.heads), family.key)
            for _ in range(_times(rates.siblings * (len(family.members) > 1), chance)):
                yield Pair(chance.choice(member), chance.choice(chance.choice(family.members)), family.key)


def _times(rate: float, chance: random.Random) -> int:
    return int(rate) + (chance.random() < rate % 1)


MAKING = (
    "制造", "加工", "生产", "销售", "批发", "零售", "制造销售", "生产销售", "加工制造", "批发零售", "设计制造", "制造安装",
    "生产加工",
)  # fmt: skip
ASKING = (
    "生产",
    "加工",
    "制造",
    "销售",
    "采购",
    "求购",
    "定做",
    "定制",
    "订做",
    "需要",
    "找",
    "急需",
    "购买",
    "代加工",
    "批发零售",
)
KINDS = (
    "不锈钢", "碳钢", "铸铁", "铝合金", "铜", "塑料", "橡胶", "尼龙", "陶瓷", "玻璃", "木制", "纸", "钢制", "聚乙烯", "聚氨酯",
    "聚四氟乙烯", "玻璃钢", "镀锌", "合金", "汽车用", "矿山", "船用", "农用", "电力", "石油", "化工", "建筑", "医用", "食品级",
    "工业", "民用", "家用", "铁路", "冶金", "轧机", "煤矿", "港口", "风电", "核电", "高压", "低压", "高温", "耐磨", "耐高温",
    "防腐", "防爆", "防水", "小型", "大型", "微型", "数控", "自动", "半自动", "电动", "液压", "气动", "手动", "便携式", "卧式",
    "立式", "移动式", "环保", "节能", "精密", "高精度", "特种", "定制", "非标", "进口", "国产", "新型", "普通", "通用", "专用",
    "一次性", "冷冻", "速冻", "有机", "无纺布", "涤纶", "棉", "真皮",
)  # fmt: skip
SPECS = (
    "M12×50", "4.8级", "φ25", "φ60×5", "DN80", "DN150 PN10", "PN25", "304", "201", "Q235B", "20#", "40Cr", "HT200", "QT450",
    "380V", "220V", "15kW", "5.5千瓦", "3台", "一套", "200件", "50吨", "5000只", "1000米", "50公斤/桶", "厚1.2mm", "GB/T 700", "JB/T 9006",
    "500ml", "约100方", "300套", "±0.05mm", "1.5MPa", "1200×600×400", "图纸加工", "年用1万件", "带合格证", "按样定做", "OD 60",
    "200 pcs", "1 set", "每月10吨", "80-200目", "含税到厂", "急用",
)  # fmt: skip
_HAN = re.compile("[\u4e00-\u9fff]")
LONGEST_DRESSED = 14
DRESSED = 0.3
"""Share of Chinese names that are dressed when a pair is drawn."""


def as_offered(name: str, chance: random.Random) -> str:
    """As a registered business scope says it."""
    where = chance.random()
    if where < 0.45:
        name += chance.choice(MAKING)
    elif where < 0.6:
        name = chance.choice(ASKING) + name
    return chance.choice(KINDS) + name if chance.random() < 0.15 else name


def as_asked(name: str, chance: random.Random) -> str:
    """As a buyer's title says it."""
    if chance.random() < 0.35:
        name = chance.choice(KINDS) + name
    if chance.random() < 0.35:
        name += chance.choice(("", " ", "，")) + chance.choice(SPECS)
    if chance.random() < 0.2:
        name = chance.choice(SPECS) + " " + name
    if chance.random() < 0.2:
        name = chance.choice(ASKING) + name
    return chance.choice(KINDS) + "用" + name if chance.random() < 0.1 else name


def sometimes_dressed(name: str, chance: random.Random) -> str:
    """The name, or in DRESSED of the cases the name as offered or asked for."""
    if chance.random() < DRESSED and len(name) <= LONGEST_DRESSED and _HAN.search(name):
        return (as_asked if chance.random() < 0.6 else as_offered)(name, chance)
    return name


def dressed_alike(names: Sequence[str], count: int, chance: random.Random) -> Iterator[Pair]:
    """Asked for and offered: the same name dressed both ways."""
    for name in chance.sample(names, min(count, len(names))):
        yield Pair(as_asked(name, chance), as_offered(name, chance), name)


def names_of(families: Sequence[Family]) -> list[str]:
    """Distinct short Chinese names of the members of classes."""
    classed = (member for family in families if family.heads for member in family.members)
    found = dict.fromkeys(plain(name) for member in classed for name in member)
    return [name for name in found if 2 <= len(name) <= LONGEST_DRESSED and _HAN.search(name)]


LESSON_NAMES = range(2, 41)


def lesson_texts(families: Sequence[Family], offered: int, seed: int) -> list[str]:
    """What a teacher is asked about: all names and heads of families that have heads, and ``offered`` names as firms say them."""
    chance = random.Random(seed)  # noqa: S311
    classed = [family for family in families if family.heads]
    spoken = (name for family in classed for member in (*family.members, family.heads) for name in member)
    names = [name for name in dict.fromkeys(spoken) if len(name) in LESSON_NAMES]
    short = names_of(families)
    dressed = (as_offered(name, chance) for name in chance.sample(short, min(offered, len(short))))
    return list(dict.fromkeys([*names, *dressed]))
