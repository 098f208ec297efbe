"""posting forms filled in before signing in

Revision: 0020, after 0019
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

Moment = sqlmodel.sql.sqltypes.UTCDateTime
Text = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    op.create_table(
        "kept_form",
        sa.Column("token_hash", Text(length=64), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("token_hash"),
    )
    op.create_index("ix_kept_form_expires_at", "kept_form", ["expires_at"])


def downgrade() -> None:
    op.drop_table("kept_form")
