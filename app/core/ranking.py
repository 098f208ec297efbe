"""The ranking model in use, as the data folder says from one moment to the next."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

from app.core.encoders import Encoders
from matching.encoders import Encoder
from matching.learn.store import RankerStore
from matching.ranker import Ranker

log = logging.getLogger(__name__)


class Ranking:
    """A version put into use, or left again, is taken up by running programs (``follow``). Safe for threads."""

    def __init__(self, folder: Path, encoders: Encoders) -> None:
        self._store = RankerStore(folder)
        self._encoders = encoders
        self._lock = threading.Lock()
        self._ranker: Ranker | None = None
        self._beside: Encoder | None = None
        self._version = ""

    def beside(self, encoder: Encoder) -> Ranker:
        """The ranker for an index that ``encoder`` filled.

        It embeds titles it has not met while a buyer waits, so it keeps to a house encoder, whichever fills the index.
        """
        with self._lock:
            if encoder is not self._beside:
                fast = encoder if encoder.name.startswith("house-") else self._encoders.load("house")
                if self._ranker is None or self._ranker.encoder is not fast:
                    self._version = self._store.current()
                    self._ranker = Ranker(fast, self._store.model(self._version))
                self._beside = encoder
            assert self._ranker  # noqa: S101 - narrows the type
            return self._ranker

    def follow(self) -> None:
        """Rank the next answer by the version in use, if it is another by now; before a first answer there is nothing to do."""
        version = self._store.current()
        if self._ranker is None or version == self._version:
            return
        model = self._store.model(version)
        with self._lock:
            self._ranker, self._version = self._ranker.with_model(model), version
        log.info("the ranking model is %s", model.name)
