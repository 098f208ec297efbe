"""listings by hand: what a firm stated of a listing itself, and what a sheet last said of it

Revision: 0024, after 0023
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

Text = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    op.add_column("listing", sa.Column("content_hash", Text(length=64), nullable=False, server_default=""))
    op.add_column("listing", sa.Column("by_hand", sa.JSON(), nullable=False, server_default=sa.text("'[]'")))
    # What was made on a page has a time-ordered id (version 7); what a sheet made has a derived one (version 5).
    op.execute(
        """UPDATE listing SET by_hand = '["role", "summary", "fields"]' WHERE source = 'firm'
        AND substr(replace(CAST(id AS VARCHAR(36)), '-', ''), 13, 1) = '7'"""
    )


def downgrade() -> None:
    op.drop_column("listing", "by_hand")
    op.drop_column("listing", "content_hash")
