"""Errors as pages: what a browser gets where a program gets problem details."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from inspect import isawaitable
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import Response

from app.web.pages import go, is_fragment, page, page_language, sign_in_address

Handler = Callable[[Request, Any], Response | Awaitable[Response]]

TITLES = {
    404: "没有找到这个页面",
    409: "与当前状态冲突",
    412: "内容已被他人修改",
    413: "提交的内容过大",
    422: "填写的内容有误",
    500: "服务器出错了",
    503: "暂时不可用",
}
ADVICE = {
    401: "登录在新窗口打开，登录后回到这里再提交一次，填写的内容不会丢。",
    404: "地址可能不完整，或内容已被移除。可以从搜索重新开始。",
    409: "请返回刷新页面，看看最新状态。",
    412: "请返回刷新页面，再做修改。",
    413: "请缩短内容后再提交。",
    422: "请返回检查填写的内容。",
    500: "已记录本次错误。请稍后再试，填写的内容可返回上一页找回。",
    503: "数据安全，没有丢失。请稍等几秒后重试。",
}


def wants_page(request: Request) -> bool:
    """Whether a reader waits for the answer, not a program."""
    if request.url.path.startswith("/api"):
        return False
    return "text/html" in request.headers.get("accept", "") or is_fragment(request)


def install_error_pages(app: FastAPI) -> None:
    """Put a page in front of every handler of errors installed so far; programs still get what the handler says."""
    for error, handler in list(app.exception_handlers.items()):
        app.exception_handlers[error] = _as_page(handler)


def _as_page(handler: Handler) -> Handler:
    async def answer(request: Request, error: Exception) -> Response:
        answered = handler(request, error)
        response = await answered if isawaitable(answered) else answered
        return (
            error_page(request, response) if wants_page(request) and response.status_code >= 400 else response
        )

    return answer


def error_page(request: Request, problem: Response) -> Response:
    """The page of a problem: its status and headers, a title, what to do, and the detail when there is one.

    Who has to sign in is taken there, and back afterwards; what was typed into a form stays where it was typed.
    """
    status = problem.status_code
    if status == 401 and request.url.path != "/sign-in":
        if is_fragment(request):
            return Response(status_code=401, headers={"HX-Redirect": sign_in_address(request)})
        if request.method == "GET":
            return go(sign_in_address(request))
    details = (
        json.loads(bytes(problem.body)) if problem.headers.get("content-type", "").endswith("json") else {}
    )
    language = page_language(request)
    headers = {
        name: problem.headers[name]
        for name in ("retry-after", "allow", "www-authenticate")
        if name in problem.headers
    }
    return page(
        request,
        "parts/error_note.html" if is_fragment(request) else "error.html",
        language,
        status=status,
        headers=headers,
        status_code=status,
        heading=TITLES.get(status) or details.get("title", "请求有误"),
        advice=ADVICE.get(status, ""),
        detail=details.get("detail", ""),
        errors=details.get("errors", []),
        retry=status == 503,
        sign_in=sign_in_address(request) if status == 401 else "",
    )
