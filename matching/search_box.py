"""What is typed into the search box: a request for firms, or a step on from the last one.

"找沈阳市沈北新区做精密机械加工的企业，推荐6家" asks for a capability, a division and a number. "其中哪些在于洪区" and
"换一批" mean something only after such a request: they are read against the search that was answered before.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Literal

from matching.need import Need
from matching.numerals import NUMBER, fold, read_number
from matching.place_choice import Gazetteer
from matching.price_wish import PriceWish, take_price
from matching.search_places import common, several, side_by_side
from search.documents import Kind
from search.index import division_prefix

MOST: Final = 100
"""Firms answered at once."""


@dataclass(frozen=True, slots=True)
class Search:
    """A search as it stands: the words for the thing, and everything that narrows where and how many."""

    words: str = ""
    division: str = ""
    """Firms must lie in this division (adcode); "" for anywhere."""
    others: tuple[str, ...] = ()
    """Or in one of these: 沈阳和大连."""
    kind: Kind | None = None
    count: int | None = None
    """How many the reader asked for."""
    start: int = 0
    """How many of the list have been shown: where the next batch begins."""
    makers_only: bool = False
    verified_only: bool = False
    nearest_first: bool = False
    min_price: float | None = None
    max_price: float | None = None
    """What one thing may cost, in yuan, at least and at most."""
    price_unit: str = ""
    """The unit those prices are for, as it was said; "" when it was not."""

    @property
    def divisions(self) -> tuple[str, ...]:
        """All divisions where firms may lie; empty for anywhere."""
        return (self.division, *self.others) if self.division else ()


@dataclass(frozen=True, slots=True)
class Reading:
    """What the typed words come to."""

    search: Search
    need: Need
    step: bool = False
    """True when the words stepped on from the search before."""
    question: Literal["", "what", "first", "where"] = ""
    """What has to be asked back: what is wanted; for a step without a search before it, what to start from; which of
    several places of one name is meant."""
    options: tuple[str, ...] = ()
    """The divisions (adcodes) to choose from for "where"."""
    left: str = ""
    """The division of the search before, when the new one does not lie in it although 其中 was said."""


_FIRM: Final = r"(?:企业|厂家|厂商|工厂|生产厂|加工厂|(?<![限任份])公司|供应商|供货商|制造商|生产商|服务商|商家|单位|厂子|厂(?!房|区|里|矿))"
_COUNT: Final = re.compile(
    rf"(?:[,，;；。\s]|^)?(?:请|帮我|给我|麻烦)*(?:推荐|推|找|来|列出?|给|要|选|挑|看)?(?:个|出|我)?(?:前|最好的|最合适的)?\s?(?P<n>{NUMBER})\s?(?:[-~到至]\s?(?P<top>{NUMBER})\s?)?(?:家|个(?={_FIRM}))"
    rf"|(?<=[\u4e00-\u9fff\s,，])(?P<bare>{NUMBER})\s?个(?=\s*(?:[,，。;；]|$))"
    r"|\b(?:top|best|recommend|list|show(?: me)?|give me|find(?: me)?)\s(?:the\s)?(?P<en>\d{1,3}|one|two|three|four|five|six|ten)\b(?:\s(?:suppliers|companies|firms|manufacturers|factories|makers))?"
    r"|\b(?P<en2>\d{1,3})\s(?:suppliers|companies|firms|manufacturers|factories|makers)\b",
    re.IGNORECASE,
)
_ENGLISH_COUNTS: Final = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "ten": 10}
_ASKS_FOR_FIRMS: Final = re.compile(
    rf"{_FIRM}|哪些|哪几家|哪家|谁家|谁能|有没有|[找寻](?:个|家|一家|一个|些|一些|几个|几家)?(?:能|可以|会)?(?:做|干|搞|生产)|\b(?:suppliers?|compan(?:y|ies)|firms?|manufacturers?|factor(?:y|ies)|makers?)\b",
    re.IGNORECASE,
)
_NEXT: Final = re.compile(
    r"换一批|换一组|换一些|换几家|换别的|下一批|下一组|下一页|再换|再来一批|再来(?:几|些|\d+)家?|再(?:推荐|给|找)(?:我)?(?:几|一些|一批|\d+)家?|继续|还有(?:没有)?(?:别的|其他|其它|更多)?(?:的|企业|厂家|公司)?(?:吗|么|没)?|更多|其他的?|别的|再(?=[\s,，。!！]|$)"
    r"|\b(?:next(?: (?:ones|page|batch))?|more|others?|another batch|show more)\b",
    re.IGNORECASE,
)
_AMONG: Final = re.compile(
    r"其中|这些(?:里面|里|当中|中)?|上面(?:这些|的)?|以上(?:这些)?|里面|当中|of (?:these|those)|among them",
    re.IGNORECASE,
)
_MAKERS: Final = re.compile(
    r"(?:只要|只看|只留|仅|要)?(?:是)?(?:生产|源头)?(?:厂家|工厂|制造商|生产商|制造企业|生产企业)(?:的)?|(?:不要|去掉|排除|除去)(?:贸易商|经销商|中间商|代理商?|贸易公司|销售商)(?:的)?|\b(?:makers|manufacturers) only\b|\bno (?:traders|agents)\b",
    re.IGNORECASE,
)
_VERIFIED: Final = re.compile(
    r"(?:只看|只要)?(?:已核验|已认证|已验证|核验过|认证过)的?|\bverified(?: only)?\b", re.IGNORECASE
)
_NEAREST: Final = re.compile(
    r"按?(?:距离|远近)(?:由近到远)?(?:排序|排|优先)?|(?:离我|离得)?最近的?(?:优先|排前面?)?|\b(?:nearest|closest)(?: first)?\b",
    re.IGNORECASE,
)
_KIND: Final = re.compile(r"(?:只看|只要|换成|改成|看看)(?P<word>[一-鿿]{2,4})(?:类|的|这类)?")
_FILLER: Final = re.compile(
    rf"(?:哪些|哪几家|哪家|有哪些|有没有|有|是|在|位于|的|呢|吗|么|吧|啊|了|只看|只要|看看|看|那|就|换成|换到|改成|改到|改为|也|我|想|要|请|帮我|帮|给我|给|推荐|找|一下|一些|几家|家|能|可以|做|生产|加工|靠谱|好|优质|合适|附近|周边|本地|当地|好的|不错|合作|需要|寻|求|都|这|些|几个|个|{_FIRM}|[\s,，。;；?？!！、.])+",
    re.IGNORECASE,
)
_ENGLISH_FILLER: Final = re.compile(
    r"\b(?:which|what|are|is|in|the|of|only|show|me|and|how|about|find|recommend|some|any|good|please|suppliers?|compan(?:y|ies)|firms?|manufacturers?|factor(?:y|ies)|makers?|ones?|those|these|located|there|near|around|i|need|want|a|for|looking)\b",
    re.IGNORECASE,
)


def read_search(text: str, before: Search | None, *, today: date, places: Gazetteer) -> Reading:
    """The search meant by ``text``, after the search ``before`` when there was one. Any text is accepted."""
    folded, price = take_price(fold(text))
    reading = _read(folded, before, today=today, places=places)
    if price is None and before is not None and not before.words:  # said with the words before
        price = PriceWish(before.min_price, before.max_price, before.price_unit)
    if price is None:
        return reading
    search = replace(reading.search, min_price=price.least, max_price=price.most, price_unit=price.unit)
    return replace(reading, search=search)


def _read(folded: str, before: Search | None, *, today: date, places: Gazetteer) -> Reading:
    rest, count = _take_count(folded)
    mentions = places.find_in_text(rest)
    named = common([mention.division.adcode for mention in mentions])
    cities = () if named else side_by_side(rest, mentions)
    named = named or "".join(cities[:1])
    if not mentions and (options := several(rest, places)):
        search = Search(words=rest.strip(" ,，。;；"), count=count)
        return Reading(search, _need(rest, search, today, places), question="where", options=options)
    plain = rest
    for mention in sorted(mentions, key=lambda m: -m.start):
        plain = f"{plain[: mention.start]} {plain[mention.end :]}"
    if cities:
        plain = f"{rest[: mentions[0].start]} {rest[mentions[-1].end :]}"
    step = _step(plain)
    if step is not None and (before is None or not before.words):
        step = None if not _is_pure_step(folded, plain) else step
    if step is not None or (before is not None and _nothing_left(plain)):
        return _stepped(
            before,
            step or Search(),
            named,
            count,
            among=bool(_AMONG.search(folded)),
            others=cities[1:],
            today=today,
            places=places,
        )
    if _nothing_left(plain):
        search = Search(division=named, others=cities[1:], count=count)
        return Reading(search, _need("", search, today, places), question="what")
    need = _understood(rest, today=today, places=places)
    search = Search(
        words=rest.strip(" ,，。;；"), count=count, makers_only=need.makers_only,
        division=named if named and (count or _ASKS_FOR_FIRMS.search(plain)) else "",
    )  # fmt: skip
    if search.division:
        search = replace(search, others=cities[1:])
    if before is not None and not before.words:  # the answer to "what?"
        where = search if search.division else before
        search = replace(search, division=where.division, others=where.others, count=count or before.count)
    return Reading(search, need)


def _take_count(folded: str) -> tuple[str, int | None]:
    """The text without "推荐6家", and the number; 几家 leaves the number open."""
    for found in _COUNT.finditer(folded):
        english = found["en"] or found["en2"]
        if english:
            number: float | None = float(_ENGLISH_COUNTS.get(english.lower()) or int(english))
        else:
            said = found["n"] or found["bare"]
            read = read_number(found["top"] or said)
            number = read[0] if read else None
            if number is not None and (said[:1] in "几数" or said[-1:] in "几多余来"):
                number = None
            if found["bare"] and not _ASKS_FOR_FIRMS.search(folded):
                continue  # 法兰 6个 are flanges
            if said in ("一", "1") and not re.search("推荐|给|来", found[0]):
                continue  # 找一家能做… names no number
        count = None if number is None else max(1, min(int(number), MOST))
        return f"{folded[: found.start()]}，{folded[found.end() :]}".strip("，"), count
    return folded, None


def _step(plain: str) -> Search | None:
    """What a step asks for, None when words are left that name a thing."""
    step = Search(start=1 if _NEXT.search(plain) else 0)
    left = _AMONG.sub("", _NEXT.sub("", plain))
    if _MAKERS.search(left):
        left, step = _MAKERS.sub("", left), replace(step, makers_only=True)
    if _VERIFIED.search(left):
        left, step = _VERIFIED.sub("", left), replace(step, verified_only=True)
    if _NEAREST.search(left):
        left, step = _NEAREST.sub("", left), replace(step, nearest_first=True)
    if (of_kind := _KIND.search(left)) and (
        kind := _KINDS.get(of_kind["word"].removesuffix("类").removesuffix("的"))
    ):
        left, step = left[: of_kind.start()] + left[of_kind.end() :], replace(step, kind=kind)
    said = step != Search() or bool(_AMONG.search(plain))
    return step if said and _nothing_left(left) else None


_KINDS: Final[dict[str, Kind]] = {
    "产品": "product", "技术": "technology", "产能": "capacity", "设备": "equipment", "劳务": "labour", "用工": "labour",
    "原料": "raw_material", "原材料": "raw_material", "加工": "processing", "物流": "logistics", "金融": "finance",
    "服务": "tech_service", "技术服务": "tech_service",
}  # fmt: skip


def _nothing_left(plain: str) -> bool:
    return not re.search(r"[一-鿿A-Za-z0-9]", _FILLER.sub("", _ENGLISH_FILLER.sub("", plain)))


def _is_pure_step(folded: str, plain: str) -> bool:
    """Whether the words can only step on (换一批, 其中…), so that without a search before there is nothing to answer."""
    return bool(_AMONG.search(folded) or _NEXT.search(plain))


def _stepped(
    before: Search | None,
    step: Search,
    named: str,
    count: int | None,
    *,
    among: bool,
    others: tuple[str, ...],
    today: date,
    places: Gazetteer,
) -> Reading:
    if before is None or not before.words:
        search = replace(
            before or Search(),
            division=named or (before.division if before else ""),
            others=others if named else (before.others if before else ()),
            count=count,
        )
        return Reading(
            search, _need("", search, today, places), step=True, question="what" if before else "first"
        )
    left = ""
    inside = any(named.startswith(division_prefix(one)) for one in before.divisions)
    if among and named and before.division and not inside:
        left = before.division
    search = replace(
        before,
        division=named or before.division,
        others=others if named else before.others,
        kind=step.kind or before.kind,
        count=count or before.count,
        start=before.start if step.start and not named else 0,
        makers_only=before.makers_only or step.makers_only,
        verified_only=before.verified_only or step.verified_only,
        nearest_first=before.nearest_first or step.nearest_first,
    )
    return Reading(search, _need(search.words, search, today, places), step=True, left=left)


def _need(words: str, search: Search, today: date, places: Gazetteer) -> Need:
    need = _understood(words, today=today, places=places)
    return replace(need, kind=search.kind or need.kind, makers_only=search.makers_only or need.makers_only)


_ASKING_TAIL: Final = re.compile(
    rf"(?P<firm>{_FIRM})(?:有哪些|有哪几家|都有哪些|都有谁|有没有|有几家|有多少家?|名单|名录|清单|列表|大全)+"
)
"""What asks for a list of firms is no part of what they make."""
_COLLOQUIAL: Final = re.compile(
    r"(?<![\u4e00-\u9fff])搞(?=[\u4e00-\u9fff])|(?<=[省市县区])搞(?=[\u4e00-\u9fff])|厂子"
)
_ENGLISH_FIRMS: Final = re.compile(
    r"(?<=\w)\s+(?:suppliers?|compan(?:y|ies)|firms?|manufacturers?|factor(?:y|ies)|makers?)\b(?! of\b)",
    re.IGNORECASE,
)


def _understood(words: str, *, today: date, places: Gazetteer) -> Need:
    # Imported when the first words are read: its patterns take a server that starts long to compile.
    from matching.understand import understand

    words = _ASKING_TAIL.sub(lambda found: found["firm"], words)
    words = _COLLOQUIAL.sub(lambda found: "厂家" if found[0] == "厂子" else "做", words)
    return understand(_ENGLISH_FIRMS.sub("", words), today=today, places=places)
