"""An index and the encoder that filled it, always taken together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from matching.encoders import Encoder
from matching.ranker import Ranker
from search.index import SearchIndex


@dataclass(frozen=True, slots=True)
class Searching:
    """What one answer is made of. Whoever asks takes it once, and asks this index with this encoder to the end.

    When an index of another encoder takes over, the next to ask is given the new three, and who is at it goes on with
    the old: vectors of one encoder are never asked of an index of another.
    """

    index: SearchIndex
    encoder: Encoder
    make_ranker: Callable[[Encoder], Ranker]

    @property
    def ranker(self) -> Ranker:
        """The ranking model in use, with its features by the encoder that goes with this one."""
        return self.make_ranker(self.encoder)
