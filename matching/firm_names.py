"""What a firm's name says of it: its trade, and whether it trades or manufactures."""

from __future__ import annotations

import re

_LEGAL = re.compile("[（(][^（）()]*[）)]|股份|有限|责任|集团|总?公司|分公司|总厂|分厂|厂$")
_PLACE = re.compile(r"^(?:辽宁|[^省]{2,3}省)?(?:[^市]{2,4}市)?(?:[^县区]{1,4}[县区])?")
_TRADER = re.compile("贸易|商贸|经贸|经销|销售|物资|供销|商行|商店|商场|商城|进出口|批发|门市部|经营部")
_FACTORY = re.compile("厂|制造|制品|加工|工业|机械|铸|锻")


def trade_name(name: str) -> str:
    """A firm's name without place, brackets and legal form: what is left of it may tell its trade."""
    return _LEGAL.sub("", _PLACE.sub("", name)) or name


def trades(name: str) -> bool:
    """Whether the name is a trader's."""
    return _TRADER.search(name) is not None


def manufactures(name: str) -> bool:
    """Whether the name is a manufacturer's."""
    return _FACTORY.search(name) is not None
