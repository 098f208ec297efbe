"""`lianqiao audit …`: whether the audit chain holds, and its head, to be kept elsewhere."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from app.commands.common import out, running
from app.core.actor import SYSTEM
from app.core.audit import last_entry
from app.core.audit import verify as verify_chain

app = typer.Typer(help="审计链 The audit chain.", no_args_is_help=True)


@app.command("head")
def head(
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出 Print JSON")] = False,
) -> None:
    """输出审计链的末端，供存放在别处。Print the head of the chain, to be kept elsewhere: its hash and number."""
    with running() as runtime, runtime.session(writing=False, actor=SYSTEM) as session:
        last = last_entry(session)
    if last is None:
        typer.echo("审计链还是空的 Nothing was recorded yet", err=True)
        raise typer.Exit(1)
    said = {"head": last.hash, "number": last.number}
    typer.echo(json.dumps(said) if as_json else f"{last.hash} {last.number}")


@app.command("verify")
def verify(
    head: Annotated[
        str, typer.Option("--head", help="此前记下的末端哈希 A head noted before, as audit head prints it")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出 Print JSON")] = False,
) -> None:
    """验证审计链：任何一行被改动、删除或插入都会发现。Verify that no row was changed, removed or put between."""
    with running() as runtime, runtime.session(writing=False, actor=SYSTEM) as session:
        found = verify_chain(session, head=head)
    if as_json:
        said = {"ok": found.broken_at is None, "rows": found.rows, "head": found.head}
        typer.echo(json.dumps(said | {"broken_at": found.broken_at, "reason": found.reason}))
    elif found.broken_at is None:
        out.print(f"完好 Intact: {found.rows} · {found.head}")
    else:
        out.print(f"第 {found.broken_at} 行起不可信 Broken from row {found.broken_at} on: {found.reason}")
    if found.broken_at is not None:
        raise typer.Exit(1)
