"""`lianqiao codes keys`: the keys that enterprise codes are signed with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from app.codes.keys import list_keys, public_keys, signer
from app.codes.keys import rotate as rotate_keys
from app.codes.signing import jwk_set
from app.commands.common import err, out, running

app = typer.Typer(help="签名密钥 Signing keys.", no_args_is_help=True)


@app.command("list")
def show() -> None:
    """所有密钥；已停用的仍可验证旧码。All keys; retired ones still verify what they signed."""
    with running() as runtime, runtime.session(writing=False) as session:
        for key in list_keys(session):
            retired = f"停用 retired {key.retired_at:%Y-%m-%d %H:%M}" if key.retired_at else "在用 in use"
            out.print(f"{key.kid}  {key.created_at:%Y-%m-%d %H:%M}  {retired}")


@app.command("rotate")
def rotate() -> None:
    """换用新密钥签名；旧码继续有效。Sign with a new key from now on; codes signed before stay genuine."""
    with running() as runtime, runtime.session() as session:
        key = rotate_keys(session, runtime.settings.keys_folder())
        out.print(
            f"新密钥 {key.kid} 已启用 is in use. 私钥在 {runtime.settings.keys_folder()}，请备份 back it up"
        )


@app.command("export")
def export(
    file: Annotated[
        Path | None, typer.Argument(help="写入文件，默认标准输出 Written to; else printed")
    ] = None,
) -> None:
    """导出公钥（JWK Set），供离线验证。Public keys as a JWK set, for `codes verify --keys` without this database."""
    with running() as runtime, runtime.session() as session:
        signer(session, runtime.settings.keys_folder())
        said = jwk_set(public_keys(session).items(), [runtime.settings.origin()])
    text = json.dumps(said, indent=2) + "\n"
    if file:
        file.write_text(text, encoding="utf-8")
        err.print(f"已写入 Written: {file}")
    else:
        typer.echo(text, nl=False)
