"""What the index refuses is set aside with its reason, and the rest goes on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Engine, delete, update
from sqlmodel import col

from app.catalogue.supply import DatabaseChanges
from app.core.database import unit_of_work
from app.core.outbox import OutboxEntry, retry
from app.registry.models import Company
from search.documents import SupplierDocument
from search.embedded import EmbeddedIndex
from search.index import Embed, Rejection, Vectors
from search.indexer import drain
from search.reconcile import Differences, compare, differences, repair
from tests.contract.search_worlds import DIMENSIONS, embed
from tests.search.registers import FIRMS, key, refused, register


def poison(title: str) -> Embed:
    """An encoder that breaks on one title."""

    def embed_or_break(titles: Sequence[str]) -> Vectors:
        if title in titles:
            raise ValueError(f"cannot encode {title}")
        return embed(titles)

    return embed_or_break


@pytest.mark.parametrize("batch", [4, 2_000])
def test_a_document_that_breaks_the_index_is_parked_and_the_rest_goes_on(
    engine: Engine, source: DatabaseChanges, index: EmbeddedIndex, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    register(engine, [3], "锅炉制造。")
    with monkeypatch.context() as patch:
        patch.setattr(index, "_embed", poison("锅炉"))
        drain(source, index, batch=batch)
        assert source.count_pending() == 0
        assert refused(engine) == {key(3): "ValueError: cannot encode 锅炉"}
        assert compare(source, index) == Differences(missing=(key(3),), stale=(), surplus=())
        with unit_of_work(engine) as session:
            assert retry(session) == 1
        with pytest.raises(
            ValueError, match="锅炉"
        ):  # nothing else in the batch: the encoder may be at fault
            drain(source, index)
        assert source.count_pending() == 1
    drain(source, index)
    assert refused(engine) == {}
    assert not compare(source, index)


def test_a_change_that_passes_takes_the_parked_one_away(
    engine: Engine, source: DatabaseChanges, index: EmbeddedIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    register(engine, [3], "锅炉制造。")
    with monkeypatch.context() as patch:
        patch.setattr(index, "_embed", poison("锅炉"))
        drain(source, index)
    assert list(refused(engine)) == [key(3)]
    register(engine, [3], "轴承制造。")
    drain(source, index)
    assert refused(engine) == {}
    assert not compare(source, index)


def test_a_company_that_cannot_be_read_is_parked_and_the_rest_goes_on(
    engine: Engine, source: DatabaseChanges, index: EmbeddedIndex
) -> None:
    with unit_of_work(engine) as session:
        broken = update(Company).where(col(Company.id) == UUID(key(5))).values(aliases=5)
        session.connection().execute(broken)
    assert drain(source, index, batch=10) == FIRMS
    assert list(refused(engine)) == [key(5)]
    assert index.count() == FIRMS - 1


class Refusing(EmbeddedIndex):
    """Refuses one firm, as a server does whose mapping it does not fit."""

    def apply(
        self,
        upserts: Sequence[SupplierDocument],
        deletes: Sequence[tuple[str, int]] = (),
        *,
        force: bool = False,
    ) -> tuple[Rejection, ...]:
        bad = [document for document in upserts if document.key == key(7)]
        super().apply([document for document in upserts if document not in bad], deletes, force=force)
        return tuple(Rejection(document.key, document.version, "does not fit") for document in bad)


def test_what_the_index_refuses_is_parked_by_draining_and_by_repairing(
    engine: Engine, source: DatabaseChanges, tmp_path: Path
) -> None:
    index = Refusing(tmp_path / "index", embed=embed, dimensions=DIMENSIONS, encoder="bag")
    drain(source, index, batch=10)
    assert refused(engine) == {key(7): "does not fit"}
    with unit_of_work(engine) as session:
        retry(session)
        session.connection().execute(delete(OutboxEntry))
    found = list(differences(source, index))
    assert [(one.key, one.trouble) for one in found] == [(key(7), "missing")]
    repair(source, index, found)
    assert refused(engine) == {key(7): "does not fit"}
    index.close()
