"""Measurements by LOINC: kept as sentences of a note, which the reader of notes judges, and told of such a note again.

What a case holds of a measurement is that sentence: assay, number, unit, age and, of a laboratory's, its range. The age
is in months from two months on. Sizes of the body need the patient's age: without it nothing is judged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from service.fhir.reading.dates import AGE_UNITS
from service.fhir.reading.laboratory import BY_LOINC
from service.fhir.reading.measurements import SIZES, Size
from service.phenopackets.names import Json
from service.phenopackets.taken import Gathering, Why
from service.problems import Fault

_LOINC = "LOINC:"
#: Codes by what a sentence calls them; where several codes mean one, the first of the list.
_SIZE_CODES: Mapping[tuple[str, bool], str] = MappingProxyType(
    {(size.name, size.at_birth): code for code, size in reversed(list(SIZES.items()))}
)
_ANALYTES: Mapping[str, str] = MappingProxyType({name: code for code, name in reversed(list(BY_LOINC.items()))})
_UNIT = r"[A-Za-z0-9\[\]*^/%._{}-]{1,30}"
_NUMBER = r"[0-9]{1,12}(?:\.[0-9]{1,9})?"
_AGE = (
    r"(?:At (?P<birth>birth)|At (?P<days>\d{1,2}) days of age|At the age of (?P<only>\d{1,2}) months|"
    r"At the age of (?P<years>\d{1,3}) years (?P<months>\d{1,2}) months): "
)
_SENTENCE = re.compile(
    rf"(?:{_AGE})?(?P<name>[A-Za-z0-9 -]{{1,60}}?) (?P<value>{_NUMBER})(?: (?P<unit>{_UNIT}))?"
    rf"(?:, normal (?P<low>{_NUMBER})-(?P<high>{_NUMBER}))?\."
)
_ROUNDING = 0.02  # of a month, which is more than an age in whole days is off


def read_measurements(packet: Json, gathering: Gathering) -> str | None:
    """The note that the measurements make, a sentence a line; None where there is none."""
    lines = []
    for at, each in enumerate(packet.get("measurements", ())):
        path = f"measurements[{at}]"
        code = str(each.get("assay", {}).get("id", ""))
        line = _sentence(each, path, code.removeprefix(_LOINC), gathering) if code.startswith(_LOINC) else None
        if line is None:
            gathering.leave(path, Why.NOT_HELD if code.startswith(_LOINC) else Why.OTHER_CODES)
            continue
        gathering.leave(path, Why.AS_NOTE)
        gathering.rest(each, path, "assay", "value", "timeObserved")
        lines.append(line)
    return "\n".join(lines) or None


def tell_measurements(text: str) -> list[Json] | None:
    """The measurements of a note that holds nothing else; None of any other note."""
    told = []
    for line in text.splitlines():
        found = _SENTENCE.fullmatch(line)
        one = _measurement(found) if found else None
        if one is None:
            return None
        told.append(one)
    return told or None


def _sentence(each: Json, path: str, code: str, gathering: Gathering) -> str | None:
    quantity = each.get("value", {}).get("quantity", {})
    size, analyte = SIZES.get(code), BY_LOINC.get(code)
    value, unit = quantity.get("value"), _unit(quantity.get("unit", {}))
    if (size is None and analyte is None) or not isinstance(value, int | float) or unit is None:
        return None
    number = _number(value)
    days = gathering.days_at(each.get("timeObserved", {}), f"{path}.timeObserved")
    if not re.fullmatch(_NUMBER, number) or (value and not float(number)):  # too small to be written so
        return None
    if size is None:
        return f"{_when(days)}{analyte} {number}{' ' + unit if unit else ''}{_range(quantity)}."
    factor = size.units.get(unit)
    if factor is None or (days is None and not size.at_birth):
        return None
    if not size.least <= value * factor <= size.most:
        gathering.faults.append(
            Fault(field=f"{path}.value", what="Nobody measures so much or so little.", mend="Check number and unit.")
        )
        return None
    amount = number if factor == 1 else _number(round(value * factor, 3))
    return f"{'At birth: ' if size.at_birth else _when(days)}{size.name} {amount} {next(iter(size.units))}."


def _measurement(found: re.Match[str]) -> Json | None:
    name, birth = found["name"], found["birth"] is not None
    size = _SIZE_CODES.get((name, birth))
    code = size or _ANALYTES.get(name)
    if code is None:
        return None
    unit = {"id": f"UCUM:{found['unit']}", "label": found["unit"]} if found["unit"] else {"id": "UCUM:1", "label": "1"}
    quantity: Json = {"unit": unit, "value": float(found["value"])}
    if found["low"] is not None:
        quantity["referenceRange"] = {"unit": unit, "low": float(found["low"]), "high": float(found["high"])}
    told: Json = {"assay": {"id": f"{_LOINC}{code}", "label": name}, "value": {"quantity": quantity}}
    age = next(_ages(found), None)
    return told | ({"timeObserved": {"age": {"iso8601duration": age}}} if age else {})


def _ages(found: re.Match[str]) -> Iterator[str]:
    if found["birth"]:
        yield "P0D"
    if found["days"]:
        yield f"P{found['days']}D"
    if found["only"]:
        yield f"P{found['only']}M"
    if found["years"]:
        yield f"P{found['years']}Y{found['months']}M"


def _when(days: int | None) -> str:
    """The beginning of a sentence, as for sizes that come by FHIR (service.fhir.reading.measurements)."""
    if days is None:
        return ""
    if days < 60:
        return f"At {days} days of age: "
    years, months = divmod(int(days / AGE_UNITS["mo"] + _ROUNDING), 12)
    if years < 2:
        return f"At the age of {years * 12 + months} months: "
    return f"At the age of {years} years {months} months: "


def _unit(unit: Json) -> str | None:
    """A code of UCUM, or the label of another system's unit where that is written as one; None for any other."""
    id, label = str(unit.get("id", "")), str(unit.get("label", ""))
    written = id.removeprefix("UCUM:") if id.startswith("UCUM:") else label
    if written in {"1", ""}:
        return "" if id.startswith("UCUM:") else None
    return written if re.fullmatch(_UNIT, written) else None


def _range(quantity: Json) -> str:
    norm = quantity.get("referenceRange", {})
    low, high = norm.get("low"), norm.get("high")
    if not isinstance(low, int | float) or not isinstance(high, int | float):
        return ""
    ends = _number(low), _number(high)
    return f", normal {ends[0]}-{ends[1]}" if all(re.fullmatch(_NUMBER, end) for end in ends) else ""


def _number(value: float) -> str:
    """Digits without an exponent: 95, 95.5."""
    return f"{value:.9f}".rstrip("0").rstrip(".")


def size_codes() -> Mapping[str, Size]:
    """Sizes of the body by the code that is told of them."""
    return {code: SIZES[code] for code in _SIZE_CODES.values()}
