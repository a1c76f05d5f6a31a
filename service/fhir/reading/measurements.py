"""Sizes of the body by LOINC, as sentences for the note reader's own rule about growth (nlp.growth, nlp.measurements).

Each names the patient's age on the day it was measured: a size is judged by that, and not by today's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from service.fhir.issues import Issue, notice
from service.fhir.names import LOINC, UCUM
from service.fhir.reading.concepts import codes_of
from service.fhir.reading.context import Context
from service.fhir.reading.dates import AGE_UNITS, age_on
from service.fhir.reading.items import Text
from service.problems import Fault


@dataclass(frozen=True, slots=True)
class Size:
    """A quantity: what notes call it, whether it is of birth, factors of units into the first one, and what can be."""

    name: str
    units: Mapping[str, float]
    least: float
    most: float
    at_birth: bool = False


_LENGTHS = {"cm": 1.0, "m": 100.0, "mm": 0.1, "[in_i]": 2.54, "in": 2.54}  # UCUM; `in` as it is often written
_WEIGHTS = {"kg": 1.0, "g": 0.001, "[lb_av]": 0.45359237, "lb": 0.45359237, "[oz_av]": 0.028349523125}
_HEIGHT = Size("height", _LENGTHS, 15, 280)
_WEIGHT = Size("weight", _WEIGHTS, 0.2, 700)
_HEAD = Size("head circumference", _LENGTHS, 10, 100)
#: LOINC 2.7x, long common names in brackets where the name here is another.
SIZES: Mapping[str, Size] = MappingProxyType(
    {
        "8302-2": _HEIGHT,
        "3137-7": _HEIGHT,  # measured
        "8301-4": _HEIGHT,  # estimated
        "8306-3": _HEIGHT,  # lying
        "8308-9": _HEIGHT,  # standing
        "89269-5": Size("height", _LENGTHS, 15, 280, at_birth=True),
        "29463-7": _WEIGHT,
        "3141-9": _WEIGHT,  # measured
        "3142-7": _WEIGHT,  # stated
        "8339-4": Size("weight", _WEIGHTS, 0.2, 10, at_birth=True),
        "9843-4": _HEAD,
        "8287-5": _HEAD,  # by tape measure
        "39156-5": Size("body mass index", {"kg/m2": 1.0}, 5, 200),
    }
)


def size_of(concept: object) -> Size | None:
    """The size of the body that a concept is, by its LOINC code."""
    return next((SIZES[code] for code in codes_of(concept, LOINC) if code in SIZES), None)


def read_size(size: Size, value: object, path: str, day: date | None, context: Context) -> Iterator[Text | Issue]:
    """A sentence about a size, or why there is none."""
    if not isinstance(value, dict) or "value" not in value:
        yield notice(
            Fault(field=path, what="This measurement has no value.", mend="Send a valueQuantity."), "not-supported"
        )
        return
    factor = size.units.get(str(value.get("code") or value.get("unit") or ""))
    if factor is None or value.get("system") not in (None, UCUM):
        mend = f"Send it in {' or '.join(unit for unit in size.units if unit.isalpha() or '/' in unit)}, in UCUM."
        yield Issue(Fault(field=path, what="This is no unit of this measurement.", mend=mend), code="code-invalid")
        return
    amount = round(value["value"] * factor, 3)
    if not size.least <= amount <= size.most:
        what = "Nobody measures so much or so little."
        yield Issue(Fault(field=f"{path}.value", what=what, mend="Check number and unit."), code="value")
        return
    if value.get("comparator"):
        what = "A measurement with a comparator is not read."
        yield notice(Fault(field=f"{path}.comparator", what=what, mend="Send the number measured."), "not-supported")
        return
    unit = next(iter(size.units))
    age = 0 if size.at_birth else age_on(context.born, day)
    if age is None:
        what = "How old the patient was when this was measured is not known; it is not judged."
        mend = "Send the patient's birthDate before or with it, and effectiveDateTime."
        yield notice(Fault(field=path, what=what, mend=mend), "incomplete")
        return
    yield Text(f"{_when(size, age)}{size.name} {amount:g} {unit}.", path, day, "en")


def _when(size: Size, age: int) -> str:
    """The beginning of a sentence: how old the patient was."""
    if size.at_birth:
        return "At birth: "
    if age < 60:
        return f"At {age} days of age: "
    years, months = divmod(int(age / AGE_UNITS["mo"]), 12)
    return (
        f"At the age of {years} years {months} months: "
        if years >= 2
        else f"At the age of {years * 12 + months} months: "
    )
