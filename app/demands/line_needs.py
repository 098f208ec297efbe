"""What each line asks for by itself, where a form's lines are things of their own: a project's bill of materials."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from uuid import UUID

from sqlmodel import Session

from app.core.clock import today
from app.core.errors import NotFound
from app.demands.forms import form_named
from app.demands.lines import lines_by_demand, lines_of
from app.demands.models import Demand, DemandLine
from app.demands.understanding import need_of, read_words, words_of_lines
from matching.need import Need


@dataclass(frozen=True, slots=True)
class LineNeed:
    """A line and the need it is matched by."""

    line: DemandLine
    need: Need


def needs_by_line(session: Session, demands: Sequence[Demand]) -> dict[UUID, list[LineNeed]]:
    """The lines of those demands that are matched line by line, in order; the others are left out."""
    apart = {one.id: one for one in demands if _per_line(one)}
    found = lines_by_demand(session, apart)
    return {
        key: [LineNeed(line, _need(apart[key], line)) for line in lines]
        for key, lines in found.items()
        if lines and not lines[0].implied
    }


def need_of_line(session: Session, demand: Demand, line_id: UUID) -> Need:
    """What one line of a demand asks for. Raises NotFound."""
    for line in lines_of(session, demand.id):
        if line.id == line_id:
            return need_of(demand) if line.implied else _need(demand, line)
    raise NotFound("该需求没有这条明细", code="line_not_found")


def _per_line(demand: Demand) -> bool:
    form = form_named(demand.form)
    return form is not None and form.per_line


def _need(demand: Demand, line: DemandLine) -> Need:
    """The line's own words; where, by when and from whom are the demand's."""
    whole = need_of(demand)
    return replace(
        _read(line.name, words_of_lines([line]), today()),
        place=whole.place,
        deadline=whole.deadline,
        makers_only=whole.makers_only,
        local_only=whole.local_only,
    )


@lru_cache(maxsize=20_000)
def _read(name: str, words: str, _day: date) -> Need:
    """Every line of a project is read whenever the project is matched, hundreds at a time; anew each day, as dates are relative."""
    return read_words(name, words)
