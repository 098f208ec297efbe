"""Ids that sort by the time they were made."""

from __future__ import annotations

import time
from uuid import RFC_4122

from app.core.ids import new_id


def test_new_ids_are_uuid7_of_this_moment_and_sort_as_they_were_made() -> None:
    before = time.time_ns()
    made = []
    for _ in range(200):
        made.append(new_id())
        time.sleep(0)
    assert made == sorted(made)
    assert {(one.version, one.variant) for one in made} == {(7, RFC_4122)}
    milliseconds = [one.int >> 80 for one in made]
    assert before // 1_000_000 <= milliseconds[0] <= milliseconds[-1] <= time.time_ns() // 1_000_000
