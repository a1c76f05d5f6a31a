"""A case keeps what is known beside its findings: tests already done, the family, acute illness."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; the cases that are there have nothing in it."""
    op.add_column("case_", sa.Column("known", sa.LargeBinary, nullable=True))


def downgrade() -> None:
    """Take it away, with what it holds."""
    op.drop_column("case_", "known")
