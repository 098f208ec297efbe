"""Every Chinese message of the pages has English beside it, with the same placeholders."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from jinja2 import Environment, nodes

import app.web
from app.core.i18n import translate
from app.web.home import EXAMPLES

HERE = Path(app.web.__file__).parent
CHINESE = re.compile("[\u4e00-\u9fff]")
ONLY_CHINESE = {"亿元", "万元", " 元", "中文", *EXAMPLES["zh"]}
"""English writes amounts of money another way, a language is called by its own name, examples are chosen by language."""


def template_messages() -> Iterator[str]:
    """What templates pass to ``_``, both sides of a condition included."""
    for path in (HERE / "templates").rglob("*.html"):
        for call in Environment(autoescape=True).parse(path.read_text(encoding="utf-8")).find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name == "_":
                found = [call.args[0], *call.args[0].find_all(nodes.Const)]
                yield from (one.value for one in found if isinstance(one, nodes.Const))


def code_messages() -> Iterator[str]:
    """Chinese texts of app/web that are not docstrings."""
    for path in HERE.glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in alone:
                yield node.value


def test_every_message_has_english() -> None:
    messages = {
        text for text in (*template_messages(), *code_messages()) if CHINESE.search(text)
    } - ONLY_CHINESE
    assert len(messages) > 200
    missing = [text for text in messages if CHINESE.search(translate(text, "en")) and text != "Lianqiao"]
    assert not missing, missing


def test_placeholders_are_kept() -> None:
    for text in {*template_messages(), *code_messages()}:
        if CHINESE.search(text):
            assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", translate(text, "en"))), (
                text
            )


def test_no_chinese_stands_in_a_template_untranslated() -> None:
    for path in (HERE / "templates").rglob("*.html"):
        text = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.S)
        outside = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "", text, flags=re.S)
        assert not CHINESE.search(outside), (path.name, CHINESE.findall(outside))
