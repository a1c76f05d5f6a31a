"""What a head measured, put beside the norms: the measures of a face, and the terms that they suggest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil, floor, hypot
from typing import Protocol

from facial.measures.definitions import BY_CODE, DEFINITIONS, Definition, Kind
from facial.norms.choose import Norms
from facial.norms.compare import NINETY, called, compared, probability
from facial.norms.fits import METHODS, PUBLISHED, Published
from facial.reading import FacePatient, Measurement, Norm, Point, SuggestedTerm, WithoutNorm

#: Terms that are judged by eye: no criterion is printed for them (HPO, release 2026-06-06), or one that is not this
#: measure (a droop is told against the iris, not by the height of the fissure; a face by its jaw as well).
JUDGED_BY_EYE = frozenset({"HP:0000508", "HP:0002553", "HP:0000331", "HP:0000275", "HP:0000283"})
#: Room around a line, as a share of its length, in the region that is shown for a term.
_ROOM = 0.25


@dataclass(frozen=True, slots=True)
class Estimate:
    """A measured value and its standard error, in the unit of the measure."""

    value: float
    error: float


@dataclass(frozen=True, slots=True)
class Ruler:
    """The distance between the pupils in mm, with its standard error: the irises of the photo are what is known."""

    ipd: Estimate


class OwnReference(Protocol):
    """Ordinary people that the hospital measured with this pipeline."""

    def norm(self, measure: str, patient: FacePatient) -> Norm | WithoutNorm:
        """The norm of `measure`, a code of facial.measures, or why there is none."""
        ...


def measurements(
    values: Mapping[str, Estimate],
    lines: Mapping[str, tuple[Point, ...]],
    ruler: Ruler | None,
    patient: FacePatient,
    norms: Norms,
    reference: OwnReference | None = None,
) -> tuple[Measurement, ...]:
    """Every measure that terms are called from, by the hospital's own reference; then, with a ruler, those in mm.

    `values` and `lines` go by the codes of facial.measures, a line being the ends of its parts, two by two; a measure
    without a value is left out.
    """
    ratios = [_ratio(each, values[each.code], lines, patient, reference) for each in _called(values)]
    if ruler is None:
        return tuple(_no_scale(each) for each in ratios)
    lengths = (_length(each, values, lines, ruler, patient, norms) for each in PUBLISHED)
    return (*ratios, *(length for length in lengths if length is not None))


def suggestions(measured: Sequence[Measurement]) -> tuple[SuggestedTerm, ...]:
    """The terms that measures speak for, the likeliest first; one that two speak for is told by the own reference."""
    found: dict[str, SuggestedTerm] = {}
    for measurement in measured:
        term = _term(measurement)
        if term is not None:
            found.setdefault(term.type, term)
    return tuple(sorted(found.values(), key=lambda term: -term.confidence))


def _called(values: Mapping[str, Estimate]) -> Iterator[Definition]:
    return (each for each in DEFINITIONS if each.kind is Kind.TERM and each.code in values)


def _ratio(
    definition: Definition,
    estimate: Estimate,
    lines: Mapping[str, tuple[Point, ...]],
    patient: FacePatient,
    reference: OwnReference | None,
) -> Measurement:
    norm = reference.norm(definition.code, patient) if reference else WithoutNorm.NONE_FITS
    return _measurement(definition.code, estimate, definition.unit.value, lines.get(definition.code, ()), norm)


def _length(
    published: Published,
    values: Mapping[str, Estimate],
    lines: Mapping[str, tuple[Point, ...]],
    ruler: Ruler,
    patient: FacePatient,
    norms: Norms,
) -> Measurement | None:
    if published.of is not None and published.of not in values:
        return None
    estimate = ruler.ipd if published.of is None else _product(values[published.of], ruler.ipd)
    line = lines.get(published.of or "ipd_fw", ())
    found = _measurement(published.code, estimate, "mm", line, norms.choose(published.measure, patient))
    if found.compared is not None:
        return found
    return replace(found, spread=norms.spread(published.measure, patient))


def _measurement(
    code: str, estimate: Estimate, unit: str, line: tuple[Point, ...], norm: Norm | WithoutNorm
) -> Measurement:
    room = NINETY * estimate.error
    low, high = estimate.value - room, estimate.value + room
    if isinstance(norm, WithoutNorm):
        return Measurement(code, estimate.value, low, high, unit, line, without=norm)
    return Measurement(code, estimate.value, low, high, unit, line, compared(estimate.value, estimate.error, norm))


def _no_scale(measurement: Measurement) -> Measurement:
    """The same, told to want a ruler where a published norm that fits might have been compared with."""
    fitting = {each.calls for each in PUBLISHED if each.measure in METHODS}
    if measurement.compared is not None or measurement.code not in fitting:
        return measurement
    return replace(measurement, without=WithoutNorm.NO_SCALE)


def _product(ratio: Estimate, length: Estimate) -> Estimate:
    """A multiple of a length: the errors of both are taken to be independent."""
    error = hypot(ratio.error * length.value, length.error * ratio.value)
    return Estimate(ratio.value * length.value, error)


def _term(measurement: Measurement) -> SuggestedTerm | None:
    if measurement.compared is None or not called(measurement.compared):
        return None
    high, low = _terms(measurement.code)
    term = high if measurement.compared.z > 0 else low
    if term is None:
        return None
    confidence = probability(measurement.compared)
    return SuggestedTerm(term, confidence, measurement.code, _box(measurement.line), term not in JUDGED_BY_EYE)


def _terms(code: str) -> tuple[str | None, str | None]:
    """The terms of a large and of a small value; a length calls those of the ratio that is of the same."""
    ratios = {each.code: each.calls for each in PUBLISHED}
    definition = BY_CODE.get(ratios.get(code) or code)
    return (definition.high, definition.low) if definition else (None, None)


def _box(line: Sequence[Point]) -> tuple[int, int, int, int]:
    """The part of the photo that a line spans, with room around it; nothing of a photo where no line is known."""
    if not line:
        return (0, 0, 0, 0)
    x, y = [point.x for point in line], [point.y for point in line]
    room = _ROOM * hypot(max(x) - min(x), max(y) - min(y))
    return floor(min(x) - room), floor(min(y) - room), ceil(max(x) + room), ceil(max(y) + room)
