"""A file of made answers, beside the database. It holds nothing that cannot be made again: it may be deleted at any time."""

from __future__ import annotations

import logging
import sqlite3
import threading
from dataclasses import dataclass
from datetime import date
from pathlib import Path

log = logging.getLogger(__name__)

NAME = "answers.sqlite3"
MOST_BYTES = 4_000_000_000
"""Some million pages of a firm with ten listings."""
_DROPPED = 1000
_PATIENCE = 2.0
"""Seconds to wait for another process's write."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS answer (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    version TEXT NOT NULL,
    content BLOB NOT NULL,
    etag TEXT NOT NULL,
    media_type TEXT NOT NULL,
    until TEXT NOT NULL
)
"""
_GET = "SELECT content, etag, media_type, until FROM answer WHERE name = ? AND version = ?"
# The row that it replaces goes, so that those made longest ago have the lowest numbers.
_PUT = "INSERT OR REPLACE INTO answer (name, version, content, etag, media_type, until) VALUES (?, ?, ?, ?, ?, ?)"
_DROP = "DELETE FROM answer WHERE number IN (SELECT number FROM answer ORDER BY number LIMIT ?)"
_USED = "SELECT (page_count - freelist_count) * page_size FROM pragma_page_count, pragma_freelist_count, pragma_page_size"


@dataclass(frozen=True, slots=True)
class Row:
    """An answer as it is kept."""

    content: bytes
    etag: str
    media_type: str
    until: date


class AnswerFile:
    """Answers by name, the last version of each. Where the file cannot be read or written, it is done without."""

    def __init__(self, folder: Path, *, most_bytes: int = MOST_BYTES) -> None:
        self._path = folder / NAME
        self._most = most_bytes
        # A reader of its own, which waits for no writer (WAL): it reads where requests are answered.
        self._reader: sqlite3.Connection | None = None
        self._writer: sqlite3.Connection | None = None
        self._reading, self._writing = threading.Lock(), threading.Lock()
        self._broken = False

    def get(self, name: str, version: str) -> Row | None:
        """What is kept under a name, in this version."""
        with self._reading:
            if self._broken:
                return None
            try:
                self._reader = self._reader or self._open()
                row = self._reader.execute(_GET, (name, version)).fetchone()
            except (sqlite3.Error, OSError) as error:
                self._give_up(error)
                return None
        return Row(row[0], row[1], row[2], date.fromisoformat(row[3])) if row else None

    def put(self, name: str, version: str, row: Row) -> None:
        """Keep an answer in place of what had its name; those made longest ago make room."""
        said = (name, version, row.content, row.etag, row.media_type, row.until.isoformat())
        with self._writing:
            if self._broken:
                return
            try:
                self._writer = self._writer or self._open()
                number = self._writer.execute(_PUT, said).lastrowid or 0
                if number % _DROPPED == 0 and self._writer.execute(_USED).fetchone()[0] > self._most:
                    self._writer.execute(_DROP, (2 * _DROPPED,))
            except (sqlite3.Error, OSError) as error:
                self._give_up(error)

    def close(self) -> None:
        """Close the file; it is opened again when it is asked for."""
        with self._reading, self._writing:
            for connection in (self._reader, self._writer):
                if connection:
                    connection.close()
            self._reader = self._writer = None

    def _open(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(
            self._path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False
        )
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "cache_size=-16384"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute(_SCHEMA)
        return connection

    def _give_up(self, error: Exception) -> None:
        """Answers are made anew from now on; a busy moment passes."""
        busy = isinstance(error, sqlite3.OperationalError) and "locked" in str(error)
        self._broken = not busy
        log.warning("made answers are not kept in %s%s: %s", self._path, " this time" if busy else "", error)
