"""A folder being filled beside the live one, which takes over by two renames under the live index's lock."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from filelock import FileLock

from search.embedded.filling import read_begun
from search.embedded.index import WRITER_LOCK, EmbeddedIndex
from search.index import Filling, SearchIndex


def beside(live: Path) -> Path:
    """The folder that is filled to take the place of ``live``."""
    return live.with_name(f"{live.name}.new")


def _replaced(live: Path) -> Path:
    return live.with_name(f"{live.name}.old")


def _renaming(live: Path) -> FileLock:
    """Held while the live folder is away; beside the folders, since each of them moves."""
    return FileLock(str(live.with_name(f"{live.name}.lock")))


def finish_take_over(live: Path) -> None:
    """Finish a take-over that was cut off between its two renames; one under way is waited for."""
    if live.exists() or not live.parent.exists():
        return
    with _renaming(live):
        if not live.exists() and _replaced(live).exists() and beside(live).exists():
            beside(live).rename(live)


def drop_leftovers(live: Path) -> None:
    """Drop what no take-over will use any more: the folder replaced last, and one begun by another encoder."""
    shutil.rmtree(_replaced(live), ignore_errors=True)
    begun, held = read_begun(beside(live)), read_begun(live)
    if begun and held and not _alike(begun.filling, held.filling):
        shutil.rmtree(beside(live), ignore_errors=True)


def _alike(one: Filling, other: Filling) -> bool:
    return replace(one, setting="") == replace(other, setting="")


class EmbeddedSuccessor:
    """See search.rebuild.Successor. Processes that have the old folder open read on in it until they open the new one."""

    def __init__(self, live: Path, begun: Path, open_begun: Callable[[], EmbeddedIndex]) -> None:
        """Begin, or go on with what was begun. What another encoder or version began is dropped."""
        self._live, self._begun = live, begun
        self.resumed = (begun / WRITER_LOCK).exists()
        self.index: SearchIndex = open_begun()
        if self.index.stale:
            self.index.close()
            shutil.rmtree(begun)
            self.resumed = False
            self.index = open_begun()

    def take_over(self, last: Callable[[], object]) -> None:
        """With writers held up: catch up, and change places."""
        old = _replaced(self._live)
        self._live.mkdir(parents=True, exist_ok=True)
        with FileLock(str(self._live / WRITER_LOCK)):
            last()
            self.index.close()
            shutil.rmtree(old, ignore_errors=True)
            with _renaming(self._live):
                self._live.rename(old)
                self._begun.rename(self._live)
        shutil.rmtree(old, ignore_errors=True)

    def close(self) -> None:
        """Release the files."""
        self.index.close()
