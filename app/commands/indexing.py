"""`lianqiao index rebuild|check`: the index is derived, and can be made anew at any moment."""

from __future__ import annotations

import json
import shutil
from typing import Annotated

import typer

from app.commands.common import err, index_with_bar, out, progress_bar, running
from search.indexer import BATCH, compare, repair

app = typer.Typer(help="检索索引 The search index.", no_args_is_help=True)


@app.command("check")
def check(
    mend: Annotated[bool, typer.Option("--repair/--no-repair", help="修复差异 Repair differences")] = True,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """核对数据库与索引，按企业与版本。Compare database and index by key and version; repair differences."""
    with running() as runtime:
        index_with_bar(runtime)
        found = compare(runtime.changes, runtime.index)
        repaired = repair(runtime.changes, runtime.index, found) if found and mend else 0
        counts = {
            "missing": len(found.missing),
            "stale": len(found.stale),
            "surplus": len(found.surplus),
            "repaired": repaired,
        }
        if as_json:
            typer.echo(json.dumps(counts))
        else:
            out.print(
                f"缺失 {counts['missing']} 过期 {counts['stale']} 多余 {counts['surplus']} 已修复 {repaired}"
            )
        if found and not mend:
            raise typer.Exit(1)


@app.command("rebuild")
def rebuild() -> None:
    """重建索引。Build the index anew beside the old one, then put it in its place."""
    with running() as runtime:
        folder = runtime.settings.index_dir()
        fresh = runtime.new_index(folder.with_name("index.new"), empty=True)
        keys = [key for key, _ in runtime.changes.versions()]
        with progress_bar() as bar:
            task = bar.add_task("重建 Rebuilding", total=len(keys), note="")
            for start in range(0, len(keys), BATCH):
                fresh.apply(list(runtime.changes.load(keys[start : start + BATCH]).values()))
                bar.update(task, completed=min(start + BATCH, len(keys)))
        fresh.close()
        runtime.close_index()
        old = folder.with_name("index.old")
        shutil.rmtree(old, ignore_errors=True)
        if folder.exists():
            folder.rename(old)
        fresh.folder.rename(folder)
        shutil.rmtree(old, ignore_errors=True)
        index_with_bar(runtime)
        err.print(f"已重建 {len(keys)} 家企业的索引；运行中的服务请重启。Restart a running server.")
