"""Reading a registered business scope clause by clause: which verbs are said of which things.

In a clause (；。) the things are enumerated and share the verb that follows them (水泵、阀门制造、销售), precedes
them (生产、销售水泵、阀门) or heads them (制造：水泵、阀门); a heading's verb also holds for verbless clauses after it.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.catalogue import scope_grammar as grammar
from app.catalogue.scope_pieces import Piece, clauses, pieces_of, read_piece


@dataclass(slots=True)
class Thing:
    """One piece of a clause while its verbs are being found."""

    body: str
    start: int
    end: int
    verbs: tuple[str, ...] = ()
    trust: float = 0.0
    span: tuple[int, int] = (0, 0)


def read_scope(scope: str) -> list[Thing]:
    """The things a scope names, in its order, with the verbs said of each (none where it says none)."""
    things: list[Thing] = []
    inherited: tuple[str, ...] = ()
    for clause, offset in clauses(scope):
        found, inherited = _read_clause(clause, offset, inherited)
        things.extend(found)
    return things


def _read_clause(clause: str, offset: int, inherited: tuple[str, ...]) -> tuple[list[Thing], tuple[str, ...]]:
    """The things of one clause, with their verbs, and the heading verbs the next clause may inherit."""
    pieces = pieces_of(clause, offset)
    things: list[Thing] = []
    pending: list[Thing] = []
    group: list[Thing] = []
    lead: list[Thing] = []
    prefix: tuple[str, ...] = ()
    heading = False
    prefixed: list[Thing] = []
    for index, (body, start, end, separator) in enumerate(pieces):
        reading = read_piece(body)
        if reading.formula:
            continue
        colon_after = index + 1 < len(pieces) and pieces[index + 1][3] == ":"
        if not reading.body and reading.tail:
            word = reading.tail
            if _heads(pieces, index):
                lead.append(Thing("", start, end, word))
                if colon_after:
                    prefix, heading, prefixed = _joined(lead), True, []
                    lead, group = [], []
                    things.extend(pending)
                    pending = []
            elif pending and word[-1].endswith("加工"):
                group = _give(pending, ("加工",), end, 0.75)
                things.extend([*group, _alone(Thing("", start, end, word))])
                pending = []
            elif pending and reading.spreads:
                group = _give(pending, word, end, 0.85)
                things.extend(group)
                pending = []
            elif (
                group
                and reading.spreads
                and not _own(group, word, separator)
                and (len(group) <= 3 or not word[0].startswith("技术"))
            ):
                for thing in group:
                    thing.verbs += word
                    thing.span = (thing.span[0], end)
            else:
                lead.append(Thing("", start, end, word))
            continue
        if reading.lead:
            if group or pending:
                things.extend(pending)
                pending, group = [], []
            prefix, heading, prefixed = _joined(lead) + reading.lead, False, []
            lead = []
        elif lead:
            bare = [thing for thing in lead if grammar.role_of(thing.verbs[0]) in ("process", "service")]
            if reading.tail or len(bare) == len(lead):
                things.extend(_alone(thing) for thing in bare)
            else:
                prefix, heading, prefixed = _joined(lead), False, []
            lead = []
        thing = Thing(_borrow(reading.body, pieces, index), start, end, span=(start, end))
        if reading.tail and not reading.spreads:
            thing.verbs, thing.trust = reading.tail, 0.85
            things.append(thing)
            if pending and not _goods_before(pending) and len(pending) <= 3:
                things.extend(_give(pending, reading.tail, end, 0.6))
                pending = []
            group = [thing] if not pending else []
        elif reading.tail:
            first = pending[0].start if pending else start
            group = [*_give(pending, reading.tail, end, 0.85), thing]
            thing.verbs, thing.trust, thing.span = reading.tail, 0.95, (first, end)
            if reading.lead:
                thing.verbs = reading.lead + reading.tail
            things.extend(group)
            pending = []
            if not heading:
                prefix = ()
        elif prefix:
            thing.verbs, thing.trust = prefix, 0.95 if reading.lead else 0.85 if separator != "," else 0.75
            prefixed.append(thing)
            thing.span = (prefixed[0].start, end)
            things.append(thing)
            group = prefixed
        else:
            pending.append(thing)
            group = []
    things.extend(_alone(thing) for thing in lead)
    if pending and inherited and not any(thing.verbs for thing in things):
        pending = _give(pending, inherited, pending[-1].end, 0.6)
        heading, prefix = True, inherited
    things.extend(pending)
    return things, (prefix if heading else ())


def _heads(pieces: list[Piece], index: int) -> bool:
    """Whether the verb at ``index``, or the run of verbs it begins, ends in a colon: 制造、销售：水泵."""
    for at in range(index + 1, min(index + 8, len(pieces))):
        if pieces[at][3] == ":":
            return True
        reading = read_piece(pieces[at][0])
        if reading.body or not reading.tail:
            return False
    return False


def _borrow(body: str, pieces: list[Piece], index: int) -> str:
    """水泵及配件: the bare 配件 takes the noun before it."""
    accessory = grammar.ACCESSORY.match(body)
    if not accessory or index == 0 or pieces[index][3] != "及":
        return body
    owner = read_piece(pieces[index - 1][0])
    if owner.tail or not owner.body or len(owner.body) > 12 or owner.body.endswith(accessory.group(1)):
        return body
    return owner.body.split("（", 1)[0] + accessory.group(1)


def _joined(things: list[Thing]) -> tuple[str, ...]:
    return tuple(verb for thing in things for verb in thing.verbs)


def _give(things: list[Thing], verbs: tuple[str, ...], end: int, trust: float) -> list[Thing]:
    for thing in things:
        thing.verbs, thing.trust, thing.span = verbs, trust, (things[0].start, end)
    return list(things)


def _alone(thing: Thing) -> Thing:
    thing.trust, thing.span = 0.8, (thing.start, thing.end)
    return thing


def _own(group: list[Thing], verbs: tuple[str, ...], separator: str) -> bool:
    """普通货运、仓储: after a service noun, another that stands by itself is an offer of its own."""
    apart = separator == "," or group[0].verbs[-1] in grammar.ALONE
    return apart and all(verb in grammar.STANDS_ALONE for verb in verbs)


def _goods_before(things: list[Thing]) -> bool:
    return any(grammar.names_goods(thing.body) for thing in things)
