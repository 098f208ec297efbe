"""Every table, imported once, so that SQLModel's metadata is whole."""

from app.catalogue.models import Listing
from app.codes.models import CodeEvent, EnterpriseCode, SigningKey
from app.core.idempotency import IdempotencyRecord
from app.core.outbox import OutboxEntry
from app.demands.models import Demand
from app.registry.models import Company

__all__ = [
    "CodeEvent",
    "Company",
    "Demand",
    "EnterpriseCode",
    "IdempotencyRecord",
    "Listing",
    "OutboxEntry",
    "SigningKey",
]
