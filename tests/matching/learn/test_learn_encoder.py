"""Training the house encoder on a handful of made-up families: it learns, and it learns the same twice."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from app.cli import app
from matching.encoders import load_encoder
from matching.learn import families
from matching.learn.encoder import Plan, train
from matching.learn.families import Family
from matching.learn.pairs import Rates, draw, lesson_texts, names_of
from matching.learn.teacher import lessons, taught
from search.index import Vectors

PLAN = Plan(
    dimensions=16,
    vocabulary=2_000,
    rounds=6,
    batch=32,
    rate=0.02,
    lesson_rounds=2,
    lesson_batch=8,
    dressed=50,
)


def small_sources() -> dict[str, tuple[list[Family], Rates]]:
    return {"trade words": (list(families.trade_words())[:12], Rates(2, 2, 2))}


def bag(texts: list[str] | tuple[str, ...]) -> Vectors:
    """A teacher that knows characters only."""
    rows = np.zeros((len(texts), 32), np.float32)
    for row, text in zip(rows, texts, strict=True):
        for character in text:
            row[ord(character) % 32] += 1
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_same_seed_same_weights_and_it_has_learnt(tmp_path: Path) -> None:
    sources = small_sources()
    texts = lesson_texts(sources["trade words"][0], 40, 0)
    taken = lessons(taught(texts, bag, None), texts, PLAN.dimensions, 0)
    lines: list[str] = []
    first, second = (train(sources, taken, PLAN, lines.append) for _ in range(2))
    np.testing.assert_array_equal(first.keys, second.keys)
    np.testing.assert_array_equal(first.table, second.table)
    assert len(lines) == 2 * (PLAN.lesson_rounds + PLAN.rounds)
    first.save(tmp_path / "new" / "weights.npz")
    trained = load_encoder(f"house:{tmp_path / 'new' / 'weights.npz'}")
    asked = trained.encode_queries(["bolt"])[0]
    near, far = trained.encode_items(["螺栓", "离心泵"]) @ asked
    assert near > far + 0.2


def test_another_seed_gives_other_weights() -> None:
    sources = small_sources()
    one = train(sources, None, PLAN, lambda line: None)
    other = train(sources, None, Plan(**{**_fields(PLAN), "seed": 1}), lambda line: None)
    assert one.table.shape != other.table.shape or (one.table != other.table).any()


def _fields(plan: Plan) -> dict[str, object]:
    return {name: getattr(plan, name) for name in Plan.__dataclass_fields__}


def test_lines_of_trade_words_are_families_with_several_names() -> None:
    every = list(families.trade_words())
    fasteners = next(family for family in every if "紧固件" in family.heads)
    assert any({"螺栓", "bolt"} <= set(member) for member in fasteners.members)
    assert all(family.heads and family.members and all(family.members) for family in every)
    assert len({family.key for family in every}) == len(every)


def test_groups_are_kept_out_or_trained_on_never_both(shared_data: Path) -> None:
    path = shared_data / "goods_zh_en.csv"
    kept, trained = ({f.key for f in families.goods(path, held_out=out)} for out in (True, False))
    assert kept
    assert not kept & trained
    assert 0.1 < len(kept) / len(kept | trained) < 0.3


def test_catalogue_and_industries_give_classes(shared_data: Path) -> None:
    pumps = [
        f for f in families.procurement(shared_data / "procurement_catalogue_2022.csv") if f.heads == ("泵",)
    ]
    assert any("离心泵" in member for family in pumps for member in family.members)
    tree, remarks = shared_data / "gbt4754_2017_tree.csv", shared_data / "gbt4754_2017_remarks.csv"
    heads = {head for family in families.industries(tree, remarks) for head in family.heads}
    assert {"谷物种植", "泵、阀门、压缩机及类似机械制造"} <= heads


def test_the_thesaurus_of_the_trade_gives_buyers_words_for_a_thing(tmp_path: Path) -> None:
    (tmp_path / "34.tsv").write_text(
        "term\talso\tdescribed\tenglish\tclass\tindustry\tneeds\n"
        "离心泵\t单级泵、卧式泵\t打清水的泵\tcentrifugal pump;water pump\t泵、通用机械\t3441\t\n"
        "齿轮泵\t\t\tgear pump\t泵\t3441\t铸造\n",
        encoding="utf-8",
    )
    (family,) = families.knowledge(tmp_path)
    assert family.heads == ("泵",)
    assert family.members == (
        ("离心泵", "单级泵", "卧式泵", "打清水的泵", "centrifugal pump", "water pump"),
        ("齿轮泵", "gear pump"),
    )
    assert sum(len(f.members) for f in families.knowledge()) > 1_000


def test_dictionary_entries_lose_grammar_and_names() -> None:
    lines = [
        "# a comment",
        "螺絲 螺丝 [luo2 si1] /screw/CL:個|个[ge4]/",
        "大連 大连 [Da4 lian2] /Dalian city/",
        "加工 加工 [jia1 gong1] /to process/processing/",
        "一石二鳥 一石二鸟 [yi1 shi2 er4 niao3] /to kill two birds (idiom)/",
    ]
    assert [family.members for family in families.dictionary(lines)] == [
        (("螺丝", "screw"),),
        (("加工", "process", "processing"),),
    ]


def test_pairs_follow_their_rates() -> None:
    family = Family("f", ("紧固件",), (("螺栓", "bolt"), ("螺母",)))
    pairs = list(draw([family], Rates(names=2, heads=1, siblings=0), random.Random(0)))
    assert [(p.left, p.right) for p in pairs if p.right == "bolt"] == [("螺栓", "bolt")] * 2
    assert sum(p.right == "紧固件" for p in pairs) == 2
    assert len(pairs) == 4
    assert names_of([family, Family("word", (), (("词", "word"),))]) == ["螺栓", "螺母"]


def test_a_teacher_is_asked_once(tmp_path: Path) -> None:
    asked: list[str] = []

    def embed(texts: object) -> Vectors:
        asked.extend(texts)  # type: ignore[call-overload]
        return bag(texts)  # type: ignore[arg-type]

    cache = tmp_path / "cache.npz"
    first = taught(["轴承", "水泵"], embed, cache, asked.append)
    again = taught(["水泵", "轴承", "阀门"], embed, cache, lambda line: None)
    assert [text for text in asked if not text.startswith("teacher")] == ["水泵", "轴承", "阀门"]
    np.testing.assert_array_equal(first[0], again[1])


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_command_says_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "matching.learn.encoder", None)
    answer = CliRunner().invoke(app, ["learn", "encoder", "--output", str(tmp_path / "w.npz")])
    assert answer.exit_code == 1
    assert "lianqiao[learn]" in answer.output


def test_the_thesaurus_gives_groups_of_things(tmp_path: Path) -> None:
    path = tmp_path / "tree.json"
    path.write_text(
        '{"B": {"tag": "物", "sub": {"o": {"tag": "工具", "sub": {"01": {"A": {"tag": "轴", "sub": '
        '{"01=": ["轴承", "轴瓦", "轴"]}}}}}}}, "A": {"a": {"01=": ["人民", "国民"]}}}',
        encoding="utf-8",
    )
    assert [f.members for f in families.thesaurus(path)] == [(("轴承",), ("轴瓦",))]
