"""contact of a company

Revision: 0003, after 0002
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

COLUMNS = {
    "contact_name": (60, ""),
    "phone": (40, ""),
    "email": (120, ""),
    "contact_visibility": (10, "members"),
}


def upgrade() -> None:
    for name, (length, default) in COLUMNS.items():
        column = sa.Column(
            name, sqlmodel.sql.sqltypes.AutoString(length=length), server_default=default, nullable=False
        )
        op.add_column("company", column)


def downgrade() -> None:
    # One by one and in place: SQLite would otherwise copy the table, which its foreign keys forbid.
    for name in reversed(COLUMNS):
        op.drop_column("company", name)
