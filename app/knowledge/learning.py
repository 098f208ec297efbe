"""What the installation's own catalogue suggests: words that the same firms make or do. Nothing is applied before an operator approves it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, or_, select, update
from sqlmodel import Session, col

from app.catalogue.models import INDEXED_STATUSES, Listing
from app.core.actor import SYSTEM
from app.core.clock import CHINA, now
from app.core.ids import new_id
from app.core.locks import lock_name
from app.knowledge.models import LONGEST, WordEdition, WordRelation, pair_key
from app.knowledge.policy import usual_weight
from app.knowledge.schemas import in_lower_case
from matching.knowledge import shipped
from matching.learn.cooccurrence import Pair, pairs_of

if TYPE_CHECKING:
    from app.core.runtime import Runtime

ROLES: Final = ("make", "process")
"""What a firm makes or works on tells its trade; what it resells or offers as a service is often a list copied whole."""
LONGEST_TITLE: Final = 8
"""A longer title is a description, not a word."""
MOST: Final = 1_000
"""Suggestions of one reading; an operator sees the surest first."""
PART: Final = 500
NIGHT: Final = range(1, 5)
"""Hours in China in which the catalogue is read."""
AGAIN: Final = timedelta(hours=20)


@dataclass(frozen=True, slots=True)
class Learnt:
    """What one reading found: the pairs, and how many of them are new."""

    firms: int
    pairs: tuple[Pair, ...]
    new: int


def learn_relations(runtime: Runtime) -> Learnt:
    """Read the catalogue and suggest pairs; those an operator has decided on are left as they are."""
    with runtime.session(writing=False, actor=SYSTEM) as session:
        firms = list(_words_of_firms(session))
    related = shipped().knowledge.kin
    pairs = pairs_of(
        firms, known=lambda left, right: right in related.get(left, ()) or left in related.get(right, ())
    )
    pairs = pairs[:MOST]
    with runtime.session(actor=SYSTEM) as session:
        new = _suggest(session, pairs)
    return Learnt(len(firms), tuple(pairs), new)


def learn_at_night(runtime: Runtime) -> int:
    """The job: once a night, in one of the processes. Returns how many pairs are new."""
    moment = now()
    old = or_(col(WordEdition.learnt_at).is_(None), col(WordEdition.learnt_at) < moment - AGAIN)
    if moment.astimezone(CHINA).hour not in NIGHT:
        return 0
    with runtime.session(writing=False, actor=SYSTEM) as session:
        if not session.scalar(select(func.count()).select_from(WordEdition).where(old)):
            return 0
    with runtime.session(actor=SYSTEM) as session:
        # Of several processes one changes the row; the others find it changed.
        claimed = session.execute(
            update(WordEdition)
            .where(old)
            .values(learnt_at=moment)
            .returning(col(WordEdition.id))
            .execution_options(synchronize_session=False)
        ).all()
    return learn_relations(runtime).new if claimed else 0


def _words_of_firms(session: Session) -> Iterator[frozenset[str]]:
    """The words of each firm that names any."""
    query = (
        select(col(Listing.company_id), col(Listing.title))
        .where(col(Listing.role).in_(ROLES), col(Listing.status).in_(INDEXED_STATUSES))
        .order_by(col(Listing.company_id))
    )
    rows = session.execute(query.execution_options(yield_per=10_000))
    for _, own in groupby(rows, key=lambda row: row[0]):
        words = frozenset(word for _, title in own if (word := _word(title)))
        if words:
            yield words


def _word(title: str) -> str | None:
    word = in_lower_case(title.strip())
    return word if 2 <= len(word) <= min(LONGEST_TITLE, LONGEST) else None


def _suggest(session: Session, pairs: Sequence[Pair]) -> int:
    """New pairs become suggestions; those that wait get the present evidence."""
    lock_name(session.connection(), "word suggestions")
    new = 0
    for start in range(0, len(pairs), PART):
        part = pairs[start : start + PART]
        keys = [pair_key(pair.left, pair.right) for pair in part]
        query = select(WordRelation).where(col(WordRelation.pair).in_(keys))
        held = {row.pair: row for row in session.scalars(query)}
        for key, pair in zip(keys, part, strict=True):
            if key not in held:
                session.add(_suggestion(key, pair))
                new += 1
            elif held[key].state == "suggested":
                _show(held[key], pair)
                session.add(held[key])
    return new


def _suggestion(key: str, pair: Pair) -> WordRelation:
    row = WordRelation(
        id=new_id(),
        term=pair.left,
        kin="related",
        other=pair.right,
        pair=key,
        weight=usual_weight("related"),
        state="suggested",
        source="cooccurrence",
    )
    _show(row, pair)
    return row


def _show(row: WordRelation, pair: Pair) -> None:
    """Put the evidence into the row; an operator may have turned the words round."""
    turned = row.term != pair.left
    row.firms, row.score = pair.both, round(pair.ratio, 3)
    row.term_firms, row.other_firms = (
        (pair.right_firms, pair.left_firms) if turned else (pair.left_firms, pair.right_firms)
    )
