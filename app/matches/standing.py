"""Standing demands, kept in an index of their own: from the outbox, as firms are; healed and rebuilt as firms' is."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from sqlalchemy import Engine, select
from sqlmodel import col

from app.core.actor import SYSTEM
from app.core.database import unit_of_work
from app.core.ids import ids_among
from app.core.outbox import OutboxClaim, Then, claim, park
from app.core.runtime import Runtime
from app.core.searching import Searching
from app.demands.line_needs import needs_by_line
from app.demands.models import Demand
from app.demands.policy import ANSWERABLE
from app.demands.service import need_of
from app.matches.due import demands_changed
from matching.reverse import demand_document
from search.documents import SupplierDocument
from search.index import Rejection
from search.indexer import drain
from search.reconcile import differences, repair

_PAGE = 10_000
_PART = 500


class DemandChanges:
    """Demands of a database, as search.indexer.ChangeSource. ``then`` is told what has been indexed."""

    def __init__(self, engine: Engine, then: Then | None = None) -> None:
        self._engine = engine
        self._then = then

    def claim(self, limit: int, *, besides: Collection[int] = ()) -> OutboxClaim | None:
        """The oldest changes that no other worker has taken; None when there are none."""
        return claim(self._engine, limit, besides=besides, subject="demand", then=self._then)

    def load(self, keys: Sequence[str]) -> dict[str, SupplierDocument]:
        """Those of these demands that stand."""
        found = {}
        for start in range(0, len(keys), _PART):
            ids = list(ids_among(keys[start : start + _PART]))
            query = select(Demand).where(col(Demand.id).in_(ids), col(Demand.state).in_(ANSWERABLE))
            with unit_of_work(self._engine, writing=False, actor=SYSTEM) as session:
                demands = session.scalars(query).all()
                by_line = needs_by_line(session, demands)
            for demand in demands:
                key, moment = str(demand.id), demand.updated_at.timestamp()
                lines = {str(one.line.id): one.need for one in by_line.get(demand.id, ())}
                found[key] = demand_document(
                    key, demand.version, need_of(demand), updated_at=moment, lines=lines
                )
        return found

    def park(self, rejected: Collection[Rejection]) -> None:
        """Set aside what the index refuses."""
        with unit_of_work(self._engine) as session:
            park(session, rejected, subject="demand")

    def versions(self) -> Iterator[tuple[str, int]]:
        """(id, version) of every demand that stands, in order of the ids, read a page at a time."""
        query = select(col(Demand.id), col(Demand.version)).where(col(Demand.state).in_(ANSWERABLE))
        page = query = query.order_by(col(Demand.id)).limit(_PAGE)
        while True:
            with unit_of_work(self._engine, writing=False, actor=SYSTEM) as session:
                rows = session.execute(page).all()
            for key, version in rows:
                yield str(key), version
            if len(rows) < _PAGE:
                return
            page = query.where(col(Demand.id) > rows[-1][0])


def index_demands(runtime: Runtime) -> int:
    """Apply what changed of demands; returns how many. An index of another encoder or version waits to be built anew."""
    if runtime.demand_index.stale:
        return 0
    return drain(DemandChanges(runtime.engine, then=demands_changed), runtime.demand_index)


def check_demands(runtime: Runtime) -> int:
    """Mend what differs between database and index, as after a restore or a change past the outbox; returns how many."""
    if runtime.demand_index.stale:
        return 0
    source = DemandChanges(runtime.engine)
    return repair(source, runtime.demand_index, differences(source, runtime.demand_index))


def standing(runtime: Runtime) -> Searching:
    """The index of standing demands as it is now, whichever process wrote to it last. Raises SearchUnavailable."""
    runtime.follow()
    found = runtime.searching("demand")
    if not found.index.stale and found.index.changed_elsewhere():
        found.index.refresh()
    return found
