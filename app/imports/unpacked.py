"""The bytes of a file, gzipped or not, with a limit on what they unpack to."""

from __future__ import annotations

import gzip
import io
import zlib
from pathlib import Path
from typing import IO, Any

from app.imports.problems import UnreadableTable

MAX_UNPACKED_BYTES = 4 << 30
"""A .csv.gz is never held in memory; this bounds the time one upload can take."""

DAMAGE = (EOFError, zlib.error, gzip.BadGzipFile)
"""What reading a truncated or corrupted gzip file raises."""


class _Unpacked(io.RawIOBase):
    """A gzip stream that refuses to grow without end."""

    def __init__(self, packed: IO[bytes], limit: int) -> None:
        self._packed = packed
        self._gzip = gzip.GzipFile(fileobj=packed)
        self._limit = limit
        self._left = limit

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._gzip.read(len(buffer))
        self._left -= len(data)
        if self._left < 0:
            raise UnreadableTable("too_large", limit_mb=self._limit >> 20)
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._gzip.close()
        self._packed.close()
        super().close()


def open_bytes(
    path: Path, *, gzipped: bool, limit: int = MAX_UNPACKED_BYTES
) -> tuple[io.BufferedReader, io.BufferedReader]:
    """The stream to read from, and the file under it, whose ``tell()`` is the position in the file on disk.

    Closing the first closes both. Beyond ``limit`` unpacked bytes, reading raises UnreadableTable("too_large").
    """
    raw = path.open("rb")
    if not gzipped:
        return raw, raw
    return io.BufferedReader(_Unpacked(raw, limit), 1 << 16), raw
