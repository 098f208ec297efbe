"""Texts, items and features side by side; models, their training and their store."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from matching.encoders import Encoder
from matching.features import COLUMN, FEATURES
from matching.firm_names import trade_name
from matching.items import item_fits, prepare, text_fits
from matching.learn.ranker import (
    AGAINST,
    FREE,
    Example,
    NotBetter,
    calibrate,
    constraints,
    guarded,
    learn,
    out_of_fold,
    train,
)
from matching.learn.store import Card, RankerStore
from matching.need import Need, Place
from matching.queries import queries_of
from matching.rank import LINEAR, LinearModel
from matching.ranker import Ranker
from matching.retrieve import retrieve
from matching.texts import TextTable, Weights
from search.analysis import tokens
from search.index import Filters, SearchIndex, Vectors
from tests.matching.conftest import firm, item

NEED = Need(text="直线导轨滑块", what=("直线导轨滑块",), kind="product")


def one_axis(texts: list[str] | tuple[str, ...]) -> Vectors:
    """A text is its first character: alike when they begin alike."""
    rows = np.zeros((len(texts), 64), np.float32)
    rows[np.arange(len(texts)), [ord(text[0]) % 64 for text in texts]] = 1.0
    return rows


def test_coverage_and_precision_are_weighted_shares() -> None:
    table = TextTable(one_axis, 64)
    ids = table.ids(["离心泵", "离心机", "阀门", "离心泵"])
    assert ids.tolist() == [0, 1, 2, 0]
    wanted = frozenset(tokens("离心泵"))
    weigh = Weights({}, common=1.0)
    coverage, precision = table.fit(wanted, weigh)
    assert coverage[0] == pytest.approx(1.0)
    assert precision[0] == pytest.approx(1.0)
    assert 0 < coverage[1] < 1
    assert coverage[2] == precision[2] == 0.0
    assert table.fit(frozenset(), weigh)[0].tolist() == [0.0] * 3, "nothing wanted, nothing covered"
    assert table.cosines(one_axis(["离合器"]), ids)[:, 0] == pytest.approx([1, 1, 0, 1], abs=0.01)


def test_a_term_counts_where_all_its_words_stand() -> None:
    table = TextTable(one_axis, 64)
    ids = table.ids(["斗式提升机制造", "提升机", "斗式给料机", "阀门"])
    found = table.holding([("斗式提升机", 0.8), ("提升机", 0.6)])[ids]
    assert found.tolist() == pytest.approx([0.8, 0.6, 0.0, 0.0])


def test_a_table_grows_and_keeps_what_it_knew() -> None:
    table = TextTable(one_axis, 64)
    table.ids(["泵"])
    many = [f"{chr(0x4E00 + n)}机" for n in range(3_000)]
    first = table.ids(many)
    assert table.ids(["泵", *many[:3]]).tolist() == [0, *first[:3].tolist()]
    assert table.cosines(one_axis(["泵"]), table.ids(["泵"]))[0, 0] == pytest.approx(1.0, abs=0.01)


def test_firms_without_items_stand_beside_those_with() -> None:
    table = TextTable(one_axis, 64)
    firms = [firm("a", "甲厂"), firm("b", "乙厂", item("泵"), item("阀门"), item("泵阀")), firm("c", "丙厂")]
    prepared = [prepare(one, table) for one in firms]
    queries, weigh = queries_of(Need(text="泵", what=("泵",))), Weights({}, 1.0)
    fits = item_fits(
        prepared,
        text_fits(table, queries, weigh),
        table,
        queries.head_set,
        weigh,
        one_axis(["泵", "泵", "泵"]),
    )
    assert fits.counts.tolist() == [0, 3, 0]
    first, second, third, fourth = (rows.tolist() for rows in fits.best(fits.cosine, 4))
    assert first == [-1, 0, -1], "the first of equals"
    assert (second, third, fourth) == ([-1, 2, -1], [-1, 1, -1], [-1, -1, -1])
    assert fits.highest(fits.coverage).tolist() == pytest.approx([0, 1, 0])
    assert fits.total(fits.cosine > 0.5).tolist() == [0, 2, 0]


@pytest.mark.parametrize(
    ("name", "trade"),
    [
        ("沈阳市铁西区示例直线导轨制造有限公司", "示例直线导轨制造"),
        ("大连示例（集团）股份有限公司", "大连示例"),
        ("有限公司", "有限公司"),
    ],
)
def test_trade_names(name: str, trade: str) -> None:
    assert trade_name(name) == trade


def rows_of(world: SearchIndex, encoder: Encoder, need: Need = NEED) -> dict[str, dict[str, float]]:
    """Features by firm."""
    found = retrieve(need, index=world, encoder=encoder, filters=Filters())
    ranked = Ranker(encoder).rank(need, found, world)
    return {one.supplier.key: dict(zip(FEATURES, one.features.tolist(), strict=True)) for _, one in ranked}


def test_features_tell_makers_from_resellers_and_the_unrelated(world: SearchIndex, encoder: Encoder) -> None:
    rows = rows_of(world, encoder)
    assert rows["faraway"]["coverage"] == pytest.approx(1.0)
    assert rows["maker"]["makes"] == 1.0
    assert rows["reseller"]["makes"] == 0.0
    assert rows["reseller"]["resold_share"] == 1.0
    assert rows["reseller"]["trader_name"] == 1.0
    assert rows["maker"]["made_cosine"] > rows["reseller"]["made_cosine"]
    assert rows["food"]["coverage"] == 0.0
    assert (rows["valves"]["verified"], rows["valves"]["standing"], rows["food"]["standing"]) == (
        1.0,
        0.5,
        0.0,
    )


def test_nearness_falls_with_the_distance_and_is_nothing_without_a_place(
    world: SearchIndex, encoder: Encoder
) -> None:
    here = replace(NEED, place=Place("210106", "铁西区", "county"))
    rows = rows_of(world, encoder, here)
    assert rows["maker"]["nearness"] == pytest.approx(1.0, abs=0.1)
    assert 0.05 < rows["faraway"]["nearness"] < 0.2, "some 360 km"
    assert {one["nearness"] for one in rows_of(world, encoder).values()} == {0.0}
    assert dict(zip(FEATURES, constraints(), strict=True))["nearness"] == 1
    assert "nearness" not in LINEAR.weights, "place is the buyer's to set"


def test_a_new_version_of_a_firm_is_judged_anew(encoder: Encoder) -> None:
    ranker = Ranker(encoder)
    before = ranker._prepare(firm("a", "甲厂", item("泵")))
    assert ranker._prepare(firm("a", "甲厂", item("泵"))) is before
    after = ranker._prepare(replace(firm("a", "甲厂", item("泵"), item("阀门")), version=2))
    assert len(after.titles) == 2


def world_of_examples(seed: int, queries: int = 24) -> list[Example]:
    """Queries whose good firms are those with a high cosine that are made, not resold."""
    dice = np.random.default_rng(seed)
    found = []
    for query in range(queries):
        matrix = dice.random((120, len(FEATURES))).astype(np.float32)
        worth = matrix[:, COLUMN["cosine"]] + matrix[:, COLUMN["makes"]]
        grades = np.digitize(worth, [1.3, 1.5, 1.7]).astype(np.int64)
        grades[dice.random(120) < 0.3] = -1
        keys = tuple(f"{query}-{n}" for n in range(120))
        found.append(Example(f"q{query}", keys, matrix, grades, np.ones(120, np.float32)))
    return found


@pytest.fixture(scope="module")
def examples() -> list[Example]:
    return world_of_examples(3)


def test_training_finds_what_makes_firms_good_and_repeats_exactly(examples: list[Example]) -> None:
    model, again = learn(examples, name="a"), learn(examples, name="b")
    fresh = world_of_examples(11, 1)[0]
    points = model.points(fresh.matrix)
    worth = fresh.matrix[:, COLUMN["cosine"]] + fresh.matrix[:, COLUMN["makes"]]
    assert np.corrcoef(points, worth)[0, 1] > 0.8
    assert points.tolist() == again.points(fresh.matrix).tolist()
    scores = model.scores(points)
    assert ((scores >= 0) & (scores <= 100)).all()
    assert (np.diff(scores[np.argsort(points)]) >= 0).all()


def test_sense_is_not_left_to_data(examples: list[Example]) -> None:
    model = learn(examples, name="a")
    base = world_of_examples(5, 1)[0].matrix
    for name in set(FEATURES) - FREE:
        less, more = base.copy(), base.copy()
        less[:, COLUMN[name]], more[:, COLUMN[name]] = 0.1, 0.9
        change = model.points(more) - model.points(less)
        assert (change <= 1e-6).all() if name in AGAINST else (change >= -1e-6).all(), name
    assert set(constraints()) == {-1, 0, 1}


def test_no_query_is_scored_by_a_model_that_saw_it(examples: list[Example]) -> None:
    held = out_of_fold(examples, count=4)
    assert set(held) == {one.query for one in examples}
    seen = learn(examples, name="all").points(examples[0].matrix)
    assert held[examples[0].query].tolist() != seen.tolist()


def test_nothing_to_learn_from_is_said() -> None:
    empty = Example(
        "q", ("a",), np.zeros((1, len(FEATURES)), np.float32), np.array([-1]), np.ones(1, np.float32)
    )
    with pytest.raises(ValueError, match="grade above 0"):
        learn([empty], name="a")


def test_calibration_finds_the_logistic_it_was_drawn_from() -> None:
    dice = np.random.default_rng(1)
    points = dice.normal(size=20_000).astype(np.float32)
    relevant = dice.random(20_000) < 1 / (1 + np.exp(1.0 - 2.0 * points))
    assert calibrate(points, relevant) == pytest.approx((2.0, 1.0), abs=0.1)


def test_a_worse_model_is_refused(examples: list[Example]) -> None:
    good = LinearModel("good", {"cosine": 1, "makes": 1}, 1, 0)
    bad = LinearModel("bad", {"cosine": -1}, 1, 0)

    def ranked(model: LinearModel) -> dict[str, list[tuple[str, float]]]:
        return {
            one.query: sorted(
                zip(one.keys, model.points(one.matrix).tolist(), strict=True), key=lambda pair: -pair[1]
            )
            for one in examples
        }

    new, present = guarded(ranked(good), bad, examples)
    assert new > present
    with pytest.raises(NotBetter) as refused:
        guarded(ranked(bad), good, examples)
    assert refused.value.new < refused.value.present


def card(version: str, **more: object) -> Card:
    return Card(version, "2026-01-01T00:00:00Z", 24, 2_000, 1.0, 0.0, **more)  # type: ignore[arg-type]


def test_versions_are_kept_used_and_left(tmp_path: Path, examples: list[Example]) -> None:
    store = RankerStore(tmp_path)
    assert store.model() is LINEAR
    booster = train(examples)
    store.add(booster, card("0001"))
    assert store.model() is LINEAR, "added, not yet in use"
    store.use("0001")
    used = RankerStore(tmp_path).model()
    assert used.name == "lambdamart-0001"
    assert used.points(examples[0].matrix) == pytest.approx(booster.predict(examples[0].matrix), abs=1e-5)
    store.use("linear")
    assert store.model() is LINEAR
    with pytest.raises(KeyError):
        store.use("0002")
    assert [one.version for one in store.versions()] == ["0001"]


def test_a_model_of_other_features_leaves_the_linear_default(
    tmp_path: Path, examples: list[Example], caplog: pytest.LogCaptureFixture
) -> None:
    store = RankerStore(tmp_path)
    store.add(train(examples), card("0001", features=("something", "else")))
    store.use("0001")
    assert store.model() is LINEAR
    assert "train it anew" in caplog.text
