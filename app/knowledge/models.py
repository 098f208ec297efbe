"""Pairs of words that this installation knows of, and the edition that tells every process of a change."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Column, Index
from sqlmodel import Field, SQLModel

from app.core.clock import now
from app.core.tenancy import seen_by, seen_by_all
from app.knowledge.policy import sees_words

LONGEST = 40


def pair_key(term: str, other: str) -> str:
    """The same for two words in either order."""
    return "\t".join(sorted((term, other)))


@seen_by(sees_words)
class WordRelation(SQLModel, table=True):
    """``other`` is ``kin`` to ``term``; one row for two words, whichever is named first. Words are in lower case."""

    __tablename__ = "word_relation"

    __table_args__ = (Index("ix_word_relation_state_score_id", "state", "score", "id"),)

    id: UUID = Field(primary_key=True)
    term: str = Field(max_length=LONGEST, index=True)
    kin: str = Field(max_length=8)
    other: str = Field(max_length=LONGEST, index=True)
    pair: str = Field(max_length=2 * LONGEST + 1, unique=True)
    weight: float
    """What ``other`` counts beside ``term`` itself, above 0 and at most 1."""
    state: str = Field(max_length=9)
    source: str = Field(default="operator", max_length=12)
    firms: int = 0
    """Firms of the catalogue that name both words, when it was last read; 0 when it did not suggest them."""
    term_firms: int = 0
    other_firms: int = 0
    score: float = 0.0
    """Log-likelihood ratio of the pair (matching.learn.cooccurrence)."""
    decided_by: str = Field(default="", max_length=60)
    batch: UUID | None = Field(default=None, index=True)
    """What was last decided together bears one id, by which it is undone."""
    before: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    """The row before that batch; None when there was no row."""
    version: int = 1
    created_at: datetime = Field(default_factory=now)
    updated_at: datetime = Field(default_factory=now)


@seen_by_all("two numbers that say nothing of anybody")
class WordEdition(SQLModel, table=True):
    """The one row that says when words changed, and when the catalogue was last read for suggestions."""

    __tablename__ = "word_edition"

    id: int = Field(default=1, primary_key=True)
    number: int = 0
    """Rises with every change that matching has to know of, in the change's own transaction."""
    learnt_at: datetime | None = None
