"""demands in full: line items, terms, visibility, nine states

Revision: 0010, after 0009
"""

from __future__ import annotations

import json
from uuid import UUID, uuid5

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

Moment = sqlmodel.sql.sqltypes.UTCDateTime
Text = sqlmodel.sql.sqltypes.AutoString

NEW_COLUMNS = (
    ("form", Text(length=30), "''"),
    ("fields", sa.JSON(), "'{}'"),
    ("visibility", Text(length=10), "'public'"),
    ("sealed", sa.Boolean(), "false"),
    ("address", Text(length=200), "''"),
    ("deliver_from", sa.Date(), None),
    ("deliver_until", sa.Date(), None),
    ("budget_low", sa.BigInteger(), None),
    ("budget_high", sa.BigInteger(), None),
    ("budget_sealed", sa.Boolean(), "false"),
    ("quotes_until", Moment(), None),
    ("valid_until", Moment(), None),
    ("revision", sa.Integer(), "1"),
    ("published_at", Moment(), None),
)
"""Name, type, and the value of the rows there are."""
BEFORE = {
    "in_review": "draft", "quoting": "open", "awarded": "open", "fulfilled": "closed", "expired": "closed",
    "withdrawn": "closed",
}  # fmt: skip
"""Where each of the new states stood before there were nine."""


def upgrade() -> None:
    # Column by column, with defaults that stay: SQLite would drop and remake a table that others refer to.
    for name, kind, value in NEW_COLUMNS:
        default = sa.text(value) if value else None
        op.add_column("demand", sa.Column(name, kind, nullable=value is None, server_default=default))
    op.create_index("ix_demand_valid_until", "demand", ["valid_until"])
    op.execute("UPDATE demand SET published_at = created_at WHERE state <> 'draft'")
    op.create_table(
        "demand_guest",
        sa.Column("demand_id", sa.Uuid(), sa.ForeignKey("demand.id"), nullable=False),
        sa.Column("company_id", sa.Uuid(), sa.ForeignKey("company.id"), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("demand_id", "company_id"),
    )
    op.create_index("ix_demand_guest_company_id", "demand_guest", ["company_id"])
    line = op.create_table(
        "demand_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("demand_id", sa.Uuid(), sa.ForeignKey("demand.id"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", Text(length=200), nullable=False),
        sa.Column("quantity", sa.Float(), nullable=True),
        sa.Column("unit", Text(length=20), nullable=False),
        sa.Column("specs", sa.JSON(), nullable=False),
        sa.Column("note", Text(length=1000), nullable=False),
        sa.Column("implied", sa.Boolean(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_demand_line_demand_id", "demand_line", ["demand_id"])
    if implied := _implied_lines():
        op.bulk_insert(line, implied)


def _implied_lines() -> list[dict[str, object]]:
    """The one line of each demand there is: its title, and how many were understood."""
    demand = sa.table("demand", sa.column("id", sa.Uuid()), sa.column("title"), sa.column("need", sa.JSON()))
    lines: list[dict[str, object]] = []
    for row in op.get_bind().execute(sa.select(demand.c.id, demand.c.title, demand.c.need)):
        need = json.loads(row.need) if isinstance(row.need, str) else row.need or {}
        said = need.get("quantity") or {}
        lines.append(
            {
                "id": uuid5(UUID(str(row.id)), "line/1"),
                "demand_id": row.id,
                "position": 1,
                "name": row.title,
                "quantity": said.get("value"),
                "unit": (said.get("unit") or "")[:20],
                "specs": {},
                "note": "",
                "implied": True,
                "removed": False,
            }
        )
    return lines


def downgrade() -> None:
    op.drop_table("demand_line")
    op.drop_table("demand_guest")
    demand = sa.table("demand", sa.column("state", sa.String()))
    for state, before in BEFORE.items():
        op.execute(demand.update().where(demand.c.state == state).values(state=before))
    op.drop_index("ix_demand_valid_until", "demand")
    for name, _kind, _value in reversed(NEW_COLUMNS):
        op.drop_column("demand", name)
