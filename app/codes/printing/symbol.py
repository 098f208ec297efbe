"""The QR symbol of an address, by the ``qrcode`` package, with the mask chosen as ISO/IEC 18004 says, quickly.

Trying eight masks is most of the work of making a symbol. A mask changes the same modules whatever the data are, so the
difference between masks is learnt once a version and level, and a symbol is made once instead of nine times.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import qrcode
from qrcode import constants

Level = Literal["M", "Q", "H"]
Modules = npt.NDArray[np.bool_]
"""Square, dark where true, without the quiet zone."""

LEVELS: dict[Level, int] = {
    "M": constants.ERROR_CORRECT_M,
    "Q": constants.ERROR_CORRECT_Q,
    "H": constants.ERROR_CORRECT_H,
}
QUIET = 4
"""Modules of quiet zone on each side (ISO/IEC 18004, 6.3.8)."""
_MASKS = 8
_FINDER = np.array([1, 0, 1, 1, 1, 0, 1, 0, 0, 0, 0], dtype=np.int8)


def symbol(text: str, level: Level) -> Modules:
    """The smallest QR symbol that holds a text at an error correction level, with the mask of the lowest penalty."""
    plain = _made(text, level, version=None, mask=0)
    differences = _mask_differences(len(plain), level)
    return min((plain ^ difference for difference in differences), key=penalty)


def _made(text: str, level: Level, *, version: int | None, mask: int) -> Modules:
    code: Any = qrcode.QRCode(version=version, error_correction=LEVELS[level], border=0, mask_pattern=mask)
    code.add_data(text, optimize=0)
    code.make(fit=version is None)
    return np.array(code.get_matrix(), dtype=np.bool_)


@lru_cache(maxsize=32)
def _mask_differences(size: int, level: Level) -> tuple[Modules, ...]:
    version = (size - 17) // 4
    made = [_made("0", level, version=version, mask=mask) for mask in range(_MASKS)]
    return tuple(one ^ made[0] for one in made)


def penalty(modules: Modules) -> int:
    """The penalty of a masked symbol: ISO/IEC 18004, 7.8.3.1, table 11, features 1 to 4."""
    dark = modules.astype(np.int8)
    lines = np.concatenate([dark, dark.T])
    return _runs(lines) + _blocks(dark) + _finders(lines) + _balance(dark)


def _runs(lines: npt.NDArray[np.int8]) -> int:
    """3 for five modules of one colour in a line, and 1 for each more."""
    edges = np.ones((len(lines), lines.shape[1] + 1), dtype=np.bool_)
    edges[:, 1:-1] = lines[:, 1:] != lines[:, :-1]
    rows, ends = np.nonzero(edges)
    lengths = np.diff(ends)[rows[1:] == rows[:-1]]
    long = lengths[lengths >= 5]
    return int((long - 2).sum())


def _blocks(dark: npt.NDArray[np.int8]) -> int:
    """3 for each 2 x 2 block of one colour."""
    sums = dark[1:, 1:] + dark[1:, :-1] + dark[:-1, 1:] + dark[:-1, :-1]
    return 3 * int(((sums == 0) | (sums == 4)).sum())


def _finders(lines: npt.NDArray[np.int8]) -> int:
    """40 for each 1:1:3:1:1 with four light modules before or after it."""
    windows = np.lib.stride_tricks.sliding_window_view(lines, len(_FINDER), axis=1)
    found = (windows == _FINDER).all(axis=2).sum() + (windows == _FINDER[::-1]).all(axis=2).sum()
    return 40 * int(found)


def _balance(dark: npt.NDArray[np.int8]) -> int:
    """10 for each full 5 % that the dark share is away from one half."""
    return 10 * int(abs(float(dark.mean()) * 100 - 50) // 5)
