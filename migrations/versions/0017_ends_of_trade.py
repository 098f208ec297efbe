"""ends of trade: invitations that are over, deliveries nobody speaks of

Revision: 0017, after 0016
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

Moment = sqlmodel.sql.sqltypes.UTCDateTime
Text = sqlmodel.sql.sqltypes.AutoString
RUNNING = sa.text("over_at IS NULL AND state IN ('invited', 'interested', 'quoted')")
DELIVERED = sa.text("state = 'delivered'")


def upgrade() -> None:
    op.add_column("inquiry", sa.Column("over_at", Moment(), nullable=True))
    # What ended before is old news to everybody.
    op.execute(
        "UPDATE inquiry SET over_at = updated_at WHERE demand_id IN (SELECT id FROM demand"
        " WHERE state IN ('awarded', 'fulfilled', 'closed', 'expired', 'withdrawn'))"
    )
    op.create_index(
        "ix_inquiry_demand_id_running",
        "inquiry",
        ["demand_id"],
        sqlite_where=RUNNING,
        postgresql_where=RUNNING,
    )
    op.add_column("deal", sa.Column("reminded_at", Moment(), nullable=True))
    op.add_column("deal", sa.Column("accepted_by", Text(length=10), nullable=False, server_default=""))
    op.execute("UPDATE deal SET accepted_by = 'buyer' WHERE state = 'accepted'")
    op.create_index(
        "ix_deal_delivered_at", "deal", ["delivered_at"], sqlite_where=DELIVERED, postgresql_where=DELIVERED
    )


def downgrade() -> None:
    op.drop_index("ix_deal_delivered_at", "deal")
    op.drop_column("deal", "accepted_by")
    op.drop_column("deal", "reminded_at")
    op.drop_index("ix_inquiry_demand_id_running", "inquiry")
    op.drop_column("inquiry", "over_at")
