"""Every Chinese message that can reach a user has English beside it, with the same placeholders."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.i18n import CATALOGUES, translate
from app.core.validation import MESSAGES

APP = CATALOGUES.parent
CHINESE = re.compile("[\u4e00-\u9fff]")
CALLS = {"Problem", "refusal", "translate"}


def error_classes(trees: dict[Path, ast.Module]) -> set[str]:
    """Names of LianqiaoError and everything that derives from it."""
    known = {"LianqiaoError"}
    while True:
        found = {
            node.name
            for tree in trees.values()
            for node in ast.walk(tree)
            if isinstance(node, ast.ClassDef)
            and any(isinstance(base, ast.Name) and base.id in known for base in node.bases)
        }
        if found <= known:
            return known
        known |= found


def constants(tree: ast.Module) -> dict[str, str]:
    """Module-level names bound to a text, as CONTROL_CHARACTER in app.core.text."""
    return {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def messages() -> Iterator[tuple[str, str]]:
    """(where, message) of every message in app/, the pages' own apart."""
    paths = [path for path in APP.rglob("*.py") if "web" not in path.relative_to(APP).parts]
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in paths}
    errors = error_classes(trees)
    named = {name: text for tree in trees.values() for name, text in constants(tree).items()}
    for path, tree in trees.items():
        for node in ast.walk(tree):
            for text in (*_in_call(node, errors, named), *_in_class(node, errors), *_in_table(node)):
                if CHINESE.search(text):
                    yield f"{path.relative_to(APP)}:{getattr(node, 'lineno', 0)}", text
    for _code, message in MESSAGES.values():
        yield "core/validation.py", message


def _in_call(node: ast.AST, errors: set[str], named: dict[str, str]) -> Iterator[str]:
    if not isinstance(node, ast.Call):
        return
    called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
    if called in CALLS or called in errors:
        for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                yield argument.value
            elif isinstance(argument, ast.Name) and argument.id in named:
                yield named[argument.id]


def _in_class(node: ast.AST, errors: set[str]) -> Iterator[str]:
    if isinstance(node, ast.ClassDef) and node.name in errors:
        for line in node.body:
            target = line.targets[0] if isinstance(line, ast.Assign) else getattr(line, "target", None)
            value = getattr(line, "value", None)
            if isinstance(target, ast.Name) and target.id == "title" and isinstance(value, ast.Constant):
                yield str(value.value)


def _in_table(node: ast.AST) -> Iterator[str]:
    """Values of dictionaries named ..._MESSAGES."""
    if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Dict):
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        if isinstance(target, ast.Name) and target.id.endswith("_MESSAGES"):
            for value in node.value.values:
                if isinstance(value, ast.Constant) and isinstance(value.value, str):
                    yield value.value


def placeholders(message: str) -> set[str]:
    return {name for _text, name, _spec, _conversion in string.Formatter().parse(message) if name}


FOUND = sorted({text: where for where, text in messages()}.items())


def test_the_scan_finds_messages_of_every_sort() -> None:
    found = dict(FOUND)
    assert "未找到该企业" in found  # an error's first argument
    assert "未找到" in found  # a title
    assert "没有这个区划代码" in found  # a Problem
    assert "下限大于上限，请对调" in found  # a named constant
    assert "请填写统一社会信用代码" in found  # a table
    assert "应为整数" in found  # pydantic's


@pytest.mark.parametrize(("message", "where"), FOUND)
def test_message_has_english(message: str, where: str) -> None:
    english = translate(message, "en")
    assert english != message, f"{where}: no English for {message!r} in locales/en.po"
    assert placeholders(english) == placeholders(message)
    assert not CHINESE.search(english)
