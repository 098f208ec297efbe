"""The parts of a Chinese company name: place, brand 字号, trade, form of organisation, and branch.

企业名称登记管理规定 (State Council Order 734, 2020), article 6, fixes the order: division, brand, trade, form.
Older names bend it (力赛佳管道支架技术上海有限公司, 大连铁路分局装卸机具厂配件分厂), so every part may be missing.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from search.divisions import stem
from search.places import load_gazetteer

_LEGAL_FORM = (
    "集团有限责任公司|集团股份有限公司|集团有限公司|有限责任公司|股份有限公司|有限公司|股份公司|集团公司|集团总公司|总公司|股份合作公司|集团|公司|"
    "专业合作社联合社|专业合作社|供销合作社|合作社联合社|信用合作社|信用社|合作社|有限合伙|普通合伙|总厂|联合厂|厂"
)
# Whatever follows a limited company is a branch of it; after a bare 公司 or 厂 it must look like one.
_BRANCH = re.compile(
    r"(?P<company>.{2,}?有限(?:责任)?公司(?:\([^()]{1,12}\))?)(?P<of_company>(?!\().+)"
    r"|(?P<head>.{2,}?(?:集团公司|总公司|公司|总厂|供销合作社|合作社|信用社|厂)(?:\([^()]{1,12}\))?)"
    r"(?P<branch>(?!\().*?(?:公司|分行|支行|分店|分社|分部|分校|办事处|分理处|储蓄所|营业厅|加油站|支局|库|厂|店|站|部|处|所|商场|门市|中心))"
)
_ZONE = re.compile(r"(?:经济技术|经济|高新技术产业|高新技术)?开发区|保税区|高新区|工业园区?|新区")
_BRACKETED = re.compile(r"\(([^()]*)\)")
_EMPTY_WORDS = "和与及暨、·"
_BRANDS_FIRST = frozenset({"东方", "平安", "兴业", "方正", "大方", "长城", "中山", "富民", "永兴", "长兴"})
_SAYS_LITTLE = frozenset({"发展", "服务", "管理", "开发", "销售", "制造", "经销", "技术", "工程", "系统"})
_LONGEST_WORD = 8
_MOST_SHORT_NAMES = 8


@dataclass(frozen=True, slots=True)
class CompanyName:
    """A name taken apart; a part that is not there is "". ``legal_name`` is the name as given, trimmed."""

    legal_name: str
    place: str
    brand: str
    trade: str
    organisation_form: str
    branch: str


def parse_company_name(name: str) -> CompanyName:
    """Take a legal name apart. Never fails: what is not recognised stays in ``brand``."""
    legal_name = name.strip()
    if not re.search(r"[\u4e00-\u9fff]", legal_name):  # an English name has another order of parts
        return CompanyName(legal_name, "", legal_name, "", "", "")
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", legal_name))
    text = text.replace("(有限公司)", "有限公司")
    branch = ""
    split = _BRANCH.fullmatch(text)
    if split:
        text, branch = (split["company"] or split["head"]), (split["of_company"] or split["branch"])
    text, bracketed = _take_brackets(text)
    form_match = _forms().search(text)
    form = form_match.group() if form_match and form_match.start() >= 2 else ""
    core = text.removesuffix(form)
    place, core = _leading_place(core)
    if not place:
        place, core = _trailing_place(core)
    brand, trade = _split_trade(core)
    if not place:
        place, brand, trade = _place_inside(brand, trade)
    return CompanyName(legal_name, place or bracketed, brand, trade, form, branch)


def short_names(name: str) -> tuple[str, ...]:
    """What people type for a firm, the most telling first: 佳信纸箱, 大连佳信纸箱, 大连佳信, 佳信.

    A branch keeps its own part in every short name, so that branches of one firm are not one another's alias.
    """
    parts = parse_company_name(name)
    place = _spoken_place(parts.place)
    brand, trade = parts.brand, parts.trade
    words = _words(trade)
    candidates: list[str] = []
    if brand:
        candidates += [brand + trade, place + brand + trade]
        if len(words) > 1:
            candidates += [brand + word for word in (words[0], words[-1]) if word not in _SAYS_LITTLE]
        if parts.organisation_form in {"股份有限公司", "股份公司"}:
            candidates.append(brand + "股份")
        if "集团" in parts.organisation_form or trade.endswith("集团"):
            candidates.append(brand + "集团")
        if parts.organisation_form.endswith("厂"):
            candidates.append(brand + trade + "厂")
        candidates += [place + brand, brand]
    elif trade:
        candidates += [place + trade, place + trade + parts.organisation_form]
    candidates = [candidate + parts.branch for candidate in candidates]
    useful = [c for c in dict.fromkeys(candidates) if len(c) >= 2 and c != parts.legal_name]
    return tuple(useful[:_MOST_SHORT_NAMES])


def _take_brackets(text: str) -> tuple[str, str]:
    """The text without its brackets, and the place a bracket names: 亿达(大连)有限公司 -> 亿达有限公司, 大连."""
    place = ""
    for inside in _BRACKETED.findall(text):
        if inside == "中国" or load_gazetteer().by_name(inside):
            place = place or inside
    return _BRACKETED.sub("", text.replace("(集团)有限", "集团有限").replace("(集团)股份", "集团股份")), place


def _leading_place(core: str) -> tuple[str, str]:
    """The divisions a name begins with (辽宁省大连市, 大连庄河, 中国), and the rest, never empty."""
    end = 2 if core.startswith("中国") and len(core) > 3 else 0
    outer = ""
    while len(core) - end >= 2:
        found = _place_at(core, end, outer)
        if not found:
            break
        outer, end = found[0], found[1]
    zone = _ZONE.match(core, end) if outer else None
    if zone and len(core) - zone.end() >= 2:
        end = zone.end()
    township = re.match(r"[\u4e00-\u9fff]{1,5}?(?:街道|镇|乡)", core[end:]) if outer else None
    if township and len(core) - end - township.end() >= 2:
        end += township.end()
    return core[:end], core[end:]


def _place_at(core: str, start: int, outer: str) -> tuple[str, int] | None:
    """(adcode, end) of the division written at ``start``; a bare county name counts only at home or in its city."""
    gazetteer = load_gazetteer()
    for end in range(min(len(core), start + 12), start + 1, -1):
        written = core[start:end]
        if len(core) - end < 1:
            continue
        divisions = gazetteer.by_name(written, within=outer) or (() if outer else gazetteer.by_name(written))
        for division in divisions:
            full = written == division.name or written[-1] in "省市区县旗"
            if len(core) - end == 1 and not full:
                continue
            if full or division.level != "county":
                return division.adcode, end
            if outer or division.adcode.startswith("21") or (division.name.endswith("市") and start == 0):
                return division.adcode, end
    return None


def _trailing_place(core: str) -> tuple[str, str]:
    for length in (4, 3, 2):
        place = core[-length:]
        if len(core) - length < 2:
            continue
        divisions = load_gazetteer().by_name(place)
        if divisions and divisions[0].level != "county":
            return place, core[:-length]
    return "", core


def _place_inside(brand: str, trade: str) -> tuple[str, str, str]:
    """For a name without a place so far: a county before the brand (天台欧帕), a city after it (中节能秦皇岛).

    Bare county names are often brands themselves, so one is taken off only when a brand of two characters and a
    trade are left.
    """
    gazetteer = load_gazetteer()
    for length in (2, 3):
        county = gazetteer.by_name(brand[:length])
        if trade and len(brand) - length >= 2 and county and brand[:length] not in _BRANDS_FIRST:
            return brand[:length], brand[length:], trade
    for length in (3, 2):
        city = gazetteer.by_name(brand[-length:])
        if len(brand) - length >= 2 and city and city[0].level != "county":
            shorter, more = _split_trade(brand[:-length])
            return brand[-length:], shorter, more + trade
    return "", brand, trade


@lru_cache(maxsize=4096)
def _spoken_place(place: str) -> str:
    """What is said before a brand: the city when the name has it (辽宁省大连市 -> 大连), else the division (海城)."""
    gazetteer = load_gazetteer()
    mentions = gazetteer.find_in_text(place)
    if not mentions:
        return place
    divisions = gazetteer.ancestors(mentions[-1].division.adcode)
    city = next((stem(d.name) for d in divisions if d.level == "city" and stem(d.name) in place), "")
    return city or stem(divisions[-1].name)


def _split_trade(core: str) -> tuple[str, str]:
    """Brand and trade: the trade is the longest tail made of trade words alone.

    A tail that leaves a single character for the brand is cut one word later, because brands have two or more.
    """
    covered = [False] * (len(core) + 1)
    covered[len(core)] = True
    words = _trade_words()
    for start in range(len(core) - 1, -1, -1):
        if core[start] in _EMPTY_WORDS and covered[start + 1] and start + 1 < len(core):
            covered[start] = True
            continue
        covered[start] = any(
            covered[end] and core[start:end] in words
            for end in range(start + 2, min(len(core), start + _LONGEST_WORD) + 1)
        )
    if covered[0]:
        return "", core
    start = next((i for i in range(2, len(core)) if covered[i] and core[i] not in _EMPTY_WORDS), len(core))
    if start == len(core):  # nothing at the end is a known word: cut where the first known word begins
        start = next(
            (
                i
                for i in range(2, len(core) - 1)
                if any(core[i:end] in words for end in range(i + 2, min(len(core), i + _LONGEST_WORD) + 1))
            ),
            len(core),
        )
    return core[:start], core[start:]


def _words(trade: str) -> list[str]:
    """The trade cut into known words, the longest first at each place; unknown stretches are kept whole."""
    found: list[str] = []
    start = 0
    while start < len(trade):
        end = next(
            (
                e
                for e in range(min(len(trade), start + _LONGEST_WORD), start + 1, -1)
                if trade[start:e] in _trade_words()
            ),
            len(trade),
        )
        found.append(trade[start:end])
        start = end
    return found


def _read_words(name: str) -> list[str]:
    return files("app.registry").joinpath("data", name).read_text(encoding="utf-8").split()


@lru_cache(maxsize=1)
def _trade_words() -> frozenset[str]:
    return frozenset(_read_words("trade_words.txt"))


@lru_cache(maxsize=1)
def _forms() -> re.Pattern[str]:
    suffixes = sorted(_read_words("organisation_forms.txt"), key=len, reverse=True)
    return re.compile(rf"(?:{_LEGAL_FORM}|{'|'.join(map(re.escape, suffixes))})$")
