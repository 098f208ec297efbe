"""What only Elasticsearch brings: a cluster that is away, busy or refuses, and other encoders beside ours."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from search.elastic import Connection, ElasticIndex, Shape, open_index
from search.elastic import bulk as bulk_module
from search.elastic.vectors import cosines, dithered, encode
from search.index import Embed, Filters, SearchUnavailable
from tests.contract.search_worlds import DIMENSIONS, embed, firm, item, keys, meaning, put, words
from tests.services.elasticsearch_nodes import free_ports, own_alias

Open = Callable[..., ElasticIndex]


@pytest.fixture
def opened(elasticsearch_url: str, tmp_path: Path) -> Iterator[Open]:
    """Opens indices of the test's own on the real cluster."""
    connection = Connection(urls=tuple(elasticsearch_url.split(",")), timeout=60)
    name = own_alias(tmp_path.name)
    made: list[ElasticIndex] = []

    def make(
        alias: str = "a", *, encoder: str = "bag", embedding: Embed = embed, **shape: object
    ) -> ElasticIndex:
        made.append(
            open_index(
                connection,
                f"{name}-{alias}",
                embed=embedding,
                dimensions=DIMENSIONS,
                encoder=encoder,
                shape=Shape(**{"refresh": "-1", **shape}),  # type: ignore[arg-type]
            )
        )
        return made[-1]

    yield make
    for index in made:
        index.close()
    with connection.open() as client:
        client.indices.delete(
            index=list(client.indices.get(index=f"{name}-*", features="aliases")) or ["none*"]
        )


def test_a_refused_document_is_named_and_the_rest_is_written(opened: Open) -> None:
    index = opened()
    batch = [
        firm("good", "水泵"),
        firm("nowhere", "水泵", lon=123.4, lat=941.8),
        firm("halved", "水泵", city="沈\ud800阳"),
        firm("k" * 600, "水泵"),
        firm("fine", "水泵"),
    ]
    refused = {one.key: one for one in index.apply(batch, [("gone", 2)])}
    index.refresh()
    assert set(refused) == {"nowhere", "halved", "k" * 600}
    assert "latitude" in refused["nowhere"].reason
    assert "JSON" in refused["halved"].reason
    assert refused["nowhere"].version == 1
    assert set(keys(words(index, "水泵"))) == {"good", "fine"}


def test_a_document_too_large_for_the_cluster_is_refused_alone(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cluster takes 100 MB at once; what is larger comes back with 413, whatever travels with it."""
    monkeypatch.setattr(bulk_module, "CHUNK_BYTES", 1 << 30)
    index = opened()
    huge = firm("huge", *(item("水泵", text=f"{n}" * 12_000) for n in range(3_000)))
    refused = index.apply([firm("a", "水泵"), huge, firm("b", "水泵")])
    index.refresh()
    assert [one.key for one in refused] == ["huge"]
    assert "413" in refused[0].reason
    assert set(keys(words(index, "水泵"))) == {"a", "b"}


def test_nobody_there() -> None:
    (port,) = free_ports(1)
    connection = Connection(urls=(f"http://127.0.0.1:{port}",))
    index = open_index(connection, "a", embed=embed, dimensions=DIMENSIONS, encoder="bag")
    for question in (
        lambda: index.stale,
        lambda: index.apply([firm("a")]),
        lambda: words(index, "水泵"),
        lambda: index.count(),
        lambda: list(index.versions()),
        lambda: index.facets(Filters()),
        lambda: index.documents(["a"]),
    ):
        with pytest.raises(SearchUnavailable, match="does not answer"):
            question()
    index.close()


class _Busy(BaseHTTPRequestHandler):
    """Answers as a cluster that takes nothing."""

    def do_PUT(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        body = json.dumps(
            {"error": {"type": "es_rejected_execution_exception", "reason": "full"}, "status": 429}
        )
        self.send_response(429)
        self.send_header("X-Elastic-Product", "Elasticsearch")
        self.send_header("Content-Type", "application/vnd.elasticsearch+json; compatible-with=8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        pass


def test_a_busy_cluster_is_tried_again_and_then_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk_module, "FIRST_WAIT", 0.01)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Busy)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with Connection(urls=(f"http://127.0.0.1:{server.server_port}",)).open() as client:
        action = bulk_module.Action("a", 1, {"key": "a"})
        with pytest.raises(SearchUnavailable, match=r"did not take 1 documents.*429"):
            bulk_module.write(client, "index", [action])
    server.shutdown()
    server.server_close()


def test_many_processes_open_one_index(opened: Open) -> None:
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda: found.append(opened("one").indices.live_index())) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1
    assert len(found) == 8


def test_another_encoder_makes_an_index_stale_and_nothing_is_mixed(opened: Open) -> None:
    ours, theirs = opened("e"), opened("e", encoder="other")
    put(ours, firm("a", "水泵"))
    assert not ours.stale
    assert theirs.stale
    assert theirs.count() == 0
    for question in (lambda: theirs.apply([firm("b", "水泵")]), lambda: words(theirs, "水泵")):
        with pytest.raises(SearchUnavailable, match="rebuild"):
            question()
    assert ours.count() == 1


def test_a_late_write_does_not_bring_back_what_was_deleted_long_ago(opened: Open) -> None:
    """Elasticsearch itself forgets deletions; these indices forget them at once, so ours are kept as documents."""
    index = opened()
    put(index, firm("a", "水泵", version=2))
    put(index, deletes=[("a", 3)])
    time.sleep(1.5)
    index.refresh()
    put(index, firm("a", "水泵", version=2))
    assert index.count() == 0
    assert dict(index.versions()) == {}


def test_a_question_is_asked_again_when_the_index_goes_under_it(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As at the end of a rebuild: the node has looked up the alias, and the old index is gone when it asks the shards."""
    index = opened("swapped")
    put(index, firm("a", "水泵"))
    gone: list[str] = []

    def gone_at_first(name: str) -> None:
        ask = getattr(index._client, name)

        def asked(**said: Any) -> Any:
            if name in gone:
                return ask(**said)
            gone.append(name)
            if name == "msearch":
                lines = [{**one, "index": "gone"} if "index" in one else one for one in said["searches"]]
                return ask(**{**said, "searches": lines})
            return ask(**{**said, "index": "gone"})

        monkeypatch.setattr(index._client, name, asked)

    for name in ("msearch", "mget", "count", "open_point_in_time"):
        gone_at_first(name)
    assert keys(words(index, "水泵")) == ["a"]
    assert set(index.documents(["a"])) == {"a"}
    assert index.count() == 1
    assert dict(index.versions()) == {"a": 1}
    assert sorted(gone) == ["count", "mget", "msearch", "open_point_in_time"]


def test_a_title_is_embedded_once_while_writing(opened: Open) -> None:
    said: list[str] = []

    def counting(titles: object) -> object:
        said.extend(titles)  # type: ignore[call-overload]
        return embed(titles)  # type: ignore[arg-type]

    index = opened(embedding=counting)  # type: ignore[arg-type]
    index.apply([firm("a", "水泵", "阀门"), firm("b", "水泵")])
    index.apply([firm("c", "阀门", "轴承")])
    assert sorted(said) == sorted(["水泵", "阀门", "轴承"])


def test_another_process_s_writes_are_seen_and_memory_never_answers_with_the_old(opened: Open) -> None:
    one, other = opened("s"), opened("s")
    put(one, firm("a", "水泵"))
    assert meaning(other, "阀门")[0].score < 0.9
    assert other.documents(["a"])["a"].version == 1
    put(one, firm("a", "阀门", "水泵", version=2))
    assert meaning(other, "阀门")[0].score > 0.9
    assert other.documents(["a"])["a"].version == 2
    put(one, firm("a", "轴承", version=3))
    time.sleep(1.1)
    assert other.documents(["a"])["a"].version == 3


def test_shards_and_replicas_are_what_was_asked_for(opened: Open, elasticsearch_url: str) -> None:
    index = opened("shaped", shards=3, replicas="0-1", refresh="5s")
    put(index, *(firm(f"{n}", "水泵") for n in range(30)))
    assert len(words(index, "水泵", limit=50)) == len(meaning(index, "水泵", limit=50)) == 30
    assert dict(index.versions()) == {f"{n}": 1 for n in range(30)}
    with Connection(urls=(elasticsearch_url,)).open() as client:
        (found,) = client.indices.get_settings(index=index.indices.alias).values()
    said = found["settings"]["index"]
    assert (said["number_of_shards"], said["auto_expand_replicas"], said["refresh_interval"]) == (
        "3",
        "0-1",
        "5s",
    )


def test_codes_give_back_cosines_and_equal_ones_are_told_apart() -> None:
    rows = embed(["水泵", "离心水泵", "阀门"])
    codes = encode(rows, DIMENSIONS)
    assert cosines(codes, rows[0]) == pytest.approx(rows @ rows[0], abs=0.02)
    first, second = dithered(codes[0], "a", 0), dithered(codes[0], "b", 0)
    assert (first != second).any()
    assert (first == dithered(codes[0], "a", 0)).all()
    assert cosines(first[None], rows[0])[0] == pytest.approx(1.0, abs=0.02)
    with pytest.raises(ValueError, match="dimensions"):
        encode(rows, DIMENSIONS + 1)


def test_addresses_take_their_usual_port() -> None:
    with Connection(urls=("https://search.example", "http://a:9201")).open() as client:
        nodes = sorted(node.base_url for node in client.transport.node_pool.all())
    assert nodes == ["http://a:9201", "https://search.example:443"]
