"""The rows behind the embedded index: which firm version is applied, its items, and each distinct title's vector.

SQLite in WAL mode makes every batch all-or-nothing. A batch names its firms in ``pending`` until the word index has
committed them too; whoever writes to or opens the store next finishes what was interrupted.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from search.documents import SupplierDocument
from search.embedded.rows import labels_of, pack_facts, pack_items
from search.payload import encode_document

SCHEMA_VERSION = "3"

# A firm's ordinal is never used again (AUTOINCREMENT): the word index and open snapshots refer to it. Texts and labels
# are numbered here without gaps and never deleted, because their numbers are positions in arrays.
_SCHEMA = """
CREATE TABLE IF NOT EXISTS firm (
    ord INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, version INTEGER NOT NULL,
    facts BLOB NOT NULL, items BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS document (ord INTEGER PRIMARY KEY, payload TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS gone (seq INTEGER PRIMARY KEY AUTOINCREMENT, ord INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS tombstone (key TEXT PRIMARY KEY, version INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS text (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS vectors (first INTEGER PRIMARY KEY, codes BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS label (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS pending (key TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""

MANY = 500
"""Parameters in one statement."""
VERSIONS_PAGE = 10_000


@dataclass(frozen=True, slots=True)
class Gains:
    """What one moment of the store has beyond an earlier one."""

    firms: Sequence[tuple[int, str, bytes, bytes]]
    """(ordinal, key, facts, items) of firms written since and still there, by ordinal."""
    gone: Sequence[int]
    """Ordinals replaced or deleted since."""
    gone_seq: int
    labels: Sequence[str]
    """New labels, in the order of their numbers."""
    codes: Sequence[bytes]
    """Blocks of new vectors, in the order of their texts."""


class Store:
    """One SQLite file; safe to share between threads. Reads never wait for a batch being written."""

    def __init__(self, path: Path) -> None:
        self._writer, self._reader = _connect(path), _connect(path)
        self._writer_lock, self._reader_lock = threading.Lock(), threading.Lock()
        self._writer.executescript(_SCHEMA)

    def close(self) -> None:
        """Release the file."""
        with self._writer_lock, self._reader_lock:
            self._writer.close()
            self._reader.close()

    def read(self, sql: str, parameters: Sequence[Any] = ()) -> list[Any]:
        """All rows of a query."""
        with self._reader_lock:
            return self._reader.execute(sql, parameters).fetchall()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._writer_lock:
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
                self._writer.execute("COMMIT")
            except BaseException:
                self._writer.execute("ROLLBACK")
                raise

    def data_version(self) -> int:
        """Changes whenever any process has committed since (SQLite's own counter)."""
        return int(self.read("PRAGMA data_version")[0][0])

    def read_meta(self, name: str) -> str | None:
        """A named setting of this index, such as the encoder its vectors came from."""
        rows = self.read("SELECT value FROM meta WHERE name = ?", (name,))
        return rows[0][0] if rows else None

    def write_meta(self, name: str, value: str) -> None:
        """Set a named setting."""
        with self._transaction() as run:
            run.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    def versions(self, keys: Iterable[str]) -> dict[str, int]:
        """The applied version of each key, deletions included."""
        wanted = list(keys)
        return {
            **_lookup(self.read, "SELECT key, version FROM tombstone WHERE key IN", wanted),
            **_lookup(self.read, "SELECT key, version FROM firm WHERE key IN", wanted),
        }

    def held(self, keys: Sequence[str]) -> list[tuple[str, int]]:
        """(key, version) of those of the firms that are held, in order of the keys."""
        return sorted(_lookup(self.read, "SELECT key, version FROM firm WHERE key IN", keys).items())

    def all_versions(self) -> Iterator[tuple[str, int]]:
        """(key, version) of every firm held, in order of the keys, read a page at a time."""
        last = ""
        while page := self.read(
            "SELECT key, version FROM firm WHERE key > ? ORDER BY key LIMIT ?", (last, VERSIONS_PAGE)
        ):
            yield from page
            last = page[-1][0]

    def unknown_texts(self, texts: Iterable[str]) -> list[str]:
        """Those of the distinct texts that have no vector yet."""
        wanted = list(dict.fromkeys(texts))
        known = _lookup(self.read, "SELECT text, id FROM text WHERE text IN", wanted)
        return [text for text in wanted if text not in known]

    def titles(self, beginning: str, longest: int) -> list[tuple[int, str]]:
        """(number, text) of texts up to so long that begin so, Latin letters in either case."""
        # What stands before the first letter is one stretch of the order of texts; LIKE looks through that alone.
        same = beginning[: next((i for i, c in enumerate(beginning) if c.isascii() and c.isalpha()), None)]
        pattern = "".join(f"!{c}" if c in "!%_" else c for c in beginning) + "%"
        return self.read(
            "SELECT id, text FROM text WHERE text >= ? AND text < ? AND text LIKE ? ESCAPE '!' AND length(text) <= ?",
            (same, f"{same}\U0010ffff", pattern, longest),
        )

    def write(
        self,
        upserts: Sequence[SupplierDocument],
        deletes: Mapping[str, int | None],
        new_texts: Sequence[str],
        codes: NDArray[np.uint8],
    ) -> dict[str, int]:
        """Apply one batch in one transaction and leave its keys in ``pending``; returns each document's ordinal.

        ``deletes`` maps a key to the version that is remembered as its end, or to None for no memory of it.
        ``codes`` has a row for each of ``new_texts``, none of which the store knows.
        """
        with self._transaction() as run:
            if new_texts:
                first = run.execute("SELECT COALESCE(MAX(id) + 1, 0) FROM text").fetchone()[0]
                run.executemany("INSERT INTO text VALUES (?, ?)", enumerate(new_texts, first))
                run.execute("INSERT INTO vectors VALUES (?, ?)", (first, codes.tobytes()))
            for key, version in deletes.items():
                _remove(run, key)
                if version is not None:
                    run.execute("INSERT INTO tombstone VALUES (?, ?)", (key, version))
            number = _label_numbers(run, upserts)
            texts = _lookup(
                lambda sql, part: run.execute(sql, part).fetchall(),
                "SELECT text, id FROM text WHERE text IN",
                list({item.title for document in upserts for item in document.items}),
            )
            ordinals = {}
            for document in upserts:
                _remove(run, document.key)
                facts = pack_facts(document, number.__getitem__)
                items = pack_items(document, texts, number.__getitem__)
                ordinal = run.execute(
                    "INSERT INTO firm (key, version, facts, items) VALUES (?, ?, ?, ?)",
                    (document.key, document.version, facts, items),
                ).lastrowid
                assert ordinal is not None  # noqa: S101  (an INSERT has just succeeded)
                run.execute("INSERT INTO document VALUES (?, ?)", (ordinal, encode_document(document)))
                ordinals[document.key] = ordinal
            run.executemany("INSERT OR IGNORE INTO pending VALUES (?)", ((k,) for k in (*deletes, *ordinals)))
        return ordinals

    def pending(self) -> list[str]:
        """Keys written here but not yet known to be in the word index."""
        return [row[0] for row in self.read("SELECT key FROM pending")]

    def clear_pending(self, keys: Iterable[str]) -> None:
        """The word index has committed these keys."""
        with self._transaction() as run:
            run.executemany("DELETE FROM pending WHERE key = ?", ((key,) for key in keys))

    def mark_all_pending(self) -> None:
        """The word index has lost what it had."""
        with self._transaction() as run:
            run.execute("INSERT OR IGNORE INTO pending SELECT key FROM firm")

    def ordinals(self, keys: Sequence[str]) -> dict[str, int]:
        """key -> firm ordinal of those that are there."""
        return _lookup(self.read, "SELECT key, ord FROM firm WHERE key IN", keys)

    def payloads(self, ordinals: Sequence[int]) -> dict[int, str]:
        """Stored JSON by firm ordinal; what has been replaced meanwhile is left out."""
        return _lookup(self.read, "SELECT ord, payload FROM document WHERE ord IN", ordinals)

    def gains(self, *, last_ord: int, gone_seq: int, labels: int, texts: int) -> Gains:
        """Everything beyond these marks, of one moment."""
        with self._reader_lock:
            run = self._reader
            run.execute("BEGIN")
            try:
                return Gains(
                    firms=run.execute(
                        "SELECT ord, key, facts, items FROM firm WHERE ord > ? ORDER BY ord", (last_ord,)
                    ).fetchall(),
                    gone=[
                        row[0]
                        for row in run.execute(
                            "SELECT ord FROM gone WHERE seq > ? AND ord <= ?", (gone_seq, last_ord)
                        )
                    ],
                    gone_seq=run.execute("SELECT COALESCE(MAX(seq), 0) FROM gone").fetchone()[0],
                    labels=[
                        row[0]
                        for row in run.execute("SELECT text FROM label WHERE id >= ? ORDER BY id", (labels,))
                    ],
                    codes=[
                        row[0]
                        for row in run.execute(
                            "SELECT codes FROM vectors WHERE first >= ? ORDER BY first", (texts,)
                        )
                    ],
                )
            finally:
                run.execute("COMMIT")


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=30)
    # FULL: the outbox forgets a change once it is applied here, so a power cut must not take it back.
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "temp_store=MEMORY", "cache_size=-20000"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _lookup(
    read: Callable[[str, Sequence[Any]], list[Any]], select: str, wanted: Sequence[Any]
) -> dict[Any, Any]:
    """Two-column rows of ``select`` (which ends in IN) for any number of values."""
    found: dict[Any, Any] = {}
    for start in range(0, len(wanted), MANY):
        part = wanted[start : start + MANY]
        found.update(read(f"{select} ({','.join('?' * len(part))})", part))
    return found


def _label_numbers(run: sqlite3.Connection, documents: Sequence[SupplierDocument]) -> dict[str, int]:
    """Numbers of all labels of the documents; new labels get the next ones."""
    wanted = list(dict.fromkeys(label for document in documents for label in labels_of(document)))
    known = _lookup(
        lambda sql, part: run.execute(sql, part).fetchall(),
        "SELECT text, id FROM label WHERE text IN",
        wanted,
    )
    first = run.execute("SELECT COALESCE(MAX(id) + 1, 0) FROM label").fetchone()[0]
    new = list(enumerate((label for label in wanted if label not in known), first))
    run.executemany("INSERT INTO label VALUES (?, ?)", new)
    return known | {label: number for number, label in new}


def _remove(run: sqlite3.Connection, key: str) -> None:
    """Drop a firm and any memory of its deletion."""
    run.execute("DELETE FROM tombstone WHERE key = ?", (key,))
    for (ordinal,) in run.execute("SELECT ord FROM firm WHERE key = ?", (key,)).fetchall():
        run.execute("DELETE FROM firm WHERE ord = ?", (ordinal,))
        run.execute("DELETE FROM document WHERE ord = ?", (ordinal,))
        run.execute("INSERT INTO gone (ord) VALUES (?)", (ordinal,))
