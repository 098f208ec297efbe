"""What a batch of writes comes to, whatever the backend."""

from __future__ import annotations

from collections.abc import Sequence

from search.documents import SupplierDocument

Latest = dict[str, tuple[int, SupplierDocument | None]]
"""Key -> (version, document); None where the firm is deleted."""


def latest(upserts: Sequence[SupplierDocument], deletes: Sequence[tuple[str, int]]) -> Latest:
    """The highest version of each key in one batch; of equals the first, and a document before a deletion."""
    found: Latest = {}
    for key, version, document in [
        *((document.key, document.version, document) for document in upserts),
        *((key, version, None) for key, version in deletes),
    ]:
        if key not in found or version > found[key][0]:
            found[key] = (version, document)
    return found
