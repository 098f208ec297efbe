"""The QR symbol of an address, by the ``qrcode`` package, with the mask chosen as ISO/IEC 18004 says, quickly.

Trying eight masks is most of the work of making a symbol. A mask changes the same modules whatever the data are, so the
difference between masks is learnt once a version and level, and a symbol is made once instead of nine times.

The same holds for the text: padding, Reed-Solomon codes and masks are linear over GF(2), so that a bit of a text changes
the same modules in every text of its length. Of thousands of addresses each bit is learnt once, by the package itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, lru_cache
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import qrcode
from qrcode import constants
from qrcode.util import MODE_8BIT_BYTE, QRData

Level = Literal["M", "Q", "H"]
Modules = npt.NDArray[np.bool_]
"""Square, dark where true, without the quiet zone."""
Points = npt.NDArray[np.int64]
"""Of each symbol."""
Lines = npt.NDArray[np.int16]
"""(symbols, lines, modules), 1 where dark."""

LEVELS: dict[Level, int] = {
    "M": constants.ERROR_CORRECT_M,
    "Q": constants.ERROR_CORRECT_Q,
    "H": constants.ERROR_CORRECT_H,
}
QUIET = 4
"""Modules of quiet zone on each side (ISO/IEC 18004, 6.3.8)."""
LEARNT_FROM = 300
"""Texts of a length that are made one by one: to learn what their 700 bits change takes as long as making 700."""
_MASKS = 8
_FINDER = (1, 0, 1, 1, 1, 0, 1, 0, 0, 0, 0)


def symbol(text: str, level: Level) -> Modules:
    """The smallest QR symbol that holds a text at an error correction level, with the mask of the lowest penalty."""
    return _best_masked(_made(text.encode(), level, version=None, mask=0), level)


class Symbols:
    """Symbols of many texts, as ``symbol`` makes them, at a tenth of the cost from the thousandth of a length on."""

    def __init__(self) -> None:
        self._families: dict[tuple[int, Level], _Family] = {}

    def make(self, text: str, level: Level) -> Modules:
        """The symbol of a text."""
        raw = text.encode()
        family = self._families.setdefault((len(raw), level), _Family(raw, level))
        return _best_masked(family.made(raw), level)


class _Family:
    """Texts of one length: a first one, and what of its symbol each bit of a text changes."""

    def __init__(self, first: bytes, level: Level) -> None:
        self._first, self._level = first, level
        self._changes: dict[int, npt.NDArray[np.uint8]] = {}
        self._seen = 0

    @cached_property
    def _plain(self) -> Modules:
        return _made(self._first, self._level, version=None, mask=0)

    def made(self, text: bytes) -> Modules:
        """The symbol under mask 0."""
        self._seen += 1
        if self._seen <= LEARNT_FROM:
            return _made(text, self._level, version=None, mask=0)
        differing = np.frombuffer(text, np.uint8) ^ np.frombuffer(self._first, np.uint8)
        changes = [self._change(bit) for bit in np.flatnonzero(np.unpackbits(differing)).tolist()]
        if not changes:
            return self._plain
        packed = np.bitwise_xor.reduce(changes)
        change = np.unpackbits(packed, count=self._plain.size).astype(np.bool_)
        return self._plain ^ change.reshape(self._plain.shape)

    def _change(self, bit: int) -> npt.NDArray[np.uint8]:
        """The modules that change with one bit of the text, eight a byte."""
        if bit not in self._changes:
            text = bytearray(self._first)
            text[bit // 8] ^= 0x80 >> bit % 8
            made = _made(bytes(text), self._level, version=None, mask=0)
            self._changes[bit] = np.packbits(made ^ self._plain)
        return self._changes[bit]


def _best_masked(plain: Modules, level: Level) -> Modules:
    """Of a symbol under mask 0 the form with the lowest penalty; of equals the first."""
    masked = plain ^ _mask_differences(len(plain), level)
    best: Modules = masked[int(np.argmin(penalties(masked)))]
    return best


def _made(text: bytes, level: Level, *, version: int | None, mask: int) -> Modules:
    code: Any = qrcode.QRCode(version=version, error_correction=LEVELS[level], border=0, mask_pattern=mask)
    # Always bytes, so that texts of one length have symbols of one size.
    code.add_data(QRData(text, mode=MODE_8BIT_BYTE), optimize=0)
    code.make(fit=version is None)
    return np.array(code.get_matrix(), dtype=np.bool_)


@lru_cache(maxsize=32)
def _mask_differences(size: int, level: Level) -> Modules:
    """(8, size, size): what of a symbol under mask 0 each mask changes."""
    version = (size - 17) // 4
    made = np.stack([_made(b"0", level, version=version, mask=mask) for mask in range(_MASKS)])
    differences: Modules = made ^ made[0]
    return differences


def penalties(masked: Modules) -> Points:
    """The penalties of masked symbols (n, size, size): ISO/IEC 18004, 7.8.3.1, table 11, features 1 to 4."""
    dark = masked.astype(np.int16)
    lines = np.concatenate([dark, dark.transpose(0, 2, 1)], axis=1)
    return _runs(lines) + _blocks(dark) + _finders(lines) + _balance(dark)


def _runs(lines: Lines) -> Points:
    """3 for five modules of one colour in a line, and 1 for each more."""
    same = lines[:, :, 1:] == lines[:, :, :-1]
    # Where the fifth module of a run stands, and each one after it.
    fifth = same[:, :, :-3] & same[:, :, 1:-2] & same[:, :, 2:-1] & same[:, :, 3:]
    begun = fifth.copy()
    begun[:, :, 1:] &= ~fifth[:, :, :-1]
    points: Points = fifth.sum(axis=(1, 2)) + 2 * begun.sum(axis=(1, 2))
    return points


def _blocks(dark: Lines) -> Points:
    """3 for each 2 x 2 block of one colour."""
    sums = dark[:, 1:, 1:] + dark[:, 1:, :-1] + dark[:, :-1, 1:] + dark[:, :-1, :-1]
    points: Points = 3 * (sums % 4 == 0).sum(axis=(1, 2))
    return points


def _finders(lines: Lines) -> Points:
    """40 for each 1:1:3:1:1 with four light modules before or after it."""
    width = lines.shape[2] - len(_FINDER) + 1
    read = np.zeros((*lines.shape[:2], width), dtype=np.int16)
    for at in range(len(_FINDER)):
        read = 2 * read + lines[:, :, at : at + width]
    points: Points = 40 * ((read == _value(_FINDER)) | (read == _value(_FINDER[::-1]))).sum(axis=(1, 2))
    return points


def _value(bits: Sequence[int]) -> int:
    return int("".join(map(str, bits)), 2)


def _balance(dark: Lines) -> Points:
    """10 for each full 5 % that the dark share is away from one half."""
    share = dark.mean(axis=(1, 2)) * 100
    points: Points = 10 * (np.abs(share - 50) // 5).astype(np.int64)
    return points
