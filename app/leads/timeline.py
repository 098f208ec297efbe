"""What happened to a lead, in one line of time: its history and the scans that are still kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from app.leads.handing import family
from app.leads.models import Lead, LeadEvent, LeadScan
from app.leads.people import names_of
from app.leads.schemas import TimelinePublic

_OF_SCANS = {"occasion", "place", "lon", "lat", "code"}


def timeline(session: Session, lead: Lead) -> list[TimelinePublic]:
    """The newest first, with what happened to the leads merged into it."""
    keys = [one.id for one in family(session, lead)]
    events = session.scalars(select(LeadEvent).where(col(LeadEvent.lead_id).in_(keys))).all()
    scans = session.scalars(select(LeadScan).where(col(LeadScan.lead_id).in_(keys))).all()
    people = [event.person_id for event in events] + [scan.person_id for scan in scans]
    names = names_of(session, people + _mentioned(events))
    lines = [_of_event(event, names) for event in events] + [_of_scan(scan, names) for scan in scans]
    return sorted(lines, key=lambda line: (line.at, line.id), reverse=True)


def _mentioned(events: Sequence[LeadEvent]) -> list[UUID | None]:
    """People a change of owner speaks of."""
    return [
        UUID(event.data[side])
        for event in events
        if event.kind == "owner"
        for side in ("from", "to")
        if event.data.get(side)
    ]


def _of_event(event: LeadEvent, names: Mapping[UUID | None, str]) -> TimelinePublic:
    data = dict(event.data)
    if event.kind == "owner":
        data |= {f"{side}_name": names.get(UUID(data[side]), "") for side in ("from", "to") if side in data}
    return TimelinePublic(
        **event.model_dump(include={"id", "kind", "at", "person_id", "text"}),
        person=names.get(event.person_id, ""),
        data=data,
    )


def _of_scan(scan: LeadScan, names: Mapping[UUID | None, str]) -> TimelinePublic:
    said = scan.model_dump(include=_OF_SCANS)
    return TimelinePublic(
        **scan.model_dump(include={"id", "at", "person_id"}),
        kind="scan",
        person=names.get(scan.person_id, ""),
        text="",
        data={name: value for name, value in said.items() if value not in ("", None)},
    )
