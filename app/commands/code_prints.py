"""`lianqiao codes print`: print files of enterprise codes, one or thousands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Literal, TypeVar

import typer

from app.codes import service
from app.codes.printing.forms import Format
from app.commands.common import err, known_division, progress_bar, running
from app.core.actor import SYSTEM

_Piece = TypeVar("_Piece")


def print_codes(
    codes: Annotated[list[str] | None, typer.Argument(metavar="[CODE]...", help="企业码 Codes")] = None,
    every: Annotated[bool, typer.Option("--all", help="所有企业的码 Every firm's own code")] = False,
    division: Annotated[str, typer.Option("--division", help="此区划内企业的码 Those in this adcode")] = "",
    limit: Annotated[int | None, typer.Option("--limit", min=1)] = None,
    layout: Annotated[
        Literal["code", "label", "card", "plate", "sheet"],
        typer.Option("--layout", help="单码、标签、名片、门牌，或 A4 标签页 or A4 sheets of labels"),
    ] = "label",
    form: Annotated[Format, typer.Option("--format")] = "pdf",
    logo: Annotated[
        Path | None,
        typer.Option("--logo", exists=True, dir_okay=False, help="码中央的标志 Picture in the middle"),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="文件；多个 PNG、SVG 时为文件夹 File, or folder for many"),
    ] = None,
) -> None:
    """印制：PDF、PNG、SVG，按真实毫米；--layout sheet 成批印标签。Print files in real millimetres; sheets for thousands."""
    if not codes and not every and not division:
        err.print("请给出企业码，或用 --all、--division。Name codes, or use --all or --division.")
        raise typer.Exit(2)
    from app.codes.printing.face import load_face
    from app.codes.printing.output import as_pdf
    from app.codes.printing.service import drawable, live_codes, pieces, print_piece, print_sheets, read_logo

    with running() as runtime, runtime.session(writing=False, actor=SYSTEM) as session:
        face = load_face(runtime.settings.print_font)
        wanted = (
            [service.get_code(session, code).code for code in codes]
            if codes
            else live_codes(session, division=division and known_division(division), limit=limit)
        )
        found = pieces(
            session, wanted, origin=runtime.settings.origin(), logo=read_logo(logo) if logo else None
        )
        left_out: dict[str, str] = {}
        if len(wanted) > 1:
            found = drawable(found, face, left_out)
        target = output or Path(f"codes-{layout}.{form}")
        with progress_bar() as bar:
            task = bar.add_task("印制 Printing", total=len(wanted), note="")

            def tell(done: int) -> None:
                bar.update(task, completed=done)

            if layout == "sheet":
                target.write_bytes(print_sheets(found, face, progress=tell))
            elif form == "pdf":
                target.write_bytes(as_pdf(layout, _told(found, tell), face))
            elif len(wanted) == 1:
                target.write_bytes(print_piece(layout, form, next(found), face))
            else:
                target = output or Path("codes")
                target.mkdir(parents=True, exist_ok=True)
                for piece in _told(found, tell):
                    file = target / f"{piece.printed.replace('-', '')}.{form}"
                    file.write_bytes(print_piece(layout, form, piece, face))
    done = len(wanted) - len(left_out)
    err.print(f"已印制 {done} 个 Printed {done}: {target}")
    if left_out:
        named = "\n".join(f"  {code}: {lacking}" for code, lacking in left_out.items())
        err.print(
            f"未印制 {len(left_out)} 个：字体里没有这些字，请用 LIANQIAO_PRINT_FONT 指定字体后单独印制。"
            f"Left out {len(left_out)}: the font lacks these characters; name one that has them in LIANQIAO_PRINT_FONT.\n{named}"
        )
        raise typer.Exit(1)


def _told(found: Iterator[_Piece], tell: Callable[[int], None]) -> Iterator[_Piece]:
    for done, piece in enumerate(found, start=1):
        yield piece
        tell(done)
