"""Random small worlds under random writes: the index agrees with a dictionary of documents."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search.analysis import tokens
from search.documents import Amount, CapabilityItem, SupplierDocument
from search.index import Filters, SearchIndex
from tests.contract.search_worlds import (
    ALL,
    count_kinds,
    embed,
    firm,
    fits,
    item,
    keys,
    meaning,
    passes,
    words,
)

TITLES = ("水泵", "离心水泵", "阀门", "水泵维修", "货物运输", "DN50阀门", "")
KEYS = tuple("abcdef")
CODES = ("210102", "210202", "")

items = st.builds(
    item,
    st.sampled_from(TITLES),
    kind=st.sampled_from(("product", "tech_service")),
    role=st.sampled_from(("make", "resell")),
    price=st.sampled_from((None, None, Amount(1.5, "kg"), Amount(20.0, "piece"))),
    capacity=st.sampled_from((None, None, Amount(0.1, "t/month"), Amount(20.0, "t/month"))),
)
firms = st.builds(
    lambda key, said, version, **facts: firm(key, *said, version=version, **facts),
    st.sampled_from(KEYS),
    st.lists(items, max_size=5),
    st.integers(1, 6),
    adcode=st.sampled_from(CODES),
    status=st.sampled_from(("active", "revoked")),
    tags=st.sampled_from(((), ("a b",), ("a_b", "c"))),
    verified=st.booleans(),
)
deletions = st.tuples(st.sampled_from(KEYS), st.integers(1, 6))
batches = st.tuples(st.lists(firms, max_size=4), st.lists(deletions, max_size=2), st.integers(0, 9))
steps = st.one_of(batches, batches, st.just("refresh"), st.just("reopen"))
filters = st.builds(
    Filters,
    divisions=st.sampled_from(((), (), ("210000",), ("210202",), ("220000",))),
    kinds=st.sampled_from(((), (), ("product",))),
    roles=st.sampled_from(((), (), ("make",))),
    tags=st.sampled_from(((), (), ("a b",), ("c",))),
    statuses=st.sampled_from(((), ("active",))),
    verified_only=st.sampled_from((False, False, True)),
    keys=st.sampled_from(((), (), ("a", "b", "zzz"))),
    price=st.sampled_from((None, None, None, Amount(1.5, "kg"), Amount(9.0, "piece"))),
    min_price=st.sampled_from((None, None, None, Amount(1.5, "kg"), Amount(9.0, "piece"))),
    capacity=st.sampled_from((None, None, None, Amount(0.1, "t/month"), Amount(1.0, "t/month"))),
)

Model = dict[str, tuple[int, SupplierDocument | None]]


def apply(model: Model, upserts: list[SupplierDocument], deletes: list[tuple[str, int]], force: bool) -> None:
    """What SearchIndex.apply promises."""
    best: Model = {}
    for key, version, document in [*((d.key, d.version, d) for d in upserts), *((*d, None) for d in deletes)]:
        held = -1 if force else model.get(key, (-1, None))[0]
        if version > max(held, best.get(key, (-1, None))[0]):
            best[key] = (version, document)
    model.update(best)
    if force:
        for key, (_, document) in best.items():
            if document is None:
                del model[key]


def check_words(index: SearchIndex, world: dict[str, SupplierDocument], wanted: Filters) -> None:
    """A filtered leg is the unfiltered one with what does not pass taken out, at the same scores."""
    firm_level = Filters(
        wanted.divisions,
        tags=wanted.tags,
        statuses=wanted.statuses,
        keys=wanted.keys,
        verified_only=wanted.verified_only,
    )
    for over, query in (("item", "水泵 DN50"), ("firm", "企业 水泵 阀门"), ("name", "企业")):
        every = [hit for hit in words(index, query, ALL, over) if passes(world[hit.key], firm_level)]
        narrow = words(index, query, firm_level, over)
        assert set(keys(narrow)) == set(keys(every))
        assert [hit.score for hit in narrow] == pytest.approx([hit.score for hit in every], rel=1e-5)
        scores = {hit.key: hit.score for hit in every}
        assert all(hit.score == pytest.approx(scores[hit.key], rel=1e-5) for hit in narrow)
    asked = set(tokens("水泵 DN50"))
    ought = [
        key
        for key, d in world.items()
        if passes(d, wanted) and any(fits(i, wanted) and asked & set(tokens(i.title)) for i in d.items)
    ]
    assert sorted(keys(words(index, "水泵 DN50", wanted))) == sorted(ought)


def check_meaning(index: SearchIndex, world: dict[str, SupplierDocument], wanted: Filters) -> None:
    query = embed(["水泵阀门"])[0]

    def cosine(offered: CapabilityItem) -> float:
        return float(embed([offered.title])[0] @ query) if fits(offered, wanted) else -2.0

    exact = {k: [cosine(i) for i in d.items] for k, d in world.items() if passes(d, wanted)}
    exact = {key: cosines for key, cosines in exact.items() if max(cosines, default=-2.0) > -2.0}
    hits = meaning(index, "水泵阀门", wanted)
    assert sorted(keys(hits)) == sorted(exact)
    for hit in hits:
        assert hit.score == pytest.approx(max(exact[hit.key]), abs=0.03)
    assert list(np.diff([hit.score for hit in hits]) <= 0) == [True] * max(len(hits) - 1, 0)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(history=st.lists(steps, max_size=8), wanted=st.lists(filters, min_size=1, max_size=4))
def test_the_index_agrees_with_a_dictionary(
    new_index: Callable[[], Callable[[], SearchIndex]], history: list[object], wanted: list[Filters]
) -> None:
    open_index = new_index()
    index, model = open_index(), {}
    for step in history:
        if step == "refresh":
            index.refresh()
        elif step == "reopen":
            index = open_index()
        else:
            upserts, deletes, die = step
            index.apply(upserts, deletes, force=die == 0)
            apply(model, upserts, deletes, force=die == 0)
    index.refresh()
    world = {key: document for key, (_, document) in model.items() if document}
    assert dict(index.versions()) == {key: document.version for key, document in world.items()}
    assert index.documents(KEYS) == world
    assert (index.count(), index.item_count()) == (len(world), sum(len(d.items) for d in world.values()))
    for narrow in wanted:
        check_words(index, world, narrow)
        check_meaning(index, world, narrow)
        facets = index.facets(narrow)
        assert facets.kinds == count_kinds(world.values(), narrow)
        assert sum(facets.tags.values()) == sum(len(d.tags) for d in world.values() if passes(d, narrow))
