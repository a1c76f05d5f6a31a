"""The cohort as two Parquet tables, written by DuckDB from the parts: memory does not grow with the archive.

What does not fit into memory lies beside the output while it is written, in a folder that its owner alone can read.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

from ontology.errors import PhenomapError
from screening.output.merged import Flagged
from screening.private import FILE_MODE, sync_folder

#: Enough for DuckDB to sort a million patients; the rest goes to disk.
MEMORY = "512MB"
_THREADS = 2
#: Bytes of one patient's line: some thousand findings.
_LONGEST_LINE = 32_000_000

_PATIENT_COLUMNS = {
    "patient": "VARCHAR",
    "sex": "VARCHAR",
    "age_days": "INTEGER",
    "span_days": "INTEGER",
    "notes": "INTEGER",
    "copied_notes": "INTEGER",
    "characters": "BIGINT",
    "copied_characters": "BIGINT",
    "set_aside": "INTEGER",
    "photos": "INTEGER",
    "languages": "VARCHAR[]",
    "findings": "INTEGER",
    "excluded": "INTEGER",
    "systems": "VARCHAR[]",
    "score": "DOUBLE",
    "why_not": "VARCHAR",
    "diseases": "STRUCT(id VARCHAR, name VARCHAR, probability DOUBLE)[]",
}
_FINDING_COLUMNS = {
    "id": "VARCHAR",
    "label": "VARCHAR",
    "assertion": "VARCHAR",
    "first_day": "INTEGER",
    "last_day": "INTEGER",
    "age_days": "INTEGER",
    "notes": "INTEGER",
    "nats": "DOUBLE",
}
_TOLD_COLUMNS = {"patient": "VARCHAR", "rank": "BIGINT", "chance": "DOUBLE"}


def write_tables(rows: Sequence[Path], flagged: Iterable[Flagged], patients: Path, findings: Path) -> None:
    """Write both tables. Patients are ordered by rank (those not ranked last), then by name; findings by name and id.

    A patient's `rank` counts all ranked patients from 1; `chance` is there for those who are `flagged`.
    Raises PhenomapError where there are none, duckdb.Error or OSError where the disk is full or a part is damaged.
    """
    if not rows:
        raise PhenomapError("The run has no screened patients to be written.", "Screen the archive first.")
    with _working(patients.parent) as (folder, database):
        told = folder / "told.jsonl"
        told.write_text("".join(_told_line(each) for each in flagged), encoding="utf-8")
        database.execute(f"CREATE TABLE told AS FROM {_lines([told], _TOLD_COLUMNS)}")
        read = _lines(rows, {**_PATIENT_COLUMNS, "features": f"{_struct(_FINDING_COLUMNS)}[]"})
        database.execute(_RANKS.format(read=read))
        _export(database, _PATIENTS.format(columns=_named("rows", _PATIENT_COLUMNS), read=read), folder, patients)
        columns = ", ".join(f"feature.{name} AS {name}" for name in _FINDING_COLUMNS)
        _export(database, _FINDINGS.format(columns=columns, read=read), folder, findings)


_RANKS = """
CREATE TABLE ranks AS SELECT patient, row_number() OVER (ORDER BY score DESC, patient) AS rank
FROM {read} WHERE score IS NOT NULL
"""
_PATIENTS = """
SELECT ranks.rank, told.patient IS NOT NULL AS flagged, told.chance, {columns}
FROM {read} AS rows LEFT JOIN ranks USING (patient) LEFT JOIN told USING (patient)
ORDER BY ranks.rank NULLS LAST, rows.patient
"""
_FINDINGS = """
SELECT patient, {columns} FROM (SELECT patient, unnest(features) AS feature FROM {read})
ORDER BY patient, id, assertion, first_day, last_day
"""


@contextmanager
def _working(beside: Path) -> Iterator[tuple[Path, duckdb.DuckDBPyConnection]]:
    """A database on disk in a folder of its own, which is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix=".tables.", dir=beside))  # of mode 0700
    try:
        with duckdb.connect(folder / "work.duckdb") as database:
            for name, value in (
                ("memory_limit", f"'{MEMORY}'"),
                ("threads", str(_THREADS)),
                ("temp_directory", _quoted(folder / "spilled")),
                ("autoinstall_known_extensions", "false"),
            ):
                database.execute(f"SET {name} = {value}")
            yield folder, database
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _export(database: duckdb.DuckDBPyConnection, select: str, folder: Path, target: Path) -> None:
    part = folder / target.name
    database.execute(f"COPY ({select}) TO {_quoted(part)} (FORMAT parquet, COMPRESSION zstd)")
    part.chmod(FILE_MODE)
    handle = os.open(part, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    part.replace(target)
    sync_folder(target.parent)


def _lines(files: Sequence[Path], columns: dict[str, str]) -> str:
    names = ", ".join(_quoted(path) for path in files)
    return (
        f"read_json([{names}], format = 'newline_delimited', columns = {_columns(columns)}, "
        f"maximum_object_size = {_LONGEST_LINE})"
    )


def _columns(columns: dict[str, str]) -> str:
    return "{" + ", ".join(f"{name}: '{kind}'" for name, kind in columns.items()) + "}"


def _struct(columns: dict[str, str]) -> str:
    return "STRUCT(" + ", ".join(f"{name} {kind}" for name, kind in columns.items()) + ")"


def _named(table: str, columns: dict[str, str]) -> str:
    return ", ".join(f"{table}.{name}" for name in columns)


def _told_line(each: Flagged) -> str:
    return json.dumps({"patient": each.patient, "rank": each.rank, "chance": each.chance}) + "\n"


def _quoted(path: Path) -> str:
    """A path as a string of SQL, whatever is in its name."""
    return "'" + str(path).replace("'", "''") + "'"
