"""drafts superseded: those that say what their firm stated under the same kind and title are put away

Revision: 0023, after 0022
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

LISTING = sa.table(
    "listing",
    sa.column("id", sa.Uuid()),
    sa.column("company_id", sa.Uuid()),
    sa.column("kind", sa.String()),
    sa.column("title", sa.String()),
    sa.column("status", sa.String()),
    sa.column("version", sa.Integer()),
)
COMPANY = sa.table("company", sa.column("id", sa.Uuid()), sa.column("version", sa.Integer()))
OUTBOX = sa.table(
    "outbox",
    sa.column("key", sa.String()),
    sa.column("subject", sa.String()),
    sa.column("version", sa.Integer()),
    sa.column("created_at", sa.DateTime()),
)


def upgrade() -> None:
    # Those who stated something are few and the drafts many: a join of both reads every draft again for each of a kind.
    run = op.get_bind()
    stated = sa.select(LISTING).where(LISTING.c.status.in_(("published", "withdrawn")))
    said = {(row.company_id, row.kind, _written(row.title)) for row in run.execute(stated)}
    away: dict[UUID, UUID] = {}
    for part in _parts({company for company, _, _ in said}):
        drafts = sa.select(LISTING).where(LISTING.c.company_id.in_(part), LISTING.c.status == "draft")
        away |= {
            row.id: row.company_id
            for row in run.execute(drafts)
            if (row.company_id, row.kind, _written(row.title)) in said
        }
    _move(away, "superseded")


def downgrade() -> None:
    away = sa.select(LISTING.c.id, LISTING.c.company_id).where(LISTING.c.status == "superseded")
    _move({row.id: row.company_id for row in op.get_bind().execute(away)}, "draft")


def _move(listings: dict[UUID, UUID], status: str) -> None:
    """Give these listings (with their companies) a status, and tell the index of the companies."""
    run = op.get_bind()
    for part in _parts(listings):
        changed = sa.update(LISTING).where(LISTING.c.id.in_(part))
        run.execute(changed.values(status=status, version=LISTING.c.version + 1))
    for part in _parts(set(listings.values())):
        run.execute(sa.update(COMPANY).where(COMPANY.c.id.in_(part)).values(version=COMPANY.c.version + 1))
        for row in run.execute(
            sa.select(COMPANY.c.id, COMPANY.c.version).where(COMPANY.c.id.in_(part))
        ).all():
            entry = sa.insert(OUTBOX).values(created_at=sa.func.current_timestamp())
            run.execute(entry, {"key": str(row.id), "subject": "supplier", "version": row.version})


def _parts(keys: Collection[UUID]) -> list[list[UUID]]:
    ordered = sorted(keys)
    return [ordered[start : start + 500] for start in range(0, len(ordered), 500)]


def _written(title: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", title)).casefold()
