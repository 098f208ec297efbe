"""The word index: tantivy over pre-tokenised text, BM25, one document a firm and one a capability item."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import tantivy
from numpy.typing import NDArray

from search.analysis import tokens
from search.documents import CapabilityItem, SupplierDocument
from search.index import Filters, TextLeg, division_prefix

WRITER_BYTES = 120_000_000
"""Heap of one write batch; tantivy flushes a segment when it is full."""

NAME_BOOST = 2.0
"""A firm's name says its trade in a word or two, so a hit there tells more than one in a long scope."""

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
    terms = [f"s:{document.status}", *(f"t:{tag.replace(' ', '_')}" for tag in document.tags)]
    terms += [f"d:{document.adcode[:n]}" for n in (2, 4, 6) if len(document.adcode) >= n]
    terms += [f"i:{document.industry[:n]}" for n in range(1, len(document.industry) + 1)]
    if document.verified:
        terms.append("v:1")
    return terms


class WordIndex:
    """A folder of tantivy segments."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._index = tantivy.Index(_schema(), path=str(folder), reuse=True)
        analyzer = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
        self._index.register_tokenizer("spaces", analyzer)
        self._schema = self._index.schema

    def write(
        self, upserts: Sequence[tuple[SupplierDocument, int, Sequence[int]]], deletes: Sequence[str]
    ) -> None:
        """Replace firms, given as (document, firm ordinal, item ids), and delete keys; durable on return."""
        writer = self._index.writer(WRITER_BYTES, 1)
        for key in deletes:
            writer.delete_documents_by_term("key", key)
        for document, ordinal, item_ids in upserts:
            writer.delete_documents_by_term("key", document.key)
            shared = _terms(document)
            writer.add_document(self._firm(document, ordinal, shared))
            for item, item_id in zip(document.items, item_ids, strict=True):
                writer.add_document(self._item(document.key, item, item_id, shared))
        writer.commit()
        writer.wait_merging_threads()

    def reload(self) -> None:
        """Show the next search what has been committed."""
        self._index.reload()

    @staticmethod
    def _firm(document: SupplierDocument, ordinal: int, shared: list[str]) -> tantivy.Document:
        made = tantivy.Document()
        made.add_text("key", document.key)
        made.add_unsigned("ref", ordinal)
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
    def _item(key: str, item: CapabilityItem, item_id: int, shared: list[str]) -> tantivy.Document:
        made = tantivy.Document()
        made.add_text("key", key)
        made.add_unsigned("ref", item_id)
        made.add_text("filter", " ".join([*shared, f"k:{item.kind}", f"r:{item.role}"]))
        made.add_text("item", " ".join(tokens(f"{item.title} {item.text}" if item.text else item.title)))
        return made

    def search(
        self, leg: TextLeg, filters: Filters, counties: Sequence[str] | None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """(refs, BM25 scores), best first. ``counties`` narrows to these adcodes when given."""
        query = self._query(leg, filters, counties)
        searcher = self._index.searcher()
        hits = searcher.search(query, leg.limit, count=False).hits
        if not hits:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        refs = searcher.fast_field_values("ref", [address for _, address in hits])
        return np.array(refs, np.int64), np.array([score for score, _ in hits], np.float32)

    def document_frequencies(self, tokens: Sequence[str]) -> dict[str, int]:
        """In how many items each token stands."""
        searcher = self._index.searcher()
        return {token: searcher.doc_freq("item", token) for token in tokens}

    def _term(self, field: str, value: str) -> tantivy.Query:
        return tantivy.Query.term_query(self._schema, field, value, "freq" if field != "filter" else "basic")

    def _any_of(self, values: Sequence[str]) -> tantivy.Query:
        return tantivy.Query.term_set_query(self._schema, "filter", list(values))

    def _query(self, leg: TextLeg, filters: Filters, counties: Sequence[str] | None) -> tantivy.Query:
        should = []
        for field in _FIELDS[leg.over]:
            boost = NAME_BOOST if field == "name" and leg.over == "firm" else 1.0
            for token in dict.fromkeys(leg.tokens):
                term = self._term(field, token)
                should.append(
                    (tantivy.Occur.Should, tantivy.Query.boost_query(term, boost) if boost != 1.0 else term)
                )
        must: list[tuple[tantivy.Occur, tantivy.Query]] = [
            (tantivy.Occur.Must, tantivy.Query.boolean_query(should))
        ]
        groups = [
            [f"d:{division_prefix(code)}" for code in filters.divisions],
            [f"i:{code}" for code in filters.industries],
            [f"k:{kind}" for kind in filters.kinds],
            [f"r:{role}" for role in filters.roles],
            [f"t:{tag.replace(' ', '_')}" for tag in filters.tags],
            [f"s:{status}" for status in filters.statuses],
            ["v:1"] if filters.verified_only else [],
            [f"d:{code}" for code in counties or ()],
        ]
        for group in groups:
            if group:
                must.append((tantivy.Occur.Must, tantivy.Query.const_score_query(self._any_of(group), 0.0)))
        return tantivy.Query.boolean_query(must)
