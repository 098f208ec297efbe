"""The `lianqiao` command."""

# ruff: noqa: E402
from __future__ import annotations

import gc
import sys

# Modules make hundreds of thousands of objects that stay: looking for garbage among them costs a tenth of the start.
gc.set_threshold(50_000, 20, 20)
# A request needs the interpreter for moments, again and again, and waits this long behind a thread that reckons (5 ms usually).
sys.setswitchinterval(0.001)

import typer

from app.commands import accounts, audit, bench, codes, data, importing, indexing, learn, matching

app = typer.Typer(
    name="lianqiao",
    help="链桥 Lianqiao：企业登记、供给目录与可解释的供应商匹配。Registry, catalogue and explained supplier matching.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
)

app.command("demo")(data.demo)
app.command("serve")(data.serve)
app.command("worker")(data.worker)
app.command("seed")(data.seed)
app.command("migrate")(data.migrate)
app.command("doctor")(data.doctor)
app.command("match")(matching.match)
app.command("search")(matching.search)
app.add_typer(importing.app, name="import")
app.add_typer(accounts.app, name="accounts")
app.add_typer(indexing.app, name="index")
app.add_typer(codes.app, name="codes")
app.add_typer(audit.app, name="audit")
app.add_typer(bench.app, name="bench")
app.add_typer(learn.app, name="learn")

if __name__ == "__main__":
    app()
