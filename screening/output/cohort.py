"""What the page draws of the cohort, counted from patients.parquet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from screening.output.tables import MEMORY

#: Bars of the histogram of scores.
BINS = 40
#: First day of each group of ages: 0, 1, 5, 12, 18, 40 and 65 years of 365.2425 days.
AGE_GROUPS = {"0": 0, "1": 366, "5": 1827, "12": 4383, "18": 6575, "40": 14610, "65": 23741}
UNKNOWN_AGE = "unknown"


@dataclass(frozen=True, slots=True)
class Paired:
    """A count among all patients and one among the flagged."""

    every: int
    flagged: int


@dataclass(frozen=True, slots=True)
class Histogram:
    """`counts` of scores in bins of equal width from `least` to `most`."""

    least: float
    most: float
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Cohort:
    """Counts of patients: by group of ages, sex, organ system (HPO id), language, reason for not being ranked."""

    ages: Mapping[str, Paired]
    sexes: Mapping[str, Paired]
    systems: Mapping[str, Paired]
    languages: Mapping[str, Paired]
    why_not: Mapping[str, int]
    scores: Histogram | None
    all: Paired
    copied_notes: int


def counted(patients: Path) -> Cohort:
    """Count the table."""
    with duckdb.connect() as database:
        database.execute(f"SET memory_limit = '{MEMORY}'")
        database.execute("CREATE VIEW patients AS FROM read_parquet('" + str(patients).replace("'", "''") + "')")
        whole, flagged, copied = database.sql(
            "SELECT count(*), count(*) FILTER (flagged), coalesce(sum(copied_notes), 0) FROM patients"
        ).fetchall()[0]
        ages = _paired(database, _AGE)
        return Cohort(
            {group: ages.get(group, Paired(0, 0)) for group in (*AGE_GROUPS, UNKNOWN_AGE)},
            _paired(database, "sex"),
            _paired(database, "unnest(systems)"),
            _paired(database, "unnest(languages)"),
            dict(
                database.sql(
                    "SELECT why_not, count(*) FROM patients WHERE why_not IS NOT NULL GROUP BY 1 ORDER BY 1"
                ).fetchall()
            ),
            _histogram(database),
            Paired(whole, flagged),
            int(copied),
        )


_AGE = (
    "CASE WHEN age_days IS NULL THEN '"
    + UNKNOWN_AGE
    + "' "
    + " ".join(f"WHEN age_days >= {first} THEN '{group}'" for group, first in reversed(AGE_GROUPS.items()))
    + f" ELSE '{UNKNOWN_AGE}' END"
)


def _paired(database: duckdb.DuckDBPyConnection, key: str) -> dict[str, Paired]:
    rows = database.sql(
        f"SELECT key, count(*), count(*) FILTER (flagged) FROM (SELECT {key} AS key, flagged FROM patients) "  # noqa: S608
        "GROUP BY key ORDER BY 3 DESC, 2 DESC, key"
    ).fetchall()
    return {key: Paired(every, flagged) for key, every, flagged in rows}


def _histogram(database: duckdb.DuckDBPyConnection) -> Histogram | None:
    least, most = database.sql("SELECT min(score), max(score) FROM patients").fetchall()[0]
    if least is None:
        return None
    width = (most - least) / BINS or 1.0
    counts = [0] * BINS
    for at, count in database.execute(
        "SELECT least(floor((score - $least) / $width), $last)::INTEGER, count(*) FROM patients "
        "WHERE score IS NOT NULL GROUP BY 1",
        {"least": least, "width": width, "last": BINS - 1},
    ).fetchall():
        counts[at] = count
    return Histogram(least, least + BINS * width, tuple(counts))
