"""The gallery of faces: enrolled cases (never a photo), keys of those that belong to no case, evaluations."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the three tables."""
    op.create_table(
        "enrolled",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("case", sa.String(32)),
        sa.Column("department", sa.String(32)),
        sa.Column("disease", sa.String(30), nullable=False),
        sa.Column("age_band", sa.String(10)),
        sa.Column("sex", sa.String(10), nullable=False),
        sa.Column("ancestry", sa.String(40)),
        sa.Column("consent", sa.String(32)),
        sa.Column("model", sa.String(64), nullable=False),
        sa.Column("origin", sa.String(100)),
        sa.Column("synthetic", sa.Boolean, nullable=False),
        sa.Column("shareable", sa.Boolean, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("created_by", sa.String(32), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_enrolled"),
        sa.ForeignKeyConstraint(["department"], ["department.id"], name="fk_enrolled_department_department"),
        sa.ForeignKeyConstraint(["consent"], ["consent.id"], name="fk_enrolled_consent_consent"),
        sa.ForeignKeyConstraint(
            ["case", "department"], ["case_.id", "case_.department"], name="fk_enrolled_case_case_"
        ),
    )
    for column in ("case", "department"):
        op.create_index(f"ix_enrolled_{column}", "enrolled", [column])
    op.create_table(
        "enrolled_key",
        sa.Column("enrolled", sa.String(32), nullable=False),
        sa.Column("wrapped", sa.LargeBinary),
        sa.Column("master", sa.String(64), nullable=False),
        sa.Column("cipher", sa.String(20), nullable=False),
        sa.Column("destroyed", sa.DateTime(timezone=True)),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("enrolled", name="pk_enrolled_key"),
        sa.ForeignKeyConstraint(["enrolled"], ["enrolled.id"], name="fk_enrolled_key_enrolled_enrolled"),
    )
    op.create_table(
        "gallery_evaluation",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("model", sa.String(64), nullable=False),
        sa.Column("found", sa.JSON, nullable=False),
        sa.Column("created_by", sa.String(32), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_gallery_evaluation"),
    )
    op.create_index("ix_gallery_evaluation_digest", "gallery_evaluation", ["digest"])


def downgrade() -> None:
    """Take them away, with what they hold."""
    for name in ("gallery_evaluation", "enrolled_key", "enrolled"):
        op.drop_table(name)
