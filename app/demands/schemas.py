"""What of a demand crosses the API."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.core.text import Line, Prose, never_null
from app.demands.needs import Adcode, NeedCorrections
from app.demands.policy import Action, State
from matching.need import Need
from search.documents import Kind

Title = Annotated[str, Line(200, min_length=1)]
Description = Annotated[str, Prose(20_000)]
PlaceName = Annotated[str, Line(50)]

EXAMPLE = {
    "title": "采购不锈钢离心泵20台",
    "description": "流量50m³/h，扬程32m，材质304，12月底前送到沈阳，要厂家直供，不要贸易商。",
}


class DemandCreate(BaseModel):
    """A demand in the buyer's own words; fields beside the words override what is understood from them."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{**EXAMPLE, "buyer": "示例热电厂", "city": "沈阳市", "district": "铁西区"}]
        },
    )

    title: Title
    description: Description = ""
    buyer: Annotated[str, Line(200)] = ""
    buyer_company_id: UUID | None = Field(
        default=None, description="以哪家企业的名义，只有一家时可省略 For which firm; left out, the only one"
    )
    city: PlaceName = ""
    district: PlaceName = ""
    adcode: Adcode | None = Field(
        default=None, description="收货地区划代码 Where it is needed; wins over city and district"
    )
    kind: Kind | None = None
    need: NeedCorrections | None = Field(
        default=None, description="对理解结果的更正 Corrections of what is understood"
    )
    state: Literal["draft", "open"] = "open"


class DemandUpdate(BaseModel):
    """A JSON merge patch (RFC 7396). ``need`` merges into the corrections made so far; null forgets them all."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"need": {"quantity": {"value": 30, "unit": "台"}}}]}
    )

    title: Title | None = Field(default=None, json_schema_extra=never_null)
    description: Description | None = None
    buyer: Annotated[str, Line(200)] | None = None
    city: PlaceName | None = None
    district: PlaceName | None = None
    adcode: Adcode | None = None
    kind: Kind | None = None
    need: NeedCorrections | None = None

    @model_validator(mode="before")
    @classmethod
    def _keep_the_title(cls, given: Any) -> Any:
        if isinstance(given, dict) and "title" in given and given["title"] is None:
            return {**given, "title": ""}
        return given


class DemandPublic(BaseModel):
    """A demand. ``need`` is what is matched: what was understood, with ``corrections`` laid over it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "0195c5a0-7c00-7a00-8a00-000000000002",
                    **EXAMPLE,
                    "buyer": "示例热电厂",
                    "city": "沈阳市",
                    "district": "铁西区",
                    "adcode": "210106",
                    "kind": "product",
                    "state": "open",
                    "need": {
                        "text": EXAMPLE["title"],
                        "what": ["不锈钢离心泵"],
                        "quantity": {"value": 20, "unit": "台"},
                    },
                    "corrections": {},
                    "version": 1,
                    "created_at": "2026-03-01T02:00:00Z",
                    "updated_at": "2026-03-01T02:00:00Z",
                    "actions": ["close", "edit"],
                }
            ]
        }
    )

    id: UUID
    title: str
    description: str
    buyer: str
    buyer_company_id: UUID | None = None
    city: str
    district: str
    adcode: str
    kind: Kind | None
    state: State
    need: Need
    corrections: dict[str, Any]
    version: int
    created_at: datetime
    updated_at: datetime
    closed_at: datetime | None = None
    actions: list[Action]


class UnderstandRequest(BaseModel):
    """Words to be understood; nothing is stored."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"text": EXAMPLE["description"], "title": EXAMPLE["title"]}]},
    )

    text: Description = ""
    title: Annotated[str, Line(200)] = ""
    city: PlaceName = ""
    district: PlaceName = ""
    adcode: Adcode | None = None
    kind: Kind | None = None
    need: NeedCorrections | None = None


class Understood(BaseModel):
    """What was understood."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "need": {
                        "text": EXAMPLE["title"],
                        "what": ["不锈钢离心泵"],
                        "quantity": {"value": 20, "unit": "台"},
                    }
                }
            ]
        }
    )

    need: Need
