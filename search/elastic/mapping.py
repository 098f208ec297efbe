"""What an index of suppliers is: strict mappings, settings, and the stamp that says what filled it.

One document is one firm, with its items nested in it: a firm is written and replaced whole, under one version.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

SCHEMA_VERSION = 2
"""Raise it with any change below; an index of another version is rebuilt, not guessed at."""
BM25_K1, BM25_B = 1.2, 0.75
"""tantivy's constants, so that both backends weigh words alike."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What an operator may choose."""

    shards: int = 1
    replicas: str = "0"
    """A number, or a range that grows with the cluster: ``0-1`` makes a copy as soon as there are two nodes."""
    refresh: str = "1s"
    """How soon what was written shows, in Elasticsearch's notation; ``-1`` only when asked."""


def stamp(encoder: str, dimensions: int) -> dict[str, Any]:
    """The ``_meta`` of an index: it can be searched only by the encoder that filled it."""
    return {"schema": SCHEMA_VERSION, "encoder": encoder, "dimensions": dimensions}


def body(encoder: str, dimensions: int, shape: Shape, setting: str = "") -> dict[str, Any]:
    """Settings and mappings of a new index; ``setting`` says how to load its encoder again."""
    word = {"type": "keyword"}
    # Tokens come separated by blanks; frequencies are all that BM25 needs.
    text = {"type": "text", "analyzer": "whitespace", "index_options": "freqs", "similarity": "tokens"}
    return {
        "settings": {
            "number_of_shards": shape.shards,
            **(
                {"auto_expand_replicas": shape.replicas}
                if "-" in shape.replicas
                else {"number_of_replicas": shape.replicas}
            ),
            "refresh_interval": shape.refresh,
            "similarity": {"tokens": {"type": "BM25", "k1": BM25_K1, "b": BM25_B}},
            "mapping.nested_objects.limit": 50_000,
            # Deletions are documents here; Elasticsearch's own are used by repairs, which set versions back at once.
            "gc_deletes": "0s",
        },
        "mappings": {
            "dynamic": "strict",
            "_meta": {**stamp(encoder, dimensions), "setting": setting},
            "_source": {"includes": ["payload", "codes"]},
            "properties": {
                "key": word,
                "version": {"type": "long"},
                "live": {"type": "boolean"},
                "payload": {"type": "keyword", "index": False, "doc_values": False},
                "codes": {"type": "binary"},
                "status": word,
                "tags": word,
                "verified": {"type": "boolean"},
                "city": word,
                "divisions": word,
                "industry": word,
                "industries": word,
                "location": {"type": "geo_point"},
                "titles": word,
                "name": text,
                "firm": text,
                "items": {
                    "type": "nested",
                    "properties": {
                        "kind": word,
                        "role": word,
                        "price": {"type": "double"},
                        "price_unit": word,
                        "capacity": {"type": "double"},
                        "capacity_unit": word,
                        "words": text,
                        "vector": {
                            "type": "dense_vector",
                            "dims": dimensions,
                            # Bytes made here rather than int8_hnsw's own: a fifth of the traffic, and no floats on disk.
                            "element_type": "byte",
                            "similarity": "dot_product",
                            "index_options": {"type": "hnsw", "m": 16, "ef_construction": 100},
                        },
                    },
                },
            },
        },
    }
