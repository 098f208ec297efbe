"""compose.yaml and Dockerfile, checked as far as that goes without Docker: read and linted, and their commands run by hand
against a real PostgreSQL and a real Elasticsearch, with the environment that compose would give them."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from typer.main import get_command

from app.accounts.keys import make_key
from app.accounts.policy import SCOPES
from app.cli import app as cli
from app.core.actor import COUNTRY, SYSTEM
from app.core.runtime import Runtime
from app.registry.uscc import check_character
from app.settings import Settings
from search.elastic import Connection
from tests.services.elasticsearch_nodes import VERSION, free_ports, own_alias
from tests.services.postgresql import Postgresql

ROOT = Path(__file__).resolve().parents[2]
OURS = ("migrate", "web", "worker")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    return read


@pytest.fixture(scope="module")
def dockerfile() -> list[tuple[str, str]]:
    """(instruction, arguments)."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [
        line.split(maxsplit=1) for line in text.splitlines() if line.strip() and not line.startswith("#")
    ]
    return [(name, rest) for name, rest in lines]


def test_services_lean_on_services_that_say_when_they_are_ready(compose: dict[str, Any]) -> None:
    services = compose["services"]
    for name, service in services.items():
        for needed, how in service.get("depends_on", {}).items():
            condition = how["condition"]
            assert condition in ("service_healthy", "service_completed_successfully"), name
            if condition == "service_healthy":
                assert services[needed]["healthcheck"]["test"][0] == "CMD"
        assert re.search(r":[0-9][\w.-]*$", service["image"]) or service["image"] == "lianqiao", name
        for volume in service.get("volumes", []):
            assert volume.split(":")[0] in compose["volumes"]
    assert services["elasticsearch"]["image"].endswith(f":{VERSION}")
    assert set(OURS) < set(services)


def test_nothing_but_the_web_can_be_reached_and_that_from_here_only(compose: dict[str, Any]) -> None:
    ports = {name: service["ports"] for name, service in compose["services"].items() if "ports" in service}
    assert ports == {"web": ["127.0.0.1:8000:8000"]}


def test_passwords_have_no_default() -> None:
    text = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    assert set(re.findall(r"\$\{POSTGRES_PASSWORD(..)", text)) == {":?"}


@pytest.mark.parametrize("service", OURS)
def test_commands_and_settings_exist(compose: dict[str, Any], service: str) -> None:
    said = compose["services"][service]
    program, command, *options = said["command"]
    assert program == "lianqiao"
    known = get_command(cli).commands[command]  # type: ignore[attr-defined]
    flags = {flag for parameter in known.params for flag in parameter.opts}
    assert {option for option in options if option.startswith("--")} <= flags
    fields = {f"LIANQIAO_{name}".upper() for name in Settings.model_fields}
    assert set(said["environment"]) <= fields


def test_the_image_is_not_root_s_and_copies_what_is_there(dockerfile: list[tuple[str, str]]) -> None:
    names = [name for name, _ in dockerfile]
    assert names.count("FROM") == 2
    assert dict(dockerfile)["USER"].split(":")[0].isdigit()
    assert names.index("USER") > [i for i, name in enumerate(names) if name == "FROM"][1]
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    for arguments in (rest for name, rest in dockerfile if name == "COPY" and "--from" not in rest):
        for source in arguments.split()[:-1]:
            assert (ROOT / source).exists(), source
            assert source.split("/")[0] in allowed, source
    packages = {rest.split()[0] for name, rest in dockerfile if name == "COPY" and len(rest.split()) == 2}
    built = re.search(r"^packages = (\[.*\])$", (ROOT / "pyproject.toml").read_text(), re.M)
    assert built
    assert set(json.loads(built[1])) <= packages
    assert "psycopg" in (ROOT / "requirements" / "cluster.txt").read_text()


@pytest.fixture
def environment(
    compose: dict[str, Any], postgresql: Postgresql, elasticsearch_url: str, tmp_path: Path
) -> Iterator[Callable[[str], dict[str, str]]]:
    """What compose gives a service, with the services of the tests in the place of its own."""
    with postgresql.database() as database:
        index = own_alias("compose")

        def of(service: str) -> dict[str, str]:
            said = {name: str(value) for name, value in compose["services"][service]["environment"].items()}
            said = {name: re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", value) for name, value in said.items()}
            assert said["LIANQIAO_SEARCH_URL"] == "http://elasticsearch:9200"
            return (
                os.environ
                | said
                | {
                    "LIANQIAO_DATABASE_URL": database.replace("+psycopg", ""),
                    "LIANQIAO_SEARCH_URL": elasticsearch_url,
                    "LIANQIAO_SEARCH_INDEX": index,
                    "LIANQIAO_DATA_DIR": str(tmp_path),
                    "PYTHONPATH": str(ROOT),
                }
            )

        yield of
        with Connection(urls=tuple(elasticsearch_url.split(","))).open() as client:
            client.indices.delete(
                index=list(client.indices.get(index=f"{index}-*", features="aliases")) or ["x*"]
            )


@pytest.mark.timeout(600)
def test_its_commands_register_index_and_find(
    compose: dict[str, Any],
    dockerfile: list[tuple[str, str]],
    environment: Callable[[str], dict[str, str]],
    tmp_path: Path,
) -> None:
    def command(service: str, *more: str) -> list[str]:
        _, *arguments = compose["services"][service]["command"]
        return [sys.executable, "-m", "app.cli", *arguments, *more]

    done = subprocess.run(command("migrate"), env=environment("migrate"), cwd=tmp_path, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    (port,) = free_ports(1)
    with (tmp_path / "log").open("wb") as log:
        started = [
            subprocess.Popen(
                command(*said),
                env=environment(said[0]),
                cwd=tmp_path,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
            for said in (("web", "--port", str(port)), ("worker",))
        ]
    try:
        healthy = json.loads(dict(dockerfile)["HEALTHCHECK"].split("CMD", 1)[1])
        healthy = [sys.executable, *(part.replace(":8000", f":{port}") for part in healthy[1:])]
        _until(lambda: subprocess.run(healthy, capture_output=True).returncode == 0, tmp_path)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz") as answer:
            assert json.load(answer)["index"] == "ok"
        first = "91210106MA8T90001"
        firm = {
            "uscc": first + check_character(first),
            "name": "沈阳测试泵业有限公司",
            "address": "沈阳市铁西区北二路1号",
            "business_scope": "水泵、阀门制造、销售。",
        }
        with httpx.Client(base_url=f"http://127.0.0.1:{port}/api/v1", timeout=60) as client:
            client.headers["Authorization"] = f"Bearer {_key(environment('web'), tmp_path)}"
            registered = client.post("/companies", json=firm)
            assert registered.status_code == 201, registered.text

            def found() -> bool:
                items = client.get("/search", params={"q": "水泵"}).json()["items"]
                return [one["company"]["id"] for one in items] == [registered.json()["id"]]

            _until(found, tmp_path)
        for process in started:
            process.send_signal(signal.SIGTERM)
        grace = int(compose["services"]["web"]["stop_grace_period"].removesuffix("s"))
        codes = [process.wait(timeout=grace) for process in started]
        assert codes[1] == 0
        assert codes[0] in (0, -signal.SIGTERM)
    finally:
        for process in started:
            if process.poll() is None:  # with its children
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _key(environment: dict[str, str], folder: Path) -> str:
    runtime = Runtime(Settings(data_dir=folder, database_url=environment["LIANQIAO_DATABASE_URL"]))
    with runtime.session(actor=SYSTEM) as session:
        token = make_key(session, name="tests", scopes=SCOPES, division=COUNTRY).token
    runtime.close()
    return token


def _until(holds: Callable[[], bool], folder: Path, seconds: float = 280) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if holds():
            return
        time.sleep(0.3)
    pytest.fail((folder / "log").read_text(errors="replace")[-3000:])
