"""order of lists: those sorted by distance are kept to learn from too

Revision: 0022, after 0021
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

Text = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    op.add_column("impression", sa.Column("sort", Text(length=8), nullable=False, server_default="score"))


def downgrade() -> None:
    op.drop_column("impression", "sort")
