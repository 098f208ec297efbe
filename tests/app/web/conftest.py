"""A browser with an operator in it, and what every page keeps to."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from httpx import Response
from starlette.testclient import TestClient

HTML = {"accept": "text/html,application/xhtml+xml"}


@pytest.fixture
def browser(sign_in: Callable[..., TestClient]) -> TestClient:
    """A fresh browser in which an operator is signed in."""
    signed_in = sign_in(divisions=["100000"], name="运营员甲")
    signed_in.headers.update(HTML)
    return signed_in


def page(answer: Response, status: int = 200) -> str:
    """The text of a page that is whole, in a language, and lets no script or style in."""
    assert answer.status_code == status, answer.text[:500]
    assert answer.headers["content-type"].startswith("text/html")
    assert re.search(r'<html lang="(zh-CN|en)">', answer.text)
    policy = answer.headers["content-security-policy"]
    assert "unsafe-inline" not in policy
    assert "default-src 'self'" in policy
    assert not re.search(r"\sstyle=|\son[a-z]+=\"|<script>|<style", answer.text)
    assert not re.search(r'(?:src|href|action)="(?:https?:)?//', answer.text), (
        "a page asks nothing of other hosts"
    )
    assert answer.text.count("<h1") == 1
    return answer.text
