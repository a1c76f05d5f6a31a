"""The hospital's own reference: ordinary people, measured by this very pipeline.

It is the only norm without a gap of method, works on ratios without a ruler, and is used before any published one. Of
the people only counts, means and standard deviations are kept, by ancestry, sex and a band of ages. A reference is of
one face model and one head, and is refused under another.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from math import sqrt
from pathlib import Path
from statistics import fmean, median, stdev
from typing import Any

from facial.norms.ancestry import widening
from facial.norms.choose import YEAR
from facial.reading import Caution, FacePatient, Norm, WithoutNorm
from ontology.errors import PhenomapError
from ontology.features import PatientSex

#: Fewer people serve as no norm. An SD is then known to 13 % (1 / sqrt(2 (n - 1))).
LEAST_PEOPLE = 30
#: Ages, in years, at which a band may end: a band that has too few people is joined with the next, but never across 18,
#: where faces stop growing.
EDGES = (0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 18, 25, 40, 60, 130)
#: A child's band spans no more years, or growth would widen its SD.
MOST_YEARS_OF_CHILDREN = 4
#: An SD larger than this many times that by the median deviation tells of a few values far out: the band says so.
FAR_OUT = 1.5
_FORMAT = 1
_GROWN = 18
_LARGEST = 10_000_000


class ReferenceUnusable(PhenomapError):
    """The hospital's own reference cannot be used."""


@dataclass(frozen=True, slots=True)
class MeasuredPerson:
    """One person who consented: the means of their photos' measures, by code; nothing tells who it is."""

    values: Mapping[str, float]
    age_days: int
    sex: PatientSex
    ancestry: str


@dataclass(frozen=True, slots=True)
class Statistic:
    """Mean and standard deviation of one measure; `far_out` says that few people make the SD what it is."""

    mean: float
    sd: float
    far_out: bool = False


@dataclass(frozen=True, slots=True)
class Band:
    """People of one ancestry and sex, their ages in years half-open, and each measure's statistic."""

    ancestry: str
    sex: PatientSex
    age_from: float
    age_to: float
    n: int
    measures: Mapping[str, Statistic]


@dataclass(frozen=True, slots=True)
class Reference:
    """What serves as the hospital's own norms; `model` and `head` are the sha256 of what measured the people."""

    name: str
    made: str
    model: str
    head: str
    bands: tuple[Band, ...]

    @classmethod
    def of(cls, people: Sequence[MeasuredPerson], name: str, made: str, model: str, head: str) -> Reference:
        """Gather people into bands; those that stay below LEAST_PEOPLE are kept with their count and serve nothing."""
        groups: dict[tuple[str, PatientSex], list[MeasuredPerson]] = defaultdict(list)
        for person in people:
            groups[person.ancestry, person.sex].append(person)
        bands = [band for key in sorted(groups) for band in _bands(groups[key])]
        return cls(name, made, model, head, tuple(bands))

    @classmethod
    def open(cls, path: Path, model: str, head: str) -> Reference:
        """Read the file at `path`; raises ReferenceUnusable where it is damaged, or of another model or head."""
        found = cls.read(path)
        if (found.model, found.head) != (model, head):
            raise ReferenceUnusable(
                "The face reference was measured by another face model than the one in use.",
                "Build it again from the same photos: `phenomap face reference build`.",
            )
        return found

    @classmethod
    def read(cls, path: Path) -> Reference:
        """Read the file at `path`, of whatever model; raises ReferenceUnusable."""
        try:
            if path.stat().st_size > _LARGEST:
                raise ValueError("too large")
            given: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            body = given["reference"]
            if given["format"] != _FORMAT or given["sha256"] != _sum(body):
                raise ValueError("another format or checksum")
            bands = tuple(_band(each) for each in body["bands"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ReferenceUnusable(
                "The face reference cannot be read.", "Name the file that `phenomap face reference build` wrote."
            ) from error
        return cls(body["name"], body["made"], body["model"], body["head"], bands)

    def write(self, path: Path) -> None:
        """Put it in a file, whole or not at all."""
        body = asdict(self)
        text = json.dumps({"format": _FORMAT, "sha256": _sum(body), "reference": body}, indent=1, ensure_ascii=False)
        being_written = path.with_name(f".{path.name}.{os.getpid()}")
        being_written.write_text(text + "\n", encoding="utf-8")
        being_written.replace(path)

    def norm(self, measure: str, patient: FacePatient) -> Norm | WithoutNorm:
        """The norm of `measure` for the patient: of their own ancestry as told, or the nearest wider one."""
        if patient.ancestry is None:
            return WithoutNorm.NO_ANCESTRY
        if patient.age_days is None:
            return WithoutNorm.NO_AGE
        near = widening(patient.ancestry)
        years = patient.age_days / YEAR
        of_age = [
            band
            for band in self.bands
            if band.n >= LEAST_PEOPLE
            and band.ancestry in near
            and band.age_from <= years < band.age_to
            and measure in band.measures
        ]
        fitting = [band for band in of_age if band.sex is patient.sex]
        if not fitting:
            unknown = patient.sex not in (PatientSex.FEMALE, PatientSex.MALE)
            return WithoutNorm.NO_SEX if of_age and unknown else WithoutNorm.NONE_FITS
        return self._norm(min(fitting, key=lambda band: near.index(band.ancestry)), measure)

    def _norm(self, band: Band, measure: str) -> Norm:
        statistic = band.measures[measure]
        return Norm(
            population=self.name,
            ancestry=band.ancestry,
            sex=band.sex,
            age_from=band.age_from,
            age_to=band.age_to,
            n=band.n,
            mean=statistic.mean,
            sd=statistic.sd * widened(band.n),
            method="this_pipeline",
            source=f"{self.name}, {self.made}",
            confidence="own",
            own=True,
            cautions=(Caution.FAR_OUT,) if statistic.far_out else (),
        )


def widened(n: int) -> float:
    """By how much the SD of `n` people is widened, so that 2 SD leave out 2.3 % on each side of people to come.

    Student's t at the point where a normal law has 2, times sqrt(1 + 1/n); the expansion of Abramowitz and Stegun
    26.7.5 (unverified), good to .001 from 20 people on.
    """
    freedom = max(1, n - 1)
    t = 2 + 10 / (4 * freedom) + 294 / (96 * freedom**2)
    return t / 2 * sqrt(1 + 1 / n)


def _bands(people: Sequence[MeasuredPerson]) -> Iterator[Band]:
    """Bands of one ancestry and sex, each as narrow as the number of people allows."""
    waiting: list[MeasuredPerson] = []
    start = EDGES[0]
    for low, high in pairwise(EDGES):
        if not waiting:
            start = low
        waiting += [person for person in people if low <= person.age_days / YEAR < high]
        last_of_children = high <= _GROWN and (high == _GROWN or _next(high) - start > MOST_YEARS_OF_CHILDREN)
        if len(waiting) >= LEAST_PEOPLE or last_of_children or high == EDGES[-1]:
            if waiting:
                yield _gathered(waiting, start, high)
            waiting = []


def _next(edge: float) -> float:
    return next(each for each in EDGES if each > edge)


def _gathered(people: Sequence[MeasuredPerson], age_from: float, age_to: float) -> Band:
    codes = sorted(set.intersection(*(set(person.values) for person in people)))
    measures = {code: _statistic([person.values[code] for person in people]) for code in codes}
    served = measures if len(people) >= LEAST_PEOPLE else {}
    return Band(people[0].ancestry, people[0].sex, age_from, age_to, len(people), served)


def _statistic(values: Sequence[float]) -> Statistic:
    if len(values) < 2:
        return Statistic(values[0], 0.0)
    middle, sd = median(values), stdev(values)
    by_median = 1.4826 * median(abs(value - middle) for value in values)
    return Statistic(fmean(values), sd, far_out=sd > FAR_OUT * by_median)


def _band(given: Mapping[str, Any]) -> Band:
    measures = {code: Statistic(**each) for code, each in given["measures"].items()}
    return replace(Band(**{**given, "measures": measures}), sex=PatientSex(given["sex"]))


def _sum(body: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
