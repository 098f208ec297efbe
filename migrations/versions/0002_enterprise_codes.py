"""enterprise codes

Revision: 0002, after 0001
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "code_signing_key",
        sa.Column("kid", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.Column("public", sqlmodel.sql.sqltypes.AutoString(length=43), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("retired_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("kid"),
    )
    op.create_table(
        "enterprise_code",
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("parent", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=True),
        sa.Column("label", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("listing_id", sa.Uuid(), nullable=True),
        sa.Column("gs1_path", sqlmodel.sql.sqltypes.AutoString(length=255), nullable=True),
        sa.Column("handle", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=True),
        sa.Column("links", sa.JSON(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("replaced_by", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=True),
        sa.Column("kid", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.Column("signature", sqlmodel.sql.sqltypes.AutoString(length=86), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"],
            ["company.id"],
        ),
        sa.ForeignKeyConstraint(
            ["parent"],
            ["enterprise_code.code"],
        ),
        sa.ForeignKeyConstraint(
            ["replaced_by"],
            ["enterprise_code.code"],
        ),
        sa.PrimaryKeyConstraint("code"),
        sa.UniqueConstraint("gs1_path"),
        sa.UniqueConstraint("handle"),
    )
    with op.batch_alter_table("enterprise_code", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_enterprise_code_company_id"), ["company_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_enterprise_code_parent"), ["parent"], unique=False)
        batch_op.create_index(
            "uq_enterprise_code_live_company",
            ["company_id"],
            unique=True,
            sqlite_where=sa.text("kind = 'company' AND state IN ('issued', 'active', 'suspended')"),
            postgresql_where=sa.text("kind = 'company' AND state IN ('issued', 'active', 'suspended')"),
        )

    op.create_table(
        "enterprise_code_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("actor", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("action", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("from_state", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("to_state", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["code"],
            ["enterprise_code.code"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("enterprise_code_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_enterprise_code_event_code"), ["code"], unique=False)


def downgrade() -> None:

    with op.batch_alter_table("enterprise_code_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_enterprise_code_event_code"))

    op.drop_table("enterprise_code_event")
    with op.batch_alter_table("enterprise_code", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_enterprise_code_live_company",
            sqlite_where=sa.text("kind = 'company' AND state IN ('issued', 'active', 'suspended')"),
            postgresql_where=sa.text("kind = 'company' AND state IN ('issued', 'active', 'suspended')"),
        )
        batch_op.drop_index(batch_op.f("ix_enterprise_code_parent"))
        batch_op.drop_index(batch_op.f("ix_enterprise_code_company_id"))

    op.drop_table("enterprise_code")
    op.drop_table("code_signing_key")
