"""The first tables, as service.store.tables has them in release 0.2, and the empty trail's head."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column, String

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

#: In the order they are made: each refers to those before it.
TABLES = (
    "department",
    "account",
    "membership",
    "session",
    "api_key",
    "one_time_secret",
    "case_",
    "note",
    "photo",
    "feature",
    "report",
    "sign_off",
    "consent",
    "break_glass",
    "imported",
    "case_key",
    "idempotency",
    "audit",
    "audit_head",
)


def _id() -> Column[str]:
    return Column("id", String(32), primary_key=True)


def _to(table: str, name: str | None = None, *, nullable: bool = False, index: bool = False) -> Column[str]:
    """A reference to a row of `table`."""
    return Column(name or table, String(32), sa.ForeignKey(f"{table}.id"), nullable=nullable, index=index)


def _moment(name: str, *, nullable: bool = False) -> Column[object]:
    return Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _text(name: str, length: int, *, nullable: bool = False, unique: bool = False) -> Column[str]:
    return Column(name, String(length), nullable=nullable, unique=unique or None)


def _whole(name: str, *, nullable: bool = False) -> Column[int]:
    return Column(name, sa.Integer, nullable=nullable)


def _yes_or_no(name: str) -> Column[bool]:
    return Column(name, sa.Boolean, nullable=False)


def _sealed(name: str = "sealed", *, nullable: bool = False) -> Column[bytes]:
    return Column(name, sa.LargeBinary, nullable=nullable)


def _json(name: str) -> Column[object]:
    return Column(name, sa.JSON, nullable=False)


def upgrade() -> None:
    """Make every table."""
    _make_people()
    _make_cases()
    _make_trail()


def downgrade() -> None:
    """Drop every table, with what it holds."""
    for name in reversed(TABLES):
        op.drop_table(name)


def _make_people() -> None:
    op.create_table("department", _id(), _text("name", 200, unique=True), _moment("created"))
    op.create_table(
        "account",
        _id(),
        _text("name", 200, unique=True),
        _text("display_name", 200),
        _text("kind", 20),
        _text("password", 300, nullable=True),
        _text("subject", 300, nullable=True, unique=True),
        _yes_or_no("active"),
        _whole("failures"),
        _moment("locked_until", nullable=True),
        _whole("version"),
        _moment("created"),
    )
    op.create_table(
        "membership",
        _id(),
        _to("account", index=True),
        _to("department", index=True),
        _text("role", 30),
        _moment("created"),
        sa.UniqueConstraint("account", "department", "role"),
    )
    op.create_table(
        "session",
        Column("id", String(64), primary_key=True),
        _to("account", index=True),
        _text("csrf", 64),
        _moment("seen"),
        _moment("expires"),
        _moment("ended", nullable=True),
        _moment("created"),
    )
    op.create_table(
        "api_key",
        _id(),
        _to("account", index=True),
        _text("digest", 64, unique=True),
        _text("hint", 12),
        _moment("expires", nullable=True),
        _moment("ended", nullable=True),
        _moment("created"),
    )
    op.create_table(
        "one_time_secret",
        Column("digest", String(64), primary_key=True),
        _text("purpose", 30),
        _to("account", nullable=True),
        _moment("expires"),
        _moment("used", nullable=True),
    )


def _make_cases() -> None:
    op.create_table(
        "case_",
        _id(),
        _to("department"),
        _text("status", 20),
        _yes_or_no("unsolved"),
        _text("sex", 10),
        _whole("age_days", nullable=True),
        _sealed(nullable=True),
        _to("account", "created_by"),
        _to("account", "assigned_to", nullable=True),
        _moment("retain_until", nullable=True),
        _whole("version"),
        _moment("created"),
        _moment("changed"),
        sa.Index("ix_case__worklist", "department", "status", "changed"),
        sa.UniqueConstraint("id", "department"),
    )
    _make_part(
        "note", _text("language", 10, nullable=True), _text("dated", 10, nullable=True), _yes_or_no("masked"), _sealed()
    )
    _make_part("photo", _whole("size"), _text("blob", 100))
    _make_part("feature", _sealed(), _moment("withdrawn", nullable=True))
    _make_part("report", _text("knowledge", 80), _sealed(), _json("leading"))
    _make_part(
        "sign_off",
        _to("report"),
        _text("decision", 20),
        _text("disease", 30, nullable=True),
        _whole("reader"),
        _sealed(),
    )
    _make_part("consent", _text("purpose", 30), _text("given_by", 20), _moment("withdrawn", nullable=True))
    _make_part("break_glass", _moment("expires"), _sealed())
    _make_part("imported", _text("source", 100), _text("digest", 64, unique=True))
    op.create_table(
        "case_key",
        Column("case", String(32), sa.ForeignKey("case_.id"), primary_key=True),
        _sealed("wrapped", nullable=True),
        _text("master", 64),
        _text("cipher", 20),
        _moment("destroyed", nullable=True),
        _moment("created"),
    )


def _make_part(name: str, *columns: Column[object]) -> None:
    """A table of rows that belong to one case and its department; the two refer to it together."""
    op.create_table(
        name,
        _id(),
        Column("case", String(32), nullable=False, index=True),
        _to("department", index=True),
        *columns,
        _to("account", "created_by"),
        _moment("created"),
        sa.ForeignKeyConstraint(["case", "department"], ["case_.id", "case_.department"]),
    )


def _make_trail() -> None:
    op.create_table(
        "idempotency",
        Column("account", String(32), sa.ForeignKey("account.id"), primary_key=True),
        Column("key", String(100), primary_key=True),
        _text("request", 64),
        _whole("status"),
        _json("answer"),
        _moment("created"),
    )
    op.create_table(
        "audit",
        Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True, autoincrement=False),
        _moment("at"),
        _text("actor", 32),
        _text("action", 40),
        _text("object_kind", 30),
        _text("object_id", 64),
        _text("department", 32, nullable=True),
        _json("detail"),
        _text("previous", 64),
        _text("digest", 64, unique=True),
        sa.Index("ix_audit_object", "object_kind", "object_id"),
    )
    head = op.create_table(
        "audit_head",
        Column("one", sa.Integer, primary_key=True),
        Column("seq", sa.BigInteger, nullable=False),
        _text("digest", 64),
    )
    op.bulk_insert(head, [{"one": 1, "seq": 0, "digest": "0" * 64}])
