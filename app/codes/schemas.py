"""What of an enterprise code crosses the API."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, computed_field

from app.codes.addresses import Verdict
from app.codes.numbers import grouped
from app.codes.policy import Action, CodeKind, State, allowed
from app.core.ids import company_id
from app.core.text import Line
from app.registry.schemas import EXAMPLE_USCC, CompanyBrief, DivisionPublic

EXAMPLE_CODE = "7K3PXM2WQK"
EXAMPLE_COMPANY = str(company_id(EXAMPLE_USCC))
_KID = "k3vq7d"
_SIGNATURE = "A" * 86

StatedLinkType = Literal["certificates", "traceability", "quality"]
"""Link types a firm states itself; the others the platform knows."""
Reason = Annotated[str, Line(500)]


class StatedLink(BaseModel):
    """A document or page of the firm's own."""

    model_config = ConfigDict(extra="forbid")

    type: StatedLinkType
    href: Annotated[str, Field(max_length=500, pattern=r"^https?://[!-~]+$")]
    title: Annotated[str, Line(120, min_length=1)]
    hreflang: Annotated[str, Field(pattern=r"^[a-z]{2}(-[A-Z]{2})?$")] | None = None
    media_type: Annotated[str, Field(max_length=80, pattern=r"^[a-z]+/[a-z0-9.+-]+$")] | None = None


class CodeIssue(BaseModel):
    """A code to issue. Kinds other than company stand under the firm's own code and need a label."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"company_id": EXAMPLE_COMPANY, "kind": "company"},
                {
                    "company_id": EXAMPLE_COMPANY,
                    "kind": "machine",
                    "label": "五轴加工中心 3 号机",
                    "links": [
                        {
                            "type": "quality",
                            "href": "https://example.com/calibration.pdf",
                            "title": "校准证书",
                            "hreflang": "zh",
                            "media_type": "application/pdf",
                        }
                    ],
                },
            ]
        },
    )

    company_id: UUID
    kind: CodeKind = "company"
    label: Annotated[str, Line(120)] = ""
    listing_id: UUID | None = None
    gs1_path: Annotated[str, Line(80)] = Field(
        default="", description="GS1 标识路径 GS1 key as a Digital Link path, as 417/6901234567892"
    )
    handle: Annotated[str, Field(pattern=r"^(88\.[0-9]{1,6}\.[0-9]{1,12}/[!-~]{1,90})?$")] = Field(
        default="", description="企业自有的工业互联网标识 The firm's own identifier, prefix/suffix"
    )
    links: Annotated[list[StatedLink], Field(max_length=30)] = Field(default_factory=list)
    activate: bool = Field(default=True, description="签发后立即启用 In use at once; else only issued")


class CodeMove(BaseModel):
    """Why a code is moved; needed to suspend and to revoke."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"reason": "厂区搬迁，原铭牌作废"}]}
    )

    reason: Reason = ""


class EnterpriseCodePublic(BaseModel):
    """An enterprise code."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "code": EXAMPLE_CODE,
                    "company_id": EXAMPLE_COMPANY,
                    "kind": "company",
                    "label": "",
                    "links": [],
                    "state": "active",
                    "kid": _KID,
                    "signature": _SIGNATURE,
                    "version": 1,
                    "created_at": "2026-03-01T02:00:00Z",
                    "updated_at": "2026-03-01T02:00:00Z",
                    "printed": grouped(EXAMPLE_CODE),
                    "path": f"/c/{EXAMPLE_CODE}?s={_KID}.{_SIGNATURE}",
                    "actions": ["suspend", "replace", "revoke"],
                }
            ]
        },
    )

    code: str
    company_id: UUID
    kind: CodeKind
    parent: str | None = Field(default=None, description="上级企业码 The firm's own code, of a sub-code")
    label: str
    listing_id: UUID | None = None
    gs1_path: str | None = None
    handle: str | None = None
    links: list[StatedLink]
    state: State
    replaced_by: str | None = None
    kid: str
    signature: str
    version: int
    created_at: datetime
    updated_at: datetime

    @computed_field  # type: ignore[prop-decorator]
    @property
    def printed(self) -> str:
        """印刷写法 As printed and read aloud."""
        return grouped(self.code)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def path(self) -> str:
        """二维码地址 The signed address in the QR, after the platform's own."""
        return f"/c/{self.code}?s={self.kid}.{self.signature}"

    @computed_field  # type: ignore[prop-decorator]
    @property
    def actions(self) -> list[Action]:
        """现在可执行的操作 The moves open now."""
        return allowed(self.state)


class CodeBrief(BaseModel):
    """An enterprise code as everybody may see it: without its signature."""

    model_config = ConfigDict(from_attributes=True)

    code: str
    kind: CodeKind
    label: str
    state: State
    replaced_by: str | None = None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def printed(self) -> str:
        """印刷写法 As printed and read aloud."""
        return grouped(self.code)


class CodeLookup(BaseModel):
    """What a code says: a unified social credit code, or an enterprise code; and the company that bears it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "uscc": EXAMPLE_USCC,
                    "division": {
                        "adcode": "210106",
                        "name": "铁西区",
                        "level": "county",
                        "parent": "210100",
                        "lon": 123.33,
                        "lat": 41.82,
                    },
                    "company": {
                        "id": EXAMPLE_COMPANY,
                        "uscc": EXAMPLE_USCC,
                        "name": "沈阳示例泵业有限公司",
                        "city": "沈阳市",
                        "district": "铁西区",
                        "status": "active",
                    },
                }
            ]
        }
    )

    uscc: str = Field(description="规范写法 In normal form")
    division: DivisionPublic | None = Field(
        description="登记机关所在区划 Where it was registered; null when no longer in use"
    )
    company: CompanyBrief | None
    enterprise_code: CodeBrief | None = Field(
        default=None,
        description="企业码 The enterprise code looked up, or the firm's own; null when it has none",
    )


class CodeEventPublic(BaseModel):
    """One line of a code's history."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "at": "2026-03-01T02:00:00Z",
                    "actor": "api",
                    "action": "revoke",
                    "from_state": "active",
                    "to_state": "revoked",
                    "reason": "厂区搬迁，原铭牌作废",
                }
            ]
        },
    )

    at: datetime
    actor: str
    action: str
    from_state: str
    to_state: str
    reason: str


class CodeHistory(BaseModel):
    """What happened to a code, the oldest first."""

    items: list[CodeEventPublic]


class VerifyRequest(BaseModel):
    """An address as scanned."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"url": f"https://code.example.com/c/{EXAMPLE_CODE}?s={_KID}.{_SIGNATURE}"}]
        },
    )

    url: Annotated[str, Line(2000, min_length=1)]


class Verified(BaseModel):
    """Whether an address is genuine, and the state of its code; only ``genuine`` with ``active`` is in good standing."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"verdict": "genuine", "code": EXAMPLE_CODE, "kid": _KID, "state": "active"}]
        }
    )

    verdict: Verdict
    code: str = ""
    kid: str = ""
    state: State | None = Field(default=None, description="null: 未签发 never issued, or not genuine")
