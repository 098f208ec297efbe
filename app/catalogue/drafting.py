"""From a registered business scope (经营范围) to drafted listings a firm can confirm or correct.

A scope is read clause by clause (；and 。). In a clause the things are enumerated and share the verb that follows
them (水泵、阀门制造、销售), precedes them (生产、销售水泵、阀门) or heads them (制造：水泵、阀门). Things left without
any verb take the sense of a heading before, of the firm's name, or of the rest of its scope, with less confidence.

Time is linear in the length read: at most `MAX_SCOPE` characters, one pass of compiled expressions, pieces cached.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from app.catalogue import scope_grammar as grammar
from app.catalogue.scope_pieces import CACHED
from app.catalogue.scope_reading import Thing, read_scope
from search.documents import Kind, Role

MAX_SCOPE: Final = 20_000
"""Characters read; the longest scope of the register seen has 1,024."""
MAX_DRAFTS: Final = 200
MAX_TITLE: Final = 60
MAX_CLAUSE: Final = 300
MAX_SPREAD: Final = 12
"""A service verb is spread over at most so many things listed before it (A、B、C的安装、维修)."""

_LONG = 16
"""Characters; a longer title is more often a narrative than a name."""


@dataclass(frozen=True, slots=True)
class Draft:
    """One thing a firm's registered scope says it makes, works on, sells or does.

    ``clause`` holds the registry's own words, from the first thing of the enumeration to its verb; ``start`` and
    ``end`` are the offsets of the thing itself in the scope. ``confidence`` (0 to 1) is an ordering of how directly
    the scope says so (a verb at its side above a verb shared, above the firm's name), not a probability.
    """

    title: str
    kind: Kind
    role: Role
    clause: str
    start: int
    end: int
    confidence: float


def draft_listings(scope: str, *, name: str = "") -> list[Draft]:
    """Drafts in the order of the scope, no (title, role) twice, at most `MAX_DRAFTS`; ``name`` is the firm's."""
    scope = scope[:MAX_SCOPE]
    return _drafts(read_scope(scope), scope, name)


def _drafts(things: list[Thing], scope: str, name: str) -> list[Draft]:
    """Give verbless things a role, turn verbs into titles and kinds, drop what is empty or said before."""
    fallback: tuple[Role, float] | None = None
    drafts: list[Draft] = []
    seen: set[tuple[str, Role]] = set()
    spread: dict[tuple[int, str], int] = {}
    for thing in things:
        trust = thing.trust
        if thing.verbs:
            offers = _offers(thing.body, thing.verbs)
        else:
            fallback = fallback or _fallback(things, name)
            role, trust = fallback
            offers = _without_verb(thing.body, role)
        start, end = thing.span
        clause = ""
        for offer in offers:
            title, kind, role = offer
            if (title, role) in seen:
                continue
            if role == "service" and end - start > 2 * MAX_SPREAD:
                verb = (start, title.removeprefix(thing.body))
                spread[verb] = spread.get(verb, 0) + 1
                if spread[verb] > MAX_SPREAD:
                    continue
            seen.add((title, role))
            clause = clause or _clause(scope, thing)
            confidence = trust if len(title) <= _LONG else 0.6 * trust
            drafts.append(Draft(title, kind, role, clause, thing.start, thing.end, confidence))
            if len(drafts) == MAX_DRAFTS:
                return drafts
    return drafts


def _clause(scope: str, thing: Thing) -> str:
    start, end = thing.span
    if end - start > MAX_CLAUSE:
        start = max(start, thing.start - MAX_CLAUSE // 2)
        end = min(end, start + MAX_CLAUSE)
    return scope[start:end]


def _fallback(things: list[Thing], name: str) -> tuple[Role, float]:
    """The role of things named without a verb: what the firm is called, then what the rest of its scope says."""
    if grammar.SELLER_NAME.search(name):
        return "resell", 0.55
    if re.search(r"厂|制造|加工", name):
        return "make", 0.55
    if grammar.SERVER_NAME.search(name):
        return "service", 0.4
    if grammar.MAKER_NAME.search(name):
        return "make", 0.45
    said = Counter(grammar.role_of(verb) for thing in things for verb in thing.verbs[:1])
    if said["make"] > said["resell"]:
        return "make", 0.35
    return "resell", 0.35


@lru_cache(maxsize=CACHED)
def _offers(body: str, verbs: tuple[str, ...]) -> tuple[tuple[str, Kind, Role], ...]:
    """Titles, kinds and roles of one thing with all the verbs said of it."""
    roles = {grammar.role_of(verb) for verb in verbs}
    makes = "make" in roles or (
        "加工" in verbs and "resell" in roles and not re.search(r"机械$|零部?件$|金属$|来料|铆焊|钣金", body)
    )
    if not body:
        titles: list[tuple[str, Kind, Role]] = []
        for verb in verbs:
            role = grammar.role_of(verb)
            titles.append((verb, _kind(verb, role), role))
        return _worth(titles)
    offers: list[tuple[str, Kind, Role]] = []
    folds = makes and not grammar.INTANGIBLE.search(body)
    if makes and not folds:
        verb = next((verb for verb in verbs if grammar.role_of(verb) == "make"), "制作")
        offers.append((body + verb, "tech_service", "service"))
    elif makes:
        offers.append((body, grammar.kind_of_goods(body), "make"))
    elif "resell" in roles:
        if re.match(r"废|旧|再生", body) and not body.endswith(("油", "纸")):
            offers.append((body + "回收", "tech_service", "service"))
        else:
            offers.append((body, grammar.kind_of_goods(body), "resell"))
    for verb in dict.fromkeys(_with_stems(verbs)):
        role = grammar.role_of(verb)
        if role in ("make", "resell") or (folds and verb in grammar.FOLDED_INTO_MAKING):
            continue
        title = body if body.endswith(verb) else body + verb
        offers.append((title, _kind(title, role), role))
    return _worth(offers)


def _with_stems(verbs: tuple[str, ...]) -> Iterator[str]:
    """装饰工程设计, 施工 -> 装饰工程设计, 装饰工程施工."""
    stem = ""
    for verb in verbs:
        words = grammar.VERB_RUN.findall(verb)
        if verb in grammar.STEMS:
            stem = verb
        elif len(words) > 1 and words[-2] in grammar.STEMS:
            stem = "".join(words[:-1])
        elif stem and len(words) == 1 and grammar.role_of(verb) == "service":
            yield stem + verb
            continue
        yield verb


@lru_cache(maxsize=CACHED)
def _without_verb(body: str, role: Role) -> tuple[tuple[str, Kind, Role], ...]:
    """A thing named without a verb: goods, unless the firm serves and the noun does not name goods."""
    if role in ("service", "process"):
        if grammar.names_goods(body):
            return _worth([(body, grammar.kind_of_goods(body), "resell")])
        return _worth([(body, grammar.kind_of_service(body), "service")])
    return _worth([(body, grammar.kind_of_goods(body), role)])


def _kind(title: str, role: Role) -> Kind:
    if role == "process":
        return "processing"
    return grammar.kind_of_service(title) if role == "service" else grammar.kind_of_goods(title)


_A_WORD = re.compile(r"[\u4e00-\u9fff]|[A-Za-z]{2}")


def _worth(offers: list[tuple[str, Kind, Role]]) -> tuple[tuple[str, Kind, Role], ...]:
    """Only what someone might search for, cut to `MAX_TITLE`."""
    kept: list[tuple[str, Kind, Role]] = []
    for title, kind, role in offers:
        title = title[:MAX_TITLE]
        if (title in grammar.EMPTY and title not in grammar.STANDS_ALONE) or title in grammar.TOO_BARE:
            continue
        if (len(title) < 2 and title not in grammar.SHORT_OK) or not _A_WORD.search(title):
            continue
        kept.append((title, kind, role))
    return tuple(kept)
