"""The lines of a demand as they cross the API: what is asked for, how many, of what properties."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from app.core.text import Line

MAX_LINES = 200
LINE_EXAMPLE: dict[str, Any] = {
    "name": "不锈钢离心泵",
    "quantity": 20,
    "unit": "台",
    "specs": {"材质": "304", "扬程": "32m"},
    "note": "带联轴器",
}
LINE_ID = "0195c5a0-7c00-7a00-8a00-00000000000a"


class LineSaid(BaseModel):
    """One thing asked for. ``id`` keeps a line that is there when lines are edited; without it the line is new."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [LINE_EXAMPLE]})

    id: UUID | None = None
    name: Annotated[str, Line(200), Field(description="发布前必填 Needed before publication")] = ""
    quantity: Annotated[float, Field(gt=0, le=1e12, allow_inf_nan=False)] | None = None
    unit: Annotated[str, Line(20)] = ""
    specs: Annotated[
        dict[Annotated[str, Line(40, min_length=1)], Annotated[str, Line(200, min_length=1)]],
        Field(max_length=20, description="属性与取值 Property and value, as words"),
    ] = {}
    note: Annotated[str, Line(1000)] = ""


class LinePublic(BaseModel):
    """A line of a demand. ``implied``: the buyer wrote none, so the title stands for it."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={"examples": [{"id": LINE_ID, "position": 1, **LINE_EXAMPLE, "implied": False}]},
    )

    id: UUID
    position: int
    name: str
    quantity: float | None
    unit: str
    specs: dict[str, str]
    note: str
    implied: bool


Lines = Annotated[list[LineSaid], Field(max_length=MAX_LINES, description="明细 Line items")]
