"""Answers made once and kept: those used last in memory, all of them in a file of the data folder, found again after a start.

An answer stands under what it is and the versions of all it was made of, and counts until the day it names. So nothing
here is ever stale, and in the file a changed firm's answers take the place of the old ones.
"""

from __future__ import annotations

import gzip
import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from app.codes.answer_file import AnswerFile, Row

MEMORY_BYTES = 64_000_000
_SHARE = 500
"""Bytes an answer takes beside its content."""
_LEVEL = 6
"""Of compression: 9 takes half as long again and saves hardly a byte of a page this small."""


@dataclass(frozen=True)
class Rendered:
    """One representation, compressed, ready to be sent. ``until`` is the last day on which it is true."""

    zipped: bytes
    etag: str
    media_type: str
    until: date

    @cached_property
    def body(self) -> bytes:
        """As it is, for the few who take nothing compressed."""
        return gzip.decompress(self.zipped)


def rendered(text: str, media_type: str, until: date) -> Rendered:
    """A text as bytes, compressed once, with its entity tag (weak: the same for both codings)."""
    body = text.encode()
    etag = f'W/"{hashlib.sha256(body).hexdigest()[:20]}"'
    return Rendered(gzip.compress(body, _LEVEL, mtime=0), etag, media_type, until)


@dataclass(frozen=True, slots=True)
class Key:
    """``name``: which answer. ``version``: of everything it is made of, the program included."""

    name: str
    version: str


class Answers:
    """Answers by key, in memory up to a number of bytes, and in a file where there is one."""

    def __init__(self, file: AnswerFile | None = None, *, most_bytes: int = MEMORY_BYTES) -> None:
        self._file = file
        self._most = most_bytes
        self._held: OrderedDict[Key, Rendered] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, key: Key, day: date) -> Rendered | None:
        """What was kept under a key, where it is still true on ``day``."""
        with self._lock:
            found = self._held.get(key)
            if found:
                self._held.move_to_end(key)
        if found is None and self._file and (row := self._file.get(key.name, key.version)):
            found = Rendered(row.content, row.etag, row.media_type, row.until)
            self._remember(key, found)
        return found if found and day <= found.until else None

    def put(self, key: Key, answer: Rendered, *, file: bool = True) -> None:
        """Keep an answer, in memory and, unless ``file`` is false, in the file."""
        self._remember(key, answer)
        if file and self._file:
            self._file.put(
                key.name, key.version, Row(answer.zipped, answer.etag, answer.media_type, answer.until)
            )

    def close(self) -> None:
        """Close the file."""
        if self._file:
            self._file.close()

    def _remember(self, key: Key, answer: Rendered) -> None:
        """The ones used longest ago make room."""
        with self._lock:
            before = self._held.pop(key, None)
            self._held[key] = answer
            self._bytes += len(answer.zipped) - (len(before.zipped) if before else 0)
            while self._bytes + _SHARE * len(self._held) > self._most:
                self._bytes -= len(self._held.popitem(last=False)[1].zipped)
