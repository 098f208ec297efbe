"""demands are indexed through the outbox too; lists shown, what came of them, alerts

Revision: 0012, after 0011
"""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_OUTBOX = sa.table(
    "outbox", sa.column("key"), sa.column("version"), sa.column("subject"), sa.column("created_at")
)


def _text(length: int) -> sqlmodel.sql.sqltypes.AutoString:
    return sqlmodel.sql.sqltypes.AutoString(length=length)


def _moment(name: str) -> sa.Column[object]:
    return sa.Column(name, sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False)


def upgrade() -> None:
    for table in ("outbox", "outbox_parked"):
        op.add_column(table, sa.Column("subject", _text(8), nullable=False, server_default="supplier"))
    _enqueue_demands()
    op.create_table(
        "impression",
        sa.Column("id", sa.Uuid(), nullable=False),
        _moment("shown_at"),
        sa.Column("side", _text(8), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("model", _text(60), nullable=False),
        sa.Column("shown", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_impression_shown_at", "impression", ["shown_at"])
    op.create_index("ix_impression_side_subject", "impression", ["side", "subject_id"])
    op.create_table(
        "match_outcome",
        sa.Column("demand_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", _text(8), nullable=False),
        sa.Column("reason", _text(200), nullable=False),
        _moment("recorded_at"),
        sa.ForeignKeyConstraint(["demand_id"], ["demand.id"]),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"]),
        sa.PrimaryKeyConstraint("demand_id", "company_id", "outcome"),
    )
    op.create_table(
        "alert_due",
        sa.Column("subject", _text(8), nullable=False),
        sa.Column("key", _text(36), nullable=False),
        _moment("changed_at"),
        sa.PrimaryKeyConstraint("subject", "key"),
    )
    op.create_index("ix_alert_due_changed_at", "alert_due", ["changed_at"])
    op.create_table(
        "alert",
        sa.Column("demand_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("cause", _text(8), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        _moment("created_at"),
        sa.ForeignKeyConstraint(["demand_id"], ["demand.id"]),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"]),
        sa.PrimaryKeyConstraint("demand_id", "company_id"),
    )
    op.create_index("ix_alert_created_at", "alert", ["created_at"])
    op.create_index("ix_alert_company_created", "alert", ["company_id", "created_at"])


def _enqueue_demands() -> None:
    """Demands posted before this are indexed like any that is posted from now on."""
    demand = sa.table("demand", sa.column("id", sa.Uuid()), sa.column("version"), sa.column("state"))
    connection = op.get_bind()
    found = connection.execute(
        sa.select(demand.c.id, demand.c.version).where(demand.c.state.in_(("open", "quoting")))
    )
    rows = [_change(key, version) for key, version in found]
    if rows:
        stamped = sa.insert(_OUTBOX).values(created_at=sa.func.current_timestamp())
        connection.execute(stamped, rows)


def _change(key: UUID, version: int) -> dict[str, object]:
    return {"key": str(key), "version": version, "subject": "demand"}


def downgrade() -> None:
    for table in ("alert", "alert_due", "match_outcome", "impression"):
        op.drop_table(table)
    op.execute("DELETE FROM outbox WHERE subject = 'demand'")
    op.execute("DELETE FROM outbox_parked WHERE subject = 'demand'")
    for table in ("outbox_parked", "outbox"):
        with op.batch_alter_table(table, schema=None) as batch:
            batch.drop_column("subject")
