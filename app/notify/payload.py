"""What a webhook is sent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from app.notify.kinds import KINDS


def body_of(
    kind: str, moment: datetime, about: str, data: Mapping[str, str | int], company_id: UUID | None
) -> str:
    """The body of a message, as compact JSON: what happened, when, to whom, and the words a person is told."""
    title, text = KINDS[kind].words(data, "zh") if kind in KINDS else ("", "")
    said = {
        "type": kind,
        "timestamp": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "data": {
            "company_id": str(company_id) if company_id else None,
            "about": about,
            "title": title,
            "text": text,
            "fields": dict(data),
        },
    }
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))
