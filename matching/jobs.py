"""Heads that name a job and not a thing (管网清淤, 坯布染色, 大米色选), and whose job it is."""

from __future__ import annotations

import re
from typing import Final

from matching.nouns import is_goods
from search.analysis import tagged_words
from search.documents import Kind

_ON_SITE: Final = re.compile(
    r"(?:[刷清测修换拆装吊查检验校评办治疏除补堵铺挖砌][\u4e00-\u9fff]|改造|打药|打井|打孔桩|施肥|收割|防腐|防水|保温|监控|安防|消杀|洗涤)(?:服务|工程|施工)?$"
)
"""Done where the buyer is, to what stays there."""
_IN_WORKSHOP: Final = re.compile(
    r"[染充镀喷涂磨抛切割焊铸锻冲轧拔烘烤蒸腌压翻车铣钻镗刨裁缝绣印织绗熏晒碾膨淬渗][\u4e00-\u9fff]$|[\u4e00-\u9fff][染镀喷涂磨抛锻铸焊轧]$"
)
"""Done to what the buyer sends."""
_HAN: Final = re.compile(r"[\u4e00-\u9fff]{3,}$")


def job_kind(head: str, *, sent: bool) -> Kind | None:
    """Processing or technical service when a Chinese head closes with a verb; None for things.

    ``sent`` says that an amount of goods was named, by weight or by the piece: what verbs do to it, a workshop does.
    """
    found = _HAN.search(head)
    if found is None or is_goods(head):
        return None
    if _IN_WORKSHOP.search(head):
        return "processing"
    if _ON_SITE.search(head):
        return "tech_service"
    *_, (word, tag) = tagged_words(found[0])
    if len(word) > 1 and tag in ("v", "vn"):
        return "processing" if sent else "tech_service"
    return None
