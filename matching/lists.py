"""Demands that are lists: numbered lines, lots, or rows of name and quantity."""

from __future__ import annotations

import re
from typing import Final

from matching.clauses import CUT, count_notations
from matching.nouns import is_thing
from matching.phrases import Head, analyse

ATTRIBUTE_NAMES: Final = frozenset(
    ("材料", "材质", "规格", "型号", "数量", "价格", "尺寸", "要求", "表面", "颜色")
)
"""Heads of columns, never the name of a thing."""
_ITEM: Final = re.compile(
    r"(?:^|[\n；;。:])\s*(?:(?:序号|标段|包件?|分包|品目|第)\s?[\d一二三四五六七八九十]{1,2}\s?(?:[.、:：)）]|[项包段]:?)|\d{1,2}\s?[.、)）](?!\d)|[一二三四五六七八九十]、|[①-⑩])\s*([^\n；;。，]+)"
)


def listed_heads(masked: str, notations: list[str]) -> list[Head]:
    """The things of a numbered list: 1. 球阀 2. 蝶阀."""
    found = []
    for item in _ITEM.finditer(masked):
        head = analyse(item[1], notations[count_notations(masked[: item.start(1)]) :])
        if head.what and is_thing(head.what[0]) > 0:
            found.append(head)
    return found if len(found) > 1 else _counted_list(masked)


_ROW: Final = re.compile(
    rf"(?:^|[\n；;，。、:,])\s*(?P<name>[\u4e00-\u9fff]{{2,10}})\s?{CUT}+(?=$|[\n；;，。、,])"
)
_LIST_LABEL: Final = re.compile(r"清单|明细|品名|采购计划|如下")
_ROWS: Final = 3


def _counted_list(masked: str) -> list[Head]:
    """A list that says itself one (清单, 明细), name and quantity a row: 五花肉300公斤；豆油20桶."""
    if not _LIST_LABEL.search(masked):
        return []
    names = [row["name"] for row in _ROW.finditer(masked) if row["name"] not in ATTRIBUTE_NAMES]
    return [Head((name,)) for name in names] if len(names) >= _ROWS else []
