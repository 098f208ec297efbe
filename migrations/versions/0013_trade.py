"""trade: invitations, questions, quotes and their versions, awards

Revision: 0013, after 0012
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

Moment = sqlmodel.sql.sqltypes.UTCDateTime
Text = sqlmodel.sql.sqltypes.AutoString
OFFERED = sa.text("state = 'offered'")


def upgrade() -> None:
    op.create_table(
        "inquiry",
        sa.Column("buyer_company_id", sa.Uuid(), nullable=True),
        sa.Column("buyer_person_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("demand_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("origin", Text(length=10), nullable=False),
        sa.Column("state", Text(length=12), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("distance_km", sa.Float(), nullable=True),
        sa.Column("reason", Text(length=10), nullable=False),
        sa.Column("note", Text(length=500), nullable=False),
        sa.Column("told_at", Moment(), nullable=True),
        sa.Column("answered_at", Moment(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["buyer_company_id"], ["company.id"]),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"]),
        sa.ForeignKeyConstraint(["demand_id"], ["demand.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("demand_id", "company_id"),
    )
    op.create_index("ix_inquiry_buyer_company_id", "inquiry", ["buyer_company_id"])
    op.create_index("ix_inquiry_buyer_person_id", "inquiry", ["buyer_person_id"])
    op.create_index("ix_inquiry_company_id_id", "inquiry", ["company_id", "id"])
    op.create_index("ix_inquiry_told_at", "inquiry", ["told_at"])
    op.create_table(
        "inquiry_round",
        sa.Column("demand_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("done_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["demand_id"], ["demand.id"]),
        sa.PrimaryKeyConstraint("demand_id"),
    )
    op.create_table(
        "question",
        sa.Column("buyer_company_id", sa.Uuid(), nullable=True),
        sa.Column("buyer_person_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("demand_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", Moment(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["buyer_company_id"], ["company.id"]),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"]),
        sa.ForeignKeyConstraint(["demand_id"], ["demand.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_question_buyer_company_id", "question", ["buyer_company_id"])
    op.create_index("ix_question_buyer_person_id", "question", ["buyer_person_id"])
    op.create_index("ix_question_demand_id_id", "question", ["demand_id", "id"])
    op.create_table(
        "quote",
        sa.Column("buyer_company_id", sa.Uuid(), nullable=True),
        sa.Column("buyer_person_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("demand_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("state", Text(length=10), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sealed_until", Moment(), nullable=True),
        sa.Column("opened", sa.Boolean(), nullable=False),
        sa.Column("rejected_because", Text(length=500), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["buyer_company_id"], ["company.id"]),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"]),
        sa.ForeignKeyConstraint(["demand_id"], ["demand.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("demand_id", "company_id"),
    )
    op.create_index("ix_quote_buyer_company_id", "quote", ["buyer_company_id"])
    op.create_index("ix_quote_buyer_person_id", "quote", ["buyer_person_id"])
    op.create_index("ix_quote_company_id_id", "quote", ["company_id", "id"])
    op.create_index("ix_quote_sealed_until", "quote", ["sealed_until"])
    op.create_table(
        "award",
        sa.Column("buyer_company_id", sa.Uuid(), nullable=True),
        sa.Column("buyer_person_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("demand_id", sa.Uuid(), nullable=False),
        sa.Column("quote_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", Text(length=10), nullable=False),
        sa.Column("confirm_by", Moment(), nullable=False),
        sa.Column("confirm_hours", sa.Integer(), nullable=False),
        sa.Column("freight", sa.Numeric(20, 2), nullable=True),
        sa.Column("fallback", sa.JSON(), nullable=False),
        sa.Column("after_id", sa.Uuid(), nullable=True),
        sa.Column("reason", Text(length=500), nullable=False),
        sa.Column("deal_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["after_id"], ["award.id"]),
        sa.ForeignKeyConstraint(["buyer_company_id"], ["company.id"]),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"]),
        sa.ForeignKeyConstraint(["deal_id"], ["deal.id"]),
        sa.ForeignKeyConstraint(["demand_id"], ["demand.id"]),
        sa.ForeignKeyConstraint(["quote_id"], ["quote.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_award_buyer_company_id", "award", ["buyer_company_id"])
    op.create_index("ix_award_buyer_person_id", "award", ["buyer_person_id"])
    op.create_index("ix_award_company_id", "award", ["company_id"])
    op.create_index("ix_award_demand_id", "award", ["demand_id"])
    op.create_index("ix_award_state", "award", ["state"])
    op.create_index(
        "uq_award_quote_id_offered",
        "award",
        ["quote_id"],
        unique=True,
        sqlite_where=OFFERED,
        postgresql_where=OFFERED,
    )
    op.create_table(
        "quote_version",
        sa.Column("quote_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.Column("demand_revision", sa.Integer(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["quote_id"], ["quote.id"]),
        sa.PrimaryKeyConstraint("quote_id", "number"),
    )
    op.create_table(
        "award_line",
        sa.Column("award_id", sa.Uuid(), nullable=False),
        sa.Column("demand_line_id", sa.Uuid(), nullable=False),
        sa.Column("name", Text(length=200), nullable=False),
        sa.Column("quantity", sa.Float(), nullable=True),
        sa.Column("unit", Text(length=20), nullable=False),
        sa.Column("unit_price", sa.Numeric(precision=20, scale=4), nullable=False),
        sa.Column("amount", sa.Numeric(precision=20, scale=2), nullable=True),
        sa.Column("lead_days", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["award_id"], ["award.id"]),
        sa.ForeignKeyConstraint(["demand_line_id"], ["demand_line.id"]),
        sa.PrimaryKeyConstraint("award_id", "demand_line_id"),
    )
    op.create_index("ix_award_line_demand_line_id", "award_line", ["demand_line_id"])


def downgrade() -> None:
    for table in (
        "award_line",
        "quote_version",
        "award",
        "quote",
        "question",
        "inquiry_round",
        "inquiry",
    ):
        op.drop_table(table)
