"""Errors that a person can act on.

    LianqiaoError
    ├── Unauthenticated     401  nobody known asks, and somebody has to
    ├── Forbidden           403  whoever asks may not; the detail says who may
    ├── TooManyRequests     429  too often; Retry-After says when
    ├── InvalidInput        422  one or more fields are wrong; ``problems`` names each
    ├── NotFound            404
    ├── Conflict            409  the state does not allow it, or the key was used for something else
    ├── PreconditionFailed  412  If-Match names an older version
    ├── PreconditionRequired 428 an edit without If-Match
    ├── TooLarge            413
    ├── DatabaseBusy        503  another writer holds the database; nothing was stored; Retry-After says when
    ├── ScannerDown         503  the virus scanner does not answer; the file was not kept; Retry-After says when
    └── SearchDown          503  search only; data is safe; Retry-After says when

Each has a stable ``code``. Texts are Chinese in the source and translated through app.core.i18n.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from app.core.i18n import Language, translate


@dataclasses.dataclass(frozen=True, slots=True)
class Problem:
    """One wrong field: a dotted path, a stable code, and what to do about it.

    ``message`` is in Chinese, translated and filled in with ``params``; or the finished words in every language.
    ``params`` are JSON-able and shown to programs beside the message.
    """

    field: str
    code: str
    message: str | Mapping[Language, str]
    params: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    def text(self, language: Language) -> str:
        """The message in a language."""
        if isinstance(self.message, str):
            return translate(self.message, language, **self.params)
        return self.message[language]

    def as_json(self, language: Language) -> dict[str, Any]:
        """As it stands in the ``errors`` of problem details."""
        said = {"field": self.field, "code": self.code, "message": self.text(language)}
        return said | ({"params": dict(self.params)} if self.params else {})


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
            body["errors"] = [problem.as_json(language) for problem in self.problems]
        return body


class Unauthenticated(LianqiaoError):
    """Somebody has to sign in, or send a valid API key."""

    status = 401
    code = "sign_in_required"
    title = "请先登录"

    def __init__(self, message: str = "", **rest: Any) -> None:
        rest.setdefault("headers", {"WWW-Authenticate": 'Bearer realm="lianqiao"'})
        super().__init__(message, **rest)


class Forbidden(LianqiaoError):
    """Whoever asks is known and may not."""

    status = 403
    code = "forbidden"
    title = "没有权限"


class TooManyRequests(LianqiaoError):
    """Too often in too short a time."""

    status = 429
    code = "too_many_requests"
    title = "操作过于频繁"


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


class DatabaseBusy(LianqiaoError):
    """The database could not take the change now; nothing was stored."""

    status = 503
    code = "database_busy"
    title = "数据库繁忙，未保存任何数据，请稍后重试"


class ScannerDown(LianqiaoError):
    """The virus scanner does not answer; the file was not kept."""

    status = 503
    code = "scanner_unavailable"
    title = "文件检查服务暂不可用，文件未保存，请稍后再传"


class SearchDown(LianqiaoError):
    """Search cannot answer now; nothing is lost."""

    status = 503
    code = "search_unavailable"
    title = "搜索暂不可用，数据安全，请稍后重试"
