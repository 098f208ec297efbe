"""What of a team's figures crosses the API."""

from __future__ import annotations

from pydantic import BaseModel, Field

from app.accounts.schemas import example


class Funnel(BaseModel):
    """Leads of one person, division or source by state. ``conversion`` is the share marked done, 0 to 1."""

    model_config = example(
        {
            "key": "210100", "name": "沈阳市", "todo": 3, "doing": 2, "done": 1, "lost": 1, "total": 7,
            "scanned": 5, "scanned_done": 1, "deals": 1, "scanned_deals": 1, "conversion": 0.14, "scan_conversion": 0.2,
        }
    )  # fmt: skip

    key: str
    name: str
    todo: int = 0
    doing: int = 0
    done: int = 0
    lost: int = 0
    total: int = 0
    scanned: int = Field(default=0, description="来自扫码的线索 Those that came from a scan")
    scanned_done: int = Field(default=0, description="其中标为成交的 Those of them marked done")
    deals: int = Field(
        default=0, description="有平台成交的线索 Those with a deal here that was not cancelled"
    )
    scanned_deals: int = Field(
        default=0, description="扫码线索中有平台成交的 Those of them that came from a scan"
    )
    conversion: float = 0.0
    scan_conversion: float = Field(
        default=0.0, description="从扫码到平台成交的比例 Share of scanned leads with a deal here, 0 to 1"
    )


class Board(BaseModel):
    """A team's pipeline in figures."""

    model_config = example(
        {
            "whole": {
                "key": "", "name": "", "todo": 3, "doing": 2, "done": 1, "lost": 1, "total": 7, "scanned": 5,
                "scanned_done": 1, "deals": 1, "scanned_deals": 1, "conversion": 0.14, "scan_conversion": 0.2,
            },
            "people": [], "divisions": [], "sources": [],
        }
    )  # fmt: skip

    whole: Funnel
    people: list[Funnel]
    divisions: list[Funnel]
    sources: list[Funnel]
