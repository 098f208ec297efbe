"""indexes that give a filtered page in its order

Revision: 0006, after 0005
"""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

LISTS = (("listing", "kind"), ("demand", "state"))


def upgrade() -> None:
    for table, column in LISTS:
        op.create_index(f"ix_{table}_{column}_id", table, [column, "id"])
        op.drop_index(f"ix_{table}_{column}", table)


def downgrade() -> None:
    for table, column in LISTS:
        op.create_index(f"ix_{table}_{column}", table, [column])
        op.drop_index(f"ix_{table}_{column}_id", table)
