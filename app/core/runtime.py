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
from app.core.backends import Leftovers, filling_of, open_index
from app.core.database import make_engine, unit_of_work
from app.core.encoders import Encoders
from app.core.jobs import Job, keep_doing, start_jobs
from app.core.outbox import Subject
from app.core.ranking import Ranking
from app.core.searching import Searching
from app.knowledge.following import OwnWords
from app.matches.due import firms_changed
from app.matches.impressions import ImpressionLog
from app.settings import Settings
from matching.encoders import Encoder
from matching.ranker import Ranker
from search.index import SearchIndex, SearchUnavailable
from search.indexer import drain

log = logging.getLogger(__name__)

OPENINGS = 5
"""How often to open an index that another takes the place of at that very moment."""
_CALLED: dict[Subject, str] = {"supplier": "firms", "demand": "standing demands"}


class Runtime:
    """Parts are made when first asked for, so that a command that needs no encoder does not load one."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self.encoders = Encoders(settings)
        self.settled: set[Subject] = set()
        """Indexes that this process has once seen filled by the encoder it was told to use; see app.reembedding."""
        self.leftovers = Leftovers(settings)
        self._opened: dict[Subject, Searching] = {}
        self._opening = threading.Lock()
        self.ranking = Ranking(settings.data_dir / "rankers", self.encoders)
        self.impressions = ImpressionLog()
        self.scans = ScanCounts()

    @cached_property
    def engine(self) -> Engine:
        """The database."""
        return make_engine(self.settings)

    @cached_property
    def words(self) -> OwnWords:
        """What is known of the trade: the shipped tables and this installation's own words."""
        return OwnWords(self.engine)

    @property
    def search(self) -> Searching:
        """The index of firms with its encoder and ranker, to be taken once for an answer. Raises SearchUnavailable."""
        return self.searching("supplier")

    def searching(self, subject: Subject) -> Searching:
        """The index of firms or of standing demands with what belongs to it, opened when first asked for."""
        return self._opened.get(subject) or self._open(subject)

    @property
    def index(self) -> SearchIndex:
        """The search index, for what needs no encoder."""
        return self.search.index

    @property
    def demand_index(self) -> SearchIndex:
        """The index of standing demands, for what needs no encoder."""
        return self.searching("demand").index

    @property
    def encoder(self) -> Encoder:
        """The encoder that filled the index, for programs that have it to themselves; see ``search``."""
        return self.search.encoder

    @property
    def ranker(self) -> Ranker:
        """The ranking model in use, for programs that have the index to themselves; see ``search``."""
        return self.search.ranker

    def _open(self, subject: Subject, instead_of: Searching | None = None) -> Searching:
        # Asked before the lock is taken: where a cluster does not answer, nobody waits for others to find out.
        filling_of(self.settings, subject)
        with self._opening:
            held = self._opened.get(subject)
            if held is None or held is instead_of:
                held = self._opened[subject] = self._opened_now(subject)
            return held

    def _opened_now(self, subject: Subject) -> Searching:
        for _ in range(OPENINGS):
            filling = filling_of(self.settings, subject)
            known = self.encoders.that_filled(filling) if filling and filling.current else None
            encoder = known or self.encoders.wanted()
            setting = self.encoders.setting_of(encoder)
            index = open_index(self.settings, encoder, subject, setting=setting)
            found = Searching(index, encoder, self.ranking.beside)
            if filling and not known:
                log.error(
                    "the index of %s was filled by %s, which cannot be loaded any more (or is laid out otherwise); "
                    "search answers 503 until it has been built anew",
                    _CALLED[subject], filling.encoder,
                )  # fmt: skip
                break
            if not index.stale:
                if setting != self.settings.encoder:
                    log.warning(
                        "the index of %s was filled by %s and is asked with it; the settings name %s",
                        _CALLED[subject], encoder.name, self.settings.encoder,
                    )  # fmt: skip
                break
            index.close()  # another took its place in between
        return found

    def open_index(self) -> None:
        """Open the index now rather than when first asked for; where search is away, it is opened when it is back."""
        try:
            _ = self.index
        except SearchUnavailable as error:
            log.warning("search is away: %s", error)

    def close_index(self) -> None:
        """Release the indexes; the next use opens them again."""
        with self._opening:
            while self._opened:
                _, held = self._opened.popitem()
                held.index.close()

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
        return drain(self.changes, self.index, progress=progress, stopped=self.stopping)

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
        self.ranking.follow()
        self.follow()
        if self.index.stale:
            return
        if not (applying and self.index_pending()) and self.index.changed_elsewhere():
            self.index.refresh()

    def stopping(self) -> bool:
        """Whether work that takes long should come to an end."""
        return self._stop.is_set()

    def stop(self) -> None:
        """Let ``keep_indexed`` end after the batch it is at."""
        self._stop.set()

    def follow(self) -> None:
        """Open an index anew, with its encoder, when another has taken its place; requests under way finish on the old."""
        for subject, held in list(self._opened.items()):
            if held.index.replaced():
                self._open(subject, instead_of=held)

    def close(self) -> None:
        """Stop the indexer and the jobs, and release files."""
        self.stop()
        for thread in self._threads:
            thread.join(timeout=30)
        self.encoders.close()
        self.close_index()
        if "engine" in self.__dict__:
            self.engine.dispose()
