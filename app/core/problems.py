"""Every error leaves as RFC 9457 problem details: the schema, the handlers, and what OpenAPI says of them."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from app.core.errors import (
    Conflict,
    DatabaseBusy,
    InvalidInput,
    LianqiaoError,
    NotFound,
    SearchDown,
    TooLarge,
)
from app.core.i18n import LANGUAGES, Language, choose_language
from app.core.openapi import methods_at
from app.core.problem_details import PROBLEM_JSON
from app.core.validation import problems_of
from app.settings import get_settings
from search.index import SearchUnavailable

log = logging.getLogger(__name__)

RETRY_SECONDS = 5


class _Refused(LianqiaoError):
    """A request that no route took: wrong method, unreadable body."""

    title = "请求有误"

    def __init__(self, status: int, **rest: Any) -> None:
        super().__init__(**rest)
        self.status = status  # type: ignore[misc]


class _Broken(LianqiaoError):
    status = 500
    code = "internal_error"
    title = "服务器内部错误，已记录"


def request_language(request: Request) -> Language:
    """``?lang=``, else the cookie ``lang``, else Accept-Language, else the setting."""
    asked = request.query_params.get("lang") or request.cookies.get("lang")
    for language in LANGUAGES:
        if asked == language:
            return language
    runtime = getattr(request.app.state, "runtime", None)
    settings = runtime.settings if runtime else get_settings()
    return choose_language(request.headers.get("accept-language"), settings.language)


def problem_response(request: Request, error: LianqiaoError) -> JSONResponse:
    """The answer that an error becomes."""
    language = request_language(request)
    headers = {"Content-Language": language, **error.headers}
    if error.status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers.setdefault("Retry-After", str(RETRY_SECONDS))
    body = error.as_problem(language, instance=request.url.path)
    return JSONResponse(body, status_code=error.status, headers=headers, media_type=PROBLEM_JSON)


def install_handlers(app: FastAPI) -> None:
    """Turn every exception into problem details."""

    @app.exception_handler(LianqiaoError)
    def _ours(request: Request, error: LianqiaoError) -> JSONResponse:
        return problem_response(request, error)

    @app.exception_handler(RequestValidationError)
    def _invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        return problem_response(request, InvalidInput(problems=problems_of(error.errors())))

    @app.exception_handler(HTTPException)
    def _http(request: Request, error: HTTPException) -> JSONResponse:
        return problem_response(request, _from_http(request, error))

    @app.exception_handler(SearchUnavailable)
    def _search(request: Request, error: SearchUnavailable) -> JSONResponse:
        log.warning("search unavailable: %s", error)
        return problem_response(request, SearchDown(headers={"Retry-After": str(error.retry_after)}))

    @app.exception_handler(IntegrityError)
    def _raced(request: Request, error: IntegrityError) -> JSONResponse:
        log.warning("lost a race: %s", error.orig)
        return problem_response(request, Conflict("刚有另一请求保存了同样的内容，请刷新后重试"))

    @app.exception_handler(DataError)
    def _unstorable(request: Request, error: DataError) -> JSONResponse:
        log.warning("refused by the database: %s", error.orig)
        return problem_response(request, InvalidInput("含有数据库无法保存的字符或过大的数值，请检查后重试"))

    @app.exception_handler(OperationalError)
    @app.exception_handler(PoolTimeout)
    def _busy(request: Request, error: Exception) -> JSONResponse:
        log.error("database: %s", error)
        return problem_response(request, DatabaseBusy())

    @app.exception_handler(Exception)
    def _unexpected(request: Request, error: Exception) -> JSONResponse:
        incident = uuid4().hex[:12]
        log.error("incident %s", incident, exc_info=error)
        return problem_response(
            request, _Broken("事件编号 {incident}，联系管理员时请提供", incident=incident)
        )


def _from_http(request: Request, error: HTTPException) -> LianqiaoError:
    headers = dict(error.headers or {})
    if error.status_code == HTTPStatus.NOT_FOUND:
        return NotFound("没有这个地址", headers=headers)
    if error.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return TooLarge(headers=headers)
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        # The router names only the methods of the first route at this address.
        methods = methods_at(request.app, request.url.path) | set(headers.get("Allow", "").split(", "))
        headers["Allow"] = ", ".join(sorted(methods - {""}))
        return _Refused(405, message="此地址不支持该方法", code="method_not_allowed", headers=headers)
    if error.status_code == HTTPStatus.BAD_REQUEST:
        return _Refused(
            400, message="无法读取请求内容，应为 UTF-8 编码的 JSON", code="malformed_body", headers=headers
        )
    return _Refused(error.status_code, code=f"http_{error.status_code}", headers=headers)
