"""What the tables' columns are made of: moments in UTC, random ids, and the columns that many tables share."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

from sqlalchemy import Column, DateTime, Dialect, ForeignKey, String, TypeDecorator


class Moment(TypeDecorator[datetime]):
    """A moment in UTC. SQLite keeps no zone: it is taken off before and put on after."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC; a moment without a zone is a mistake."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """With UTC as its zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def new_id() -> str:
    """A random id of 32 hexadecimal digits."""
    return uuid.uuid4().hex


def now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)


def row_id() -> Column[str]:
    """The primary key of a table whose ids are random."""
    return Column("id", String(32), primary_key=True, default=new_id)


def reference_to(
    table: str, name: str | None = None, *, primary_key: bool = False, nullable: bool = True, index: bool = False
) -> Column[str]:
    """A reference to a row of `table`, in a column of its name."""
    return Column(
        name or table.rstrip("_"),
        String(32),
        ForeignKey(f"{table}.id"),
        primary_key=primary_key,
        nullable=nullable and not primary_key,
        index=index,
    )


def created() -> Column[datetime]:
    """When the row was written."""
    return Column("created", Moment, nullable=False, default=now)
