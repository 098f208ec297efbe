"""EmbeddedIndex: the SearchIndex protocol in one process and one folder."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from functools import lru_cache
from pathlib import Path

import numpy as np
from filelock import FileLock

from search.changes import latest
from search.documents import SupplierDocument
from search.embedded.finder import Finder, picture_of
from search.embedded.lists import KeptLists
from search.embedded.snapshot import Snapshot
from search.embedded.store import SCHEMA_VERSION, Store
from search.embedded.vectors import VectorIndex
from search.embedded.words import WordIndex
from search.index import (
    LONGEST_TITLE,
    Embed,
    Facets,
    Filters,
    Hit,
    Leg,
    Rejection,
    SearchUnavailable,
    TextLeg,
    WordPage,
)
from search.payload import decode_document

WRITER_LOCK = "writer.lock"
HEAL_BATCH = 2_000
DOCUMENTS_KEPT = 20_000


class EmbeddedIndex:
    """Words in tantivy, vectors in faiss, rows in SQLite; opened on a folder, healed on opening.

    Threads may search at once, one process or thread writes at a time, and other processes see what was written after
    their ``refresh``. ``encoder`` names where the vectors come from. A folder filled by another encoder or version is
    ``stale``: it is left as it is, and everything but counting it raises SearchUnavailable, since cosines of two
    encoders do not compare (rebuild it instead).
    """

    def __init__(
        self, folder: Path, *, embed: Embed, dimensions: int, encoder: str, setting: str = ""
    ) -> None:
        """``setting``, how the settings name the encoder, is kept with the index."""
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.encoder = encoder
        self._embed = embed
        # The operating system's lock: one left behind by a killed process is free.
        self._writing = FileLock(str(folder / WRITER_LOCK))
        self._refreshing = threading.Lock()
        with nullcontext() if (folder / "words" / "meta.json").exists() else self._writing:
            self._store = Store(folder / "items.db")
            self._identity = _identity(folder)
            stamp = f"{SCHEMA_VERSION}/{encoder}/{dimensions}"
            if self._store.read_meta("stamp") is None:
                self._store.write_meta("stamp", stamp)
            self.filled_by = self._store.read_meta("stamp")
            self.stale = self.filled_by != stamp
            if setting and not self.stale and self._store.read_meta("setting") is None:
                self._store.write_meta("setting", setting)
            self._words = WordIndex(folder / "words")
        self._vectors = VectorIndex(dimensions)
        self._finder = Finder(self._words, self._vectors)
        self._picture = picture_of(Snapshot(), self._words.searcher())
        self._seen = -1
        self._lists = KeptLists()
        self._document = lru_cache(maxsize=DOCUMENTS_KEPT)(self._load_document)
        if not self.stale:
            self.refresh()
            self._heal_on_opening()

    def replaced(self) -> bool:
        """Whether a rebuild has put another index in this folder's place since it was opened here."""
        return _identity(self.folder) != self._identity

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """As the only writer. Raises SearchUnavailable when a rebuild has taken this index's place meanwhile."""
        try:
            self._writing.acquire()
        except OSError as error:  # between the two renames there is no such folder
            raise SearchUnavailable(f"the index in {self.folder} is being replaced", retry_after=1) from error
        try:
            if self.replaced():
                raise SearchUnavailable(f"the index in {self.folder} has been replaced", retry_after=1)
            yield
        finally:
            self._writing.release()

    def close(self) -> None:
        """Release the files."""
        self._finder.close()
        self._store.close()

    def _refuse_if_stale(self) -> None:
        if self.stale:
            raise SearchUnavailable(
                f"the index in {self.folder} was filled by {self.filled_by}, not by {self.encoder}; rebuild it",
                retry_after=60,
            )

    def apply(
        self,
        upserts: Sequence[SupplierDocument],
        deletes: Sequence[tuple[str, int]] = (),
        *,
        force: bool = False,
    ) -> tuple[Rejection, ...]:
        """Write documents and deletions durably; what is older than the index holds is passed over, nothing is refused.

        With ``force`` the versions given hold whatever the index has, and deletions are not remembered. Raises
        SearchUnavailable when stale, and what ``embed`` raises, with nothing written.
        """
        self._refuse_if_stale()
        with self._alone():
            self._heal()
            changes = latest(upserts, deletes)
            held = {} if force else self._store.versions(list(changes))
            newer = {key: said for key, said in changes.items() if said[0] > held.get(key, -1)}
            fresh = [document for _, document in newer.values() if document]
            removed = {
                key: None if force else version for key, (version, doc) in newer.items() if doc is None
            }
            if newer:
                new_texts = self._store.unknown_texts(i.title for d in fresh for i in d.items)
                ordinals = self._write_rows(fresh, removed, new_texts)
                self._commit_words([(d, ordinals[d.key]) for d in fresh], list(removed))
        return ()

    def _write_rows(
        self, fresh: Sequence[SupplierDocument], removed: Mapping[str, int | None], new_texts: Sequence[str]
    ) -> dict[str, int]:
        if not new_texts:
            return self._store.write(fresh, removed, (), self._vectors.no_codes)
        codes = self._vectors.encode(self._embed(new_texts))
        if len(codes) != len(new_texts):
            raise ValueError(f"{len(codes)} vectors for {len(new_texts)} titles")
        return self._store.write(fresh, removed, new_texts, codes)

    def _commit_words(
        self, documents: Sequence[tuple[SupplierDocument, int]], deleted: Sequence[str]
    ) -> None:
        self._words.write(documents, deleted)
        self._store.clear_pending([*(document.key for document, _ in documents), *deleted])

    def _heal(self) -> None:
        """Finish batches whose rows were committed when a crash kept their words from being so."""
        keys = self._store.pending()
        for start in range(0, len(keys), HEAL_BATCH):
            part = keys[start : start + HEAL_BATCH]
            ordinals = self._store.ordinals(part)
            payloads = self._store.payloads(list(ordinals.values()))
            found = [(decode_document(payload), ordinal) for ordinal, payload in payloads.items()]
            self._commit_words(found, [key for key in part if key not in ordinals])

    def _heal_on_opening(self) -> None:
        picture = self._picture
        expected = len(picture.snapshot.keys) + len(picture.snapshot.items)
        if self._store.pending() or picture.searcher.num_docs != expected:
            with self._alone():
                self._heal()
                self.refresh()
                snapshot = self._picture.snapshot
                if self._picture.searcher.num_docs != len(snapshot.keys) + len(snapshot.items):
                    # Lost or restored apart from the rows: write all words anew.
                    self._words.clear()
                    self._store.mark_all_pending()
                    self._heal()
            self.refresh()

    def refresh(self) -> None:
        """Make everything applied so far, by any process, visible."""
        self._refuse_if_stale()
        with self._refreshing:
            seen = self._store.data_version()  # first: what lands from here on counts as not yet seen
            searcher = self._words.searcher()
            before = self._picture.snapshot
            gains = self._store.gains(
                last_ord=before.last_ord,
                gone_seq=before.gone_seq,
                labels=len(before.labels),
                texts=len(self._vectors),
            )
            self._vectors.add(gains.codes)
            snapshot = before.extended(gains, len(self._vectors))
            snapshot.by_text  # noqa: B018  (worked out here, so that no search waits for it)
            self._picture = picture_of(snapshot, searcher)
            self._seen = seen

    def changed_elsewhere(self) -> bool:
        """Whether anything has been written, by this or another process, since the last refresh."""
        return self._store.data_version() != self._seen

    def search(self, legs: Sequence[Leg], filters: Filters) -> list[list[Hit]]:
        """Answer every leg over one snapshot."""
        self._refuse_if_stale()
        return self._finder.search(self._picture, legs, filters)

    def page(self, tokens: Sequence[str], filters: Filters, *, limit: int, after: str = "") -> WordPage:
        """A page of every firm with any of the words; see SearchIndex.page."""
        self._refuse_if_stale()
        picture = self._picture
        snapshot = picture.snapshot

        def find_all() -> list[Hit]:
            leg = TextLeg(tuple(tokens), "firm", max(len(snapshot.keys), 1))
            allowed = picture.allowed(filters)
            hits = self._finder.word_hits(picture, leg, filters, allowed) if allowed.count else []
            return sorted(hits, key=lambda hit: (-hit.score, hit.key))

        moment = snapshot.last_ord, snapshot.gone_seq
        return self._lists.page(tokens, filters, limit=limit, after=after, now=moment, find=find_all)

    def document_frequencies(self, tokens: Sequence[str]) -> dict[str, int]:
        """In how many items each token stands; items replaced a moment ago may still count."""
        picture = self._picture
        most = len(picture.snapshot.items)
        return {token: min(picture.searcher.doc_freq("item", token), most) for token in tokens}

    def titles(self, beginning: str, *, limit: int) -> list[tuple[str, int]]:
        """Titles that begin so, those of most firms first; see SearchIndex.titles."""
        self._refuse_if_stale()
        picture = self._picture
        if not beginning or len(beginning) > LONGEST_TITLE:
            return []
        found = dict(self._store.titles(beginning, LONGEST_TITLE))
        known = np.array([text for text in found if text < picture.snapshot.texts], np.int64)
        counts = picture.snapshot.firms_with(known, picture.allowed(Filters())).tolist()
        counted = [(found[text], count) for text, count in zip(known.tolist(), counts, strict=True) if count]
        return sorted(counted, key=lambda pair: (-pair[1], pair[0]))[:limit]

    def item_count(self) -> int:
        """How many items are indexed."""
        return len(self._picture.snapshot.items)

    def _load_document(self, ordinal: int) -> SupplierDocument | None:
        payload = self._store.payloads([ordinal]).get(ordinal)
        return decode_document(payload) if payload else None

    def documents(self, keys: Sequence[str]) -> dict[str, SupplierDocument]:
        """The documents of these keys, as of the last refresh (or newer, when replaced since)."""
        self._refuse_if_stale()
        position, ords = self._picture.snapshot.position, self._picture.snapshot.ords
        found: dict[str, SupplierDocument] = {}
        for key in keys:
            if key in position:
                document = self._document(int(ords[position[key]])) or self._newest(key)
                if document:
                    found[key] = document
        return found

    def _newest(self, key: str) -> SupplierDocument | None:
        ordinal = self._store.ordinals([key]).get(key)
        return self._document(ordinal) if ordinal is not None else None

    def facets(self, filters: Filters) -> Facets:
        """Counts by city, industry, tag and kind of item of the firms that pass."""
        self._refuse_if_stale()
        picture = self._picture
        return picture.snapshot.facets(picture.allowed(filters))

    def versions(self, keys: Sequence[str] | None = None) -> Iterator[tuple[str, int]]:
        """Every (key, version) held, only of ``keys`` when given, in order of the keys."""
        self._refuse_if_stale()
        return self._store.all_versions() if keys is None else iter(self._store.held(keys))

    def count(self) -> int:
        """How many firms are indexed; none that can be searched when stale."""
        return len(self._picture.snapshot.keys)


def _identity(folder: Path) -> tuple[int, int] | None:
    """Which file the rows are in; None when there is none."""
    try:
        found = (folder / "items.db").stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
