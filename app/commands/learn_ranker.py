"""`lianqiao learn ranker`: train the ranking model from judgments or outcomes, put it into use, or go back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.table import Table

from app.commands.common import err, out, running
from matching.learn.store import LINEAR_VERSION, Card, RankerStore

if TYPE_CHECKING:
    from matching.evaluate import Qrels
    from matching.learn.ranker import Example

Input = Path | None
LEAST_DEMANDS = 30
"""Demands with outcomes below which nothing is learnt from them but chance."""


def ranker(
    suppliers: Annotated[Input, typer.Option("--suppliers", exists=True, help="企业登记表 CSV")] = None,
    demands: Annotated[Input, typer.Option("--demands", exists=True, help="需求 JSON lines")] = None,
    qrels: Annotated[Input, typer.Option("--qrels", exists=True, help="TREC 判定 judgments")] = None,
    source: Annotated[
        Literal["outcomes"] | None,
        typer.Option(
            "--from", help="outcomes：本平台的展示与成交结果 Lists shown here and what came of them"
        ),
    ] = None,
    use: Annotated[
        str | None,
        typer.Option("--use", help=f"启用某版本或 {LINEAR_VERSION}（线性默认）Put into use"),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", help="写入此目录而不启用 Write the version here, use nothing")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="随机种子 Same seed and inputs, same model")] = 7,
) -> None:
    """训练、启用或退回排序模型；不带参数时列出各版本。Train, use or leave ranking models; lists them without arguments."""
    from app.settings import get_settings

    store = RankerStore(get_settings().data_dir / "rankers")
    if use:
        try:
            store.use(use)
        except KeyError:
            err.print(f"没有版本 {use} There is no version {use}：lianqiao learn ranker")
            raise typer.Exit(1) from None
        out.print(f"已启用 In use: {use}（运行中的服务随即改用 running servers follow at once）")
    elif source:
        _train_from_outcomes(store=store, output=output, seed=seed)
    elif suppliers and demands and qrels:
        _train(suppliers, demands, qrels, store=store, output=output, seed=seed)
    elif suppliers or demands or qrels:
        err.print("须同时给出 --suppliers、--demands、--qrels Give all three")
        raise typer.Exit(1)
    else:
        _list(store)


def _train(
    suppliers: Path, demands: Path, qrels: Path, *, store: RankerStore, output: Path | None, seed: int
) -> None:
    from benchmarks.examples import examples_of
    from benchmarks.matching import need_of, usccs_of
    from benchmarks.world import world_of
    from matching.evaluate import read_demands, read_qrels

    judged = read_qrels(qrels)
    posted = read_demands(demands)
    with world_of(suppliers) as runtime:
        needs = {demand["id"]: need_of(demand) for demand in posted}
        examples = examples_of(needs, judged, runtime, usccs_of(runtime))
    _train_on(examples, judged, store=store, output=output, seed=seed)


def _train_from_outcomes(*, store: RankerStore, output: Path | None, seed: int) -> None:
    from app.matches.learning import shown_with_outcomes
    from matching.learn.outcomes import examples_of_outcomes, propensities

    with running() as runtime:
        shown = shown_with_outcomes(runtime)
    if len(shown) < LEAST_DEMANDS:
        err.print(
            f"有结果的需求只有 {len(shown)} 条，至少要 {LEAST_DEMANDS} 条 "
            f"Only {len(shown)} demands have outcomes; {LEAST_DEMANDS} are needed"
        )
        raise typer.Exit(1)
    theta = propensities(shown)
    told = ", ".join(
        f"{place + 1}: {theta[place]:.2f}" for place in (0, 1, 2, 4, 9, 19) if place < len(theta)
    )
    out.print(f"各名次被看到的机会 Chance that a place is looked at: {told}")
    examples = examples_of_outcomes(shown, theta)
    judged = {one.query: dict(zip(one.keys, one.grades.tolist(), strict=True)) for one in examples}
    _train_on(examples, judged, store=store, output=output, seed=seed)


def _train_on(
    examples: Sequence[Example], judged: Qrels, *, store: RankerStore, output: Path | None, seed: int
) -> None:
    """Train, write the version, and put it into use unless it is worse than the present one."""
    from benchmarks.examples import ranked_by
    from matching.evaluate import evaluate
    from matching.learn.ranker import NotBetter, guarded, learn, out_of_fold

    if find_spec("lightgbm") is None:
        err.print('训练需要附加组件 Training needs an extra: pip install "lianqiao\\[learn]"')
        raise typer.Exit(1)
    held = out_of_fold(examples, seed=seed)
    ranked = ranked_by(held, examples)
    quality = evaluate({query: [key for key, _ in firms] for query, firms in ranked.items()}, judged)
    out.print(
        f"8 折交叉检验 8-fold: nDCG@10 {quality.ndcg:.3f} ({quality.interval[0]:.3f}–{quality.interval[1]:.3f}), "
        f"condensed {quality.condensed:.3f}, recall@100 {quality.recall:.3f}"
    )
    model = learn(examples, name="new", held=held, seed=seed)
    target = RankerStore(output.parent) if output else store
    version = output.name if output else f"{len(store.versions()) + 1:04d}"
    card = Card(
        version=version,
        trained_at=datetime.now(UTC).isoformat(timespec="seconds"),
        queries=len(examples),
        pairs=int(sum((one.grades >= 0).sum() for one in examples)),
        slope=model.slope,
        offset=model.offset,
        figures={
            "ndcg_8_fold": round(quality.ndcg, 4),
            "condensed_8_fold": round(quality.condensed, 4),
            "recall_8_fold": round(quality.recall, 4),
        },
    )
    target.add(model.booster, card)
    if output:
        out.print(f"已写入 Written: {output}")
        return
    try:
        new, present = guarded(ranked, store.model(), examples)
    except NotBetter as refused:
        err.print(f"未启用 Not put into use: {refused}（--use {version} 可强制启用 forces it）")
        raise typer.Exit(1) from None
    store.use(version)
    out.print(f"已启用 In use: {version}，nDCG@10 {new:.3f}（原 before {present:.3f}）")


def _list(store: RankerStore) -> None:
    table = Table("", "version", "trained", "demands", "pairs", "figures")
    for card in store.versions():
        shown = ", ".join(f"{name} {value:.3f}" for name, value in (card.figures or {}).items())
        mark = "*" if card.version == store.current() else ""
        table.add_row(mark, card.version, card.trained_at, str(card.queries), str(card.pairs), shown)
    out.print(table)
    out.print(f"使用中 In use: {store.current()}")
