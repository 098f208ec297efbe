"""revisions, files, templates and review of demands

Revision: 0014, after 0013
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

Moment = sqlmodel.sql.sqltypes.UTCDateTime
Text = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    op.add_column("demand", sa.Column("findings", sa.JSON(), nullable=False, server_default=sa.text("'[]'")))
    op.add_column("demand", sa.Column("review_note", Text(length=500), nullable=False, server_default=""))
    op.add_column("demand", sa.Column("warned_at", Moment(), nullable=True))
    op.create_table(
        "demand_revision",
        sa.Column("demand_id", sa.Uuid(), sa.ForeignKey("demand.id"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("demand_id", "number"),
    )
    op.create_table(
        "demand_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("demand_id", sa.Uuid(), sa.ForeignKey("demand.id"), nullable=False),
        sa.Column("name", Text(length=120), nullable=False),
        sa.Column("media_type", Text(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", Text(length=64), nullable=False),
        sa.Column("scanned_by", Text(length=40), nullable=False),
        sa.Column("uploaded_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_demand_file_demand_id", "demand_file", ["demand_id"])
    op.create_table(
        "demand_template",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", Text(length=100), nullable=False),
        sa.Column("company_id", sa.Uuid(), sa.ForeignKey("company.id"), nullable=True),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_demand_template_company_id", "demand_template", ["company_id"])
    op.create_index("ix_demand_template_made_by", "demand_template", ["made_by"])


def downgrade() -> None:
    for table in ("demand_template", "demand_file", "demand_revision"):
        op.drop_table(table)
    for name in ("warned_at", "review_note", "findings"):
        op.drop_column("demand", name)
