"""Sample rows and what came of them, for the tests of imports."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import select

from app.catalogue.models import Listing
from app.core.database import unit_of_work
from app.core.outbox import OutboxEntry
from app.core.runtime import Runtime
from app.registry.models import Company
from app.registry.uscc import check_character

HEADER = [
    "统一社会信用代码",
    "企业名称",
    "成立日期",
    "注册资本(万元)",
    "住所",
    "经营范围",
    "登记状态",
    "标签",
]
CONTACT_HEADER = [*HEADER, "联系人", "联系电话", "电子邮箱"]
TRADES = [
    ("水泵", "水泵、阀门制造、销售；机械零部件加工。"),
    ("纸箱", "纸制包装箱制造；纸张销售。"),
    ("物流", "普通货运；仓储服务。"),
]


def make_uscc(number: int) -> str:
    """A valid code, another for each number."""
    first = f"91210106{number:09d}"
    return first + check_character(first)


def company_row(number: int) -> list[str]:
    trade, scope = TRADES[number % len(TRADES)]
    name = f"沈阳示例{number}号{trade}有限公司"
    return [
        make_uscc(number),
        name,
        "2003-05-18",
        str(50 + number),
        "沈阳市铁西区北二路1号",
        scope,
        "存续",
        "专精特新、民营",
    ]


def write_csv(path: Path, rows: Sequence[Sequence[str]], *, encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as stream:
        csv.writer(stream).writerows(rows)
    return path


def stored(runtime: Runtime) -> dict[str, list[Any]]:
    """Every company and listing but for its timestamps, and what waits for the index."""
    with unit_of_work(runtime.engine, writing=False) as session:
        found: dict[str, list[Any]] = {}
        for name, table in (("company", Company), ("listing", Listing)):
            rows = session.scalars(select(table).order_by(table.id))
            found[name] = [row.model_dump(exclude={"created_at", "updated_at"}) for row in rows]
        entries = session.execute(select(OutboxEntry.key, OutboxEntry.version).order_by(OutboxEntry.key))
        found["outbox"] = [tuple(entry) for entry in entries]
        return found


def company(runtime: Runtime, number: int) -> dict[str, Any]:
    """What is stored of the company with the code of this number."""
    uscc = make_uscc(number)
    return next(row for row in stored(runtime)["company"] if row["uscc"] == uscc)


def error_lines(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))
