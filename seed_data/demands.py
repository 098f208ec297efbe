"""A demand of the demo world as a row, whatever is asked for in it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from app.core.clock import now
from app.demands.models import Demand
from app.demands.needs import need_to_json
from app.demands.places import locate
from app.demands.publishing import VALID
from matching.need import Need


def demand_row(
    said: Mapping[str, Any], *, key: UUID, buyer: UUID | None, posted: datetime, need: Need, **more: Any
) -> Demand:
    """What every line of a file says, published when it was posted; ``more`` are the columns of its own sort."""
    place = locate(city=said["city"], district=said["district"])
    return Demand(
        id=key,
        title=said["title"],
        buyer=said["buyer"],
        buyer_company_id=buyer,
        city=said["city"],
        district=said["district"],
        adcode=place.adcode if place else "",
        need=need_to_json(need),
        created_at=posted,
        updated_at=posted,
        published_at=posted,
        valid_until=now() + VALID,
        **more,
    )
