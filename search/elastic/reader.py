"""Documents by key: from memory where a search has just seen this very version, from the cluster otherwise."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from functools import partial

import numpy as np
from elasticsearch import Elasticsearch

from search.documents import SupplierDocument
from search.elastic.asking import gone
from search.elastic.cache import DocumentCache, Kept
from search.elastic.client import IndexGone, ask_again, reaching
from search.index import SearchUnavailable
from search.payload import decode_document

READ_AT_ONCE = 500


class Reader:
    """Reads the documents of one alias, with the codes of their items. Safe to share between threads."""

    def __init__(self, client: Elasticsearch, alias: str, dimensions: int) -> None:
        self._client = client
        self._alias = alias
        self._dimensions = dimensions
        self._cache = DocumentCache()

    def forget(self, keys: Iterable[str]) -> None:
        """Read these anew next time."""
        self._cache.forget(keys)

    def current(self, versions: Mapping[str, int]) -> dict[str, Kept]:
        """Those in memory at these very versions, which a search has just seen."""
        return self._cache.current(versions)

    def documents(self, keys: Sequence[str]) -> dict[str, SupplierDocument]:
        """The documents of these keys, as the last search saw them or newer."""
        wanted = list(dict.fromkeys(keys))
        found = self._cache.recent(wanted)
        read = self.read([key for key in wanted if key not in found])
        found |= {key: kept.document for key, kept in read.items()}
        return {key: found[key] for key in wanted if key in found}

    def read(self, keys: Sequence[str]) -> dict[str, Kept]:
        """As the cluster has them now; nothing for a key that it does not know. Raises SearchUnavailable."""
        found: dict[str, Kept] = {}
        for start in range(0, len(keys), READ_AT_ONCE):
            found |= ask_again(partial(self._read_once, list(keys[start : start + READ_AT_ONCE])))
        self._cache.put(found)
        return found

    def _read_once(self, keys: Sequence[str]) -> dict[str, Kept]:
        with reaching():
            answer = self._client.mget(
                index=self._alias, ids=keys, filter_path="docs._id,docs._source,docs.error"
            )
        found: dict[str, Kept] = {}
        for row in answer.get("docs", []):
            if error := row.get("error"):
                kind = IndexGone if gone(error) else SearchUnavailable
                raise kind(f"Elasticsearch cannot read {row['_id']}: {error.get('reason')}")
            if source := row.get("_source"):
                codes = np.frombuffer(base64.b64decode(source["codes"]), np.int8)
                document = decode_document(source["payload"])
                found[row["_id"]] = Kept(document, codes.reshape(-1, self._dimensions), document.version)
        return found
