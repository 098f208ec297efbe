"""A cluster behind TLS that asks who is there: API key, name and password, cloud id, and each of them wrong."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from search.elastic import Connection, open_index
from search.index import SearchUnavailable
from tests.contract.search_worlds import DIMENSIONS, embed, firm, keys, meaning, put, words
from tests.services.elasticsearch_nodes import own_alias
from tests.services.tls_proxy import Door, door, make_certificates

API_KEY = base64.b64encode(b"id:secret").decode()
BASIC = base64.b64encode("链桥:密码".encode()).decode()
ALIAS = own_alias("secured")


@pytest.fixture(scope="module")
def guarded(elasticsearch_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """The real node behind a door."""
    folder = tmp_path_factory.mktemp("door")
    url = elasticsearch_url.split(",")[0]
    with door(url, folder, admits=(f"ApiKey {API_KEY}", f"Basic {BASIC}")) as opened:
        yield opened
    with Connection(urls=(url,)).open() as client:
        client.indices.delete(
            index=list(client.indices.get(index=f"{ALIAS}-*", features="aliases")) or "none"
        )


def cloud_id(port: int) -> str:
    """As Elastic Cloud writes it: the domain and port, and the host in it, which together make 127.0.0.1."""
    return "tests:" + base64.b64encode(f"0.0.1:{port}$127$".encode()).decode()


WAYS: dict[str, Callable[[Door], Connection]] = {
    "api key": lambda to: Connection(urls=(to.url,), api_key=API_KEY, ca_certs=to.ca_certs),
    "name and password": lambda to: Connection(
        urls=(to.url,), username="链桥", password="密码", ca_certs=to.ca_certs
    ),
    "cloud id": lambda to: Connection(cloud_id=cloud_id(to.port), api_key=API_KEY, ca_certs=to.ca_certs),
}


@pytest.mark.parametrize("way", WAYS)
def test_everything_goes_through(guarded: Door, way: str) -> None:
    index = open_index(
        replace(WAYS[way](guarded), timeout=60),
        f"{ALIAS}-{way.replace(' ', '-')}",
        embed=embed,
        dimensions=DIMENSIONS,
        encoder="bag",
    )
    before = guarded.statuses[200]
    put(index, firm("a", "水泵"), firm("b", "阀门"))
    assert keys(words(index, "水泵")) == ["a"]
    assert keys(meaning(index, "阀门"))[0] == "b"
    assert set(index.documents(["a", "b"])) == {"a", "b"}
    assert dict(index.versions()) == {"a": 1, "b": 1}
    assert guarded.statuses[200] > before
    index.close()


def refused(connection: Connection) -> SearchUnavailable:
    index = open_index(
        replace(connection, timeout=60), f"{ALIAS}-no", embed=embed, dimensions=DIMENSIONS, encoder="bag"
    )
    with pytest.raises(SearchUnavailable) as raised:
        words(index, "水泵")
    index.close()
    return raised.value


@pytest.mark.parametrize("way", WAYS)
def test_a_certificate_of_another_authority_is_not_trusted(guarded: Door, way: str, tmp_path: Path) -> None:
    other, _ = make_certificates(tmp_path)
    reached = guarded.statuses.total()
    error = refused(replace(WAYS[way](guarded), ca_certs=other))
    assert "CERTIFICATE_VERIFY_FAILED" in str(error)
    assert not error.passing, "nobody waits for it"
    assert guarded.statuses.total() == reached  # no credential was sent


@pytest.mark.parametrize(
    "wrong",
    [
        {"api_key": base64.b64encode(b"id:guessed").decode()},
        {"api_key": ""},
        {"api_key": "", "username": "链桥", "password": "guessed"},
    ],
    ids=["key", "nothing", "password"],
)
def test_wrong_credentials_are_said_to_be_so(guarded: Door, wrong: dict[str, str]) -> None:
    error = refused(replace(WAYS["api key"](guarded), **wrong))  # type: ignore[arg-type]
    assert "refuses these credentials" in str(error)
    assert error.retry_after == 60
