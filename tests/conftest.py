"""Fixtures every test may use."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services import elasticsearch_nodes

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real registrations and taxonomies; absent in a user's clone."""
    folder = Path(os.environ.get("LIANQIAO_SHARED_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"real data absent: {folder} does not exist (set LIANQIAO_SHARED_DATA)")
    return folder


@pytest.fixture(scope="session")
def elasticsearch_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real Elasticsearch for the whole session: the one named by LIANQIAO_TEST_ELASTICSEARCH_URL, or a node of our own."""
    if named := os.environ.get("LIANQIAO_TEST_ELASTICSEARCH_URL"):
        yield named
        return
    try:
        elasticsearch_nodes.assemble()
    except elasticsearch_nodes.ServiceMissing as missing:
        pytest.fail(str(missing), pytrace=False)
    with elasticsearch_nodes.running(tmp_path_factory.mktemp("elasticsearch")) as cluster:
        yield cluster.url
