"""Disease annotations: one row per published statement that a disease has, or lacks, a feature.

The rows are those of the HPO's phenotype.hpoa, column by column, and rows that Orphanet entries lend to OMIM records.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

import numpy as np

from ontology.arrays import Bools, Bytes, Floats, Ints, Longs, Rows, StringPool, read_array, write_array


class Aspect(IntEnum):
    """What an annotation row speaks of (column `aspect` of phenotype.hpoa)."""

    PHENOTYPE = 0
    INHERITANCE = 1
    COURSE = 2
    MODIFIER = 3
    HISTORY = 4


class Relation(IntEnum):
    """How the record a row comes from lies to the disease it stands under.

    OWN: the record is one of the disease's own. The others lend: Orphanet maps its entry to the OMIM record exactly
    (but not one to one), as the broader of the two, or as the narrower.
    """

    OWN = 0
    EXACT = 1
    BROADER = 2
    NARROWER = 3


class Sex(IntEnum):
    """Sex that an annotation is restricted to."""

    ANY = 0
    FEMALE = 1
    MALE = 2


class EvidenceCode(IntEnum):
    """How the statement was made: published clinical study, traceable author statement, inferred electronically."""

    PCS = 0
    TAS = 1
    IEA = 2


#: Frequency terms as fractions: the midpoint of each term's range in the HPO (HP:0040279's children).
FREQUENCY_OF_TERM = {
    "HP:0040280": 1.0,  # Obligate, 100 %
    "HP:0040281": 0.895,  # Very frequent, 80-99 %
    "HP:0040282": 0.545,  # Frequent, 30-79 %
    "HP:0040283": 0.17,  # Occasional, 5-29 %
    "HP:0040284": 0.025,  # Very rare, 1-4 %
    "HP:0040285": 0.0,  # Excluded, 0 %
}


@dataclass(frozen=True, slots=True)
class DiseaseAnnotation:
    """One row as a value, for showing. `frequency` is a fraction or None; `of` is (affected, examined) or None."""

    row: int
    term: int
    excluded: bool
    frequency: float | None
    of: tuple[int, int] | None
    onset: int | None
    sex: Sex
    evidence: EvidenceCode
    references: tuple[str, ...]
    record: int
    relation: Relation
    aspect: Aspect


@dataclass(frozen=True, slots=True)
class Annotations:
    """Every annotation row, in order of disease.

    pointers    int64   (diseases + 1,)  rows of disease d: pointers[d]:pointers[d + 1]
    terms       int32   (rows,)          term positions
    excluded    bool    (rows,)          qualifier NOT: the disease lacks the feature
    affected    int32   (rows,)          n of n/m, -1 where no counts are given
    examined    int32   (rows,)          m of n/m, -1 where no counts are given
    frequency   float32 (rows,)          fraction: n/m, percentage or frequency term's midpoint; NaN where not given
    onsets      int32   (rows,)          position of the onset term, -1 where not given
    sexes       int8    (rows,)          Sex
    evidence    int8    (rows,)          EvidenceCode
    aspects     int8    (rows,)          Aspect
    records     int32   (rows,)          the record that the row was published under
    relations   int8    (rows,)          Relation of that record to the disease
    references  rows    (rows,)          indices into reference_ids
    reference_ids strings (references,)  such as PMID:31675180, ascending by code point
    """

    pointers: Longs
    terms: Ints
    excluded: Bools
    affected: Ints
    examined: Ints
    frequency: Floats
    onsets: Ints
    sexes: Bytes
    evidence: Bytes
    aspects: Bytes
    records: Ints
    relations: Bytes
    references: Rows
    reference_ids: StringPool

    def __len__(self) -> int:
        return len(self.terms)

    def rows_of(self, disease: int) -> range:
        """Row numbers of the disease at position `disease`."""
        return range(int(self.pointers[disease]), int(self.pointers[disease + 1]))

    def row(self, row: int) -> DiseaseAnnotation:
        """One row as a value."""
        frequency = float(self.frequency[row])
        examined = int(self.examined[row])
        onset = int(self.onsets[row])
        return DiseaseAnnotation(
            row=row,
            term=int(self.terms[row]),
            excluded=bool(self.excluded[row]),
            frequency=None if np.isnan(frequency) else frequency,
            of=None if examined < 0 else (int(self.affected[row]), examined),
            onset=None if onset < 0 else onset,
            sex=Sex(int(self.sexes[row])),
            evidence=EvidenceCode(int(self.evidence[row])),
            references=tuple(self.reference_ids[int(r)] for r in self.references[row]),
            record=int(self.records[row]),
            relation=Relation(int(self.relations[row])),
            aspect=Aspect(int(self.aspects[row])),
        )

    def of_disease(self, disease: int) -> tuple[DiseaseAnnotation, ...]:
        """Every row of the disease at position `disease`, as values."""
        return tuple(self.row(r) for r in self.rows_of(disease))

    @classmethod
    def read(cls, folder: Path) -> Annotations:
        """Open the annotations written in `folder`."""
        columns = {name: read_array(folder, name) for name in _COLUMNS}
        return cls(
            **columns,
            references=Rows.read(folder, "references"),
            reference_ids=StringPool.read(folder, "reference_ids"),
        )

    def write(self, folder: Path) -> None:
        """Write every array into `folder`."""
        for name in _COLUMNS:
            write_array(folder, name, getattr(self, name))
        self.references.write(folder, "references")
        self.reference_ids.write(folder, "reference_ids")


_COLUMNS = (
    "pointers",
    "terms",
    "excluded",
    "affected",
    "examined",
    "frequency",
    "onsets",
    "sexes",
    "evidence",
    "aspects",
    "records",
    "relations",
)
