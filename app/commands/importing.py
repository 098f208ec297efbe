"""`lianqiao import companies|listings FILE`."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import TaskID

from app.commands.common import (
    LONGEST_WAIT,
    WAITS_IN_DATABASE,
    Wait,
    err,
    index_with_bar,
    out,
    progress_bar,
    running,
    told_how_to_go_on,
)
from app.core.i18n import Language
from app.core.runtime import Runtime
from app.imports.companies import import_companies
from app.imports.listings import import_listings
from app.imports.problems import UnreadableMapping, UnreadableTable, mapping_problem_text, table_problem_text
from app.imports.report import ImportReport, Progress

app = typer.Typer(help="批量导入 Bulk import of CSV, CSV.gz and XLSX files.", no_args_is_help=True)

File = Annotated[
    Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="CSV, CSV.gz, TSV 或 XLSX")
]
Mapping = Annotated[
    Path | None,
    typer.Option(
        "--mapping", help="列名对照 TOML/JSON：{columns: {列名: 字段}}", exists=True, dir_okay=False
    ),
]
Errors = Annotated[Path | None, typer.Option("--errors", help="错误行写到哪里 Where bad rows are written")]
AsJson = Annotated[bool, typer.Option("--json")]


Importer = Callable[..., ImportReport]


def _add_command(name: str, importer: Importer, says: str) -> None:
    """`lianqiao import NAME FILE`: every importer is asked the same way."""

    @app.command(name, help=says)
    def run(
        file: File,
        mapping: Mapping = None,
        errors: Errors = None,
        as_json: AsJson = False,
        wait: Wait = LONGEST_WAIT,
    ) -> None:
        _import(importer, file, mapping, errors, as_json=as_json, wait=wait)


_add_command(
    "companies",
    import_companies,
    "登记企业：按统一社会信用代码新增或更新。Register companies, insert or update by credit code.",
)
_add_command(
    "listings",
    import_listings,
    "导入供给条目，企业自行填写的内容不覆盖。Import listings; what a firm stated by hand stands.",
)


def _import(
    importer: Importer,
    file: Path,
    mapping: Path | None,
    errors: Path | None,
    *,
    as_json: bool,
    wait: float,
) -> None:
    with running() as runtime, told_how_to_go_on(WAITS_IN_DATABASE):
        language: Language = runtime.settings.language
        try:
            report = _with_bar(importer, runtime, file, mapping, errors)
        except UnreadableTable as problem:
            err.print(f"[red]{table_problem_text(problem, language)}[/red]")
            raise typer.Exit(1) from problem
        except UnreadableMapping as problem:
            err.print(f"[red]{mapping_problem_text(problem, language)}[/red]")
            raise typer.Exit(1) from problem
        try:
            index_with_bar(runtime, wait=wait)
        finally:  # what was imported stays, indexed or not
            _show(report, as_json)


def _show(report: ImportReport, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(asdict(report), ensure_ascii=False, default=str))
        return
    out.print(
        f"新增 {report.created} 更新 {report.updated} 未变 {report.unchanged} 失败 {report.failed} · "
        f"草拟供给 {report.drafts} 条 · {report.seconds:.1f} 秒"
    )
    if report.kept:
        out.print(
            f"[yellow]{report.kept} 行与企业自行填写的内容不同，保留企业所填 rows differ from what firms stated by hand, which stands[/yellow]"
        )
    if report.phones_left:
        out.print(
            f"[yellow]{report.phones_left} 行列有多个电话，只保留了第一个 rows list several telephone numbers; the first is kept[/yellow]"
        )
    if report.error_file:
        out.print(
            f"[yellow]错误行见 {report.error_file} It names the rows and the reasons; mend them in the source and import it again[/yellow]"
        )


def _with_bar(
    importer: Importer, runtime: Runtime, file: Path, mapping: Path | None, errors: Path | None
) -> ImportReport:
    with progress_bar() as bar:
        task: TaskID = bar.add_task("导入 Importing", total=None, note="")

        def tell(progress: Progress) -> None:
            bar.update(
                task, completed=progress.done_rows, total=progress.total_rows, note=f"{progress.rate:,.0f}/s"
            )

        return importer(file, runtime=runtime, mapping=mapping, error_file=errors, progress=tell)
