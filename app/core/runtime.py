"""The running program: settings, engine, encoder and index put together once, and the indexer that keeps them true."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property, partial

from sqlalchemy import Engine
from sqlmodel import Session

from app.catalogue.supply import DatabaseChanges
from app.codes.statistics import ScanCounts
from app.core.actor import Actor
from app.core.backends import open_index
from app.core.database import make_engine, unit_of_work
from app.core.jobs import Job, keep_doing, start_jobs
from app.knowledge.following import OwnWords
from app.matches.due import firms_changed
from app.matches.impressions import ImpressionLog
from app.settings import Settings
from matching.encoders import Encoder, load_encoder
from matching.learn.store import RankerStore
from matching.ranker import Ranker
from search.index import SearchIndex, SearchUnavailable
from search.indexer import drain

log = logging.getLogger(__name__)


class Runtime:
    """Parts are made when first asked for, so that a command that needs no encoder does not load one."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self.impressions = ImpressionLog()
        self.scans = ScanCounts()

    @cached_property
    def engine(self) -> Engine:
        """The database."""
        return make_engine(self.settings)

    @cached_property
    def encoder(self) -> Encoder:
        """The configured encoder."""
        return load_encoder(self.settings.encoder)

    @cached_property
    def rankers(self) -> RankerStore:
        """Trained ranking models."""
        return RankerStore(self.settings.data_dir / "rankers")

    @cached_property
    def ranker(self) -> Ranker:
        """The ranking model in use.

        It embeds titles it has not met while a buyer waits, so it keeps to the house encoder, whichever fills the index.
        """
        fast = self.encoder if self.settings.encoder.startswith("house") else load_encoder("house")
        return Ranker(fast, self.rankers.model())

    @cached_property
    def words(self) -> OwnWords:
        """What is known of the trade: the shipped tables and this installation's own words."""
        return OwnWords(self.engine)

    @cached_property
    def index(self) -> SearchIndex:
        """The configured search index."""
        return open_index(self.settings, self.encoder)

    @cached_property
    def demand_index(self) -> SearchIndex:
        """The index of standing demands."""
        return open_index(self.settings, self.encoder, "demand")

    def open_index(self) -> None:
        """Open the index now rather than when first asked for; where search is away, it is opened when it is back."""
        try:
            _ = self.index
        except SearchUnavailable as error:
            log.warning("search is away: %s", error)

    def close_index(self) -> None:
        """Release the indexes; the next use opens them again."""
        for name in ("index", "demand_index"):
            if name in self.__dict__:
                getattr(self, name).close()
                del self.__dict__[name]

    @cached_property
    def changes(self) -> DatabaseChanges:
        """The outbox."""
        return DatabaseChanges(self.engine, then=firms_changed)

    @contextmanager
    def session(self, *, writing: bool = True, actor: Actor | None = None) -> Iterator[Session]:
        """A unit of work in which ``actor`` sees what is theirs to see (app.core.tenancy)."""
        with unit_of_work(self.engine, writing=writing, actor=actor) as session:
            yield session

    def index_pending(self, progress: Callable[[int], None] | None = None) -> int:
        """Apply everything in the outbox now; returns how many firms were touched."""
        return drain(self.changes, self.index, progress=progress, stopped=self._stop.is_set)

    def start_indexer(self) -> None:
        """Keep the index true in the background until ``close``."""
        loop = partial(self.keep_indexed, applying=self.settings.indexer)
        indexer = threading.Thread(target=loop, name="indexer", daemon=True)
        indexer.start()
        self._threads.append(indexer)

    def start_jobs(self, jobs: Iterable[Job]) -> None:
        """Do what comes round by itself until ``close``."""
        self._threads += start_jobs(jobs, self, self._stop)

    def keep_indexed(self, *, applying: bool = True) -> None:
        """Apply changes as they come, until ``stop``; without ``applying``, only show what others have applied.

        What fails is tried again, ever more slowly; writes go on meanwhile and the outbox keeps them.
        """
        every = self.settings.index_interval_seconds
        keep_doing(partial(self._index_round, applying), name="indexing", every=every, stop=self._stop)

    def _index_round(self, applying: bool) -> None:
        self.words.follow_soon()
        self.follow()
        if self.index.stale:
            return
        if not (applying and self.index_pending()) and self.index.changed_elsewhere():
            self.index.refresh()

    def stop(self) -> None:
        """Let ``keep_indexed`` end after the batch it is at."""
        self._stop.set()

    def follow(self) -> None:
        """Open an index anew when a rebuild has put another in its place; requests under way finish on the old one."""
        if self.index.replaced():
            self.__dict__["index"] = open_index(self.settings, self.encoder)
        if "demand_index" in self.__dict__ and self.demand_index.replaced():
            self.__dict__["demand_index"] = open_index(self.settings, self.encoder, "demand")

    def close(self) -> None:
        """Stop the indexer and the jobs, and release files."""
        self.stop()
        for thread in self._threads:
            thread.join(timeout=30)
        self.close_index()
        if "encoder" in self.__dict__ and hasattr(self.encoder, "close"):
            self.encoder.close()
        if "engine" in self.__dict__:
            self.engine.dispose()
