"""deals and reviews of them

Revision: 0009, after 0008
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "deal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("demand_id", sa.Uuid(), nullable=False),
        sa.Column("quote_id", sa.Uuid(), nullable=False),
        sa.Column("buyer_company_id", sa.Uuid(), nullable=True),
        sa.Column("buyer_person_id", sa.Uuid(), nullable=True),
        sa.Column("supplier_company_id", sa.Uuid(), nullable=False),
        sa.Column("division", sqlmodel.sql.sqltypes.AutoString(length=6), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("total", sa.Numeric(20, 2), nullable=True),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(length=22), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("milestones", sa.JSON(), nullable=False),
        sa.Column("confirmed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("delivered_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("accepted_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("disputed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("disputed_by", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("dispute_note", sa.Text(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("cancelled_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("cancelled_by", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("cancel_note", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["demand_id"], ["demand.id"]),
        sa.ForeignKeyConstraint(["buyer_company_id"], ["company.id"]),
        sa.ForeignKeyConstraint(["supplier_company_id"], ["company.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_deal_demand_id", "deal", ["demand_id"])
    op.create_index("ix_deal_quote_id", "deal", ["quote_id"])
    op.create_index("ix_deal_buyer_person_id", "deal", ["buyer_person_id"])
    op.create_index("ix_deal_buyer_company_id_id", "deal", ["buyer_company_id", "id"])
    op.create_index("ix_deal_supplier_company_id_id", "deal", ["supplier_company_id", "id"])

    op.create_table(
        "deal_review",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("deal_id", sa.Uuid(), nullable=False),
        sa.Column("side", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("by_company_id", sa.Uuid(), nullable=True),
        sa.Column("by_person_id", sa.Uuid(), nullable=True),
        sa.Column("of_company_id", sa.Uuid(), nullable=True),
        sa.Column("scores", sa.JSON(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("shown_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("counted", sa.Boolean(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["deal_id"], ["deal.id"]),
        sa.ForeignKeyConstraint(["by_company_id"], ["company.id"]),
        sa.ForeignKeyConstraint(["of_company_id"], ["company.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("deal_id", "side"),
    )
    op.create_index("ix_deal_review_of_company_id_id", "deal_review", ["of_company_id", "id"])
    op.create_index("ix_deal_review_shown_at", "deal_review", ["shown_at"])
    op.create_index("ix_deal_review_counted", "deal_review", ["counted"])


def downgrade() -> None:
    op.drop_table("deal_review")
    op.drop_table("deal")
