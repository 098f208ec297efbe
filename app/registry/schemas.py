"""What of a company crosses the API."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from app.core.refusals import refusal
from app.core.text import Line, Prose, never_null

Visibility = Literal["public", "members", "private"]
CompanyStatus = Literal["active", "suspended", "revoked", "deregistered"]
Adcode = Annotated[str, Field(pattern=r"^[0-9]{6}$")]
IndustryCode = Annotated[str, Field(pattern=r"^([A-T]|[0-9]{2,4})$")]
Name = Annotated[str, Line(200, min_length=1)]
Tags = Annotated[list[Annotated[str, Line(40, min_length=1)]], Field(max_length=30)]
Aliases = Annotated[list[Name], Field(max_length=20)]
Website = Annotated[str, Line(300)]
Phone = Annotated[str, Line(40), Field(description="电话 Telephone, shown to whom contact_visibility says")]
Email = Annotated[str, Line(120)]
Employees = Annotated[int, Field(ge=0, le=10_000_000)]

EXAMPLE_USCC = "91210106MA7XAMP1EE"
_ID = "5e0e4f1c-6f0e-5b0e-8b0a-1d2f3a4b5c6d"


PHONE = re.compile(r"\+?[0-9][0-9 ()转*#-]{3,30}[0-9]")
EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")
_NEVER_EMPTY = ("name", "status", "contact_visibility")


class CompanyCreate(BaseModel):
    """A registration as the firm's licence states it; division, industry and listings are derived from it."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "uscc": EXAMPLE_USCC,
                    "name": "沈阳示例泵业有限公司",
                    "type": "有限责任公司",
                    "registered_on": "2003-05-18",
                    "capital_raw": "500万元人民币",
                    "city": "沈阳市",
                    "address": "沈阳市铁西区北二路1号",
                    "business_scope": "水泵、阀门制造、销售；机械零部件加工。",
                    "tags": ["专精特新"],
                }
            ]
        },
    )

    uscc: Annotated[
        str, Line(64, min_length=1), Field(description="统一社会信用代码 Unified social credit code")
    ]
    name: Name
    type: Annotated[str, Line(100)] = ""
    registered_on: date | None = None
    capital_raw: Annotated[
        str, Line(100), Field(description="注册资本原文 Registered capital as written")
    ] = ""
    city: Annotated[str, Line(50)] = ""
    address: Annotated[str, Line(500)] = ""
    business_scope: Annotated[str, Prose(20_000), Field(description="经营范围 Registered business scope")] = (
        ""
    )
    status: CompanyStatus = "active"
    tags: Tags = Field(default_factory=list)
    aliases: Aliases = Field(default_factory=list)
    industry_code: IndustryCode | None = Field(default=None, description="GB/T 4754-2017")
    website: Website = ""
    employees: Employees | None = None


class CompanyUpdate(BaseModel):
    """A JSON merge patch (RFC 7396): what is given replaces what was derived or stated; null clears it."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"aliases": ["示例泵业"], "employees": 86, "adcode": "210106"},
                {"contact_name": "陈工", "phone": "024-88888888"},
            ]
        },
    )

    name: Name | None = Field(default=None, json_schema_extra=never_null)
    status: CompanyStatus | None = Field(default=None, json_schema_extra=never_null)
    type: Annotated[str, Line(100)] | None = None
    address: Annotated[str, Line(500)] | None = None
    adcode: Adcode | None = Field(
        default=None, description="区划代码 GB/T 2260; sets city, district and coordinates"
    )
    industry_code: IndustryCode | None = Field(default=None, description="GB/T 4754-2017")
    aliases: Aliases | None = None
    tags: Tags | None = None
    website: Website | None = None
    employees: Employees | None = None
    contact_name: Annotated[str, Line(60)] | None = Field(default=None, description="联系人 Contact person")
    phone: Phone | None = None
    email: Email | None = None
    contact_visibility: Visibility | None = Field(
        default=None, json_schema_extra=never_null, description="谁能看到联系方式 Who sees the contact"
    )

    @field_validator("phone")
    @classmethod
    def _phone(cls, phone: str | None) -> str | None:
        if phone and not PHONE.fullmatch(phone):
            raise refusal(
                "bad_format", "电话应为 5 至 20 位数字，可带区号、分机，如 024-88888888 或 +86 138 0000 0000"
            )
        return phone

    @field_validator("email")
    @classmethod
    def _email(cls, email: str | None) -> str | None:
        if email and not EMAIL.fullmatch(email):
            raise refusal("bad_format", "电子邮箱应形如 sales@example.com")
        return email

    @model_validator(mode="before")
    @classmethod
    def _keep_what_must_be(cls, given: Any) -> Any:
        # Dropped from the schema above too: these cannot be cleared.
        if isinstance(given, dict):
            return {k: "" if v is None and k in _NEVER_EMPTY else v for k, v in given.items()}
        return given


class CompanyPublic(BaseModel):
    """A company. ``provenance`` says of each derived field where it came from and how surely."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "id": _ID,
                    "uscc": EXAMPLE_USCC,
                    "name": "沈阳示例泵业有限公司",
                    "aliases": ["示例泵业"],
                    "type": "有限责任公司",
                    "registered_on": "2003-05-18",
                    "capital_raw": "500万元人民币",
                    "capital_cny": 5000000.0,
                    "city": "沈阳市",
                    "district": "铁西区",
                    "adcode": "210106",
                    "lon": 123.33397,
                    "lat": 41.82081,
                    "address": "沈阳市铁西区北二路1号",
                    "industry_code": "3441",
                    "business_scope": "水泵、阀门制造、销售；机械零部件加工。",
                    "size_class": "unknown",
                    "status": "active",
                    "tags": ["专精特新"],
                    "verification": "unverified",
                    "website": "",
                    "employees": 86,
                    "provenance": {"adcode": {"from": "address", "method": "address", "confidence": 0.95}},
                    "version": 1,
                    "created_at": "2026-03-01T02:00:00Z",
                    "updated_at": "2026-03-01T02:00:00Z",
                }
            ]
        },
    )

    id: UUID
    uscc: str
    name: str
    aliases: list[str]
    type: str
    registered_on: date | None
    capital_raw: str
    capital_cny: float | None = Field(description="元 In yuan")
    city: str
    district: str
    adcode: str
    lon: float | None
    lat: float | None
    address: str
    industry_code: str
    business_scope: str
    size_class: str
    status: str
    tags: list[str]
    verification: str
    website: str
    employees: int | None
    provenance: dict[str, Any]
    version: int
    created_at: datetime
    updated_at: datetime


class CompanyBrief(BaseModel):
    """A company in one line."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    uscc: str
    name: str
    city: str
    district: str
    status: str


class DivisionPublic(BaseModel):
    """An administrative division, GB/T 2260."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "adcode": "210106",
                    "name": "铁西区",
                    "level": "county",
                    "parent": "210100",
                    "lon": 123.33,
                    "lat": 41.82,
                }
            ]
        },
    )

    adcode: str
    name: str
    level: Literal["province", "city", "county"]
    parent: str
    lon: float
    lat: float


class IndustryPublic(BaseModel):
    """A class of GB/T 4754-2017: section (letter), division, group or class (two to four digits)."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={"examples": [{"code": "3441", "name": "泵及真空设备制造", "parent": "344"}]},
    )

    code: str
    name: str
    parent: str


class DivisionList(BaseModel):
    """Divisions."""

    items: list[DivisionPublic]


class IndustryList(BaseModel):
    """Industries."""

    items: list[IndustryPublic]
