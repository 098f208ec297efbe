"""Words over HTTP, for operators."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Query, Response

from app.core.http import CursorQuery, IdempotencyKey, IfMatch, LimitQuery, SessionDep, tag_version, versioned
from app.core.idempotency import made_once
from app.core.pagination import Page
from app.core.problem_details import errors
from app.knowledge import service
from app.knowledge.policy import State
from app.knowledge.schemas import Decide, Decided, Known, WordCreate, WordPublic, WordUpdate

router = APIRouter(prefix="/api/v1", tags=["words"])


@router.get("/words", responses=errors(401, 403))
def list_words(
    session: SessionDep,
    q: str = Query(default="", max_length=40, description="词中的字 Part of either word"),
    state: State | None = None,
    limit: LimitQuery = 20,
    cursor: CursorQuery = "",
) -> Page[WordPublic]:
    """词对 Pairs of words of this installation, the surest suggestions first."""
    found, more = service.list_words(session, text=q, state=state, limit=limit, cursor=cursor)
    return Page(items=[WordPublic.of(row) for row in found], next_cursor=more)


@router.get("/known-words", responses=errors(401, 403))
def get_known(
    session: SessionDep,
    term: str = Query(default="", max_length=40, description="要查的词 The word", examples=["阀门"]),
) -> Known:
    """查词 What the shipped tables and this installation know of a word."""
    return service.known_of(session, term)


@router.post("/words", status_code=201, responses=versioned(201, 400, 403, 409, 413))
def create_word(
    session: SessionDep, said: WordCreate, response: Response, idempotency_key: IdempotencyKey = None
) -> WordPublic:
    """新增词对 Relate two words, or refuse what is shipped of them; matching follows within seconds."""

    def make() -> WordPublic:
        return WordPublic.of(service.add_word(session, said=said))

    word = made_once(session, WordPublic, key=idempotency_key, route="POST /words", said=said, make=make)
    tag_version(response, word.version)
    return word


@router.post("/word-decisions", responses=errors(400, 403, 404, 413))
def decide_words(session: SessionDep, said: Decide) -> Decided:
    """批量采用、不采用或放回待定 Approve, refuse or reconsider many pairs."""
    batch, changed = service.decide(session, ids=said.ids, action=said.action)
    return Decided(batch=batch, words=changed)


@router.post("/word-decisions/{batch}/undo", responses=errors(403, 404))
def undo_words(session: SessionDep, batch: UUID) -> Decided:
    """撤销 Put back what was decided together."""
    return Decided(batch=batch, words=service.undo(session, batch))


@router.patch("/words/{word_id}", responses=versioned(200, 400, 403, 404, 412, 413, 428))
def update_word(
    session: SessionDep, word_id: UUID, change: WordUpdate, response: Response, if_match: IfMatch = None
) -> WordPublic:
    """修改关系与分量 Another relation or weight."""
    row = service.update_word(session, word_id, change=change, if_match=if_match)
    tag_version(response, row.version)
    return WordPublic.of(row)
