"""A person's own column names: a TOML or JSON file such as ``{"columns": {"公司": "name", "备注": ""}}``."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Collection
from pathlib import Path
from typing import Any

from app.imports.headers import IGNORED
from app.imports.problems import UnreadableMapping


def load_mapping(path: Path, *, fields: Collection[str] | None = None) -> dict[str, str]:
    """Read a mapping file: header -> field, "" to leave a column out. Pass it to ``recognise`` as ``overrides``.

    With ``fields``, a target outside them is refused. Raises UnreadableMapping ("unreadable", "no_columns",
    "not_text", "unknown_field").
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        content: Any = json.loads(text) if path.suffix.lower() == ".json" else tomllib.loads(text)
    except (OSError, ValueError) as error:
        raise UnreadableMapping("unreadable", detail=str(error)) from error
    columns = content.get("columns") if isinstance(content, dict) else None
    if not isinstance(columns, dict) or not columns:
        raise UnreadableMapping("no_columns")
    for column, target in columns.items():
        if not isinstance(target, str):
            raise UnreadableMapping("not_text", column=column)
        if fields is not None and target != IGNORED and target not in fields:
            raise UnreadableMapping("unknown_field", column=column, field=target, fields=", ".join(fields))
    return dict(columns)
