"""Who may see a firm's contact person, telephone and e-mail, and what others see in their place. The one place of it."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.actor import Actor
from app.core.text import mask_email
from app.registry.models import Company
from app.registry.service import home_division


@dataclass(frozen=True, slots=True)
class Contact:
    """How to reach a firm, as one viewer may see it. A ``masked`` one names nobody and can be called by nobody."""

    name: str
    phone: str
    email: str
    masked: bool
    on_asking: bool = False
    """Whether this viewer may ask to see it unmasked."""

    def __bool__(self) -> bool:
        return bool(self.name or self.phone or self.email)


def sees_contact(company: Company, viewer: Actor) -> bool:
    """Whether a viewer may see the contact as it is.

    The firm says to whom: everybody ("public"), people signed in ("members"), or its own people and operators only.
    """
    own = viewer.kind == "system" or company.id in viewer.seats
    if own or (viewer.divisions and viewer.operates(home_division(company))):
        return True
    return company.contact_visibility == "public" or (
        company.contact_visibility == "members" and viewer.kind == "person"
    )


def shown_at_once(company: Company, viewer: Actor) -> bool:
    """Whether a viewer sees the contact without asking: it is public, or their own. Whoever asks is written down."""
    return viewer.kind == "system" or company.id in viewer.seats or company.contact_visibility == "public"


def contact_of(company: Company, viewer: Actor, *, asked: bool = False) -> Contact:
    """The firm's contact as ``viewer`` may see it; ``asked`` when they asked for it (app.fair_play.contacts)."""
    may_see = sees_contact(company, viewer)
    if shown_at_once(company, viewer) or (asked and may_see):
        return Contact(company.contact_name, company.phone, company.email, masked=False)
    return Contact(
        mask_name(company.contact_name), mask_phone(company.phone), mask_email(company.email), masked=True,
        on_asking=may_see,
    )  # fmt: skip


def mask_name(name: str) -> str:
    """陈建国 -> 陈**: the family name only."""
    return name[:1] + "*" * min(len(name) - 1, 2) if name else ""


def mask_phone(phone: str) -> str:
    """13812345678 -> 138****5678; a short number keeps its last two digits only. Separators go."""
    digits = "".join(character for character in phone if character.isdecimal())
    if len(digits) >= 10:
        return f"{digits[:3]}****{digits[-4:]}"
    return "****" + digits[-2:] if digits else ""
