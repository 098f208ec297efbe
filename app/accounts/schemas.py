"""What of accounts crosses the API."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.accounts.contacts import masked
from app.accounts.models import ApiKey, Person
from app.accounts.people import shown_name
from app.accounts.policy import Scope
from app.accounts.sign_in_models import LoginSession
from app.core.actor import Actor, SeatRole
from app.core.refusals import refusal
from app.core.text import Line

ContactText = Annotated[str, Line(254, min_length=1)]
Password = Annotated[str, Field(min_length=1, max_length=500)]
PersonName = Annotated[str, Line(50, min_length=1)]
KeyName = Annotated[str, Line(60, min_length=1)]

ONE_OF_TWO = "请填写 password 或 code 中的一项"

_PERSON_ID = "0195c5a0-7c00-7a00-8a00-000000000010"
_COMPANY_ID = "5e0e4f1c-6f0e-5b0e-8b0a-1d2f3a4b5c6d"
_MOMENT = "2026-03-01T02:00:00Z"


def example(value: dict[str, Any], *, extra: Literal["forbid", "ignore"] = "ignore") -> ConfigDict:
    """The configuration of a schema with one example."""
    return ConfigDict(json_schema_extra={"examples": [value]}, extra=extra, from_attributes=True)


class CodeRequest(BaseModel):
    """Ask for a one-time code."""

    model_config = example({"contact": "wang@example.com"}, extra="forbid")

    contact: ContactText = Field(description="手机号或电子邮箱 Phone number or e-mail address")


class CodeSent(BaseModel):
    """A code is on its way."""

    model_config = example({"sent_to": "w***@example.com", "expires_in": 600})

    sent_to: str
    expires_in: int = Field(description="秒 Seconds")


class SignIn(BaseModel):
    """Sign in with a password or with a one-time code."""

    model_config = example({"contact": "wang@example.com", "code": "042042"}, extra="forbid")

    contact: ContactText
    password: Password | None = None
    code: Annotated[str, Line(12, min_length=1)] | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.password is None) == (self.code is None):
            raise refusal("one_of", ONE_OF_TWO)
        return self


class SeatPublic(BaseModel):
    """A seat in a company."""

    model_config = example({"company_id": _COMPANY_ID, "role": "owner"})

    company_id: UUID
    role: SeatRole


class Me(BaseModel):
    """Who asks, and what permission rests on."""

    model_config = example(
        {
            "kind": "person",
            "id": _PERSON_ID,
            "name": "王工",
            "contacts": ["w***@example.com"],
            "has_password": True,
            "seats": [{"company_id": _COMPANY_ID, "role": "owner"}],
            "divisions": [],
            "scopes": None,
        }
    )

    kind: Literal["person", "key"]
    id: UUID
    name: str
    contacts: list[str] = Field(default_factory=list)
    has_password: bool = False
    seats: list[SeatPublic]
    divisions: list[str] = Field(description="任运营员的区划 Adcodes of the divisions operated")
    scopes: list[Scope] | None = Field(default=None, description="仅 API 密钥 API keys only")

    @classmethod
    def of(cls, actor: Actor, person: Person | None) -> Self:
        """From the actor, and the person when it is one."""
        return cls.model_validate(
            {
                "kind": actor.kind,
                "id": actor.id,
                "name": shown_name(person) if person else actor.name,
                "contacts": [masked(one) for one in (person.email, person.phone) if one] if person else [],
                "has_password": bool(person and person.password_hash),
                "seats": [{"company_id": key, "role": role} for key, role in actor.seats.items()],
                "divisions": list(actor.divisions),
                "scopes": None if actor.scopes is None else sorted(actor.scopes),
            }
        )


class MeUpdate(BaseModel):
    """What a person can change of themselves."""

    model_config = example({"name": "王工"}, extra="forbid")

    name: PersonName


class PasswordChange(BaseModel):
    """A new password. ``current`` is not needed for the first one, nor right after signing in by code."""

    model_config = example({"password": "correct horse battery", "current": ""}, extra="forbid")

    password: Password
    current: Annotated[str, Field(max_length=500)] = ""


class SessionPublic(BaseModel):
    """A signed-in device."""

    model_config = example(
        {
            "id": "0195c5a0-7c00-7a00-8a00-000000000011",
            "method": "code",
            "user_agent": "Mozilla/5.0",
            "address": "203.0.113.7",
            "created_at": _MOMENT,
            "last_seen_at": _MOMENT,
            "expires_at": "2026-03-31T02:00:00Z",
            "current": True,
        }
    )

    id: UUID
    method: str
    user_agent: str
    address: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    current: bool

    @classmethod
    def of(cls, held: LoginSession, actor: Actor) -> Self:
        """From the row."""
        return cls(
            **held.model_dump(exclude={"person_id", "token_hash"}), current=held.id == actor.session_id
        )


class SessionList(BaseModel):
    """Signed-in devices, the last used first."""

    items: list[SessionPublic]


class KeyCreate(BaseModel):
    """A new API key, of a company or of a division's operators: exactly one of the two."""

    model_config = example(
        {"name": "ERP", "company_id": _COMPANY_ID, "scopes": ["demands:write"]}, extra="forbid"
    )

    name: KeyName
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=10)]
    company_id: UUID | None = None
    division: Annotated[str, Field(pattern=r"^[0-9]{6}$")] | None = None
    expires_in_days: Annotated[int, Field(ge=1, le=3650)] | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.company_id is None) == (self.division is None):
            raise refusal("one_of", KEY_OF_ONE)
        return self


KEY_OF_ONE = "请填写 company_id 或 division 中的一项"

_KEY = {
    "id": "0195c5a0-7c00-7a00-8a00-000000000012",
    "name": "ERP",
    "hint": "lq_a1B2c3",
    "company_id": _COMPANY_ID,
    "division": "",
    "scopes": ["demands:write"],
    "created_at": _MOMENT,
    "expires_at": None,
    "last_used_at": None,
    "previous_until": None,
}


class KeyPublic(BaseModel):
    """An API key, without its secret."""

    model_config = example(_KEY)

    id: UUID
    name: str
    hint: str = Field(description="密钥的开头几位 Its first characters")
    company_id: UUID | None = None
    division: str
    scopes: list[Scope]
    created_at: datetime
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    previous_until: datetime | None = Field(
        default=None, description="轮换前的密钥失效时间 When the rotated token ends"
    )


class KeyList(BaseModel):
    """API keys, the newest first."""

    items: list[KeyPublic]


class KeyIssued(KeyPublic):
    """A key with its token, shown this once."""

    model_config = example({**_KEY, "token": "lq_a1B2c3..."})

    token: str

    @classmethod
    def of(cls, key: ApiKey, token: str) -> Self:
        """From the row and its token."""
        return cls(**KeyPublic.model_validate(key).model_dump(), token=token)
