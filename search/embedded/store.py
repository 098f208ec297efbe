"""The rows behind the embedded index: which firm version is applied, its items, and each distinct title's vector.

SQLite in WAL mode makes every batch all-or-nothing. A batch names its firms in ``pending`` until the word index has
committed them too; whoever opens the store next finishes what a crash interrupted.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from search.documents import CapabilityItem, Spec, SupplierDocument
from search.index import Vectors

_SCHEMA = """
CREATE TABLE IF NOT EXISTS firm (
    ord INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, version INTEGER NOT NULL,
    adcode TEXT NOT NULL, city TEXT NOT NULL, industry TEXT NOT NULL, status TEXT NOT NULL, verified INTEGER NOT NULL,
    lon REAL, lat REAL, tags TEXT NOT NULL, payload TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS gone (seq INTEGER PRIMARY KEY AUTOINCREMENT, ord INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS tombstone (key TEXT PRIMARY KEY, version INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS text (id INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT NOT NULL UNIQUE, vector BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS item (
    id INTEGER PRIMARY KEY AUTOINCREMENT, firm INTEGER NOT NULL, text INTEGER NOT NULL,
    kind INTEGER NOT NULL, role INTEGER NOT NULL, pos INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS item_firm ON item (firm);
CREATE TABLE IF NOT EXISTS pending (key TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""

SCHEMA_VERSION = "1"

_INSERT_FIRM = """INSERT INTO firm (key, version, adcode, city, industry, status, verified, lon, lat, tags, payload)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""


def _firm_row(document: SupplierDocument) -> tuple[Any, ...]:
    d = document
    facts = (d.adcode, d.city, d.industry, d.status, d.verified, d.lon, d.lat, "\t".join(d.tags))
    return (d.key, d.version, *facts, encode_document(d))


def encode_document(document: SupplierDocument) -> str:
    """The document as a JSON array in field order; keys would double its size, and ``asdict`` the time of a batch."""
    row = [getattr(document, name) for name in _DOCUMENT_FIELDS]
    row[-1] = [
        (
            i.key,
            i.kind,
            i.role,
            i.title,
            i.text,
            i.source,
            [(s.name, s.low, s.high, s.unit, s.word, s.text) for s in i.specs],
        )
        for i in document.items
    ]
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"))


def decode_document(payload: str) -> SupplierDocument:
    """The inverse of encode_document."""
    row: list[Any] = json.loads(payload)
    made = dict(zip(_DOCUMENT_FIELDS, row, strict=True))
    made["items"] = tuple(
        CapabilityItem(*item[:-1], tuple(Spec(*spec) for spec in item[-1])) for item in row[-1]
    )
    made["aliases"], made["tags"] = tuple(made["aliases"]), tuple(made["tags"])
    return SupplierDocument(**made)


_DOCUMENT_FIELDS = tuple(field.name for field in fields(SupplierDocument))


class Store:
    """One SQLite file; safe to share between threads (one connection, one lock)."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=30)
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "temp_store=MEMORY", "cache_size=-20000"):
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.executescript(_SCHEMA)

    def close(self) -> None:
        """Release the file."""
        with self._lock:
            self._connection.close()

    def read(self, sql: str, parameters: Sequence[Any] = ()) -> list[Any]:
        """All rows of a query."""
        with self._lock:
            return self._connection.execute(sql, parameters).fetchall()

    def data_version(self) -> int:
        """Changes whenever another connection has committed (SQLite's own counter)."""
        return int(self.read("PRAGMA data_version")[0][0])

    def read_meta(self, name: str) -> str | None:
        """A named setting of this index, such as the encoder its vectors came from."""
        rows = self.read("SELECT value FROM meta WHERE name = ?", (name,))
        return rows[0][0] if rows else None

    def write_meta(self, name: str, value: str) -> None:
        """Set a named setting."""
        with self._lock:
            self._connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    def versions(self, keys: Iterable[str]) -> dict[str, int]:
        """The applied version of each key, deletions included."""
        found: dict[str, int] = {}
        wanted = list(keys)
        for start in range(0, len(wanted), 500):
            part = wanted[start : start + 500]
            marks = ",".join("?" * len(part))
            for table in ("tombstone", "firm"):
                found.update(self.read(f"SELECT key, version FROM {table} WHERE key IN ({marks})", part))  # noqa: S608
        return found

    def all_versions(self) -> Iterator[tuple[str, int]]:
        """(key, version) of every firm held."""
        yield from self.read("SELECT key, version FROM firm ORDER BY key")

    def unknown_texts(self, texts: Iterable[str]) -> list[str]:
        """Those of the distinct texts that have no vector yet."""
        wanted = list(dict.fromkeys(texts))
        known: set[str] = set()
        for start in range(0, len(wanted), 500):
            part = wanted[start : start + 500]
            marks = ",".join("?" * len(part))
            known.update(row[0] for row in self.read(f"SELECT text FROM text WHERE text IN ({marks})", part))  # noqa: S608
        return [text for text in wanted if text not in known]

    def write(
        self,
        upserts: Sequence[SupplierDocument],
        deletes: Sequence[tuple[str, int]],
        new_texts: Sequence[str],
        vectors: Vectors,
        kinds: dict[str, int],
        roles: dict[str, int],
    ) -> None:
        """Apply one batch in one transaction and leave its keys in ``pending``."""
        with self._lock:
            run = self._connection
            run.execute("BEGIN IMMEDIATE")
            try:
                run.executemany(
                    "INSERT OR IGNORE INTO text (text, vector) VALUES (?, ?)",
                    (
                        (text, vector.tobytes())
                        for text, vector in zip(new_texts, vectors.astype(np.float16), strict=True)
                    ),
                )
                for key, version in deletes:
                    self._remove(key)
                    run.execute("INSERT OR REPLACE INTO tombstone VALUES (?, ?)", (key, version))
                    run.execute("INSERT OR IGNORE INTO pending VALUES (?)", (key,))
                text_ids = self._text_ids({item.title for document in upserts for item in document.items})
                for document in upserts:
                    self._remove(document.key)
                    run.execute("DELETE FROM tombstone WHERE key = ?", (document.key,))
                    ordinal = run.execute(_INSERT_FIRM, _firm_row(document)).lastrowid
                    run.executemany(
                        "INSERT INTO item (firm, text, kind, role, pos) VALUES (?, ?, ?, ?, ?)",
                        (
                            (ordinal, text_ids[item.title], kinds[item.kind], roles[item.role], pos)
                            for pos, item in enumerate(document.items)
                        ),
                    )
                run.executemany("INSERT OR IGNORE INTO pending VALUES (?)", [(d.key,) for d in upserts])
                run.execute("COMMIT")
            except BaseException:
                run.execute("ROLLBACK")
                raise

    def _text_ids(self, titles: Iterable[str]) -> dict[str, int]:
        found: dict[str, int] = {}
        wanted = list(titles)
        for start in range(0, len(wanted), 500):
            part = wanted[start : start + 500]
            marks = ",".join("?" * len(part))
            found.update(self._connection.execute(f"SELECT text, id FROM text WHERE text IN ({marks})", part))  # noqa: S608
        return found

    def _remove(self, key: str) -> None:
        for (ordinal,) in self._connection.execute("SELECT ord FROM firm WHERE key = ?", (key,)).fetchall():
            self._connection.execute("DELETE FROM item WHERE firm = ?", (ordinal,))
            self._connection.execute("DELETE FROM firm WHERE ord = ?", (ordinal,))
            self._connection.execute("INSERT INTO gone (ord) VALUES (?)", (ordinal,))

    def pending(self) -> list[str]:
        """Keys written here but not yet known to be in the word index."""
        return [row[0] for row in self.read("SELECT key FROM pending")]

    def clear_pending(self, keys: Sequence[str]) -> None:
        """The word index has committed these keys."""
        with self._lock:
            self._connection.execute("BEGIN")
            self._connection.executemany("DELETE FROM pending WHERE key = ?", ((key,) for key in keys))
            self._connection.execute("COMMIT")

    def payloads(self, keys: Sequence[str]) -> dict[str, str]:
        """Stored JSON of these keys."""
        found: dict[str, str] = {}
        for start in range(0, len(keys), 500):
            part = keys[start : start + 500]
            marks = ",".join("?" * len(part))
            found.update(self.read(f"SELECT key, payload FROM firm WHERE key IN ({marks})", part))  # noqa: S608
        return found

    def items_of(self, keys: Sequence[str]) -> dict[str, tuple[int, list[int]]]:
        """key -> (firm ordinal, item ids in document order)."""
        found: dict[str, tuple[int, list[int]]] = {}
        for start in range(0, len(keys), 500):
            part = keys[start : start + 500]
            marks = ",".join("?" * len(part))
            rows = self.read(
                "SELECT firm.key, firm.ord, item.id FROM firm LEFT JOIN item ON item.firm = firm.ord "  # noqa: S608
                f"WHERE firm.key IN ({marks}) ORDER BY firm.ord, item.pos",
                part,
            )
            for key, ordinal, item in rows:
                items = found.setdefault(key, (ordinal, []))[1]
                if item is not None:
                    items.append(item)
        return found
