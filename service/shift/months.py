"""Counts of shift by calendar month, as they are on disk: a figure, a bin, a number; nothing of any patient."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from matching.shift.figures import Figure, is_bin
from matching.shift.profile import Profile
from service.store.tables import shift_count


def add(connection: Connection, profiles: Mapping[str, Profile]) -> None:
    """Add the counts of each month (`2026-11`) to those that are there; workers may do so at once."""
    rows = sorted(
        (month, figure.value, bin, count)
        for month, profile in profiles.items()
        for figure, bins in profile.counts.items()
        for bin, count in bins.items()
    )  # in one order, so that two workers do not wait for each other
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    for month, figure, bin, count in rows:
        adding = insert(shift_count).values(month=month, figure=figure, bin=bin, count=count)
        together = {"count": shift_count.c.count + adding.excluded["count"]}
        key = [shift_count.c.month, shift_count.c.figure, shift_count.c.bin]
        connection.execute(adding.on_conflict_do_update(index_elements=key, set_=together))


def months(connection: Connection) -> dict[str, Profile]:
    """Every month in which anything was counted, the earliest first. A bin that this release has not is passed over."""
    found: dict[str, dict[Figure, dict[str, int]]] = {}
    for row in connection.execute(select(shift_count).order_by(shift_count.c.month)).mappings():
        if row["figure"] in tuple(Figure) and is_bin(Figure(row["figure"]), row["bin"]):
            figures = found.setdefault(row["month"], {})
            figures.setdefault(Figure(row["figure"]), {})[row["bin"]] = row["count"]
    return {month: Profile(figures, notes_of(figures)) for month, figures in found.items()}


def notes_of(figures: Mapping[Figure, Mapping[str, int]]) -> int:
    """How many notes were counted: each has one length."""
    return sum(figures.get(Figure.NOTE_LENGTH, {}).values())
