"""By what way somebody is told."""

from __future__ import annotations

from app.accounts.models import Person
from app.notify.kinds import KINDS, Channel
from app.notify.models import NoticePreference


def channel_of(kind: str, preference: NoticePreference | None) -> Channel:
    """How somebody is told of a kind: as they chose, else as the table says."""
    chosen = preference.channels.get(kind) if preference else None
    for channel in ("inbox", "email", "none"):
        if channel == chosen:
            return channel
    return KINDS[kind].channel


def can_be_mailed(person: Person) -> bool:
    """Whether somebody has an address that is theirs: people of the demo world have fictional ones."""
    return person.email is not None and not person.demo
