"""The house encoder: its features, its manners, and a floor under its quality on goods it was not told to group."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.encoders import Encoder, UnknownEncoder, load_encoder
from matching.encoders.ngrams import features, kinds_of
from matching.learn.families import goods
from matching.learn.heldout import measure

HELD_OUT = Path(__file__).parent / "data" / "held_out_goods.csv"


@pytest.fixture(scope="module")
def house() -> Encoder:
    return load_encoder("house")


def keys_of(text: str) -> set[int]:
    return set(features([text])[0].tolist())


def test_features_are_characters_pairs_triples_and_words() -> None:
    keys, rows = features(["数控机床", "CNC flanges"])
    kinds = kinds_of(keys)
    assert np.bincount(kinds[rows == 0].astype(int)).tolist() == [4, 3, 2, 0, 0, 1]
    assert np.bincount(kinds[rows == 1].astype(int)).tolist() == [0, 0, 0, 2, 1]


@pytest.mark.parametrize(
    ("one", "other"), [("ＣＮＣ　机床", "cnc 机床"), ("φ25管", "Ø25管"), ("steel flanges", "steel flange")]
)
def test_width_case_signs_and_plurals_do_not_matter(one: str, other: str) -> None:
    assert keys_of(one) >= keys_of(other) - {0}
    assert {k for k in keys_of(one) if k >> 56 == 3} == {k for k in keys_of(other) if k >> 56 == 3}


def test_a_pair_that_ends_the_name_counts_twice() -> None:
    assert len(keys_of("水泵") & keys_of("水泵厂")) == len(keys_of("水泵")) - 1


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=30), min_size=1, max_size=6))
def test_many_texts_are_encoded_as_each_alone(texts: list[str]) -> None:
    house = load_encoder("house")
    together = house.encode_items(texts)
    assert together.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(
        together, np.concatenate([house.encode_queries([t]) for t in texts]), atol=1e-6
    )


def test_bulk_is_cut_into_chunks_without_a_seam(house: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    titles = [
        f"{thing}{verb}" for thing in ("水泵", "阀门", "轴承", "", "锻件") for verb in ("加工", "", "维修")
    ]
    whole = house.encode_items(titles)
    monkeypatch.setattr("matching.encoders.house.CHUNK", 4)
    np.testing.assert_array_equal(house.encode_items(titles), whole)


def test_order_of_long_texts_and_nothing_known(house: Encoder) -> None:
    empty, unknown, long = house.encode_items(["", "🙂🙂", "机" * 100_000])
    np.testing.assert_array_equal(empty, unknown)
    assert np.isfinite(long).all()
    assert house.encode_items([]).shape == (0, house.dimensions)


@pytest.mark.parametrize(
    ("asked", "near", "far"),
    [
        ("螺丝", "紧固件制造", "塑料包装"),
        ("corrugated cardboard box", "瓦楞纸箱", "海上货物运输"),
        ("空压机", "压缩机制造", "糕点"),
        ("gate valve", "阀门", "阀门广告设计"),
        ("304 法兰 200件", "法兰锻件", "家具"),
    ],
)
def test_what_belongs_together_is_near(house: Encoder, asked: str, near: str, far: str) -> None:
    query = house.encode_queries([asked])[0]
    close, distant = house.encode_items([near, far]) @ query
    assert close > distant + 0.05


def test_quality_on_goods_kept_from_training(house: Encoder) -> None:
    """A floor under what MODEL_CARD.md states; the bundled Universal Sentence Encoder stands beside it there."""
    kept = measure(house, list(goods(HELD_OUT, held_out=True)))
    assert kept.goods == 254
    assert kept.groups > 0.55
    assert kept.english > 0.7


def test_the_name_tells_the_weights(house: Encoder, tmp_path: Path) -> None:
    assert house.name.startswith("house-")
    weights = tmp_path / "own.npz"
    np.savez(weights, keys=np.array([0x4E00], np.uint64), table=np.array([[3, 4]], np.int8))
    own = load_encoder(f"house:{weights}")
    assert own.name != house.name
    assert own.dimensions == 2
    np.testing.assert_allclose(own.encode_items(["一"]), [[0.6, 0.8]], atol=1e-6)


@pytest.mark.parametrize("content", [None, b"", b"not weights"])
def test_missing_or_broken_weights_say_so(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "weights.npz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UnknownEncoder, match="weights"):
        load_encoder(f"house:{path}")


def test_a_query_asked_again_is_the_same_and_nobody_can_spoil_it(house: Encoder) -> None:
    first = house.encode_queries(["水泵", "阀门"])
    kept = first.copy()
    first[:] = 0.0
    np.testing.assert_array_equal(house.encode_queries(["水泵", "阀门"]), kept)
    np.testing.assert_array_equal(house.encode_items(["水泵", "阀门"]), kept)
    assert house.encode_queries([]).shape == (0, house.dimensions)
