"""words of the trade that an installation adds

Revision: 0015, after 0014
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_COUNTS = ("firms", "term_firms", "other_firms")


def _text(name: str, length: int) -> sa.Column[object]:
    return sa.Column(name, sqlmodel.sql.sqltypes.AutoString(length=length), nullable=False)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sqlmodel.sql.sqltypes.UTCDateTime(), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "word_relation",
        sa.Column("before", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        _text("term", 40),
        _text("kin", 8),
        _text("other", 40),
        _text("pair", 81),
        sa.Column("weight", sa.Float(), nullable=False),
        _text("state", 9),
        _text("source", 12),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in _COUNTS),
        sa.Column("score", sa.Float(), nullable=False),
        _text("decided_by", 60),
        sa.Column("batch", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        _moment("created_at"),
        _moment("updated_at"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("pair"),
    )
    for name in ("term", "other", "batch"):
        op.create_index(f"ix_word_relation_{name}", "word_relation", [name])
    op.create_index("ix_word_relation_state_score_id", "word_relation", ["state", "score", "id"])
    edition = op.create_table(
        "word_edition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        _moment("learnt_at", nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.bulk_insert(edition, [{"id": 1, "number": 0, "learnt_at": None}])


def downgrade() -> None:
    op.drop_table("word_edition")
    op.drop_table("word_relation")
