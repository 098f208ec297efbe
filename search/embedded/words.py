"""The word index: tantivy over pre-tokenised text, BM25, one document a firm and one a capability item.

Filters are also terms here, but only to prune: whoever reads the hits checks each against the snapshot, so a term may
let too much through and must never leave anything out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import tantivy
from numpy.typing import NDArray

from search.analysis import tokens
from search.documents import CapabilityItem, SupplierDocument
from search.index import NAME_BOOST, Filters, TextLeg, division_prefix

WRITER_BYTES = 120_000_000
"""Heap of one write batch; tantivy flushes a segment when it is full."""

POSITION_BITS = 24
"""A document refers to its firm's ordinal and, in the lowest bits, to the item's position."""

_FIELDS = {"item": ("item",), "firm": ("firm", "name"), "name": ("name",)}


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("key", stored=False, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("filter", stored=False, tokenizer_name="spaces", index_option="basic")
    builder.add_unsigned_field("ref", stored=False, indexed=False, fast=True)
    for field in ("item", "firm", "name"):
        builder.add_text_field(field, stored=False, tokenizer_name="spaces", index_option="freq")
    return builder.build()


def _terms(document: SupplierDocument) -> list[str]:
    """Filter terms of a firm; a division or industry is indexed with every ancestor so that one term takes a subtree."""
    terms = [_term_of("s", document.status), *(_term_of("t", tag) for tag in document.tags)]
    terms += [f"d:{document.adcode[:n]}" for n in (2, 4, 6) if len(document.adcode) >= n]
    terms += [_term_of("i", document.industry[:n]) for n in range(1, len(document.industry) + 1)]
    if document.verified:
        terms.append("v:1")
    return terms


def _term_of(letter: str, value: str) -> str:
    """A filter term; the field is split at spaces, so none may stand in it."""
    return f"{letter}:{'_'.join(value.split())}"


def _groups(filters: Filters) -> list[list[str]]:
    """Filter terms of which each group has to be met by any."""
    divisions = [division_prefix(code) for code in filters.divisions]
    # Divisions are indexed at two, four and six digits; any other length is left to the snapshot.
    exact = all(len(code) in (2, 4, 6) for code in divisions)
    return [
        [f"d:{code}" for code in divisions if exact],
        [_term_of("i", code) for code in filters.industries if all(filters.industries)],
        [f"k:{kind}" for kind in filters.kinds],
        [f"r:{role}" for role in filters.roles],
        [_term_of("t", tag) for tag in filters.tags],
        [_term_of("s", status) for status in filters.statuses],
        ["v:1"] if filters.verified_only else [],
    ]


class WordIndex:
    """A folder of tantivy segments."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._index = tantivy.Index(_schema(), path=str(folder), reuse=True)
        analyzer = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
        self._index.register_tokenizer("spaces", analyzer)
        # Without this tantivy watches the folder and would change what is seen on its own.
        self._index.config_reader("manual")
        self._schema = self._index.schema

    def write(self, upserts: Sequence[tuple[SupplierDocument, int]], deletes: Iterable[str]) -> None:
        """Replace firms, given with their ordinals, and delete keys; durable on return."""
        writer = self._index.writer(WRITER_BYTES, 1)
        # A writer killed while committing leaves a file whose name the next commit would take.
        writer.garbage_collect_files()
        for key in deletes:
            writer.delete_documents_by_term("key", key)
        for document, ordinal in upserts:
            writer.delete_documents_by_term("key", document.key)
            shared = _terms(document)
            first = ordinal << POSITION_BITS
            writer.add_document(self._firm(document, first, shared))
            for position, item in enumerate(document.items):
                writer.add_document(self._item(document.key, item, first + position, shared))
        writer.commit()
        writer.wait_merging_threads()

    def clear(self) -> None:
        """Forget everything."""
        writer = self._index.writer(WRITER_BYTES, 1)
        writer.garbage_collect_files()
        writer.delete_all_documents()
        writer.commit()
        writer.wait_merging_threads()

    def searcher(self) -> tantivy.Searcher:
        """What has been committed by now, by any process; later commits do not change it."""
        self._index.reload()
        return self._index.searcher()

    @staticmethod
    def _firm(document: SupplierDocument, ref: int, shared: list[str]) -> tantivy.Document:
        made = tantivy.Document()
        made.add_text("key", document.key)
        made.add_unsigned("ref", ref)
        made.add_text(
            "filter",
            " ".join(
                [*shared, *{f"k:{i.kind}" for i in document.items}, *{f"r:{i.role}" for i in document.items}]
            ),
        )
        names = dict.fromkeys((document.name, *document.aliases))
        made.add_text("name", " ".join(token for name in names for token in tokens(name)))
        made.add_text(
            "firm",
            " ".join(
                token
                for i in document.items
                for token in tokens(f"{i.title} {i.text}" if i.text else i.title)
            ),
        )
        return made

    @staticmethod
    def _item(key: str, item: CapabilityItem, ref: int, shared: list[str]) -> tantivy.Document:
        made = tantivy.Document()
        made.add_text("key", key)
        made.add_unsigned("ref", ref)
        made.add_text("filter", " ".join([*shared, f"k:{item.kind}", f"r:{item.role}"]))
        made.add_text("item", " ".join(tokens(f"{item.title} {item.text}" if item.text else item.title)))
        return made

    def query(self, leg: TextLeg, filters: Filters | None, keys: Sequence[str] | None) -> tantivy.Query:
        """A leg's words, under filters when given, and narrowed to the firms ``keys`` when given; neither moves a score."""
        should = []
        for field in _FIELDS[leg.over]:
            boost = NAME_BOOST if field == "name" and leg.over == "firm" else 1.0
            for token, weight in leg.weighted().items():
                term = tantivy.Query.term_query(self._schema, field, token, "freq")
                weight *= boost
                should.append(
                    (tantivy.Occur.Should, tantivy.Query.boost_query(term, weight) if weight != 1.0 else term)
                )
        sets = [("filter", group) for group in _groups(filters) if group] if filters else []
        if keys is not None:
            sets.append(("key", list(keys)))
        if not sets:
            return tantivy.Query.boolean_query(should)
        must = [(tantivy.Occur.Must, tantivy.Query.boolean_query(should))]
        for field, values in sets:
            any_of = tantivy.Query.term_set_query(self._schema, field, values)
            must.append((tantivy.Occur.Must, tantivy.Query.const_score_query(any_of, 0.0)))
        return tantivy.Query.boolean_query(must)


def find(
    searcher: tantivy.Searcher, query: tantivy.Query, limit: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]:
    """(firm ordinals, item positions, BM25 scores), best first; equals by ordinal and position."""
    hits = searcher.search(query, limit, count=False).hits
    if not hits:
        return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.float32)
    refs = np.array(searcher.fast_field_values("ref", [address for _, address in hits]), np.int64)
    scores = np.array([score for score, _ in hits], np.float32)
    order = np.lexsort((refs, -scores))
    refs, scores = refs[order], scores[order]
    return refs >> POSITION_BITS, refs & ((1 << POSITION_BITS) - 1), scores
