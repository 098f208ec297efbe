import pytest

from app.registry.sizes import SizeClass, size_class


@pytest.mark.parametrize(
    ("industry", "employees", "revenue", "expected"),
    [
        ("3484", 1_000, 400_000_000, "large"),
        ("C3484", 1_000, 399_999_999, "medium"),
        ("3484", 299, 400_000_000, "small"),
        ("3484", 20, 3_000_000, "small"),
        ("3484", 19, 3_000_000, "micro"),
        ("5174", 200, 400_000_000, "large"),
        ("5941", 20, 1_000_000, "small"),
        ("5910", 20, 1_000_000, "micro"),
    ],
)
def test_bounds_of_the_method(industry: str, employees: int, revenue: float, expected: SizeClass) -> None:
    assert size_class(industry, employees=employees, revenue_cny=revenue) == expected


def test_assets_count_where_the_method_asks_for_them() -> None:
    assert size_class("7211", employees=300, assets_cny=1.2e9) == "large"
    assert size_class("4710", revenue_cny=8e8, assets_cny=4.9e7) == "small"


def test_one_micro_figure_is_enough_but_one_large_figure_is_not() -> None:
    assert size_class("3484", employees=5) == "micro"
    assert size_class("3484", employees=5_000) == "unknown"


@pytest.mark.parametrize("industry", ["", "C", "5320", "6610", "8311", "7040", "ABC"])
def test_nothing_is_said_of_trades_outside_the_method(industry: str) -> None:
    assert size_class(industry, employees=5, revenue_cny=1.0, assets_cny=1.0) == "unknown"


def test_without_figures_nothing_is_derived() -> None:
    assert size_class("3484") == "unknown"
