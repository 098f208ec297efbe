"""leads found: why somebody was told, and the day a firm's list was last made

Revision: 0019, after 0017
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0019"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString(length=200)
    op.add_column("alert", sa.Column("reason", text, nullable=False, server_default=""))
    op.create_table(
        "digest_day",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"]),
        sa.PrimaryKeyConstraint("company_id"),
    )


def downgrade() -> None:
    op.drop_table("digest_day")
    op.drop_column("alert", "reason")
