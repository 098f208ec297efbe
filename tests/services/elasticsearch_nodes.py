"""A real Elasticsearch for tests and benchmarks: one node or several, put together from Maven artifacts.

``running(folder)`` starts a cluster on free ports and ends it with the block. The artifacts (about 41 MB) are fetched
once and kept outside the tree. Elasticsearch's own distribution is not used: only its open-source jars are on Maven, without
scripts, paid features and ``GET /``.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from filelock import FileLock

VERSION = "8.19.9"
INSTALL = "apt-get install -y openjdk-17-jdk-headless maven"
_HERE = Path(__file__).parent
_POM, _LAUNCHER = _HERE / "elasticsearch.pom.xml", _HERE / "ElasticsearchNode.java"
_TRANSPORT_JARS = ("netty-", "transport-netty4-", "elasticsearch-ssl-config-")
_RUN = uuid4().hex[:10]
_PLUGIN = f"""\
name=transport-netty4
description=HTTP and transport
version={VERSION}
elasticsearch.version={VERSION}
java.version=17
classname=org.elasticsearch.transport.netty4.Netty4Plugin
extended.plugins=
has.native.controller=false
"""
_LOGGING = """\
status = error
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{ISO8601} %-5p %c{1.} %m%n
rootLogger.level = warn
rootLogger.appenderRef.console.ref = console
"""


class ServiceMissing(Exception):
    """A tool that a real service needs is not on this machine; the message is the line that installs it."""


def cache_folder() -> Path:
    """Where downloads are kept between runs."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "lianqiao"


def assemble() -> Path:
    """The home folder of an Elasticsearch, fetched and compiled when it is not there yet. Raises ServiceMissing."""
    if missing := [tool for tool in ("java", "javac", "mvn") if not shutil.which(tool)]:
        raise ServiceMissing(f"Elasticsearch needs {', '.join(missing)}: {INSTALL}")
    made_from = _POM.read_bytes() + _LAUNCHER.read_bytes() + (_PLUGIN + _LOGGING).encode()
    home = cache_folder() / f"elasticsearch-{VERSION}-{hashlib.sha256(made_from).hexdigest()[:8]}"
    home.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{home}.lock"):
        if not home.exists():
            with tempfile.TemporaryDirectory(dir=home.parent) as begun:
                _fill(Path(begun) / "home")
                (Path(begun) / "home").rename(home)
    return home


def _fill(home: Path) -> None:
    lib, module, config = home / "lib", home / "modules" / "transport-netty4", home / "config"
    for folder in (lib, module, config):
        folder.mkdir(parents=True)
    _run("mvn", "-q", "-B", "-f", str(_POM), "dependency:copy-dependencies", f"-DoutputDirectory={lib}")
    for jar in lib.iterdir():
        if jar.name.startswith(_TRANSPORT_JARS):
            jar.rename(module / jar.name)
    (module / "plugin-descriptor.properties").write_text(_PLUGIN)
    (config / "log4j2.properties").write_text(_LOGGING)
    _run("javac", "-cp", f"{lib}/*", "-d", str(home / "classes"), str(_LAUNCHER))


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed:\n{done.stdout}{done.stderr}")


@dataclass
class Node:
    """One process. ``kill`` is kill -9; a node that was killed or stopped starts again with what it had on disk."""

    name: str
    home: Path
    folder: Path
    http_port: int
    settings: dict[str, str]
    heap: str
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.http_port}"

    @property
    def log(self) -> Path:
        """What it printed."""
        return self.folder / "node.log"

    def start(self) -> None:
        """Begin to start; ``Cluster.wait`` says when it has."""
        self.folder.mkdir(parents=True, exist_ok=True)
        command = [
            "java", f"-Xms{self.heap}", f"-Xmx{self.heap}", "-XX:+UseSerialGC", "-Dlog4j2.formatMsgNoLookups=true",
            "-cp", f"{self.home}/classes:{self.home}/lib/*", "ElasticsearchNode",
            *(f"{name}={value}" for name, value in self.settings.items()),
        ]  # fmt: skip
        with self.log.open("ab") as log:
            # A session of its own: Ctrl+C is for whoever started it, who may still have something to ask.
            self.process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=log, stderr=log, start_new_session=True
            )

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        self._end(subprocess.Popen.kill)

    def stop(self) -> None:
        """End it in good order."""
        self._end(subprocess.Popen.terminate)

    def _end(self, how: Callable[[subprocess.Popen[bytes]], None]) -> None:
        process, self.process = self.process, None
        if process is not None:
            how(process)
            process.wait(timeout=60)
            if process.stdin:
                process.stdin.close()


@dataclass(frozen=True)
class Cluster:
    """Nodes that belong together."""

    nodes: tuple[Node, ...]

    @property
    def urls(self) -> list[str]:
        """Where its nodes answer."""
        return [node.url for node in self.nodes]

    @property
    def url(self) -> str:
        """All of them, as LIANQIAO_SEARCH_URL takes them."""
        return ",".join(self.urls)

    def wait(self, *, nodes: int | None = None, seconds: float = 240) -> None:
        """Until ``nodes`` of them (all, when None) have formed a cluster. Raises TimeoutError with the log."""
        wanted = len(self.nodes) if nodes is None else nodes
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            alive = [node for node in self.nodes if node.process and node.process.poll() is None]
            if len(alive) < wanted:
                break
            path = f"/_cluster/health?wait_for_nodes={wanted}&wait_for_status=yellow&timeout=1s"
            if all(_answers(node.url + path) for node in alive):
                return
            time.sleep(0.2)
        logs = "\n".join(f"--- {n.name}\n{n.log.read_text(errors='replace')[-2000:]}" for n in self.nodes)
        raise TimeoutError(f"Elasticsearch is not up with {wanted} nodes\n{logs}")


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


@contextmanager
def running(folder: Path, *, nodes: int = 1, heap: str = "") -> Iterator[Cluster]:
    """A started cluster with its data in ``folder``. Raises ServiceMissing."""
    home = assemble()
    ports = free_ports(2 * nodes)
    http, transport = ports[:nodes], ports[nodes:]
    cluster = Cluster(
        tuple(
            _node(number, home, folder, http[number], transport, heap or ("1g" if nodes == 1 else "512m"))
            for number in range(nodes)
        )
    )
    try:
        for node in cluster.nodes:
            node.start()
        cluster.wait()
        yield cluster
    finally:
        for node in cluster.nodes:
            node.kill()


def _node(number: int, home: Path, folder: Path, http_port: int, transport: list[int], heap: str) -> Node:
    name = f"node-{number}"
    own = folder / name
    settings = {
        "path.home": str(home),
        "path.data": str(own / "data"),
        "path.logs": str(own / "logs"),
        "cluster.name": "lianqiao-tests",
        "node.name": name,
        "http.port": str(http_port),
        "transport.port": str(transport[number]),
        # A test machine's disk may be nearly full; indices must not turn read-only for it.
        "cluster.routing.allocation.disk.threshold_enabled": "false",
        # Tests open indices by the hundred.
        "cluster.max_shards_per_node": "10000",
    }
    if len(transport) == 1:
        settings["discovery.type"] = "single-node"
    else:
        settings["discovery.seed_hosts"] = ",".join(f"127.0.0.1:{port}" for port in transport)
        settings["cluster.initial_master_nodes"] = ",".join(f"node-{n}" for n in range(len(transport)))
    return Node(name, home, own, http_port, settings, heap)


def own_alias(name: str) -> str:
    """A name that no other run of the tests takes on the same cluster; characters that an alias may not have are replaced."""
    return re.sub(r"[^a-z0-9-]+", "-", f"{name}-{_RUN}".lower())


def free_ports(count: int) -> list[int]:
    """Ports of the loopback address that nobody listens on."""
    held = [socket.socket() for _ in range(count)]
    try:
        for one in held:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in held]
    finally:
        for one in held:
            one.close()
