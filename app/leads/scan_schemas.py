"""What of a salesperson's scans crosses the API."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from app.accounts.schemas import example
from app.core.text import Line, Prose
from app.leads.schemas import LEAD_EXAMPLE, LeadPublic, Occasion, TeamId

MOST_SCANS = 100


class ScanSent(BaseModel):
    """A scan as a device kept it. ``id`` is made by the device: the same scan sent twice counts once."""

    model_config = example(
        {
            "id": "3f0e4f1c-6f0e-4b0e-8b0a-1d2f3a4b5c6d",
            "address": "7K3PX-M2WQK",
            "at": "2026-03-01T02:00:00Z",
            "occasion": "2026 沈阳制博会",
            "place": "2 号馆",
        },
        extra="forbid",
    )

    id: UUID
    address: Annotated[str, Line(2000, min_length=1)] = Field(
        description="二维码里的网址或路径，或手输的企业码 The address in the QR code, its path, or a code typed by hand"
    )
    at: AwareDatetime | None = Field(default=None, description="扫码时刻，缺省为现在 When; left out, now")
    occasion: Occasion = ""
    place: Annotated[str, Line(100)] = ""
    lon: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)] | None = None
    lat: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)] | None = None
    note: Annotated[str, Prose(5000)] = ""


class ScanBatch(BaseModel):
    """Scans made since the last time there was a connection."""

    model_config = example(
        {"items": [{"id": "3f0e4f1c-6f0e-4b0e-8b0a-1d2f3a4b5c6d", "address": "7K3PX-M2WQK"}]}, extra="forbid"
    )

    team_id: TeamId
    items: Annotated[list[ScanSent], Field(min_length=1, max_length=MOST_SCANS)]


class ScanProblem(BaseModel):
    """Why a scan counts for nothing; sending it again would not help."""

    model_config = example({"code": "code_revoked", "message": "这个企业码已被吊销"})

    code: str
    message: str


class ScanDone(BaseModel):
    """What became of one scan."""

    model_config = example(
        {
            "id": "3f0e4f1c-6f0e-4b0e-8b0a-1d2f3a4b5c6d",
            "outcome": "created",
            "lead": LEAD_EXAMPLE,
            "problem": None,
        }
    )

    id: UUID
    outcome: Literal["created", "found", "repeated", "refused"]
    lead: LeadPublic | None = None
    problem: ScanProblem | None = None


class ScanBatchDone(BaseModel):
    """What became of each scan, in the order sent."""

    items: list[ScanDone]
