"""The Elasticsearch that tests run on: it forms a cluster, survives the death of a node, and goes when its owner goes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from tests.services.elasticsearch_nodes import VERSION, ServiceMissing, assemble


def test_the_session_s_node_answers(elasticsearch_url: str) -> None:
    with urllib.request.urlopen(f"{elasticsearch_url}/_cluster/health?wait_for_status=yellow") as answer:
        assert b'"timed_out":false' in answer.read()


def test_a_missing_tool_is_named_with_the_line_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ServiceMissing, match="java, javac, mvn: apt-get install"):
        assemble()


@pytest.mark.parametrize(("sign", "status"), [("SIGKILL", -9), ("SIGTERM", 143)])
def test_a_node_goes_when_whoever_started_it_is_ended(tmp_path: Path, sign: str, status: int) -> None:
    """At once and with nothing cleaned up, or as a benchmark is ended, which leaves no folder behind either."""
    script = (
        "import sys, time; from pathlib import Path; from tempfile import TemporaryDirectory\n"
        "from app.core.exits import cleaned_up; from tests.services.elasticsearch_nodes import running\n"
        "with cleaned_up(), TemporaryDirectory(dir=sys.argv[1]) as folder, running(Path(folder), heap='256m') as cluster:\n"
        "    print(cluster.nodes[0].process.pid, flush=True); time.sleep(600)"
    )
    owner = subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert owner.stdout
    with owner.stdout:
        node = int(owner.stdout.readline())
    owner.send_signal(signal.Signals[sign])
    assert owner.wait(60) == status
    until = time.monotonic() + 30
    while _alive(node) and time.monotonic() < until:
        time.sleep(0.2)
    assert not _alive(node)
    assert sign == "SIGKILL" or not list(tmp_path.iterdir())


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return "Z" not in Path(f"/proc/{process}/status").read_text().split("State:")[1][:4]


def test_the_version_is_the_one_that_is_fetched() -> None:
    pom = Path(assemble.__code__.co_filename).with_name("elasticsearch.pom.xml").read_text()
    assert f"<elasticsearch.version>{VERSION}</elasticsearch.version>" in pom
