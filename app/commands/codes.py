"""`lianqiao codes`: issue, look at, verify, export and move enterprise codes."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import track
from sqlalchemy import func, select
from sqlmodel import Session, col

from app.codes import service
from app.codes.addresses import check_address, code_url
from app.codes.issuing import companies_without_code, issue_code, issue_many
from app.codes.keys import Signer, public_keys, signer
from app.codes.models import EnterpriseCode
from app.codes.numbers import grouped
from app.codes.policy import LIVE, Action, CodeKind
from app.codes.schemas import CodeIssue
from app.codes.signing import UnreadableKeys, read_jwk_set
from app.commands import code_keys
from app.commands.code_prints import print_codes
from app.commands.common import err, known_division, out, progress_bar, running
from app.core.actor import SYSTEM
from app.core.runtime import Runtime
from app.registry.models import Company
from app.registry.service import get_company, get_company_by_uscc
from app.settings import get_settings

app = typer.Typer(help="企业码 Enterprise codes.", no_args_is_help=True)
app.add_typer(code_keys.app, name="keys")

ACTOR = "cli"
AsJson = Annotated[bool, typer.Option("--json")]
CodeArgument = Annotated[str, typer.Argument(metavar="CODE", help="企业码，任何写法 In any spelling")]
Reason = Annotated[str, typer.Option("--reason", help="原因，写入历史 Why; goes into the history")]


@app.command("issue")
def issue(
    usccs: Annotated[
        list[str] | None,
        typer.Argument(metavar="[USCC]...", help="统一社会信用代码 Unified social credit codes"),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="所有还没有码的企业 Every firm without one")] = False,
    division: Annotated[
        str, typer.Option("--division", help="此区划内还没有码的企业 Those in this adcode")
    ] = "",
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="最多签发多少 At most so many")] = None,
    kind: Annotated[CodeKind, typer.Option("--kind")] = "company",
    label: Annotated[str, typer.Option("--label", help="子码贴在哪里 What a sub-code stands on")] = "",
    activate: Annotated[
        bool, typer.Option("--activate/--no-activate", help="立即启用 In use at once")
    ] = True,
    as_json: AsJson = False,
) -> None:
    """签发：给指定企业，或成批给还没有码的企业。Issue codes to firms named, or in bulk to those without one."""
    if not usccs and not every and not division:
        err.print(
            "请给出统一社会信用代码，或用 --all、--division 成批签发。Name firms, or use --all or --division."
        )
        raise typer.Exit(2)
    with running() as runtime:
        with runtime.session(actor=SYSTEM) as session:
            sign = signer(session, runtime.settings.keys_folder())
            if usccs:
                firms = [get_company_by_uscc(session, uscc) for uscc in usccs]
                wanted = [
                    CodeIssue(company_id=firm.id, kind=kind, label=label[:120], activate=activate)
                    for firm in firms
                ]
                codes = [issue_code(session, said=said, signer=sign, actor=ACTOR).code for said in wanted]
            else:
                codes = _in_bulk(session, sign, division and known_division(division), limit, activate)
        _show(runtime, codes, as_json)


def _in_bulk(session: Session, sign: Signer, division: str, limit: int | None, activate: bool) -> list[str]:
    waiting = companies_without_code(session, division=division, limit=limit)
    with progress_bar() as bar:
        task = bar.add_task("签发 Issuing", total=len(waiting), note="")
        return issue_many(
            session,
            waiting,
            signer=sign,
            actor=ACTOR,
            activate=activate,
            progress=lambda done: bar.update(task, completed=done),
        )


def _show(runtime: Runtime, codes: list[str], as_json: bool) -> None:
    if as_json or len(codes) <= 20:
        with runtime.session(writing=False, actor=SYSTEM) as session:
            for code in codes:
                _print(runtime, service.get_code(session, code), as_json)
    err.print(f"已签发 {len(codes)} 个企业码 Issued {len(codes)}")


def _url(runtime: Runtime, held: EnterpriseCode) -> str:
    return code_url(runtime.settings.origin(), held.code, held.kid, held.signature)


def _print(runtime: Runtime, held: EnterpriseCode, as_json: bool) -> None:
    if not as_json:
        out.print(f"[bold]{grouped(held.code)}[/bold] {held.state}  {_url(runtime, held)}", soft_wrap=True)
        return
    said = held.model_dump(mode="json", exclude={"signature", "kid"})
    typer.echo(
        json.dumps(said | {"printed": grouped(held.code), "url": _url(runtime, held)}, ensure_ascii=False)
    )


@app.command("show")
def show(code: CodeArgument, as_json: AsJson = False) -> None:
    """状态与历史。The state of a code and what happened to it."""
    with running() as runtime, runtime.session(writing=False, actor=SYSTEM) as session:
        held = service.get_code(session, code)
        _print(runtime, held, as_json)
        if not as_json:
            out.print(get_company(session, held.company_id).name, held.label)
            for event in service.history(session, held.code):
                moved = f"{event.from_state or '—'} → {event.to_state}"
                out.print(f"  {event.at:%Y-%m-%d %H:%M} {event.action} {moved} {event.actor} {event.reason}")


@app.command("verify")
def verify(
    url: Annotated[str, typer.Argument(help="二维码里的地址 The address in the QR")],
    keys: Annotated[
        Path | None,
        typer.Option(
            "--keys",
            exists=True,
            dir_okay=False,
            help="离线：导出的公钥文件 Offline: a file of `codes keys export`",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """验证签名；只有真码以 0 结束。Check the signature, offline with --keys; the exit status is 0 for a genuine code only."""
    if keys:
        try:
            known, origins = read_jwk_set(json.loads(keys.read_text(encoding="utf-8")))
        except (UnreadableKeys, ValueError) as error:
            err.print(f"[red]不是公钥文件 Not a file of public keys: {keys}[/red]")
            raise typer.Exit(2) from error
        checked, state = check_address(url, known, origins), None
    else:
        with running() as runtime, runtime.session(writing=False, actor=SYSTEM) as session:
            checked = check_address(url, public_keys(session), [get_settings().origin()])
            held = session.get(EnterpriseCode, checked.code) if checked.verdict == "genuine" else None
            state = held.state if held else None
    if as_json:
        typer.echo(
            json.dumps({"verdict": checked.verdict, "code": checked.code, "kid": checked.kid, "state": state})
        )
    else:
        out.print(f"{VERDICTS[checked.verdict]}  {grouped(checked.code)} {state or ''}".strip())
    if checked.verdict != "genuine":
        raise typer.Exit(1)


VERDICTS = {
    "genuine": "[green]真码：签名有效 Genuine: the signature holds[/green]",
    "malformed": "[red]不是企业码地址 Not the address of an enterprise code[/red]",
    "mistyped": "[red]码不成立，很可能抄错 Not a code: most likely mistyped[/red]",
    "unsigned": "[yellow]没有签名，无法判断真伪 Unsigned: cannot be judged[/yellow]",
    "unknown_key": "[red]签名密钥不明 Signed with a key not known here[/red]",
    "forged": "[red]假码：签名不符 Forged: the signature does not hold[/red]",
    "other_origin": "[red]签名为真，但网址不是本平台的，请勿扫码登录 A genuine code on another site: do not trust it[/red]",
}


@app.command("export")
def export(
    file: Annotated[Path, typer.Argument(help="写入的 CSV The CSV to write")],
    division: Annotated[str, typer.Option("--division", help="只限此区划，含下级 Only in this adcode")] = "",
    kind: Annotated[CodeKind, typer.Option("--kind")] = "company",
) -> None:
    """导出有效的码与二维码地址，供印刷。Live codes with their addresses as CSV, for a printer."""
    with running() as runtime, runtime.session(writing=False, actor=SYSTEM) as session:
        query = (
            select(EnterpriseCode, col(Company.name), col(Company.uscc))
            .join(Company, col(Company.id) == col(EnterpriseCode.company_id))
            .where(col(EnterpriseCode.kind) == kind, col(EnterpriseCode.state).in_(LIVE))
            .order_by(col(Company.uscc), col(EnterpriseCode.code))
        )
        if division:
            query = query.where(col(Company.adcode).startswith(division.rstrip("0")))
        total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
        with file.open("w", encoding="utf-8-sig", newline="") as target:
            rows = csv.writer(target)
            rows.writerow(["code", "printed", "company", "uscc", "label", "state", "url"])
            found = session.execute(query.execution_options(yield_per=500))
            for held, name, uscc in track(found, "导出 Exporting", total=total, console=err):
                rows.writerow(
                    [held.code, grouped(held.code), name, uscc, held.label, held.state, _url(runtime, held)]
                )
    err.print(f"已导出 {total} 个企业码 Exported {total}: {file}")


app.command("print")(print_codes)


@app.command("activate")
def activate(code: CodeArgument, reason: Reason = "") -> None:
    """启用已签发的码。Put an issued code into use."""
    _move(code, "activate", reason)


@app.command("suspend")
def suspend(code: CodeArgument, reason: Reason) -> None:
    """停用。Suspend a code for a while."""
    _move(code, "suspend", reason)


@app.command("resume")
def resume(code: CodeArgument, reason: Reason = "") -> None:
    """恢复停用的码。End a suspension."""
    _move(code, "resume", reason)


@app.command("revoke")
def revoke(code: CodeArgument, reason: Reason) -> None:
    """吊销，连同其下的子码，不可撤回。Revoke a code and those under it, for good."""
    _move(code, "revoke", reason)


@app.command("replace")
def replace(code: CodeArgument, reason: Reason = "") -> None:
    """换发新码，旧码转到新码。Issue a new code; the old one forwards to it."""
    with running() as runtime, runtime.session(actor=SYSTEM) as session:
        sign = signer(session, runtime.settings.keys_folder())
        fresh = service.replace_code(session, code, signer=sign, actor=ACTOR, reason=reason)
        _print(runtime, fresh, as_json=False)


def _move(code: str, action: Action, reason: str) -> None:
    with running() as runtime, runtime.session(actor=SYSTEM) as session:
        _print(
            runtime,
            service.move_code(session, code, action=action, actor=ACTOR, reason=reason),
            as_json=False,
        )
