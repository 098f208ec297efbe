"""A larger encoder as teacher: its vectors of many names, turned so that a smaller table can learn them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from search.index import Embed, Vectors

BATCH = 1_000


@dataclass(frozen=True, slots=True)
class Lessons:
    """Texts and what the teacher makes of them: unit rows in the pupil's dimensions."""

    texts: tuple[str, ...]
    targets: Vectors


def lessons(vectors: Vectors, texts: Sequence[str], dimensions: int, seed: int) -> Lessons:
    """Centre the teacher's vectors, keep their principal directions, turn those at random so that none outweighs the rest.

    A language model's sentence vectors share one large component that says nothing of the text (Mu and Viswanath, ICLR
    2018); eight bits a component want components of one size.
    """
    centred = vectors - vectors.mean(axis=0)
    centred /= np.linalg.norm(centred, axis=1, keepdims=True)
    directions = np.linalg.svd(centred.T @ centred)[0][:, :dimensions]
    turn = np.linalg.qr(np.random.default_rng(seed).standard_normal((directions.shape[1], dimensions)))[0]
    targets = centred @ directions @ turn
    targets /= np.linalg.norm(targets, axis=1, keepdims=True)
    return Lessons(tuple(texts), targets.astype(np.float32))


def taught(
    texts: Sequence[str], embed: Embed, cache: Path | None, report: Callable[[str], None] = print
) -> Vectors:
    """The teacher's vectors of ``texts``, those in ``cache`` read from there and the new ones added to it."""
    known: dict[str, NDArray[np.float16]] = {}
    if cache and cache.exists():
        with np.load(cache, allow_pickle=False) as kept:
            known = dict(zip(kept["texts"].tolist(), kept["vectors"], strict=True))
    # Texts of one length go through a language model together at the least cost.
    missing = sorted({text for text in texts if text not in known}, key=lambda text: (len(text), text))
    for start in range(0, len(missing), BATCH):
        part = missing[start : start + BATCH]
        known.update(zip(part, np.asarray(embed(part), np.float16), strict=True))
        report(f"teacher: {start + len(part)}/{len(missing)}")
    if cache and missing:
        cache.parent.mkdir(parents=True, exist_ok=True)
        np.savez(cache, texts=np.array(list(known)), vectors=np.stack(list(known.values())))
    return np.stack([known[text] for text in texts]).astype(np.float32)
