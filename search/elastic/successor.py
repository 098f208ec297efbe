"""An index being built on the cluster, which takes over by one change of aliases."""

from __future__ import annotations

from collections.abc import Callable

from search.elastic.index import ElasticIndex
from search.elastic.indices import Indices
from search.index import SearchIndex


class ElasticSuccessor:
    """See search.rebuild.Successor. Writers of the same encoder write to it too as soon as it is there; those of another
    cannot, and are held up while it takes over."""

    def __init__(self, live: Indices, open_built: Callable[[], ElasticIndex], *, fresh: bool = False) -> None:
        """Begin, or go on with what was begun (unless ``fresh``). Raises SearchUnavailable."""
        self._live = live
        if fresh:
            live.stop_building()
        self.resumed = live.begin_building()
        self._built = live.built()
        self.index: SearchIndex = open_built()

    def take_over(self, last: Callable[[], object]) -> None:
        """Catch up, and swap; again does nothing, as after a swap whose answer was lost."""
        if self._built is not None and self._live.live_index() == self._built:
            return
        held_up = self._live.hold_writers_of_another()
        try:
            last()
            self._live.swap()
        except BaseException:
            if held_up:
                self._live.let_writers_go(held_up)
            raise

    def close(self) -> None:
        """Release the connections."""
        self.index.close()
