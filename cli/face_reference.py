"""`phenomap face reference build|show`: the hospital's own norms, from ordinary photos whose people consented."""

from __future__ import annotations

import argparse
import csv
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING

from cli.options import Commands
from ontology.errors import InputError

if TYPE_CHECKING:
    from facial.face_reader import FaceReader
    from facial.norms.reference import MeasuredPerson, Reference

COLUMNS = ("photo", "person", "consent", "sex", "age", "ancestry")


def add_commands(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add `face-reference`, which cli.main also calls where `face reference` is written."""
    told = "the hospital's own reference of ordinary faces (`face reference`, too)"
    command = commands.add_parser("face-reference", prog="phenomap face reference", help=told)
    acts = command.add_subparsers(title="acts", metavar="ACT", required=True)
    build = acts.add_parser("build", help="measure the photos of a table and keep means and SDs alone")
    build.add_argument("table", type=Path, help=f"CSV with the columns {', '.join(COLUMNS)}; paths are relative to it")
    build.add_argument("--out", type=Path, required=True, metavar="FILE")
    build.add_argument("--name", required=True, help="whose reference it is, as reports will cite it")
    build.add_argument("--models", type=Path, metavar="DIR", help="where face models lie ($PHENOMAP_MODELS, models)")
    build.set_defaults(run=run_build)
    show = acts.add_parser("show", help="its bands, how many people each has, and whether it serves")
    show.add_argument("file", type=Path)
    show.set_defaults(run=run_show)


@dataclass(frozen=True, slots=True)
class Line:
    """One photo of the table, checked; `number` counts the table's lines, its head being 1."""

    number: int
    photo: Path
    person: str
    age_days: int
    sex: str
    ancestry: str


def run_build(chosen: argparse.Namespace) -> int:
    """Measure, gather, write; 1 where a photo was refused or a line left out, though the reference is written."""
    from facial.face_reader import FaceReader
    from facial.norms.reference import LEAST_PEOPLE, Reference

    refused: list[str] = []
    lines = list(_lines(chosen.table, refused))
    reader = FaceReader.open(chosen.models)
    people = _measured(reader, lines, refused)
    for reason in refused:
        sys.stderr.write(f"{reason}\n")
    if not people:
        raise InputError("table", "No photo of the table could be measured.", "See the reasons above.")
    made = date.today().isoformat()
    reference = Reference.of(people, chosen.name, made, reader.model.sha256, reader.head.sha256)
    reference.write(chosen.out)
    serving = sum(band.n >= LEAST_PEOPLE for band in reference.bands)
    print(
        f"{len(people)} people in {len(reference.bands)} bands, {serving} of which serve; {len(refused)} lines left out"
    )
    return 1 if refused else 0


def run_show(chosen: argparse.Namespace) -> int:
    """Print the bands."""
    from facial.norms.reference import Reference

    for line in _shown(Reference.read(chosen.file)):
        print(line)
    return 0


def _shown(reference: Reference) -> Iterator[str]:
    from facial.norms.reference import LEAST_PEOPLE

    yield f"{reference.name}, {reference.made}, model {reference.model[:8]}, head {reference.head[:8]}"
    for band in reference.bands:
        serves = "serves" if band.n >= LEAST_PEOPLE else f"does not serve: fewer than {LEAST_PEOPLE}"
        years = f"{band.age_from:g}-{band.age_to:g} years"
        yield f"{band.ancestry} {band.sex.value} {years}: {band.n} people, {serves}"
        for code, statistic in band.measures.items():
            far = ", values far out" if statistic.far_out else ""
            yield f"  {code} {statistic.mean:.4g} (SD {statistic.sd:.2g}{far})"


def _lines(table: Path, refused: list[str]) -> Iterator[Line]:
    """The lines that can be used; what is wrong with the others is added to `refused`, by line and without values."""
    try:
        with table.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError("table", "The table cannot be read.", "Name a CSV file in UTF-8.") from error
    if not rows or set(COLUMNS) - set(rows[0]):
        raise InputError("table", "The table has not the columns that are needed.", f"Give {', '.join(COLUMNS)}.")
    for number, row in enumerate(rows, 2):
        line = _line(number, row, table.parent)
        if isinstance(line, str):
            refused.append(f"line {number}: {line}")
        else:
            yield line


def _line(number: int, row: dict[str, str], folder: Path) -> Line | str:
    """The line, or what is wrong with it."""
    import re

    from facial.norms.ancestry import ANCESTRIES
    from service.age import days_of
    from service.models.inputs import AGE

    if not (row["consent"] or "").strip():
        return "no consent is named"
    if not (row["person"] or "").strip():
        return "no person is named"
    if row["sex"] not in ("female", "male"):
        return "the sex is neither female nor male"
    if not re.fullmatch(AGE, row["age"] or "") or (days := days_of(row["age"])) is None:
        return "the age is no ISO 8601 duration such as P8Y6M"
    if row["ancestry"] not in ANCESTRIES:
        return "the ancestry is not on the list"
    return Line(number, folder / row["photo"], row["person"], days, row["sex"], row["ancestry"])


def _measured(reader: FaceReader, lines: list[Line], refused: list[str]) -> list[MeasuredPerson]:
    """Each person once: the mean of their photos, at the age of the first."""
    from facial.norms.reference import MeasuredPerson
    from facial.reading import FacePatient
    from ontology.features import PatientSex

    photos: dict[str, list[tuple[Line, dict[str, float]]]] = defaultdict(list)
    for at, line in enumerate(lines, 1):
        sys.stderr.write(f"\r{at} of {len(lines)} photos")
        try:
            reading = reader.describe("photo", line.photo.read_bytes(), FacePatient())
        except (OSError, InputError) as error:
            refused.append(f"line {line.number}: {error.what if isinstance(error, InputError) else 'no such photo'}")
            continue
        if reading.face is None:
            faults = ", ".join(finding.fault.value for finding in reading.quality.findings if finding.refused)
            refused.append(f"line {line.number}: refused ({faults})")
            continue
        photos[line.person].append((line, {m.code: m.value for m in reading.face.measurements}))
    sys.stderr.write("\n")
    people = []
    for taken in photos.values():
        line = taken[0][0]
        if any((other.sex, other.ancestry) != (line.sex, line.ancestry) for other, _ in taken):
            refused.append(f"line {line.number}: photos of one person differ in sex or ancestry")
            continue
        codes = set.intersection(*(set(values) for _, values in taken))
        means = {code: fmean(values[code] for _, values in taken) for code in sorted(codes)}
        people.append(MeasuredPerson(means, line.age_days, PatientSex(line.sex), line.ancestry))
    return people
