"""`lianqiao index rebuild|check|parked|retry`: the index is derived, and can be made anew at any moment."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Annotated
from uuid import UUID

import typer
from rich.markup import escape

from app.commands.common import err, index_with_bar, out, progress_bar, running
from app.core.outbox import parked, retry
from app.registry.models import Company
from app.registry.service import get_company_by_uscc
from search.indexer import BATCH
from search.reconcile import Difference, differences, repair

app = typer.Typer(help="检索索引 The search index.", no_args_is_help=True)


@app.command("check")
def check(
    mend: Annotated[bool, typer.Option("--repair/--no-repair", help="修复差异 Repair differences")] = True,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """核对数据库与索引，按企业与版本。Compare database and index by key and version; repair differences."""
    with running() as runtime:
        index_with_bar(runtime)
        counts: Counter[str] = Counter()
        found = _counted(differences(runtime.changes, runtime.index), counts)
        repaired = repair(runtime.changes, runtime.index, found) if mend else 0
        for _ in found:  # counted, when nothing was to be repaired
            pass
        with runtime.session(writing=False) as session:
            refused = len(parked(session))
        said = {name: counts[name] for name in ("missing", "stale", "surplus")}
        said |= {"repaired": repaired, "parked": refused}
        if as_json:
            typer.echo(json.dumps(said))
        else:
            out.print(
                "缺失 {missing} 过期 {stale} 多余 {surplus} 已修复 {repaired} 搁置 {parked}".format(**said)
            )
            if refused:
                err.print(
                    "搁置的企业见 lianqiao index parked. The index refused some; see `lianqiao index parked`."
                )
        if counts.total() and not mend:
            raise typer.Exit(1)


def _counted(found: Iterable[Difference], counts: Counter[str]) -> Iterator[Difference]:
    for one in found:
        counts[one.trouble] += 1
        yield one


@app.command("parked")
def show_parked(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """索引拒收而搁置的企业与原因。Companies the index refused, and why."""
    with running() as runtime, runtime.session(writing=False) as session:
        for one in parked(session):
            company = session.get(Company, UUID(one.key))
            name, uscc = (company.name, company.uscc) if company else ("", "")
            if as_json:
                typer.echo(
                    json.dumps(one.model_dump(mode="json") | {"name": name, "uscc": uscc}, ensure_ascii=False)
                )
            else:
                out.print(f"{one.parked_at:%Y-%m-%d %H:%M} {uscc or one.key} {name}", soft_wrap=True)
                out.print(f"  {escape(one.reason)}", soft_wrap=True)


@app.command("retry")
def retry_parked(
    usccs: Annotated[
        list[str] | None, typer.Argument(metavar="[USCC]...", help="默认全部 All when none is named")
    ] = None,
) -> None:
    """重新索引搁置的企业。Index again what was parked, once its cause is mended."""
    with running() as runtime:
        with runtime.session() as session:
            keys = [str(get_company_by_uscc(session, uscc).id) for uscc in usccs] if usccs else None
            again = retry(session, keys)
        index_with_bar(runtime)
        with runtime.session(writing=False) as session:
            left = len(parked(session))
        out.print(f"重试 {again} 家，仍搁置 {left} 家。Tried {again} again, {left} still parked.")
        if left:
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
