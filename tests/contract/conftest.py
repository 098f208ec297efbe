"""The backends that the contract holds for."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import pytest

from search.elastic import Connection, Shape
from search.elastic import open_index as open_elastic
from search.embedded import EmbeddedIndex
from search.index import SearchIndex
from tests.contract.search_worlds import DIMENSIONS, embed
from tests.services.elasticsearch_nodes import own_alias

OpenIndex = Callable[[], SearchIndex]
"""Opens one index anew, with everything written to it before."""

NewIndex = Callable[[], OpenIndex]
"""Begins an index that is empty."""

_numbers = itertools.count(1)


@pytest.fixture(scope="module", params=["embedded", "elasticsearch"])
def new_index(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[NewIndex]:
    """A backend."""
    opened: list[SearchIndex] = []

    def embedded() -> OpenIndex:
        folder = tmp_path_factory.mktemp("index")

        def open_index() -> SearchIndex:
            opened.append(EmbeddedIndex(folder, embed=embed, dimensions=DIMENSIONS, encoder="bag"))
            return opened[-1]

        return open_index

    if request.param == "embedded":
        yield embedded
        for index in opened:
            index.close()
        return

    connection = Connection(urls=tuple(request.getfixturevalue("elasticsearch_url").split(",")), timeout=60)
    prefix = own_alias(f"contract-{next(_numbers)}")

    def elastic() -> OpenIndex:
        alias = f"{prefix}-{next(_numbers)}"

        def open_index() -> SearchIndex:
            # Nothing shows before a refresh, so that the tests say when.
            opened.append(
                open_elastic(
                    connection,
                    alias,
                    embed=embed,
                    dimensions=DIMENSIONS,
                    encoder="bag",
                    shape=Shape(refresh="-1"),
                )
            )
            return opened[-1]

        return open_index

    yield elastic
    for index in opened:
        index.close()
    with connection.open() as client:
        client.indices.delete(index=[*client.indices.get(index=f"{prefix}-*", features="aliases")] or "none")


@pytest.fixture
def open_index(new_index: NewIndex) -> OpenIndex:
    """An index of the test's own."""
    return new_index()


@pytest.fixture
def index(open_index: OpenIndex) -> SearchIndex:
    """An empty index."""
    return open_index()
