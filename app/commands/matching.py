"""`lianqiao match` and `lianqiao search`: the same answers as the API, in a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

import typer
from rich.markup import escape
from rich.panel import Panel
from rich.text import Text

from app.catalogue.declarations import load_kinds
from app.commands.common import index_with_bar, known_division, out, running
from app.core.actor import SYSTEM
from app.core.i18n import translate
from app.core.runtime import Runtime
from app.demands.places import locate
from app.demands.understanding import completed, read_words
from app.matches.schemas import GapPublic, MatchAnswer
from app.matches.service import demands_for, match_need
from app.matches.sources import source_name
from app.matches.standing import index_demands
from app.registry.service import get_company_by_uscc
from app.settings import get_settings
from matching.explain import gathered
from matching.need import Need
from matching.result import Gap, Language, Match, MatchResult, Within
from search.index import Filters


class WithinChoice(StrEnum):
    """The dial of place, as a command-line option."""

    district = "district"
    city = "city"
    province = "province"
    anywhere = "anywhere"


class LanguageChoice(StrEnum):
    """The languages answers come in."""

    zh = "zh"
    en = "en"


City = Annotated[str, typer.Option("--city", help="买方所在城市 Buyer's city, e.g. 沈阳")]
District = Annotated[str, typer.Option("--district", help="买方所在区县 Buyer's district, e.g. 铁西区")]
Dial = Annotated[
    WithinChoice | None,
    typer.Option(
        "--within",
        help="地域范围；默认：要求本地时为 city，否则不限 How far; by default the city when local firms are asked for",
    ),
]
Limit = Annotated[int, typer.Option("--limit", "-n", min=1, max=100)]
AsJson = Annotated[bool, typer.Option("--json", help="机器可读 Machine-readable")]
Lang = Annotated[LanguageChoice | None, typer.Option("--lang", help="zh | en")]


def match(
    text: Annotated[str, typer.Argument(help="需求原文 The demand, in the buyer's words")] = "",
    company: Annotated[
        str,
        typer.Option("--company", help="改为某企业（信用代码）适合的需求 Demands that suit this firm (USCC)"),
    ] = "",
    city: City = "",
    district: District = "",
    within: Dial = None,
    limit: Limit = 10,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """为一条需求推荐本地供应商并说明理由；--company 则反过来。Recommend suppliers for a demand, and say why; or demands for a firm."""
    if bool(text) == bool(company):
        raise typer.BadParameter(
            "写明需求，或用 --company 指定企业 Say a demand, or name a firm with --company"
        )
    with running() as runtime:
        index_with_bar(runtime)
        if company:
            _tell_demands(runtime, company, limit, spoken(lang), as_json)
            return
        place = locate(city=city, district=district)
        need = completed(read_words("", text), place=place, kind=None, corrections=None)
        _tell(
            match_need(runtime, need, within=_word(within), limit=limit, language=spoken(lang)),
            spoken(lang),
            as_json,
        )


def search(
    text: Annotated[str, typer.Argument(help="关键词 Words to look for")],
    division: Annotated[str, typer.Option("--division", help="行政区划代码 Adcode, e.g. 210100")] = "",
    limit: Limit = 10,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """按关键词查找企业与供给。Find firms and what they offer."""
    with running() as runtime:
        filters = Filters(divisions=(known_division(division),) if division else ())
        index_with_bar(runtime)
        need = read_words("", text)
        _tell(
            match_need(runtime, need, within="anywhere", limit=limit, filters=filters, language=spoken(lang)),
            spoken(lang),
            as_json,
        )


def spoken(lang: Lang) -> Language:
    """The language asked for, or the configured one."""
    return lang.value if lang else get_settings().language


def _tell_demands(runtime: Runtime, uscc: str, limit: int, language: Language, as_json: bool) -> None:
    index_demands(runtime)
    with runtime.session(writing=False, actor=SYSTEM) as session:
        firm = get_company_by_uscc(session, uscc)
        answer = demands_for(runtime, session, firm.id, limit=limit, language=language)
    if as_json:
        typer.echo(answer.model_dump_json(indent=2))
        return
    zh = language == "zh"
    if not answer.items:
        out.print("目前没有适合这家企业的需求。" if zh else "No open demand suits this firm now.")
    for one in answer.items:
        lines = [f"[green]✓[/] {escape(reason.text)}" for reason in one.reasons]
        lines += [f"[yellow]?[/] {escape(line)}" for line in _missing(one.gaps, language)]
        out.print(
            Panel(
                "\n".join(lines),
                title=f"[bold]{one.rank}. {escape(one.demand.title)}[/]",
                title_align="left",
                subtitle=f"{'匹配' if zh else 'score'} {one.score:.0f}",
                subtitle_align="right",
            )
        )
    considered = f"{answer.candidates} 条候选" if zh else f"{answer.candidates} candidates"
    out.print(f"[dim]{considered} · {answer.model} · {answer.took_ms:.0f} ms[/dim]")


def _word(within: Dial) -> Within | None:
    return within.value if within else None


def _tell(result: MatchResult, language: Language, as_json: bool) -> None:
    if as_json:
        typer.echo(MatchAnswer.of(result).model_dump_json(indent=2))
    else:
        show(result, language)


def show(result: MatchResult, language: Language) -> None:
    """What was understood, then the firms with their evidence."""
    zh = language == "zh"
    out.print(
        Panel(understood(result.need, zh), title="已理解 Understood" if zh else "Understood", expand=False)
    )
    if not result.matches:
        out.print(
            "没有找到合适的企业。可放宽地域（--within province 或 anywhere），或换个说法。"
            if zh
            else "No firm found. Widen the place (--within province or anywhere) or say it differently."
        )
        return
    for one in result.matches:
        out.print(_card(one, zh))
    considered = f"{result.candidates} 家候选" if zh else f"{result.candidates} candidates"
    out.print(f"[dim]{considered} · {result.model} · {result.took_ms:.0f} ms[/dim]")


def _card(one: Match, zh: bool) -> Panel:
    """One firm: its item, then why (✓) and what is missing or unknown (?)."""
    language: Language = "zh" if zh else "en"
    body = Text()
    if one.item:
        body.append(one.item.title, style="bold cyan")
        body.append(f"  {source_name(one.item.source, language)}\n", style="dim")
    for reason in one.reasons:
        body.append("✓ ", style="green")
        body.append(f"{reason.text}\n")
    for line in _missing(one.gaps, language):
        body.append("? ", style="yellow")
        body.append(f"{line}\n")
    body.rstrip()
    heading = Text(f"{one.rank}. {one.supplier.name}", style="bold")
    return Panel(
        body,
        title=heading,
        title_align="left",
        subtitle=f"{'匹配' if zh else 'score'} {one.score:.0f}",
        subtitle_align="right",
    )


def _missing(gaps: Sequence[Gap] | Sequence[GapPublic], language: Language) -> list[str]:
    """Lines of what does not fit or is not known, each with where that was looked for."""
    between = translate("；", language)
    return [
        f"{between.join(gap.text for gap in line)} · {source_name(line[0].source, language)}"
        for line in gathered(gaps)
    ]


def understood(need: Need, zh: bool) -> str:
    """The need in one short list, a line a thing that was said."""
    lines = [
        ("要什么 What", "、".join(need.what)),
        ("类别 Kind", load_kinds()[need.kind].name.in_language("zh" if zh else "en") if need.kind else ""),
        ("用途 For", "、".join(need.application)),
        ("工艺 Process", "、".join(need.processes)),
        ("材料 Material", "、".join((*need.materials, *need.grades))),
        ("标准 Standard", "、".join(need.standards)),
        ("型号 Model", "、".join(need.models)),
        ("规格 Specs", "、".join(spec.text or spec.word for spec in need.specs)),
        ("数量 Quantity", need.quantity.text if need.quantity else ""),
        ("地点 Place", need.place.name if need.place else ""),
        ("期限 By", need.deadline.isoformat() if need.deadline else ""),
        (
            "限定 Only",
            "、".join(
                filter(
                    None,
                    (
                        "只要厂家 makers" if need.makers_only else "",
                        "本地 local" if need.local_only else "",
                        *need.exclusions,
                    ),
                )
            ),
        ),
    ]
    return (
        "\n".join(f"{(label if zh else label.split(' ', 1)[1])}: {value}" for label, value in lines if value)
        or need.text
    )
