"""What of searching crosses the API: suppliers found by words, and what the words came to."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from app.matches.marks import HighlightPublic, highlights_of
from app.matches.schemas import MATCH_ANSWER_EXAMPLE, MATCH_EXAMPLE, MatchPublic, Understood
from matching.result import MatchResult


class FacetsPublic(BaseModel):
    """Counts of firms over everything that passes the filters: value to number; a firm counts once for each kind it has."""

    cities: dict[str, int]
    industries: dict[str, int]
    tags: dict[str, int]
    kinds: dict[str, int]


class PlaceOption(BaseModel):
    """One of several places of the same name."""

    adcode: str
    name: str


class SearchQuestion(BaseModel):
    """What has to be said before there is anything to find."""

    code: Literal["what", "first", "where"]
    text: str
    options: list[PlaceOption] = Field(default_factory=list)


class SearchPublic(BaseModel):
    """What the words came to, beside ``need``: where firms must lie, how many, and how far the list has been shown."""

    division: str = ""
    others: list[str] = Field(
        default_factory=list, description="或在其中之一 Or in one of these divisions (adcodes)"
    )
    division_name: str = ""
    count: int | None = None
    start: int = 0
    makers_only: bool = False
    verified_only: bool = False
    nearest_first: bool = False
    min_price: float | None = None
    max_price: float | None = None
    """What one may cost at least and at most, CNY, for ``price_unit``; a limit among the parameters goes before both."""
    price_unit: str = ""


class FoundMatch(MatchPublic):
    """A supplier with the words that matched."""

    highlights: list[HighlightPublic]


class SearchAnswer(Understood):
    """A page of suppliers; ``next_cursor`` is null on the last. ``facets`` only when asked for.

    Send ``context`` back with the next words to go on from here: 其中哪些在于洪区, 换一批. With a ``question`` there
    are no items: the words did not say enough.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                MATCH_ANSWER_EXAMPLE
                | {
                    "items": [
                        MATCH_EXAMPLE | {"highlights": [{"field": "title", "html": "<mark>水泵</mark>"}]}
                    ]
                }
            ]
        }
    )

    items: list[FoundMatch]
    next_cursor: str | None = None
    facets: FacetsPublic | None = None
    search: SearchPublic = Field(default_factory=SearchPublic)
    question: SearchQuestion | None = None
    notes: list[str] = Field(default_factory=list)
    context: str = ""

    @classmethod
    def of(cls, result: MatchResult) -> Self:
        """From what matching answers."""
        items = [
            FoundMatch(
                **dict(MatchPublic.of(match, match.rank)),
                highlights=highlights_of(match.supplier, match.item, match.wanted),
            )
            for match in result.matches
        ]
        return cls(items=items, **cls.said_of(result))
