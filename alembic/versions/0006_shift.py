"""Counts of the shift monitor, by month."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "shift_count",
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("figure", sa.String(20), nullable=False),
        sa.Column("bin", sa.String(20), nullable=False),
        sa.Column("count", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("month", "figure", "bin", name="pk_shift_count"),
    )


def downgrade() -> None:
    """Take it away, with what it holds."""
    op.drop_table("shift_count")
