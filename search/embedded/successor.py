"""A folder being filled beside the live one, which takes over by two renames under the live index's lock."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock

from search.embedded.index import WRITER_LOCK, EmbeddedIndex
from search.index import SearchIndex


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
        old = self._live.with_name(f"{self._live.name}.old")
        self._live.mkdir(parents=True, exist_ok=True)
        with FileLock(str(self._live / WRITER_LOCK)):
            last()
            self.index.close()
            shutil.rmtree(old, ignore_errors=True)
            self._live.rename(old)
            self._begun.rename(self._live)
        shutil.rmtree(old, ignore_errors=True)

    def close(self) -> None:
        """Release the files."""
        self.index.close()
