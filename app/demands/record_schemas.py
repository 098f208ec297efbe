"""Revisions, files and templates as the API shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from app.core.text import Line
from app.demands.contents import Change
from app.demands.forms import FormName
from app.demands.record_models import DemandTemplate

_ID = "0195c5a0-7c00-7a00-8a00-000000000002"
_MOMENT = "2026-03-01T02:00:00Z"


class RevisionPublic(BaseModel):
    """One revision of a demand and what it changed of the one before."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "number": 2,
                    "made_at": _MOMENT,
                    "changes": [{"field": "budget_high", "before": 120000, "after": 150000}],
                }
            ]
        }
    )

    number: int
    made_at: datetime
    changes: list[Change]


class RevisionList(BaseModel):
    """Every revision, the newest first."""

    items: list[RevisionPublic]


class FilePublic(BaseModel):
    """A file that goes with a demand."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "id": "0195c5a0-7c00-7a00-8a00-00000000000b",
                    "demand_id": _ID,
                    "name": "图纸.pdf",
                    "media_type": "application/pdf",
                    "size": 48213,
                    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                    "created_at": _MOMENT,
                }
            ]
        },
    )

    id: UUID
    demand_id: UUID
    name: str
    media_type: str
    size: int
    sha256: str
    created_at: datetime


class FileList(BaseModel):
    """The files of a demand."""

    items: list[FilePublic]


class TemplateCreate(BaseModel):
    """A template made of a demand of one's own."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"name": "每月泵类采购", "demand_id": _ID}]}
    )

    name: Annotated[str, Line(100, min_length=1)]
    demand_id: UUID


class TemplateRename(BaseModel):
    """Another name for a template."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"name": "季度泵类采购"}]})

    name: Annotated[str, Line(100, min_length=1)]


class TemplatePublic(BaseModel):
    """A template of demands."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "id": "0195c5a0-7c00-7a00-8a00-00000000000c",
                    "name": "每月泵类采购",
                    "company_id": None,
                    "title": "采购水泵20台",
                    "form": None,
                    "version": 1,
                    "created_at": _MOMENT,
                    "deleted_at": None,
                }
            ]
        },
    )

    id: UUID
    name: str
    company_id: UUID | None = Field(
        default=None, description="属于哪家企业 Whose it is; null for its maker's own"
    )
    title: str = Field(description="由其新建的需求的标题 The title of what is begun from it")
    form: FormName | None = None
    version: int
    created_at: datetime
    deleted_at: datetime | None = Field(
        default=None, description="删除时间，30 天内可恢复 When it was deleted; undone within 30 days"
    )

    @classmethod
    def of(cls, template: DemandTemplate) -> Self:
        """As the API shows it."""
        content = template.content
        told = {"title": content.get("title") or "", "form": content.get("form") or None}
        return cls.model_validate({**template.model_dump(), **told})
