"""Verbs of words: relate two, refuse what is shipped, decide on suggestions, take a decision back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import or_, update
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from app.accounts.policy import require
from app.core.clock import now
from app.core.errors import Conflict, InvalidInput, NotFound, Problem
from app.core.ids import new_id
from app.core.locks import lock_name
from app.core.pagination import decode_cursor, encode_cursor
from app.core.versions import check_version
from app.knowledge.models import LONGEST, WordEdition, WordRelation, pair_key
from app.knowledge.policy import Action, State, allowed, moved, usual_weight
from app.knowledge.schemas import Known, ShippedWord, WordCreate, WordPublic, WordUpdate, in_lower_case
from matching.knowledge import WEIGHTS, shipped

_KEPT = ("term", "kin", "other", "weight", "state", "decided_by")
"""What a decision changes, and taking it back restores."""


def list_words(
    session: Session, *, text: str = "", state: State | None = None, limit: int = 20, cursor: str = ""
) -> tuple[list[WordRelation], str | None]:
    """A page of pairs, the surest suggestions first, and the next one's cursor. Raises Forbidden, InvalidInput."""
    require(session, "words.edit", division="")
    query = _holding(in_lower_case(text.strip())).order_by(
        col(WordRelation.score).desc(), col(WordRelation.id).desc()
    )
    if state:
        query = query.where(col(WordRelation.state) == state)
    if cursor:
        score, key = _position(cursor)
        tied = (col(WordRelation.score) == score) & (col(WordRelation.id) < key)
        query = query.where(or_(col(WordRelation.score) < score, tied))
    found = list(session.scalars(query.limit(limit + 1)))
    if len(found) <= limit:
        return found, None
    last = found[limit - 1]
    return found[:limit], encode_cursor(repr(last.score), str(last.id))


def _holding(text: str) -> SelectOfScalar[WordRelation]:
    query = select(WordRelation)
    if not text:
        return query
    return query.where(
        or_(*(col(side).contains(text, autoescape=True) for side in (WordRelation.term, WordRelation.other)))
    )


def _position(cursor: str) -> tuple[float, UUID]:
    score, key = decode_cursor(cursor, str, str)
    try:
        return float(score), UUID(str(key))
    except ValueError:
        raise InvalidInput(
            problems=[Problem("cursor", "malformed_cursor", "分页游标无效，请从第一页重新开始")]
        ) from None


def get_word(session: Session, key: UUID, *, changing: bool = False) -> WordRelation:
    """One pair. Raises Forbidden, NotFound."""
    require(session, "words.edit", division="")
    row = session.get(WordRelation, key, with_for_update=changing or None)
    if row is None:
        raise NotFound("未找到该词对，可能已撤销，请刷新列表", code="word_not_found")
    return row


def known_of(session: Session, term: str) -> Known:
    """What the shipped tables and this installation know of a word. Raises Forbidden."""
    require(session, "words.edit", division="")
    term = in_lower_case(term.strip())
    either = or_(col(WordRelation.term) == term, col(WordRelation.other) == term)
    own = list(session.scalars(select(WordRelation).where(either).order_by(col(WordRelation.pair))))
    refused = {row.pair for row in own if row.state == "refused"}
    knowledge = shipped().knowledge
    related = knowledge.kin.get(term, {})
    return Known(
        term=term,
        shipped=[
            ShippedWord(
                word=word, kin=kin, weight=WEIGHTS.get(kin, 0.0), refused=pair_key(term, word) in refused
            )
            for word, kin in sorted(related.items(), key=lambda item: (-WEIGHTS.get(item[1], 0.0), item[0]))
        ],
        own=[WordPublic.of(row) for row in own],
        industries=list(knowledge.industries.get(term, ())),
    )


def add_word(session: Session, *, said: WordCreate, batch: UUID | None = None) -> WordRelation:
    """Relate two words, or refuse what is shipped of them. Raises Forbidden, and Conflict when the pair is known already."""
    actor = require(session, "words.edit", division="")
    key = pair_key(said.term, said.other)
    lock_name(session.connection(), "word", key)
    if session.scalars(select(WordRelation).where(col(WordRelation.pair) == key)).first() is not None:
        raise Conflict(
            "“{term}”与“{other}”已有词对，请在列表中修改或改变其状态",
            code="word_known",
            term=said.term,
            other=said.other,
        )
    row = WordRelation(
        id=new_id(),
        term=said.term,
        kin=said.kin,
        other=said.other,
        pair=key,
        weight=said.weight or usual_weight(said.kin),
        state=said.state,
        decided_by=actor.name[:60],
        batch=batch or new_id(),
    )
    session.add(row)
    tell_matching(session)
    return row


def refuse_shipped(session: Session, *, term: str, word: str) -> WordRelation:
    """Hide what the shipped tables say of two words. Raises Forbidden, NotFound when they say nothing, Conflict."""
    kin = shipped().knowledge.kin.get(term, {}).get(word)
    if kin is None or term == word or max(len(term), len(word)) > LONGEST:
        raise NotFound("内置词表中没有这一词对，请重新查词", code="word_not_shipped")
    if kin == "done_by":
        return add_word(session, said=WordCreate(term=word, kin="does", other=term, state="refused"))
    return add_word(session, said=WordCreate(term=term, kin=kin, other=word, state="refused"))


def update_word(session: Session, key: UUID, *, change: WordUpdate, if_match: str | None) -> WordRelation:
    """Another relation or weight. Raises NotFound, Forbidden, PreconditionFailed, PreconditionRequired."""
    row = get_word(session, key, changing=True)
    check_version(if_match, row.version)
    kin = change.kin or row.kin
    weight = change.weight or (usual_weight(change.kin) if change.kin else row.weight)
    if (kin, weight) != (row.kin, row.weight):
        _change(session, row, {"kin": kin, "weight": weight}, new_id())
        tell_matching(session)
    return row


def decide(session: Session, *, ids: Iterable[UUID], action: Action) -> tuple[UUID, int]:
    """Do ``action`` to these pairs; what stands there already is passed over. Gives the batch that undoes it, and how many.

    Raises Forbidden, and NotFound when one of them is gone; then nothing is changed.
    """
    actor = require(session, "words.edit", division="")
    wanted = set(ids)
    query = select(WordRelation).where(col(WordRelation.id).in_(wanted)).order_by(col(WordRelation.id))
    rows = list(session.scalars(query.with_for_update()))
    if len(rows) < len(wanted):
        raise NotFound("未找到该词对，可能已撤销，请刷新列表", code="word_not_found")
    batch, changed = new_id(), 0
    for row in rows:
        if action in allowed(row.state):
            state = {"state": moved(row.state, action), "decided_by": actor.name[:60]}
            _change(session, row, state, batch)
            changed += 1
    if changed:
        tell_matching(session)
    return batch, changed


def undo(session: Session, batch: UUID) -> int:
    """Put back what was decided in a batch, as long as nothing was decided on it since. Raises Forbidden, NotFound."""
    require(session, "words.edit", division="")
    query = select(WordRelation).where(col(WordRelation.batch) == batch).with_for_update()
    rows = list(session.scalars(query))
    if not rows:
        raise NotFound("没有可撤销的操作，可能已撤销或之后又有改动", code="nothing_to_undo")
    for row in rows:
        if row.before is None:
            session.delete(row)
        else:
            _set(row, row.before)
            row.batch, row.before = None, None
            session.add(row)
    tell_matching(session)
    return len(rows)


def replace_word(session: Session, *, said: WordCreate, batch: UUID) -> bool:
    """As ``add_word``, but a pair that is known becomes what is said; whether anything changed. Raises Forbidden."""
    actor = require(session, "words.edit", division="")
    key = pair_key(said.term, said.other)
    lock_name(session.connection(), "word", key)
    query = select(WordRelation).where(col(WordRelation.pair) == key).with_for_update()
    row = session.scalars(query).first()
    if row is None:
        add_word(session, said=said, batch=batch)
        return True
    values: dict[str, Any] = {
        "term": said.term,
        "kin": said.kin,
        "other": said.other,
        "weight": said.weight or usual_weight(said.kin),
        "state": said.state,
    }
    if all(getattr(row, name) == value for name, value in values.items()):
        return False
    _change(session, row, {**values, "decided_by": actor.name[:60]}, batch)
    tell_matching(session)
    return True


def tell_matching(session: Session) -> None:
    """Let every process read the words anew, once this transaction is committed."""
    session.execute(
        update(WordEdition)
        .where(col(WordEdition.id) == 1)
        .values(number=WordEdition.number + 1)
        .execution_options(synchronize_session=False)
    )


def _change(session: Session, row: WordRelation, values: dict[str, Any], batch: UUID) -> None:
    if row.batch != batch:
        row.before = {name: getattr(row, name) for name in _KEPT}
        row.batch = batch
    _set(row, values)
    session.add(row)


def _set(row: WordRelation, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    row.version += 1
    row.updated_at = now()
