"""Procurement notices: what is bought, apart from who publishes, how it is tendered and where to apply."""

from __future__ import annotations

import re
from typing import Final

from matching.clauses import CUT

_BRACKETED: Final = re.compile(r"^[\s]*[【\[〔][^】\]〕]{2,12}[】\]〕]\s*")
_PROCEDURE: Final = r"(?:竞争性|公开|邀请|单一来源|网上|线上|电子|框架协议|二次|定点|集中|政府)*(?:招标|磋商|谈判|询价|比选|竞价|遴选|采购|比价|竞标|询比|征集|议标|拍租)"
_TAIL: Final = re.compile(
    rf"(?:采购|购置|服务采购|货物采购)?(?:项目|事宜|工作|一批)?(?:的)?{_PROCEDURE}+(?:采购|结果|意向|项目|活动)*(?:的)?(?:公告|公示|通知|文件|邀请书?|邀请函|函|启事|公开)$"
)
_ABOUT: Final = re.compile(r"^(?:关于|就)(?:拟|对|采购|购买|购置)*")
_BUYER: Final = re.compile(
    r"^[\u4e00-\u9fffA-Z0-9]{0,16}?(?:卫生院|医院|人民政府|管理局|管委会|街道办|公安局|教育局|学院|大学|中学|小学|学校|集团|有限公司|分公司|公司|中心|支队|大队|总队|委员会|研究院|研究所|敬老院|电厂|水厂|热力|机场|车辆段|部队)(?=[\u4e00-\u9fff]{2})(?!设备|系统|用|的)(?:关于|拟)?"
)
_FOR_ITEM: Final = re.compile(
    r"^(?:现?就|受.{2,30}?委托[,，]?(?:现?就)?)(?P<thing>[^，。]{2,40}?)(?:采购)?(?:项目|事宜)?进行.*$"
)
_LABEL: Final = re.compile(
    rf"^[\s{CUT}]*(?:采购|招标|询价|竞价|求购|货物|项目|产品|设备|服务|物资|材料|物料|标的|商品|需求|零件|工件)?(?:标的物?|品名|物料|名称|内容|品目|货物|物资|产品|服务内容|采购内容|事项)\s?[:：]\s?"
)


_WRAPPED: Final = re.compile(r"[】\]〕:：]|进行|(?:公告|公示|通知|文件|邀请|邀请书|函|启事|公开)$")
"""A quick look: other clauses are passed at once."""


def unwrapped(text: str) -> str:
    """A clause or title without the wrapping of a notice; what follows 品名: is asked for (求X)."""
    if not _WRAPPED.search(text):
        return text
    text = _BRACKETED.sub("", text)
    if labelled := _LABEL.match(text):
        return f"求{text[labelled.end() :]}"
    if item := _FOR_ITEM.match(text):
        return f"求{item['thing']}"
    bare = _TAIL.sub("", text)
    if bare != text:
        bare = _ABOUT.sub("", bare)
        return _BUYER.sub("", bare) or bare
    return text
