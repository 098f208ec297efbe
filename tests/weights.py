"""Encoders that agree in nothing with the house encoder, nor with each other."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from matching.encoders.house import BUNDLED


def narrow_weights(path: Path, dimensions: int) -> str:
    """Weights of ``dimensions`` columns of the house encoder's, in another order; how the settings name them."""
    with np.load(BUNDLED) as parts:
        keys, table = parts["keys"], parts["table"]
    columns = np.random.default_rng(dimensions).permutation(table.shape[1])[:dimensions]
    np.savez(path, keys=keys, table=table[:, columns])
    return f"house:{path}"
