"""What of words crosses the API."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, model_validator

from app.accounts.schemas import example
from app.core.refusals import refusal
from app.core.text import Line
from app.knowledge.models import LONGEST, WordRelation
from app.knowledge.policy import Action, OwnKin, Source, State, allowed

MOST_AT_ONCE = 200
TWO_WORDS = "两个词相同，请填写不同的词"


def in_lower_case(word: str) -> str:
    """As words are looked up; the few letters that grow in lower case (İ) stay."""
    lowered = word.lower()
    return lowered if len(lowered) == len(word) else word


Word = Annotated[str, Line(LONGEST, min_length=1), AfterValidator(in_lower_case)]
Weight = Annotated[
    float, Field(gt=0, le=1, description="相对原词的分量 What it counts beside the word itself; 1 is as much")
]
_KIN = "other 是 term 的什么 What other is to term"

_ID = "0195c5a0-7c00-7a00-8a00-000000000030"
_MOMENT = "2026-03-01T02:00:00Z"
_WORD = {
    "id": _ID,
    "term": "铸钢件",
    "kin": "related",
    "other": "铸铁件",
    "weight": 0.3,
    "state": "suggested",
    "source": "cooccurrence",
    "firms": 16,
    "term_firms": 43,
    "other_firms": 34,
    "score": 139.2,
    "decided_by": "",
    "version": 1,
    "updated_at": _MOMENT,
    "actions": ["approve", "refuse"],
}


class WordPublic(BaseModel):
    """A pair of words; ``firms`` and ``score`` are the catalogue's evidence."""

    model_config = example(_WORD)

    id: UUID
    term: str
    kin: OwnKin
    other: str
    weight: float
    state: State
    source: Source
    firms: int
    term_firms: int
    other_firms: int
    score: float
    decided_by: str
    version: int
    updated_at: datetime
    actions: list[Action]

    @classmethod
    def of(cls, row: WordRelation) -> Self:
        """From the row."""
        return cls.model_validate({**row.model_dump(), "actions": allowed(row.state)})


class WordCreate(BaseModel):
    """Relate two words, or refuse what is shipped of them."""

    model_config = example(
        {"term": "桨叶干燥机", "kin": "narrower", "other": "空心桨叶烘干机"}, extra="forbid"
    )

    term: Word
    kin: Annotated[OwnKin, Field(description=_KIN)] = "same"
    other: Word
    weight: Weight | None = Field(default=None, description="不填则按关系取常用值 Left out: what is usual")
    state: Literal["approved", "refused"] = "approved"

    @model_validator(mode="after")
    def _two_words(self) -> Self:
        if self.term == self.other:
            raise refusal("same_word", TWO_WORDS)
        return self


class WordUpdate(BaseModel):
    """Another relation, another weight; what is left out or null stays, but a new relation brings its usual weight."""

    model_config = example({"kin": "same", "weight": 0.7}, extra="forbid")

    kin: OwnKin | None = Field(default=None, description=_KIN)
    weight: Weight | None = None


class Decide(BaseModel):
    """Do one thing to many pairs."""

    model_config = example({"ids": [_ID], "action": "approve"}, extra="forbid")

    ids: list[UUID] = Field(min_length=1, max_length=MOST_AT_ONCE)
    action: Action


class Decided(BaseModel):
    """What was changed together; ``batch`` undoes it."""

    model_config = example({"batch": _ID, "words": 1})

    batch: UUID
    words: int


class ShippedWord(BaseModel):
    """A word that the shipped tables relate to the one asked for; ``refused`` when this installation hides it."""

    model_config = example({"word": "球阀", "kin": "narrower", "weight": 0.6, "refused": False})

    word: str
    kin: str
    weight: float
    refused: bool


class Known(BaseModel):
    """What is known of a word."""

    model_config = example(
        {
            "term": "阀门",
            "shipped": [{"word": "球阀", "kin": "narrower", "weight": 0.6, "refused": False}],
            "own": [],
            "industries": ["3443"],
        }
    )

    term: str
    shipped: list[ShippedWord]
    own: list[WordPublic]
    industries: list[str]
