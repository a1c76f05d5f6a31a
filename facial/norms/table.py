"""The table of published norms, read once."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from importlib.resources import files

from ontology.features import PatientSex

YES, CAUTION, SPREAD = "yes", "caution", "spread"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of norms.tsv, whose head says what each column is; `sex` None where both are told together."""

    measure: str
    population: str
    ancestry: str
    sex: PatientSex | None
    age_from: float
    age_to: float
    n: int | None
    mean: float
    sd: float | None
    method: str
    source: str
    seen: str
    use: str
    note: str


def published() -> tuple[Row, ...]:
    """Every row of the table."""
    text = files("facial.norms").joinpath("norms.tsv").read_text(encoding="utf-8")
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    return tuple(_row(cells) for cells in csv.DictReader(lines, delimiter="\t"))


def _row(cells: dict[str, str]) -> Row:
    return Row(
        cells["measure"],
        cells["population"],
        cells["ancestry"],
        None if cells["sex"] == "both" else PatientSex(cells["sex"]),
        float(cells["age_from"]),
        float(cells["age_to"]),
        int(cells["n"]) if cells["n"] else None,
        float(cells["mean"]),
        float(cells["sd"]) if cells["sd"] else None,
        cells["method"],
        cells["source"],
        cells["seen"],
        cells["use"],
        cells["note"],
    )
