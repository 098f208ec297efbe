"""What readers call the sources that evidence is drawn from: one table for the pages and the command line."""

from __future__ import annotations

from collections.abc import Mapping

from app.core.i18n import Language, translate

SOURCES: Mapping[str, str] = {
    "listing": "企业填报",
    "firm": "企业填报",
    "scope": "经营范围",
    "registry": "工商登记",
    "platform": "平台核验",
    "demand": "需求明细",
    "unknown": "企业未提供",
}


def source_name(code: str, language: Language) -> str:
    """scope -> 经营范围; a code that is none as it stands."""
    return translate(SOURCES[code], language) if code in SOURCES else code
