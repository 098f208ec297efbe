"""`lianqiao bench`: quality and speed, measured the same way by whoever asks.

Each command imports what it measures with, so that `lianqiao serve` does not start with all of it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

app = typer.Typer(help="评测与基准 Benchmarks.", no_args_is_help=True)

Suppliers = Annotated[Path, typer.Option("--suppliers", exists=True, dir_okay=False, help="企业登记表 CSV")]
Demands = Annotated[Path, typer.Option("--demands", exists=True, dir_okay=False, help="需求 JSON lines")]
Json = Annotated[Path | None, typer.Option("--json", help="结果写入 Write results to")]


@app.command("matching")
def matching_command(
    suppliers: Suppliers,
    demands: Demands,
    qrels: Annotated[Path, typer.Option("--qrels", exists=True, dir_okay=False, help="TREC 判定 judgments")],
    system: Annotated[
        list[str] | None,
        typer.Option(
            "--system",
            help="bm25 | dense | hybrid | fused | full | spread | newcomers | learned；可多次，默认全部",
        ),
    ] = None,
    run: Annotated[Path | None, typer.Option("--run", help="写出 TREC run（多个系统时为目录）")] = None,
    unjudged: Annotated[Path | None, typer.Option("--unjudged", help="写出前十中未判定的企业 CSV")] = None,
    ablate: Annotated[
        list[str] | None,
        typer.Option(
            "--ablate", help="learned 去掉某特征（kin* 为一族）后重训；可多次 Train again without it"
        ),
    ] = None,
    json: Json = None,
) -> None:
    """匹配质量：nDCG@10、MRR@10、recall@100、每次查询耗时。Match quality against judgments."""
    from benchmarks import matching

    matching.main(
        suppliers,
        demands,
        qrels,
        systems=system,
        run=run,
        unjudged=unjudged,
        ablate=ablate or (),
        output=json,
    )


@app.command("candidates")
def candidates_command(
    suppliers: Suppliers,
    demands: Demands,
    qrels: Annotated[Path, typer.Option("--qrels", exists=True, dir_okay=False, help="TREC 判定 judgments")],
    json: Json = None,
) -> None:
    """候选召回：每条检索路径、并集与融合。What each leg finds, their union, and the order of their fusion."""
    from benchmarks import candidates

    candidates.main(suppliers, demands, qrels, output=json)


@app.command("known")
def known_command(suppliers: Suppliers, json: Json = None) -> None:
    """已知条目：换一种说法，登记中写明此物的企业排第几。Firms that literally say a thing, asked for in other words."""
    from benchmarks import known

    known.main(suppliers, output=json)


@app.command("search")
def search_command(
    suppliers: Suppliers,
    demands: Demands,
    qrels: Annotated[
        Path | None, typer.Option("--qrels", exists=True, dir_okay=False, help="TREC 判定 judgments")
    ] = None,
    against: Annotated[  # noqa: ARG001  (said for the reader; there is one yet)
        Literal["elasticsearch"], typer.Option("--against", help="与什么比 What to measure against")
    ] = "elasticsearch",
    firms: Annotated[
        int | None, typer.Option("--firms", min=1, help="只用前若干家 Only the first so many firms")
    ] = None,
    rounds: Annotated[int, typer.Option("--rounds", min=1)] = 5,
    json: Json = None,
) -> None:
    """检索速度：直接查询 Elasticsearch、经它匹配、嵌入式匹配，同一次运行。Raw hybrid query, our match through it, and embedded.

    LIANQIAO_SEARCH_URL 指定集群；不指定则启动一个节点。Uses the cluster named there, or a node of its own.
    """
    from app.settings import get_settings
    from benchmarks import search

    url = get_settings().search_url
    search.main(suppliers, demands, qrels, url=url, firms=firms, rounds=rounds, output=json)


@app.command("import")
def import_command(suppliers: Suppliers, json: Json = None) -> None:
    """导入、编码、草拟、嵌入、索引的时间与内存。Time and memory from file to searchable."""
    from benchmarks import importing

    importing.main(suppliers, output=json)


@app.command("http")
def http_command(
    data_dir: Annotated[
        Path | None, typer.Option("--data-dir", help="已有数据的目录；默认为 LIANQIAO_DATA_DIR")
    ] = None,
    demands: Annotated[Path | None, typer.Option("--demands", exists=True, dir_okay=False)] = None,
    rounds: Annotated[int, typer.Option("--rounds", min=1)] = 5,
    json: Json = None,
) -> None:
    """POST /api/v1/match 的延迟与启动时间。Latency of a match over HTTP, and start-up time."""
    from benchmarks import http

    http.main(data_dir, demands=demands, rounds=rounds, output=json)


@app.command("understanding")
def understanding_command(
    labelled: Annotated[
        list[Path] | None,
        typer.Argument(exists=True, dir_okay=False, help="标注的需求 JSON lines；默认为自带的"),
    ] = None,
    misses: Annotated[bool, typer.Option("--misses", help="列出每处误读 Print what was misread")] = False,
    json: Json = None,
) -> None:
    """需求理解：逐字段的准确率与召回率。Precision and recall a field over labelled demands."""
    from benchmarks import understanding

    understanding.main(labelled or [], misses=misses, output=json)


@app.command("codes")
def codes_command(
    firms: Annotated[
        int, typer.Option("--firms", min=1, max=90_000, help="有码企业数 Firms with a code")
    ] = 2000,
    rate: Annotated[int, typer.Option("--rate", min=1, help="每秒请求数 Requests a second, open loop")] = 500,
    seconds: Annotated[int, typer.Option("--seconds", min=1)] = 30,
    json: Json = None,
) -> None:
    """GET /c/{code} 在固定到达速率下的延迟。Latency of resolving codes at a fixed rate of arrival."""
    from benchmarks import codes

    codes.main(firms=firms, rate=rate, seconds=seconds, output=json)


@app.command("alerts")
def alerts_command(
    demands: Annotated[
        int, typer.Option("--demands", min=1, help="在列需求数 Standing demands, made up")
    ] = 100_000,
    changes: Annotated[int, typer.Option("--changes", min=1, help="各做几次变更 Changes of each sort")] = 30,
    suppliers: Annotated[
        Path | None,
        typer.Option("--suppliers", exists=True, dir_okay=False, help="企业登记表 CSV；默认为演示企业"),
    ] = None,
    json: Json = None,
) -> None:
    """从变更到提醒的时间：新供给遇在列需求，新需求遇企业。Time from a listing or a demand to the alert."""
    from benchmarks import alerts

    alerts.main(demands=demands, changes=changes, suppliers=suppliers, output=json)


@app.command("faithfulness")
def faithfulness_command(suppliers: Suppliers, demands: Demands, json: Json = None) -> None:
    """依据可信度：去掉所引的条目、用词或规格后分数是否下降。Take away what a reason cites and see the score fall."""
    from benchmarks import faithfulness

    faithfulness.main(suppliers, demands, output=json)


@app.command("exposure")
def exposure_command(
    suppliers: Suppliers,
    demands: Annotated[int, typer.Option("--demands", min=1, help="需求数，取自多企业字号 How many")] = 200,
    json: Json = None,
) -> None:
    """首页曝光：同一字号的企业占几席、新企业被看到多少，展示前后对比。Houses and newcomers on the first page, before and after."""
    from benchmarks import exposure

    exposure.main(suppliers, most=demands, output=json)
