"""What the case page keeps: every edit of findings, first impressions, and how long evidence was looked at."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the three tables."""
    _part_of_case(
        "edit",
        sa.Column("verb", sa.String(20), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("added", sa.JSON, nullable=False),
        sa.Column("withdrew", sa.JSON, nullable=False),
        sa.Column("undone", sa.DateTime(timezone=True)),
    )
    _part_of_case("impression", sa.Column("sealed", sa.LargeBinary, nullable=False))
    _part_of_case(
        "evidence_look",
        sa.Column("rank", sa.Integer, nullable=False),
        sa.Column("seconds", sa.Float, nullable=False),
    )


def downgrade() -> None:
    """Take them away, with what they hold."""
    for name in ("evidence_look", "impression", "edit"):
        op.drop_table(name)


def _part_of_case(name: str, *columns: sa.Column) -> None:  # type: ignore[type-arg]
    op.create_table(
        name,
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("case", sa.String(32), nullable=False),
        sa.Column("department", sa.String(32), nullable=False),
        *columns,
        sa.Column("created_by", sa.String(32), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
        sa.ForeignKeyConstraint(["department"], ["department.id"], name=f"fk_{name}_department_department"),
        sa.ForeignKeyConstraint(["created_by"], ["account.id"], name=f"fk_{name}_created_by_account"),
        sa.ForeignKeyConstraint(["case", "department"], ["case_.id", "case_.department"], name=f"fk_{name}_case_case_"),
    )
    for column in ("case", "department"):
        op.create_index(f"ix_{name}_{column}", name, [column])
