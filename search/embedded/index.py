"""EmbeddedIndex: the SearchIndex protocol in one process and one folder."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from filelock import FileLock

from search.documents import KINDS, ROLES, SupplierDocument
from search.embedded.snapshot import Mask, Snapshot
from search.embedded.store import SCHEMA_VERSION, Store, decode_document
from search.embedded.vectors import VectorIndex
from search.embedded.words import WordIndex
from search.index import Embed, Facets, Filters, Hit, Leg, TextLeg, VectorLeg

VECTOR_LOAD_ROWS = 20_000
TEXTS_A_FIRM = 2
"""Titles to look at for each firm asked for: several titles of one firm are near the same need."""
OVERFETCH = 6
"""Several items of one firm answer the same words; fetch so many more than firms are asked for."""

_KIND_NUMBER = {kind: i for i, kind in enumerate(KINDS)}
_ROLE_NUMBER = {role: i for i, role in enumerate(ROLES)}


class EmbeddedIndex:
    """Words in tantivy, vectors in faiss, rows in SQLite; opened on a folder, healed on opening.

    ``encoder`` names where the vectors come from: a folder filled by another encoder is refused, since cosines of two
    encoders do not compare (rebuild instead).
    """

    def __init__(self, folder: Path, *, embed: Embed, dimensions: int, encoder: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._embed = embed
        self._writing = FileLock(str(folder / "writer.lock"))
        self._refreshing = threading.Lock()
        self._store = Store(folder / "items.db")
        stamp = f"{SCHEMA_VERSION}/{encoder}/{dimensions}"
        if self._store.read_meta("stamp") is None:
            self._store.write_meta("stamp", stamp)
        self.stale = self._store.read_meta("stamp") != stamp
        self._words = WordIndex(folder / "words")
        self._vectors = VectorIndex(dimensions)
        self._snapshot = Snapshot()
        self._seen = -1
        self._document = lru_cache(maxsize=20_000)(self._load_document)
        if not self.stale:
            self._heal()
            self.refresh()

    def close(self) -> None:
        """Release the files."""
        self._store.close()

    def apply(self, upserts: Sequence[SupplierDocument], deletes: Sequence[tuple[str, int]] = ()) -> None:
        """Write documents and deletions durably; what is older than the index holds is passed over."""
        with self._writing:
            have = self._store.versions([d.key for d in upserts] + [key for key, _ in deletes])
            fresh = {d.key: d for d in upserts if d.version > have.get(d.key, -1)}
            removed = {key: version for key, version in deletes if version > have.get(key, -1)}
            if not fresh and not removed:
                return
            new_texts = self._store.unknown_texts(i.title for d in fresh.values() for i in d.items)
            vectors = (
                self._embed(new_texts) if new_texts else np.empty((0, self._vectors.dimensions), np.float32)
            )
            self._store.write(
                list(fresh.values()), list(removed.items()), new_texts, vectors, _KIND_NUMBER, _ROLE_NUMBER
            )
            self._commit_words(list(fresh.values()), [*fresh, *removed])

    def _commit_words(self, documents: Sequence[SupplierDocument], keys: Sequence[str]) -> None:
        places = self._store.items_of([d.key for d in documents])
        self._words.write([(d, *places[d.key]) for d in documents], [k for k in keys if k not in places])
        self._store.clear_pending(keys)

    def _heal(self) -> None:
        """Finish a batch whose rows were committed when a crash kept its words from being so."""
        if self._store.pending():
            with self._writing:
                keys = self._store.pending()
                payloads = self._store.payloads(keys)
                self._commit_words([decode_document(p) for p in payloads.values()], keys)

    def refresh(self) -> None:
        """Make everything applied so far, by any process, visible."""
        with self._refreshing:
            self._words.reload()
            self._seen = self._store.data_version()
            snapshot = self._snapshot.extended(self._store)
            self._load_vectors()
            self._snapshot = snapshot
            self._document.cache_clear()

    def changed_elsewhere(self) -> bool:
        """Whether another process has written since the last refresh."""
        return self._store.data_version() != self._seen

    def _load_vectors(self) -> None:
        while True:
            rows = self._store.read(
                "SELECT id, vector FROM text WHERE id > ? ORDER BY id LIMIT ?",
                (len(self._vectors), VECTOR_LOAD_ROWS),
            )
            if not rows:
                return
            block = np.frombuffer(b"".join(row[1] for row in rows), np.float16).reshape(len(rows), -1)
            self._vectors.add(block.astype(np.float32))

    def search(self, legs: Sequence[Leg], filters: Filters) -> list[list[Hit]]:
        """Answer every leg over one snapshot."""
        snapshot = self._snapshot
        firms = snapshot.firms_allowed(filters)
        items = snapshot.items_allowed(filters, firms)
        counties = self._counties(snapshot, firms) if filters.near or filters.keys else None
        vector_legs = [leg for leg in legs if isinstance(leg, VectorLeg)]
        by_meaning = iter(self._meaning_hits(snapshot, vector_legs, items) if vector_legs else [])
        return [
            self._word_hits(snapshot, leg, filters, firms, counties)
            if isinstance(leg, TextLeg)
            else next(by_meaning)
            for leg in legs
        ]

    def _meaning_hits(self, snapshot: Snapshot, legs: Sequence[VectorLeg], items: Mask) -> list[list[Hit]]:
        """All vector legs in one scan of the vectors."""
        texts = np.zeros(max(snapshot.texts, 1), np.bool_)
        texts[snapshot.item_text[items]] = True
        deepest = max(leg.limit for leg in legs) * TEXTS_A_FIRM
        found, scores = self._vectors.search(
            np.stack([leg.vector for leg in legs]), deepest, None if texts.all() else texts
        )
        answers = []
        for leg, row, cosines in zip(legs, found, scores, strict=True):
            known = (row >= 0) & (row < snapshot.texts)
            answers.append(snapshot.text_hits(row[known], cosines[known], items, leg.limit))
        return answers

    def _word_hits(
        self, snapshot: Snapshot, leg: TextLeg, filters: Filters, firms: Mask, counties: list[str] | None
    ) -> list[Hit]:
        if not leg.tokens:
            return []
        wide = TextLeg(leg.tokens, leg.over, leg.limit * (OVERFETCH if leg.over == "item" or counties else 2))
        refs, scores = self._words.search(wide, filters, counties)
        if leg.over == "item":
            return snapshot.item_hits(refs, scores, firms, leg.limit)
        return snapshot.firm_hits(refs, scores, firms, leg.limit)

    @staticmethod
    def _counties(snapshot: Snapshot, firms: Mask) -> list[str]:
        return [code for code in np.unique(snapshot.adcode[firms]).tolist() if code]

    def document_frequencies(self, tokens: Sequence[str]) -> dict[str, int]:
        """In how many items each token stands."""
        return self._words.document_frequencies(tokens)

    def item_count(self) -> int:
        """How many items are indexed, those of replaced firms included until the next restart."""
        return len(self._snapshot.item_id)

    def _load_document(self, key: str) -> SupplierDocument | None:
        payload = self._store.payloads([key]).get(key)
        return decode_document(payload) if payload else None

    def documents(self, keys: Sequence[str]) -> dict[str, SupplierDocument]:
        """The documents of these keys."""
        found = ((key, self._document(key)) for key in keys)
        return {key: document for key, document in found if document is not None}

    def facets(self, filters: Filters) -> Facets:
        """Counts by city, industry and tag of the firms that pass."""
        snapshot = self._snapshot
        firms = snapshot.firms_allowed(filters)
        if filters.kinds or filters.roles:
            with_items = np.zeros_like(firms)
            with_items[snapshot.item_firm[snapshot.items_allowed(filters, firms)]] = True
            firms &= with_items
        at = np.flatnonzero(firms).tolist()
        return Facets(
            cities=dict(Counter(snapshot.cities[i] for i in at if snapshot.cities[i]).most_common()),
            industries=dict(Counter(code for code in snapshot.industry[at].tolist() if code).most_common()),
            tags=dict(Counter(tag for i in at for tag in snapshot.tags[i]).most_common()),
        )

    def versions(self) -> Iterator[tuple[str, int]]:
        """Every (key, version) held."""
        return self._store.all_versions()

    def count(self) -> int:
        """How many firms are indexed."""
        return self._snapshot.firms
