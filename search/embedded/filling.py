"""What an index folder says of itself, read without opening the index."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from search.embedded.store import SCHEMA_VERSION
from search.index import Begun, Filling


def read_begun(folder: Path) -> Begun | None:
    """Who fills the folder and how many firms are in it; None when nobody has begun."""
    rows = folder / "items.db"
    if not rows.exists():
        return None
    with closing(sqlite3.connect(f"{rows.absolute().as_uri()}?mode=ro", uri=True, timeout=30)) as run:
        try:
            said = dict(run.execute("SELECT name, value FROM meta").fetchall())
            (firms,) = run.execute("SELECT count(*) FROM firm").fetchone()
        except sqlite3.OperationalError:  # just being made
            return None
    if "stamp" not in said:
        return None
    schema, _, rest = said["stamp"].partition("/")
    encoder, _, dimensions = rest.rpartition("/")
    filling = Filling(encoder, int(dimensions), said.get("setting", ""), current=schema == SCHEMA_VERSION)
    return Begun(filling, firms)
