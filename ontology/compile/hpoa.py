"""phenotype.hpoa to annotation rows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from io import TextIOWrapper

from ontology.annotations import FREQUENCY_OF_TERM, Aspect, EvidenceCode, Sex
from ontology.compile.releases import ReleaseFile
from ontology.errors import SourceError
from ontology.terms import Terms, UnknownTerm

_MEND = "Download phenotype.hpoa again from the HPO: the file is cut off or of another format."
_COLUMNS = [
    *("database_id", "disease_name", "qualifier", "hpo_id", "reference", "evidence"),
    *("onset", "frequency", "sex", "modifier", "aspect", "biocuration"),
]
_ASPECTS = {
    "P": Aspect.PHENOTYPE,
    "I": Aspect.INHERITANCE,
    "C": Aspect.COURSE,
    "M": Aspect.MODIFIER,
    "H": Aspect.HISTORY,
}
_PROMISE = re.compile(r"(\d+):? (OMIM|DECIPHER|ORPHANET)")
_COUNTS = re.compile(r"(\d+)\s*/\s*(\d+)")
_PERCENT = re.compile(r"(\d+(?:\.\d+)?)\s*%")


@dataclass(frozen=True, slots=True)
class Row:
    """One annotation row, its term as a position. `frequency` and `counts` as in DiseaseAnnotation."""

    record: str
    term: int
    excluded: bool
    references: tuple[str, ...]
    evidence: EvidenceCode
    onset: int
    frequency: float | None
    counts: tuple[int, int] | None
    sex: Sex
    aspect: Aspect


@dataclass(frozen=True, slots=True)
class AnnotationRelease:
    """Every row in file order, the name of each record, the release date, and what had to be left out, in words."""

    rows: tuple[Row, ...]
    names: dict[str, str]
    version: str
    notes: tuple[str, ...]


def read_annotations(file: ReleaseFile, terms: Terms) -> AnnotationRelease:
    """Read every row; raises SourceError where the columns differ, a line is cut off, or records are missing."""
    header: list[str] = []
    rows: list[Row] = []
    names: dict[str, str] = {}
    unknown: dict[str, int] = {}
    reader = _RowReader(terms)
    with file.open() as binary, TextIOWrapper(binary, encoding="utf-8") as text:
        for number, line in enumerate(text, 1):
            if line.startswith("#"):
                header.append(line)
                continue
            fields = line.rstrip("\n").split("\t")
            if fields[0] == "database_id":
                if fields != _COLUMNS:
                    raise SourceError(f"{file.name} has other columns than phenotype.hpoa.", _MEND)
                continue
            if len(fields) != len(_COLUMNS) or fields[10] not in _ASPECTS:
                raise SourceError(f"Line {number} of {file.name} is not an annotation row.", _MEND)
            names.setdefault(fields[0], fields[1])
            try:
                rows.append(reader.read(fields))
            except UnknownTerm as error:
                unknown[error.id] = unknown.get(error.id, 0) + 1
    version = next((line.split(":", 1)[1].strip() for line in header if line.startswith("#version:")), "")
    if not version or not rows:
        raise SourceError(f"{file.name} holds {len(rows)} rows and states version {version!r}.", _MEND)
    _compare_with_promise(file.name, header, names)
    return AnnotationRelease(tuple(rows), names, version, _notes(unknown))


class _RowReader:
    """Turns the fields of a line to a Row, remembering each term id it has resolved."""

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self._seen: dict[str, int] = {}

    def read(self, fields: list[str]) -> Row:
        """One Row; raises UnknownTerm where its term is not of this ontology."""
        frequency, counts = parse_frequency(fields[7])
        return Row(
            record=fields[0],
            term=self._position(fields[3]),
            excluded=fields[2] == "NOT",
            references=tuple(sorted({part.strip() for part in fields[4].split(";") if part.strip()})),
            evidence=EvidenceCode[fields[5]] if fields[5] in EvidenceCode.__members__ else EvidenceCode.IEA,
            onset=self._position(fields[6]) if fields[6] else -1,
            frequency=frequency,
            counts=counts,
            sex=Sex[fields[8].upper()] if fields[8].upper() in Sex.__members__ else Sex.ANY,
            aspect=_ASPECTS[fields[10]],
        )

    def _position(self, id: str) -> int:
        if id not in self._seen:
            self._seen[id] = self._terms.position(id)
        return self._seen[id]


def parse_frequency(text: str) -> tuple[float | None, tuple[int, int] | None]:
    """Read the frequency column: a term, `n/m` or a percentage → (fraction or None, (n, m) or None).

    >>> parse_frequency("2/3")[1]
    (2, 3)
    >>> parse_frequency("HP:0040283")
    (0.17, None)
    >>> parse_frequency("")
    (None, None)
    """
    if text in FREQUENCY_OF_TERM:
        return FREQUENCY_OF_TERM[text], None
    counts = _COUNTS.fullmatch(text)
    if counts:
        affected, examined = int(counts[1]), int(counts[2])
        return (affected / examined, (affected, examined)) if 0 < examined >= affected else (None, None)
    percent = _PERCENT.fullmatch(text)
    return (min(float(percent[1]) / 100, 1.0), None) if percent else (None, None)


def _compare_with_promise(name: str, header: list[str], names: dict[str, str]) -> None:
    """The description line counts the records of each database: a file cut off between two lines holds fewer."""
    description = next((line for line in header if line.startswith("#description")), "")
    for count, database in _PROMISE.findall(description):
        prefix = "ORPHA" if database == "ORPHANET" else database
        found = sum(record.startswith(f"{prefix}:") for record in names)
        if found < 0.99 * int(count):  # releases are off by one or two (2026-06-06: 4,335 ORPHA of 4,337)
            raise SourceError(f"{name} holds {found} {database} records, its header says {count}.", _MEND)


def _notes(unknown: dict[str, int]) -> tuple[str, ...]:
    if not unknown:
        return ()
    worst = ", ".join(sorted(unknown)[:5])
    total = sum(unknown.values())
    return (f"{total} annotation rows left out: their {len(unknown)} terms are not in this ontology ({worst} ...).",)
