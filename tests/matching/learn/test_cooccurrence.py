"""Words that go together: the statistic against published figures, and what is left out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.learn.cooccurrence import LEAST, MOST_WORDS, Pair, log_likelihood_ratio, pairs_of


def nothing_known(_left: str, _right: str) -> bool:
    return False


def catalogue(together: int = 12, apart: int = 400) -> list[frozenset[str]]:
    """Firms that name 灯箱 and 牌匾, others that name one of them, and a crowd that names other things."""
    number = iter(range(10_000))
    both = [frozenset({"灯箱", "牌匾", f"甲{next(number)}"}) for _ in range(together)]
    one = [frozenset({word, f"乙{next(number)}"}) for word in ("灯箱", "牌匾") for _ in range(3)]
    return both + one + [frozenset({f"丙{next(number)}", f"丁{next(number)}"}) for _ in range(apart)]


def found(firms: list[frozenset[str]]) -> list[Pair]:
    return pairs_of(firms, known=nothing_known, commonest=0.1)


@pytest.mark.parametrize(
    ("both", "left_only", "right_only", "neither", "ratio"),
    [
        (110, 2442, 111, 29114, 270.72),  # "the swiss", the first row of table 1 of the paper
        (29, 13, 123, 31612, 263.90),  # "can be", the second
    ],
)
def test_the_ratio_is_the_papers(
    both: int, left_only: int, right_only: int, neither: int, ratio: float
) -> None:
    total = both + left_only + right_only + neither
    assert log_likelihood_ratio(both, both + left_only, both + right_only, total) == pytest.approx(
        ratio, abs=0.01
    )


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 50), st.integers(1, 5000))
def test_the_ratio_is_symmetric_and_never_below_zero(both: int, left: int, right: int, neither: int) -> None:
    total = both + left + right + neither
    ratio = log_likelihood_ratio(both, both + left, both + right, total)
    assert ratio == pytest.approx(log_likelihood_ratio(both, both + right, both + left, total), abs=1e-6)
    assert ratio > -1e-6


def test_what_goes_together_is_suggested_with_its_evidence() -> None:
    (pair,) = found(catalogue())
    assert {pair.left, pair.right} == {"灯箱", "牌匾"}
    assert (pair.both, pair.left_firms, pair.right_firms) == (12, 15, 15)
    assert pair.ratio >= LEAST


def test_too_few_firms_or_chance_suggest_nothing() -> None:
    assert found(catalogue(together=4)) == []
    assert found(catalogue(apart=0)) == [], "everybody names them"


def test_a_list_that_many_register_counts_once() -> None:
    assert found([*catalogue(together=0), *[frozenset({"短期贷款", "长期贷款"})] * 30]) == []


def test_what_is_known_or_said_by_the_words_themselves_is_left_out() -> None:
    assert pairs_of(catalogue(), known=lambda *pair: set(pair) == {"灯箱", "牌匾"}, commonest=0.1) == []
    longer = [frozenset("灯箱牌匾" if word == "牌匾" else word for word in words) for words in catalogue()]
    assert found(longer) == []


def test_common_words_and_long_lists_say_nothing() -> None:
    assert pairs_of(catalogue(), known=nothing_known, commonest=0.01) == []
    long = [words | {f"{min(words)}{n}" for n in range(MOST_WORDS)} for words in catalogue()]
    assert found(long) == []


def test_the_order_is_the_same_every_time() -> None:
    firms = [*catalogue(), *(frozenset({"水果", "蔬菜", f"戊{n}"}) for n in range(20))]
    assert found(firms) == found(firms[::-1])
    assert {found(firms)[0].left, found(firms)[0].right} == {"水果", "蔬菜"}
