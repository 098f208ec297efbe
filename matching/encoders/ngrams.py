"""Texts to numbered features, many texts at once: characters, character pairs and triples of Chinese, words of the rest.

Every feature is a 64-bit key, found in a sorted list of known keys. A key is a polynomial of the characters
(Karp and Rabin, 1987), so that all pairs, triples and words of thousands of texts come from a few array operations.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

MAX_CHARACTERS = 400
"""Longer texts are cut: an item or a demand's title says what it is well before."""

Keys = NDArray[np.uint64]
Rows = NDArray[np.int64]

_PRIME = np.uint64(0x9E3779B97F4A7C15)  # odd, from the golden ratio (Knuth, vol. 3, 6.4)
_KIND = [np.uint64(kind << 56) for kind in range(8)]
PAIR, TRIPLE, WORD, PREFIX, LAST_PAIR = (_KIND[kind] for kind in range(1, 6))
"""Marks that keep a pair from being taken for a word; a lone character is its own code point."""
_MASK = np.uint64((1 << 56) - 1)
PREFIX_LETTERS = 5
"""A long word also counts by its beginning: machined, machining."""
_POWERS = np.concatenate(
    [np.ones(1, np.uint64), np.cumprod(np.full(MAX_CHARACTERS, _PRIME, np.uint64), dtype=np.uint64)]
)
_DIAMETER = str.maketrans("øØ⌀∅", "φφφφ")


def kinds_of(keys: Keys) -> NDArray[np.uint64]:
    """0 for a lone character, 1 pair, 2 triple, 3 word, 4 beginning of a word, 5 pair that ends its run."""
    return keys >> np.uint64(56)


def features(texts: Sequence[str]) -> tuple[Keys, Rows]:
    """(keys, rows): every feature of every text with the position of its text, in no particular order."""
    codes = _code_points(texts)
    row = np.cumsum(codes == 0)
    han = ((codes >= 0x3400) & (codes <= 0x9FFF)) | ((codes >= 0x20000) & (codes <= 0x3FFFF))
    wide = codes.astype(np.uint64)
    keys, rows = [wide[han]], [row[han]]
    pair = han[:-1] & han[1:]
    pairs = wide[:-1] * _PRIME + wide[1:]
    keys.append(pairs[pair] & _MASK | PAIR)
    rows.append(row[:-1][pair])
    if len(codes) > 2:
        triple = pair[:-1] & pair[1:]
        keys.append((pairs[:-1] * _PRIME + wide[2:])[triple] & _MASK | TRIPLE)
        rows.append(row[:-2][triple])
    last = pair[:-1] & ~han[2:] if len(codes) > 2 else pair[:0]
    keys.append(pairs[: len(last)][last] & _MASK | LAST_PAIR)
    rows.append(row[: len(last)][last])
    _add_words(codes, wide, row, keys, rows)
    return np.concatenate(keys), np.concatenate(rows)


def _code_points(texts: Sequence[str]) -> NDArray[np.uint32]:
    """All texts folded to one width and case, a zero after each."""
    joined = "\0".join([text[:MAX_CHARACTERS] for text in texts]) + "\0\0"
    if joined.count("\0") != len(texts) + 1:
        joined = "\0".join([text[:MAX_CHARACTERS].replace("\0", " ") for text in texts]) + "\0\0"
    folded = unicodedata.normalize("NFKC", joined).lower().translate(_DIAMETER)
    return np.frombuffer(folded.encode("utf-32-le", "replace"), np.uint32)


def _add_words(
    codes: NDArray[np.uint32],
    wide: Keys,
    row: Rows,
    keys: list[Keys],
    rows: list[Rows],
) -> None:
    """Runs of letters and digits; a plural counts as its singular, a long word by its beginning too."""
    letter = ((codes >= 97) & (codes <= 122)) | ((codes >= 0xC0) & (codes < 0x3040))
    inside = letter | ((codes >= 48) & (codes <= 57))
    if not letter.any() and not inside.any():
        return
    edges = np.flatnonzero(np.diff(inside.astype(np.int8), prepend=0, append=0))
    starts, ends = edges[::2], edges[1::2]
    lengths = ends - starts
    positions = np.arange(len(codes))
    offset = positions - np.repeat(np.r_[0, starts], np.diff(np.r_[0, starts, len(codes)]))
    terms = wide * _POWERS[np.minimum(offset, MAX_CHARACTERS)]
    sums = np.concatenate([np.zeros(1, np.uint64), np.cumsum(terms, dtype=np.uint64)])
    plural = (lengths > 3) & (codes[ends - 1] == 115) & (codes[np.maximum(ends - 2, 0)] != 115)
    keys.append(sums[ends - plural] - sums[starts] & _MASK | WORD)
    rows.append(row[starts])
    long = starts[lengths > PREFIX_LETTERS]
    keys.append(sums[long + PREFIX_LETTERS] - sums[long] & _MASK | PREFIX)
    rows.append(row[long])
