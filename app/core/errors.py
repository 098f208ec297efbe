"""Errors that a person can act on.

    LianqiaoError
    ├── InvalidInput        422  one or more fields are wrong; ``problems`` names each
    ├── NotFound            404
    ├── Conflict            409  the state does not allow it, or the key was used for something else
    ├── PreconditionFailed  412  If-Match names an older version
    ├── PreconditionRequired 428 an edit without If-Match
    ├── TooLarge            413
    └── SearchDown          503  search only; data is safe; Retry-After says when

Each has a stable ``code``. Texts are Chinese in the source and translated through app.core.i18n.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from app.core.i18n import Language, translate


@dataclass(frozen=True, slots=True)
class Problem:
    """One wrong field: a dotted path, a stable code, and a message in Chinese with ``params`` to fill in."""

    field: str
    code: str
    message: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def text(self, language: Language) -> str:
        """The message in a language."""
        return translate(self.message, language, **self.params)


class LianqiaoError(Exception):
    """Base of all errors that reach a user."""

    status: ClassVar[int] = 400
    code: str = "bad_request"
    title: ClassVar[str] = "请求有误"

    def __init__(
        self,
        message: str = "",
        *,
        code: str | None = None,
        problems: Sequence[Problem] = (),
        headers: Mapping[str, str] | None = None,
        **params: Any,
    ) -> None:
        super().__init__(message or self.title)
        self.message = message
        self.params = params
        self.problems = tuple(problems)
        self.headers = dict(headers or {})
        if code:
            self.code = code

    def as_problem(self, language: Language, instance: str = "") -> dict[str, Any]:
        """RFC 9457 problem details."""
        body: dict[str, Any] = {
            "type": f"urn:lianqiao:problem:{self.code}",
            "title": translate(self.title, language),
            "status": self.status,
            "code": self.code,
        }
        if self.message:
            body["detail"] = translate(self.message, language, **self.params)
        if instance:
            body["instance"] = instance
        if self.problems:
            body["errors"] = [{"field": p.field, "code": p.code, "message": p.text(language)} for p in self.problems]
        return body


class InvalidInput(LianqiaoError):
    """Something sent is wrong; nothing was stored."""

    status = 422
    code = "invalid_input"
    title = "填写的内容有误，未保存任何数据"


class NotFound(LianqiaoError):
    """No such thing."""

    status = 404
    code = "not_found"
    title = "未找到"


class Conflict(LianqiaoError):
    """The present state does not allow it."""

    status = 409
    code = "conflict"
    title = "与当前状态冲突"


class PreconditionFailed(LianqiaoError):
    """Somebody else changed it first."""

    status = 412
    code = "version_mismatch"
    title = "内容已被他人修改，请刷新后重试"


class PreconditionRequired(LianqiaoError):
    """An edit has to say which version it edits."""

    status = 428
    code = "if_match_required"
    title = "修改时须带 If-Match 请求头（取自 ETag）"


class TooLarge(LianqiaoError):
    """The body is over the limit."""

    status = 413
    code = "body_too_large"
    title = "提交的内容过大"


class SearchDown(LianqiaoError):
    """Search cannot answer now; nothing is lost."""

    status = 503
    code = "search_unavailable"
    title = "搜索暂不可用，数据安全，请稍后重试"
