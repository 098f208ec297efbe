"""What of a demand crosses the API."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from app.core.text import Line, Prose, never_null
from app.demands.forms import FormName
from app.demands.line_schemas import LINE_EXAMPLE, LINE_ID, LinePublic, Lines
from app.demands.needs import Adcode, NeedCorrections
from app.demands.policy import Action, State
from matching.need import Need
from search.documents import Kind

Title = Annotated[str, Line(200), Field(description="发布前必填 Needed before publication")]
Description = Annotated[str, Prose(20_000)]
PlaceName = Annotated[str, Line(50)]
Address = Annotated[str, Line(200)]
Yuan = Annotated[int, Field(ge=0, le=10**12)]
Visibility = Literal["public", "invited", "anonymous"]
MAX_GUESTS = 100

EXAMPLE = {
    "title": "采购不锈钢离心泵20台",
    "description": "流量50m³/h，扬程32m，材质304，12月底前送到沈阳，要厂家直供，不要贸易商。",
}
FREE_EXAMPLE: dict[str, Any] = {**EXAMPLE, "buyer": "示例热电厂", "city": "沈阳市", "district": "铁西区"}
ITEMISED_EXAMPLE: dict[str, Any] = {
    **EXAMPLE,
    "lines": [LINE_EXAMPLE],
    "deliver_until": "2030-12-31",
    "budget_low": 80_000,
    "budget_high": 120_000,
    "quotes_until": "2030-11-30T10:00:00Z",
    "visibility": "anonymous",
}


Guests = Annotated[
    list[UUID],
    Field(max_length=MAX_GUESTS, description="定向可见的企业 Companies an invited demand is shown to"),
]
Fields = Annotated[
    dict[str, Any],
    Field(
        description="按表单声明填写，见 GET /request-forms/{form}/schema As the form declares: GET /request-forms/{form}/schema"
    ),
]


class Terms(BaseModel):
    """Where, when, for how much, until when and before whom; what is null was not said."""

    address: Address | None = Field(default=None, description="收货地址 Where it is delivered to")
    deliver_from: date | None = None
    deliver_until: date | None = None
    budget_low: Yuan | None = Field(default=None, description="预算下限，元 Yuan")
    budget_high: Yuan | None = Field(default=None, description="预算上限，元 Yuan")
    budget_sealed: bool | None = Field(
        default=None, description="预算不对供应商公开 The budget is not shown to suppliers"
    )
    quotes_until: AwareDatetime | None = Field(
        default=None, description="报价截止 Until when quotes are taken"
    )
    valid_until: AwareDatetime | None = Field(
        default=None, description="到期自动失效 When it expires by itself"
    )
    sealed: bool | None = Field(
        default=None, description="截止前报价密封 Quotes stay sealed until quotes_until"
    )
    visibility: Visibility | None = Field(
        default=None,
        description="public 公开，invited 定向，anonymous 匿名采购方 Before whom; default public",
    )


class DemandCreate(Terms):
    """A demand in the buyer's own words; fields beside the words override what is understood from them.

    A draft may lack anything, and hold fields that are not right yet: all is checked when it is opened.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [FREE_EXAMPLE, ITEMISED_EXAMPLE]},
    )

    title: Title = ""
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
    lines: Lines = []
    guests: Guests = []
    form: FormName | None = Field(
        default=None, description="需求表单，见 GET /request-forms The request form"
    )
    fields: Fields = {}
    state: Literal["draft", "open"] = "open"


class DemandUpdate(Terms):
    """A JSON merge patch (RFC 7396). ``need`` merges into the corrections made so far; null forgets them all.

    ``lines``, ``guests`` and ``fields`` are replaced as a whole; lines keep their ids where these are sent.
    """

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
    lines: Lines | None = None
    guests: Guests | None = None
    form: FormName | None = None
    fields: Fields | None = None

    @model_validator(mode="before")
    @classmethod
    def _keep_the_title(cls, given: Any) -> Any:
        if isinstance(given, dict) and "title" in given and given["title"] is None:
            return {**given, "title": ""}
        return given


class FindingPublic(BaseModel):
    """What a rule of review found: which rule, and the word."""

    code: str
    word: str


class DemandPublic(BaseModel):
    """A demand. ``need`` is what is matched: what was understood, with ``corrections`` laid over it.

    An anonymous buyer and a sealed budget are left out for everybody but the buyer's side and the operators. ``actions``
    are the moves people may make from here, each with the right to it.
    """

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
                    "lines": [{"id": LINE_ID, "position": 1, **LINE_EXAMPLE, "implied": False}],
                    "visibility": "public",
                    "revision": 1,
                    "version": 1,
                    "created_at": "2026-03-01T02:00:00Z",
                    "updated_at": "2026-03-01T02:00:00Z",
                    "published_at": "2026-03-01T02:00:00Z",
                    "actions": ["edit", "close", "withdraw"],
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
    form: FormName | None = None
    fields: dict[str, Any] = {}
    lines: list[LinePublic]
    visibility: Visibility
    address: str = ""
    deliver_from: date | None = None
    deliver_until: date | None = None
    budget_low: int | None = None
    budget_high: int | None = None
    budget_sealed: bool = False
    quotes_until: datetime | None = None
    valid_until: datetime | None = None
    days_left: int | None = Field(
        default=None, description="还有几天到期，0 为今天 Days until it expires, 0 for today"
    )
    sealed: bool = False
    findings: list[FindingPublic] = Field(
        default=[],
        description="审核规则发现的内容，仅发布方和运营员可见 Shown to the buyer's side and operators",
    )
    review_note: str = ""
    revision: int
    version: int
    created_at: datetime
    updated_at: datetime
    published_at: datetime | None = None
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


class ReviewNote(BaseModel):
    """What an operator says of a demand under review; needed to reject it."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"note": "请删去电话号码"}]})

    note: Annotated[str, Line(500)] = ""
