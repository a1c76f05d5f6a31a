"""What comes from a hospital's other systems: who a patient is to them, what was received, tasks, cards, tokens."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the seven tables, and briefs of reports."""
    op.add_column("report", sa.Column("brief", sa.LargeBinary))
    _part_of_case("patient_key", sa.Column("digest", sa.String(64), nullable=False))
    op.create_index("ix_patient_key_digest", "patient_key", ["digest"])
    _part_of_case(
        "received",
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("content", sa.String(64), nullable=False),
        sa.Column("part", sa.String(32)),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("withdrawn", _MOMENT),
        sa.Column("sealed", sa.LargeBinary),
    )
    op.create_index("ix_received_source", "received", ["source"])
    _part_of_case(
        "task",
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("after", _MOMENT, nullable=False),
        sa.Column("fault", sa.String(100)),
        sa.Column("report", sa.String(32)),
        sa.Column("source", sa.String(100), nullable=False),
        sa.Column("callback", sa.String(500)),
        sa.Column("told", sa.String(20)),
        sa.Column("changed", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["report"], ["report.id"], name="fk_task_report_report"),
    )
    op.create_index("ix_task_waiting", "task", ["state", "after"])
    _part_of_case(
        "card",
        sa.Column("service", sa.String(60), nullable=False),
        sa.Column("report", sa.String(32)),
        sa.Column("disease", sa.String(30)),
        sa.Column("hook", sa.String(64), nullable=False),
        sa.Column("indicator", sa.String(20), nullable=False),
        sa.ForeignKeyConstraint(["report"], ["report.id"], name="fk_card_report_report"),
    )
    _part_of_case(
        "card_feedback",
        sa.Column("card", sa.String(32), nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("reason", sa.String(100)),
        sa.Column("suggestions", sa.JSON, nullable=False),
        sa.Column("sealed", sa.LargeBinary),
        sa.ForeignKeyConstraint(["card"], ["card.id"], name="fk_card_feedback_card_card"),
    )
    op.create_index("ix_card_feedback_card", "card_feedback", ["card"])
    op.create_table(
        "site_key",
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("wrapped", sa.LargeBinary),
        sa.Column("master", sa.String(64), nullable=False),
        sa.Column("cipher", sa.String(20), nullable=False),
        sa.Column("destroyed", _MOMENT),
        sa.Column("created", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_site_key"),
    )
    op.create_table(
        "access_token",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("account", sa.String(32), nullable=False),
        sa.Column("scopes", sa.String(2000), nullable=False),
        sa.Column("expires", _MOMENT, nullable=False),
        sa.Column("created", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_access_token"),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name="fk_access_token_account_account"),
    )
    op.create_index("ix_access_token_account", "access_token", ["account"])


def downgrade() -> None:
    """Take them away, with what they hold."""
    for name in ("access_token", "site_key", "card_feedback", "card", "task", "received", "patient_key"):
        op.drop_table(name)
    op.drop_column("report", "brief")


def _part_of_case(name: str, *columns: sa.Column | sa.ForeignKeyConstraint) -> None:  # type: ignore[type-arg]
    op.create_table(
        name,
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("case", sa.String(32), nullable=False),
        sa.Column("department", sa.String(32), nullable=False),
        *columns,
        sa.Column("created_by", sa.String(32), nullable=False),
        sa.Column("created", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
        sa.ForeignKeyConstraint(["department"], ["department.id"], name=f"fk_{name}_department_department"),
        sa.ForeignKeyConstraint(["created_by"], ["account.id"], name=f"fk_{name}_created_by_account"),
        sa.ForeignKeyConstraint(["case", "department"], ["case_.id", "case_.department"], name=f"fk_{name}_case_case_"),
    )
    for column in ("case", "department"):
        op.create_index(f"ix_{name}_{column}", name, [column])
