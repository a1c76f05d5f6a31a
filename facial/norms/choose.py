"""The norm that fits a patient, or why there is none and what other populations have.

A norm fits by measure and method (facial.norms.fits), age, sex and the ancestry that was told. A wider ancestry stands
in only for the distance between the pupils, which differs least between peoples (a European rule would flag 4.5 % of
Asian soldiers where it flags 2.3 % of Europeans), and it is said so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from facial.norms.ancestry import widening
from facial.norms.fits import METHODS
from facial.norms.table import CAUTION, SPREAD, YES, Row, published
from facial.reading import Caution, FacePatient, Norm, Spread, WithoutNorm
from ontology.features import PatientSex

#: Days of a year, as ages are told.
YEAR = 365.25
_SEXES = (PatientSex.FEMALE, PatientSex.MALE)


@dataclass(frozen=True, slots=True)
class Norms:
    """The published norms."""

    rows: tuple[Row, ...]

    @classmethod
    def open(cls) -> Norms:
        """Those of this release."""
        return cls(published())

    def choose(self, measure: str, patient: FacePatient) -> Norm | WithoutNorm:
        """The best norm of `measure` for the patient: of the nearest ancestry, then without a caution, then of most."""
        if patient.ancestry is None:
            return WithoutNorm.NO_ANCESTRY
        if patient.age_days is None:
            return WithoutNorm.NO_AGE
        fitting = [row for row in self._fitting(measure, patient.age_days / YEAR) if self._near(row, patient)]
        known = [row for row in fitting if row.sex is None or row.sex is patient.sex]
        if not known:
            return WithoutNorm.NO_SEX if fitting and patient.sex not in _SEXES else WithoutNorm.NONE_FITS
        near = widening(patient.ancestry)
        best = min(known, key=lambda row: (near.index(row.ancestry), row.use != YES, row.sex is None, -(row.n or 0)))
        return _norm(best, patient.ancestry)

    def spread(self, measure: str, patient: FacePatient) -> Spread | None:
        """Means of other populations at the patient's age and sex, lowest first; of adults where no age is known."""
        age = 25.0 if patient.age_days is None else patient.age_days / YEAR
        means: dict[str, float] = {}
        for row in sorted(self.rows, key=lambda row: (row.sex is None, row.use == SPREAD)):
            of_sex = row.sex is None or row.sex is patient.sex or patient.sex not in _SEXES
            if row.measure == measure and row.age_from <= age < row.age_to and of_sex:
                means.setdefault(row.population, row.mean)
        return Spread(tuple(sorted(means.items(), key=lambda pair: pair[1]))) if means else None

    def _fitting(self, measure: str, age: float) -> Iterable[Row]:
        methods = METHODS.get(measure, frozenset())
        return (
            row
            for row in self.rows
            if row.measure == measure
            and row.use in (YES, CAUTION)
            and row.method in methods
            and row.age_from <= age < row.age_to
        )

    def _near(self, row: Row, patient: FacePatient) -> bool:
        assert patient.ancestry is not None  # asked before
        if row.measure == "ipd":
            return row.ancestry in widening(patient.ancestry)
        return row.ancestry == patient.ancestry


def _norm(row: Row, ancestry: str) -> Norm:
    assert row.sd is not None  # rows without are of use SPREAD
    cautions = [Caution(word) for word in row.note.split()]
    if row.ancestry != ancestry:
        cautions.append(Caution.WIDER_ANCESTRY)
    return Norm(
        population=row.population,
        ancestry=row.ancestry,
        sex=row.sex,
        age_from=row.age_from,
        age_to=row.age_to,
        n=row.n,
        mean=row.mean,
        sd=row.sd,
        method=row.method,
        source=row.source,
        confidence=row.seen,
        cautions=tuple(cautions),
    )
