"""templates that are renamed and taken out, what a report is about as it was

Revision: 0021, after 0020
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

Moment = sqlmodel.sql.sqltypes.UTCDateTime


def upgrade() -> None:
    op.add_column("demand_template", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("demand_template", sa.Column("updated_at", Moment(), nullable=True))
    op.execute("UPDATE demand_template SET updated_at = created_at")
    with op.batch_alter_table("demand_template") as table:
        table.alter_column("updated_at", existing_type=Moment(), nullable=False)
    op.add_column("demand_template", sa.Column("deleted_at", Moment(), nullable=True))
    op.add_column("report", sa.Column("snapshot", sa.JSON(), nullable=False, server_default="{}"))


def downgrade() -> None:
    op.drop_column("report", "snapshot")
    op.drop_column("demand_template", "deleted_at")
    op.drop_column("demand_template", "updated_at")
    op.drop_column("demand_template", "version")
