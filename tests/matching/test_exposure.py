"""What spreading does to a page is counted right: houses, newcomers' attention, scores."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.exposure import Ranked, houses_shown, newcomers_shown
from matching.features import FEATURES, Judged
from matching.retrieve import Candidate
from tests.matching.conftest import firm


def page(*brands: str, new: frozenset[int] = frozenset()) -> Ranked:
    """Firms of these brands, ten points apart."""
    found = []
    for at, brand in enumerate(brands):
        supplier = replace(
            firm(f"f{at}", f"{brand}厂", aliases=(brand,)), joined_at=1.0 if at in new else 0.0
        )
        judged = Judged(
            Candidate(f"f{at}", 0.0, {}, {}), supplier, None, np.zeros(len(FEATURES)), 0.0, 0.0, 0.0
        )
        found.append((100.0 - 10 * at, judged))
    return found


def test_houses_of_a_page_are_counted() -> None:
    told = houses_shown([(page("东升", "东升", "东升", "远大"), page("东升", "东升", "远大", "宏伟"))])
    assert told["houses_a_page"] == {"before": 2.0, "after": 3.0}
    assert told["firms_of_the_largest_house"] == {"before": 3.0, "after": 2.0}
    assert told["pages_with_a_house_over_two"] == {"before": 1.0, "after": 0.0}
    assert told["mean_score"] == {"before": 85.0, "after": 85.0}


def test_attention_falls_with_the_rank() -> None:
    told = newcomers_shown([(page("甲一", "乙二"), page("甲一", "乙二", new=frozenset({1})))])
    second = 1 / np.log2(3)
    assert told["newcomers_share_of_attention"]["before"] == 0.0
    assert told["newcomers_share_of_attention"]["after"] == pytest.approx(second / (1 + second), abs=1e-4)
    assert told["pages_with_a_newcomer"] == {"before": 0.0, "after": 1.0}
