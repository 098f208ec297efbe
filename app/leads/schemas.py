"""What of leads crosses the API."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field, model_validator

from app.accounts.schemas import example
from app.core.refusals import refusal
from app.core.text import Line, Prose
from app.demands.needs import Adcode
from app.demands.schemas import DemandPublic
from app.leads.models import Lead
from app.leads.policy import Action, Source, State, allowed

DEMAND_EXAMPLE = DemandPublic.model_config["json_schema_extra"]["examples"][0]  # type: ignore[index]
FIRM_OR_DEMAND = "请给出 company_id 或 demand_id 中的一项"

_PERSON = "0195c5a0-7c00-7a00-8a00-000000000010"
_ID = "0195c5a0-7c00-7a00-8a00-000000000020"
_TEAM = "5e0e4f1c-6f0e-5b0e-8b0a-1d2f3a4b5c6d"
_FIRM = "6f0e4f1c-6f0e-5b0e-8b0a-1d2f3a4b5c6d"
_MOMENT = "2026-03-01T02:00:00Z"

Occasion = Annotated[str, Line(100)]
Step = Annotated[str, Line(200)]
TeamId = Annotated[
    UUID | None,
    Field(default=None, description="用哪家企业的团队，只有一家时可省略 Which team; left out, the only one"),
]

LEAD_EXAMPLE = {
    "id": _ID,
    "team_id": _TEAM,
    "company_id": _FIRM,
    "demand_id": None,
    "name": "沈阳示例泵业有限公司",
    "division": "210106",
    "owner_id": _PERSON,
    "owner": "王工",
    "mine": True,
    "state": "todo",
    "lost_reason": "",
    "source": "scan",
    "occasion": "2026 沈阳制博会",
    "next_step": "寄样品",
    "next_at": "2026-03-03T01:00:00Z",
    "scans": 1,
    "scanned_at": _MOMENT,
    "merged_into": None,
    "version": 1,
    "created_at": _MOMENT,
    "updated_at": _MOMENT,
    "actions": ["start", "finish", "lose"],
}


class LeadPublic(BaseModel):
    """A lead. ``company_id`` is null where it stands for a demand whose buyer is not named."""

    model_config = example(LEAD_EXAMPLE)

    id: UUID
    team_id: UUID
    company_id: UUID | None = None
    demand_id: UUID | None = None
    name: str
    division: str
    owner_id: UUID | None = None
    owner: str = Field(description="负责人姓名，空为无人负责 Who has it; empty when nobody does")
    mine: bool
    state: State
    lost_reason: str
    source: Source
    occasion: str
    next_step: str
    next_at: datetime | None = None
    scans: int
    scanned_at: datetime | None = None
    merged_into: UUID | None = None
    version: int
    created_at: datetime
    updated_at: datetime
    actions: list[Action]

    @classmethod
    def of(cls, lead: Lead, names: Mapping[UUID | None, str], viewer: UUID | None) -> Self:
        """From the row; ``names`` are those of people by id."""
        return cls.model_validate(
            {
                **lead.model_dump(),
                "owner": names.get(lead.owner_id, ""),
                "mine": viewer is not None and lead.owner_id == viewer,
                "actions": [] if lead.merged_into else allowed(lead.state),
            }
        )


class LeadCreate(BaseModel):
    """Put a firm, or the buyer of a demand, into the pipeline."""

    model_config = example({"company_id": _FIRM, "occasion": "电话来访"}, extra="forbid")

    team_id: TeamId
    company_id: UUID | None = None
    demand_id: UUID | None = None
    occasion: Occasion = ""

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.company_id is None) == (self.demand_id is None):
            raise refusal("one_of_two", FIRM_OR_DEMAND)
        return self


class LeadUpdate(BaseModel):
    """A JSON merge patch (RFC 7396). A new step, or a new time for it, reminds again."""

    model_config = example({"next_step": "寄样品", "next_at": "2026-03-03T01:00:00Z"}, extra="forbid")

    next_step: Step | None = None
    next_at: AwareDatetime | None = None
    occasion: Occasion | None = None


class LeadMove(BaseModel):
    """Why, where a lead is lost."""

    model_config = example({"reason": "价格高于现有供应商"}, extra="forbid")

    reason: Annotated[str, Line(200)] = ""


class NoteCreate(BaseModel):
    """Something to write down."""

    model_config = example({"text": "采购主管姓李，三月底招标。"}, extra="forbid")

    text: Annotated[str, Prose(5000, min_length=1)]


class TimelinePublic(BaseModel):
    """One thing that happened to a lead: a scan, a note, a move, a new owner."""

    model_config = example(
        {
            "id": _ID,
            "kind": "scan",
            "at": _MOMENT,
            "person_id": _PERSON,
            "person": "王工",
            "text": "",
            "data": {"occasion": "2026 沈阳制博会", "place": "2 号馆"},
        }
    )

    id: UUID
    kind: str
    at: datetime
    person_id: UUID | None
    person: str
    text: str
    data: dict[str, Any]


class LeadFound(BaseModel):
    """A demand or project that a team was told of, as its buyer shows it; ``reason`` is in Chinese, as it was told."""

    model_config = example(
        {
            "demand": DEMAND_EXAMPLE,
            "score": 82.5,
            "reason": "“不锈钢离心泵”中含有需求用词：离心泵",
            "told_at": _MOMENT,
            "in_pipeline": False,
        }
    )

    demand: DemandPublic
    score: float = Field(description="匹配度 How well it suits, 0 to 100")
    reason: str
    told_at: datetime
    in_pipeline: bool = Field(
        description="已在线索中；否则用 POST /leads 放入 Whether it is in the pipeline; else POST /leads puts it there"
    )


class LeadsFound(BaseModel):
    """What a team was told of lately and still takes quotes, the newest first."""

    items: list[LeadFound]


class Timeline(BaseModel):
    """What happened to a lead, the newest first, and to those merged into it."""

    items: list[TimelinePublic]


class HandOver(BaseModel):
    """Give a lead to a colleague; null leaves it to whoever takes it."""

    model_config = example({"person_id": _PERSON}, extra="forbid")

    person_id: UUID | None


class Merge(BaseModel):
    """The lead that stays."""

    model_config = example({"into": _ID}, extra="forbid")

    into: UUID


class Assign(BaseModel):
    """Leads of a division, to be given to one colleague; those that somebody has are left unless ``held`` is true."""

    model_config = example({"division": "210100", "person_id": _PERSON}, extra="forbid")

    team_id: TeamId
    division: Adcode
    person_id: UUID
    held: bool = False


class Assigned(BaseModel):
    """How many leads went over, and the id by which that is undone."""

    model_config = example({"batch": _ID, "leads": 12})

    batch: UUID
    leads: int
