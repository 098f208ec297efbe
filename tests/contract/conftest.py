"""The backends that the contract holds for."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from search.embedded import EmbeddedIndex
from search.index import SearchIndex
from tests.contract.search_worlds import DIMENSIONS, embed

OpenIndex = Callable[[], SearchIndex]
"""Opens one index anew, with everything written to it before."""

NewIndex = Callable[[], OpenIndex]
"""Begins an index that is empty."""


@pytest.fixture(scope="module", params=["embedded"])
def new_index(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[NewIndex]:
    """A backend."""
    opened: list[EmbeddedIndex] = []

    def embedded() -> OpenIndex:
        folder = tmp_path_factory.mktemp("index")

        def open_index() -> SearchIndex:
            opened.append(EmbeddedIndex(folder, embed=embed, dimensions=DIMENSIONS, encoder="bag"))
            return opened[-1]

        return open_index

    yield {"embedded": embedded}[request.param]
    for index in opened:
        index.close()


@pytest.fixture
def open_index(new_index: NewIndex) -> OpenIndex:
    """An index of the test's own."""
    return new_index()


@pytest.fixture
def index(open_index: OpenIndex) -> SearchIndex:
    """An empty index."""
    return open_index()
