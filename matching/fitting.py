"""Whether an offered property meets a wanted one."""

from __future__ import annotations

from typing import Final

from matching.spec_names import spec_name, spec_names
from search.documents import Spec

_SMALLER_IS_BETTER: Final = {"tolerance", "roughness", "noise", "concentration", "lead_time", "min_order"}
_LARGER_IS_BETTER: Final = {"output", "throughput"}
_SLACK: Final = 1e-6


def fits(need: Spec, item: Spec) -> bool | None:
    """Whether an offered property meets a wanted one: True met, False missed, None not comparable.

    Words are equal or not. A wanted range must lie inside the offered one (the machine covers the job) or hold
    it (the batch is within the limits). For output more is enough; for tolerance, roughness, noise, less is.
    """
    if not _same_property(need.name, item.name):
        return None
    if need.word or item.word:
        if not (need.word and item.word):
            return None
        return need.word.casefold() == item.word.casefold()
    if need.unit != item.unit or (need.low is None and need.high is None):
        return None
    if item.low is None and item.high is None:
        return None
    infinity = float("inf")
    want_low, want_high = _bounds(need)
    have_low, have_high = _bounds(item)
    if need.name in _SMALLER_IS_BETTER:
        limit = want_high if want_high < infinity else want_low
        best = have_high if have_high < infinity else have_low
        return best <= limit + _slack(limit)
    if need.name in _LARGER_IS_BETTER:
        floor = want_low if want_low > -infinity else want_high
        best = have_high if have_high < infinity else have_low
        return have_high == infinity or best >= floor - _slack(floor)
    covers = have_low <= want_low + _slack(want_low) and want_high <= have_high + _slack(have_high)
    within = want_low <= have_low + _slack(have_low) and have_high <= want_high + _slack(want_high)
    return covers or within


def _bounds(spec: Spec) -> tuple[float, float]:
    return (
        float("-inf") if spec.low is None else spec.low,
        float("inf") if spec.high is None else spec.high,
    )


def _slack(value: float) -> float:
    return 0.0 if abs(value) == float("inf") else abs(value) * _SLACK


def _same_property(first: str, second: str) -> bool:
    first, second = spec_name(first), spec_name(second)
    parent = spec_names().parent
    return first == second or parent.get(first) == second or parent.get(second) == first
