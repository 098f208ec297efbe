"""The ranker: a model with what it remembers of texts and suppliers, so that a need is compared with hundreds at once."""

from __future__ import annotations

import copy
import math
import threading
import time
from collections.abc import Sequence

import numpy as np

from matching.encoders.base import Encoder
from matching.features import Judged, judge
from matching.items import Prepared, prepare
from matching.need import Need
from matching.queries import Queries
from matching.rank import LINEAR, Matrix, RankingModel
from matching.retrieve import Retrieved
from matching.texts import CAPACITY, TextTable, Weights
from search.documents import SupplierDocument
from search.index import SearchIndex, Vectors

KIN_MEANT = 6
"""Kindred terms whose mean stands for the meaning of all: the weightiest."""
KIN_KEPT = 10_000
"""Kindred terms whose vectors are remembered: 10 MB at 256 dimensions."""


class Ranker:
    """``encoder`` should be a fast one: it embeds titles that were not seen before while a buyer waits.

    It need not be the index's own. Safe for threads.
    """

    def __init__(self, encoder: Encoder, model: RankingModel = LINEAR) -> None:
        self.model = model
        self.encoder = encoder
        self._lock = threading.Lock()
        self._kin: dict[str, Vectors] = {}
        self._forget()

    def with_model(self, model: RankingModel) -> Ranker:
        """This ranker with another model and the same memory; who is at an answer with this one is not disturbed."""
        other = copy.copy(self)
        other.model = model
        return other

    def _forget(self) -> None:
        self._table = TextTable(self.encoder.encode_items, self.encoder.dimensions)
        self._prepared: dict[str, Prepared] = {}

    def _prepare(self, supplier: SupplierDocument) -> Prepared:
        held = self._prepared.get(supplier.key)
        # A repair may put other words under the same version.
        if held is None or (held.version, held.called, len(held.titles)) != (
            supplier.version,
            supplier.name,
            len(supplier.items),
        ):
            held = self._prepared[supplier.key] = prepare(supplier, self._table)
        return held

    def _meaning(self, queries: Queries) -> Vectors:
        """Vectors of head, title and kindred terms (weighted mean; the head's where there are none), shape (3, d)."""
        vectors = self.encoder.encode_queries([queries.head, queries.title])
        kin = queries.kin[:KIN_MEANT]
        mean = vectors[0]
        if kin:
            weights = np.array([[term.weight] for term in kin], np.float32)
            mean = (self._kin_vectors([term.text for term in kin]) * weights).sum(axis=0)
        return np.vstack([vectors, mean / max(float(np.linalg.norm(mean)), 1e-9)])

    def _kin_vectors(self, terms: Sequence[str]) -> Vectors:
        """A row a term. Kindred terms come from one thesaurus, so the same ones come again and again."""
        known = self._kin
        if new := [term for term in terms if term not in known]:
            if len(known) > KIN_KEPT:
                known = self._kin = {}
                new = list(terms)
            known.update(zip(new, self.encoder.encode_items(new), strict=True))
        return np.stack([known[term] for term in terms])

    def judge(self, need: Need, found: Retrieved, index: SearchIndex) -> tuple[Matrix, list[Judged]]:
        """Features of the best candidates, a row each in the order of the fusion. Raises SearchUnavailable."""
        documents = index.documents([candidate.key for candidate in found.candidates])
        pairs = [(one, documents[one.key]) for one in found.candidates if one.key in documents]
        weigh = idf(found.queries, index)
        meaning = self._meaning(found.queries)
        with self._lock:
            if len(self._table) > CAPACITY:
                self._forget()
            prepared = [self._prepare(supplier) for _, supplier in pairs]
            return judge(need, found, pairs, prepared, self._table, meaning, weigh, time.time())

    def rank(self, need: Need, found: Retrieved, index: SearchIndex) -> list[tuple[float, Judged]]:
        """(score, judged) of the best candidates, best first. Raises SearchUnavailable."""
        matrix, judged = self.judge(need, found, index)
        points = self.model.points(matrix)
        order = sorted(range(len(judged)), key=lambda at: (-points[at], judged[at].candidate.key))
        scores = self.model.scores(points).tolist()
        return [(scores[at], judged[at]) for at in order]


def idf(queries: Queries, index: SearchIndex) -> Weights:
    """Inverse document frequency over items, as BM25 has it; an unseen token counts as the rarest."""
    total = max(index.item_count(), 1)
    frequencies = index.document_frequencies(queries.head_tokens)
    weights = {token: math.log(1 + (total - n + 0.5) / (n + 0.5)) for token, n in frequencies.items()}
    return Weights(weights, common=math.log(1 + total / 50))
