"""`lianqiao learn relations`: what the catalogue itself suggests of words of the trade."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer
from rich.table import Table

from app.commands.common import out, running


def relations(
    top: Annotated[int, typer.Option(min=0, help="列出前几条 How many to list")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="JSON 输出 Print JSON")] = False,
) -> None:
    """从本平台目录的共现中建议相关词，由运营员在 /words 页审定。Suggest related words for operators to decide on, at /words."""
    from app.knowledge.learning import learn_relations

    with running() as runtime:
        learnt = learn_relations(runtime)
    shown = learnt.pairs[:top]
    if as_json:
        pairs = [asdict(pair) for pair in shown]
        typer.echo(json.dumps({"firms": learnt.firms, "new": learnt.new, "pairs": pairs}, ensure_ascii=False))
        return
    table = Table("词 Word", "相关词 Related", "同厂 Both", "各 Each", "LLR")
    for pair in shown:
        each = f"{pair.left_firms} / {pair.right_firms}"
        table.add_row(pair.left, pair.right, str(pair.both), each, f"{pair.ratio:.0f}")
    out.print(table)
    out.print(f"企业 Firms {learnt.firms} · 词对 Pairs {len(learnt.pairs)} · 新建议 New {learnt.new}")
