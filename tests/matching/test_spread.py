"""Wider pages: houses share them, newcomers get one place where they have nearly earned it, nobody is lost."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import example, given
from hypothesis import strategies as st

from matching.spread import MOST_OF_A_HOUSE, NEW_SECONDS, PAGE, house_of, spread
from search.documents import SupplierDocument
from tests.matching.conftest import firm

NOW = 2_000_000_000.0
Row = tuple[float, SupplierDocument]


def rows(*brands: str, joined: dict[int, float] | None = None) -> list[Row]:
    """Firms by brand, a point apart."""
    joined = joined or {}
    return [
        (100.0 - at, replace(firm(f"f{at}", f"{brand}厂", aliases=(brand,)), joined_at=joined.get(at, 0.0)))
        for at, brand in enumerate(brands)
    ]


def keys(ranked: list[Row]) -> list[str]:
    return keys_of(spread_rows(ranked))


def keys_of(ranked: list[Row]) -> list[str]:
    return [one.key for _, one in ranked]


def spread_rows(ranked: list[Row]) -> list[Row]:
    return spread(ranked, firm=lambda row: row[1], score=lambda row: row[0], now=NOW)


def test_a_house_has_two_places_on_a_page() -> None:
    others = [f"牌{n}" for n in range(12)]
    shown = keys(rows("东升", "东升", "东升", "东升", *others))
    assert shown[:2] == ["f0", "f1"]
    assert shown[2:PAGE] == [f"f{n}" for n in range(4, 12)]
    assert shown[PAGE : PAGE + 2] == ["f2", "f3"], "the next page begins with those that had to wait"
    assert house_of(firm("a", "某厂")) == "a", "without a brand a firm is its own house"
    dalian = firm("b", "东升厂", adcode="210211", aliases=("东升",))
    assert house_of(dalian) != house_of(rows("东升")[0][1])


def test_a_house_alone_fills_the_page() -> None:
    assert keys(rows(*["东升"] * 5)) == ["f0", "f1", "f2", "f3", "f4"]


def test_a_newcomer_near_enough_is_shown_last_on_the_first_page() -> None:
    brands = [f"牌{n}" for n in range(30)]
    day_old = {14: NOW - 86_400}
    shown = keys(rows(*brands, joined=day_old))
    assert shown[PAGE - 1] == "f14"
    assert shown[: PAGE - 1] == [f"f{n}" for n in range(PAGE - 1)]
    assert shown[PAGE] == f"f{PAGE - 1}"
    plain = [f"f{n}" for n in range(30)]
    assert keys(rows(*brands, joined={14: NOW - NEW_SECONDS - 1})) == plain, "not new any more"
    assert keys(rows(*brands, joined={25: NOW - 1})) == plain, "too far behind"
    assert keys(rows(*brands, joined={3: NOW - 1, 14: NOW - 1})) == plain, "one is on the page already"
    assert keys(rows(*brands, joined=dict.fromkeys(range(10, 30), NOW - 1))) == plain, "everybody is new"


@given(
    st.lists(st.sampled_from("甲乙丙丁戊己庚辛"), max_size=90),
    st.sets(st.integers(0, 40)),
    st.integers(0, 60),
)
@example(
    [*"甲乙丙丁戊己庚辛壬癸", *"子子子丑寅卯辰巳午未申"], {12, 15}, PAGE
)  # 12 waits for a page: 15 is first
def test_what_is_shown_does_not_depend_on_how_much_is_shown(
    brands: list[str], newcomers: set[int], shown: int
) -> None:
    ranked = rows(*(brand * 2 for brand in brands), joined=dict.fromkeys(newcomers, NOW - 1))
    some = spread(ranked, firm=lambda row: row[1], score=lambda row: row[0], now=NOW, shown=shown)
    assert keys_of(some[:shown]) == keys(ranked)[:shown]
    assert sorted(keys_of(some)) == sorted(keys_of(ranked))


@given(st.lists(st.tuples(st.sampled_from("甲乙丙丁"), st.booleans()), max_size=45))
def test_nobody_is_lost_and_no_house_crowds_out_another(drawn: list[tuple[str, bool]]) -> None:
    ranked = rows(
        *(brand * 2 for brand, _ in drawn), joined={n: NOW - 1 for n, (_, new) in enumerate(drawn) if new}
    )
    shown = spread_rows(ranked)
    assert sorted(one.key for _, one in shown) == sorted(one.key for _, one in ranked)
    first = [house_of(one) for _, one in shown[:PAGE]]
    for row in shown[PAGE:]:
        # Whoever waits has two of its house before it, or the page was full without any house having more.
        house = house_of(row[1])
        assert first.count(house) >= MOST_OF_A_HOUSE or max(map(first.count, first)) <= MOST_OF_A_HOUSE + 1
