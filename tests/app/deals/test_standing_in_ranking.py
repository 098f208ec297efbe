"""What buyers say of a firm reaches the index and the ranking, weakly; nothing said is neutral."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import numpy as np
import pytest
from fastapi import FastAPI

from app.catalogue.supply import DatabaseChanges
from app.deals.standing import as_standing
from matching.features import COLUMN, FEATURES
from matching.rank import LINEAR
from search.documents import CapabilityItem, SupplierDocument
from search.payload import decode_document, encode_document
from tests.app.deal_helpers import Trade


def marks(*given: int) -> list[dict[str, int]]:
    return [{"timing": mark, "quality": mark} for mark in given]


@pytest.mark.parametrize(
    ("given", "expected"),
    [((), 0.0), ((5,), 0.25), ((5,) * 10, 0.77), ((4, 3), 0.0), ((1,), -0.42), ((1,) * 10, -1.0)],
)
def test_few_marks_say_little(given: tuple[int, ...], expected: float) -> None:
    assert as_standing(marks(*given)) == expected


def test_a_rating_reaches_the_index(trade: Callable[..., Trade], api: FastAPI) -> None:
    runtime = api.state.runtime
    firm = trade()
    changes = DatabaseChanges(runtime.engine)

    def standing() -> float:
        return changes.load([str(firm.supplier_id)])[str(firm.supplier_id)].standing

    assert standing() == 0.0
    firm.do("buyer", "confirm", side="buyer")
    firm.do("supplier", "confirm", side="supplier")
    firm.do("supplier", "deliver")
    firm.rate("buyer", 5)
    assert standing() == 0.0, "blind"
    firm.rate("supplier", 5)
    assert standing() == 0.25
    runtime.index_pending()
    (indexed,) = runtime.index.documents([str(firm.supplier_id)]).values()
    assert indexed.standing == 0.25


def test_it_weighs_little_and_nothing_where_nobody_has_rated() -> None:
    row = np.zeros((3, len(FEATURES)), np.float32)
    row[:, COLUMN["standing"]] = (-1.0, 0.0, 1.0)
    bad, unknown, good = LINEAR.points(row).tolist()
    assert (bad, unknown, good) == (pytest.approx(-0.2), 0.0, pytest.approx(0.2))
    assert LINEAR.weights["standing"] <= LINEAR.weights["confirmed"]


def test_the_index_gives_it_back() -> None:
    document = SupplierDocument(
        "a", 1, "u", "甲厂", items=(CapabilityItem("1", "product", "make", "泵"),), standing=0.5
    )
    assert decode_document(encode_document(document)) == document


def test_no_other_firm_is_touched(trade: Callable[..., Trade], api: FastAPI) -> None:
    one, other = trade(), trade()
    one.do("buyer", "confirm", side="buyer")
    one.do("supplier", "confirm", side="supplier")
    one.do("supplier", "deliver")
    one.rate("buyer", 1)
    one.rate("supplier", 1)
    found = DatabaseChanges(api.state.runtime.engine).load([str(one.supplier_id), str(other.supplier_id)])
    assert {UUID(key): document.standing for key, document in found.items()} == {
        one.supplier_id: -0.42,
        other.supplier_id: 0.0,
    }
