"""Whom and what the buyer refuses, and whether only firms of the place will do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from matching.knowledge.thesaurus import is_material
from matching.nouns import is_goods

_RESELLER: Final = (
    r"(?:贸易|商贸|经贸|中间商|代理|经销|批发|二道贩子|二手贩子|倒爷|贩子|皮包公司|中介|掮客|倒卖)"
)
_REFUSES: Final = r"(?:不要|不找|不接受|不考虑|不收|不欢迎|不与|拒绝|谢绝|拒收|请勿|非|勿|除)"
_NO_TRADERS: Final = re.compile(
    rf"{_REFUSES}[^，。；;,.！!\n]{{0,6}}{_RESELLER}[^，。；;,！!\n]{{0,4}}"
    rf"|{_RESELLER}(?:公司|商|企业)?[^，。；;,！!\n]{{0,4}}(?:勿|免|谢绝|拒绝|请绕|不要|别|不考虑|绕道|走开)[^，。；;,！!\n]{{0,4}}"
    r"|(?:只要|只找|只限|仅限|限|只接受|必须是?|务必|要求是?|一定要|只考虑|仅接受|只收|须|只和)[^，。；;,！!\n]{0,3}(?:源头|生产|制造|工厂|实体)?(?:厂家|生产厂|厂商|工厂|制造商|生产商|生产企业|源头厂)(?:直接供货|报价|直供)?"
    r"|(?:厂家|工厂|源头工厂|生产厂家?|厂商|源头)(?:直供|直销|直接供货|直接报价|直采)|源头厂家|源头工厂|直接(?:跟|和|与|找)?(?:生产)?厂家"
    r"|\bno (?:traders?|trading compan(?:y|ies)|middlem[ae]n|agents?|resellers?|distributors?|brokers?|dealers?)(?:,? (?:or|and) (?:traders?|trading compan(?:y|ies)|middlem[ae]n|agents?|resellers?|distributors?))?"
    r"|\b(?:manufacturers?|factor(?:y|ies)|makers?|producers?) only\b|\bonly (?:from )?(?:manufacturers?|factories|makers|producers|direct manufacturers?)\b|\b(?:factory|manufacturer)[ -]direct\b|\bdirect(?:ly)? from (?:the )?(?:manufacturer|factory|maker)s?\b"
    r"|\b(?:traders|trading companies|middlemen|agents|resellers)(?:,? please)? (?:do not|don't|need not|should not|not)[^.,;]{0,20}",
    re.IGNORECASE,
)
_LOCAL: Final = re.compile(
    r"本地(?!化|址)|当地|就近|附近|省内|市内|本市|本省|本县|周边|同城|家门口|本区|近一点|离[^，。]{0,6}近|辽宁省内|\b(?:locally|nearby|close by|in the (?:area|neighbou?rhood))\b|\blocal (?:\w+ ){0,2}(?:suppliers?|manufacturers?|factor(?:y|ies)|makers?|shops?|compan(?:y|ies)|foundr(?:y|ies)|workshops?|firms?|vendors?|only)\b|\blocal only\b",
    re.IGNORECASE,
)
_REFUSED_THING: Final = re.compile(
    r"(?:不要|不接受|不考虑|谢绝|拒绝|拒收|不收|不用(?=进口|二手|翻新|回收|再生|国产)|非(?=进口|二手|翻新|回收|再生|国产|仿|库存|拼|贴牌))(?:用|使用|任何)?([^\s，。；;,！!、:\x01\x02()]{1,8})"
    r"|(?P<tail>二手|翻新机?|拆机件|回收料|再生料|仿品|贴牌货|库存货|进口货?)(?:的)?(?:勿扰|免谈|不要|不考虑|不收|除外)"
    r"|\b(?:no|not|without) (?P<en>used|second[- ]hand|refurbished|imported|recycled|reconditioned|imports?)\b",
    re.IGNORECASE,
)
_SAID_AFTER: Final = re.compile(
    r"(?:^|[，。；;,！!、\s(:])(?P<thing>[^\s，。；;,！!、:\x01\x02()]{1,8}?)(?:的(?:话)?(?:一律|统统|通通|就|都|请)*(?:不要|不考虑|不收|不行|不买|免谈|勿扰|绕道|算了|除外|别来)|(?:一律|统统|通通|就|都|请)*(?:不要|不考虑|不收|免谈|勿扰|除外))(?:了|哈|啊|谢谢)?(?=$|[，。；;,！!\s)])"
)
"""霉变的不要, 塑料不要: the thing first."""
_FORBIDDEN: Final = re.compile(
    r"(?:别用|别拿|别掺|勿用|不掺|不混|不得使用|不得采用|不得掺|不能使用|不可用|不允许用|不许用|严禁使用?|禁止使用|杜绝|禁用|除了)(?P<thing>[^\s，。；;,！!、:\x01\x02()]{1,10})(?:以外|之外)?"
)
"""Refused where a thing or a material follows: 别用回收料, but not 别用力."""
_EN_REFUSED: Final = re.compile(
    r"\b(?:not interested in|do(?:n't| not) (?:want|need|accept|use|offer(?: us)?)|other than|except(?: for)?) (?:any )?(?P<thing>[a-z][\w\-]*(?: [\w\-]+){0,2}?)(?: ones| types?)?(?=[.,;!?\n]|$| please)"
    r"|\bno (?P<used>(?:used|second[- ]hand|refurbished|reconditioned|recycled|copy|fake|pirated|imported|substitute)) (?:ones|parts|units|machines?|material|goods|stock)"
    r"|(?:^|[.,;!?\n] ?)(?P<first>[a-z][\w\-]*(?: [\w\-]+){0,2}?) (?:is|are) not (?:accepted|acceptable|allowed|welcome|wanted|considered)",
    re.IGNORECASE,
)
_NOT_REFUSED: Final = re.compile(
    r"非诚|诚意|还价|价格|太贵|贵|报价|质量|急|中介|骗子|广告|闲聊|闲人|小白|微商|同行|电话|发票|(?:这|那|它|就|还|也|都|才|但|再|可以?|有|是)$|^非|太|^(?:可以|还|也|就|都|但|有|是|别|实在)"
)
_JOINED: Final = re.compile(r"[和或及与]|以及|或者")
_NOT_A_THING: Final = re.compile(
    r"^(?:太|有|漏|生锈|超过|低于|再(?!生)|把|求|让|影响|出现|变形|开裂|少于|高于|大于|小于|误|联系|打扰|报价|来电|的|是|在)"
)
_TAIL: Final = re.compile(r"(?:的|产品|货|勿扰|了|吧|谢谢)+$")


@dataclass(frozen=True, slots=True)
class Refusals:
    """What the buyer refuses, with the spans of the words that say so."""

    makers_only: bool
    local_only: bool
    exclusions: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]


def _more_refused(folded: str) -> Iterator[tuple[list[str], tuple[int, int]]]:
    """What is refused by other turns of phrase, with the span of each; things joined by 和 or 或 apart."""
    if not _HINT.search(folded):
        return
    for m in _SAID_AFTER.finditer(folded):
        thing = m["thing"].removesuffix("的")
        if thing and not (
            _NOT_REFUSED.search(thing) or re.search(_RESELLER, thing) or _NOT_A_THING.match(thing)
        ):
            yield [thing], (m.start("thing"), m.end())
    for m in _FORBIDDEN.finditer(folded):
        things = [one for part in _JOINED.split(m["thing"]) if (one := _TAIL.sub("", part))]
        if things and not re.search(f"{_RESELLER}|太", m["thing"]) and all(map(_is_matter, things)):
            yield things, m.span()
    for m in _EN_REFUSED.finditer(folded):
        thing = m["thing"] or m["used"] or m["first"]
        if not _EN_NOT_REFUSED.search(thing):
            yield [thing], m.span()


_HINT: Final = re.compile(r"[不别勿禁]|免谈|杜绝|除|\b(?:no|not|don't|other than|except)\b", re.IGNORECASE)
"""A quick look: most demands refuse nothing."""
_EN_NOT_REFUSED: Final = re.compile(
    r"trad|agent|middle|broker|resell|distribut|dealer|this|that|those|these|we|it|they|install|deliver|assist|help|price",
    re.IGNORECASE,
)


def _is_matter(word: str) -> bool:
    return is_goods(word) or is_material(word) or word.endswith(("料", "货", "品", "件", "材", "蚕", "纤"))


def read_refusals(folded: str) -> Refusals:
    """Reads 不要贸易商, 只要厂家, 要本地的, 不要二手 and their English likes from folded text."""
    spans = [m.span() for m in _NO_TRADERS.finditer(folded)]
    exclusions = []
    for m in _REFUSED_THING.finditer(folded):
        if any(start <= m.start() < end for start, end in spans):
            continue
        word = _TAIL.sub("", m[1] or m["tail"] or m["en"] or "")
        if not word or re.search(_RESELLER, word) or _NOT_A_THING.match(word):
            continue
        exclusions.append(word)
        spans.append(m.span())
    for things, span in _more_refused(folded):
        if not any(start < span[1] and span[0] < end for start, end in spans):
            exclusions.extend(things)
            spans.append(span)
    return Refusals(
        makers_only=_NO_TRADERS.search(folded) is not None,
        local_only=_LOCAL.search(folded) is not None,
        exclusions=tuple(dict.fromkeys(exclusions)),
        spans=tuple(spans),
    )
