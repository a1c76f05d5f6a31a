"""Laboratory values, as sentences for the note reader's own table of analytes (nlp/languages/en/laboratory.tsv).

A value is read where the laboratory says itself whether it is high or low, by its flag or by its reference range; what
the table does not know is told, and not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType

from nlp.analytes import Analytes
from service.fhir.issues import Issue, notice
from service.fhir.names import LOINC, UCUM
from service.fhir.reading.concepts import codes_of, codings, words_of
from service.fhir.reading.items import Json, Text
from service.fhir.reading.statements import INTERPRETATION
from service.problems import Fault

#: LOINC (serum or plasma, blood) → the table's name. Codes as in LOINC's list of the 2,000 most common observations;
#: written from knowledge of it and not compared with a copy.
BY_LOINC: Mapping[str, str] = MappingProxyType(
    {
        "2157-6": "creatine kinase",
        "2524-7": "lactate",
        "32693-4": "lactate",
        "16362-6": "ammonia",
        "1920-8": "aspartate aminotransferase",
        "1742-6": "alanine aminotransferase",
        "2324-2": "gamma-glutamyl transferase",
        "6768-6": "alkaline phosphatase",
        "1975-2": "total bilirubin",
        "14631-6": "total bilirubin",
        "1968-7": "direct bilirubin",
        "2093-3": "total cholesterol",
        "14647-2": "total cholesterol",
        "13457-7": "LDL cholesterol",
        "2089-1": "LDL cholesterol",
        "2085-9": "HDL cholesterol",
        "2571-8": "triglycerides",
        "14927-8": "triglycerides",
        "2345-7": "glucose",
        "2339-0": "glucose",
        "4548-4": "HbA1c",
        "17861-6": "calcium",
        "2000-8": "calcium",
        "2777-1": "phosphate",
        "14879-1": "phosphate",
        "19123-9": "magnesium",
        "2951-2": "sodium",
        "2823-3": "potassium",
        "2075-0": "chloride",
        "1963-8": "bicarbonate",
        "3084-1": "uric acid",
        "14933-6": "uric acid",
        "2160-0": "creatinine",
        "14682-9": "creatinine",
        "3094-0": "blood urea nitrogen",
        "718-7": "hemoglobin",
        "787-2": "mean corpuscular volume",
        "777-3": "platelets",
        "26515-7": "platelets",
        "6690-2": "white blood cells",
        "26464-8": "white blood cells",
        "751-8": "neutrophils",
        "26499-4": "neutrophils",
        "2276-4": "ferritin",
        "3016-3": "TSH",
        "11580-8": "TSH",
        "3024-7": "free T4",
        "2465-3": "IgG",
        "2458-8": "IgA",
        "2472-9": "IgM",
    }
)
_CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
_FLAGS = {"H": "H", "HH": "H", "HU": "H", "L": "L", "LL": "L", "LU": "L"}
#: UCUM as notes write it: 10*9/L, [IU], {cells}.
_TEN = re.compile(r"10\*(\d)")
_BRACKETS = re.compile(r"\{[^{}]*\}")
#: What LOINC adds to a component: its property in brackets, the specimen, the method.
_ADDED = re.compile(r"\s*(?:\[[^\]]*\].*|(?:in|by) (?:serum|plasma|blood|venous|arterial|capillary).*)$", re.IGNORECASE)
_OTHER_SPECIMEN = re.compile(
    r"\b(?:urine|csf|cerebral spinal|cerebrospinal|stool|sweat|saliva|amniotic)\b|尿|脑脊液|粪", re.I
)
_LONGEST_NAME = 60


def is_laboratory(resource: Json) -> bool:
    """Whether an Observation says that it is a laboratory's, or has a code of the table above."""
    categories = [code for each in resource.get("category") or () for code in codes_of(each, _CATEGORY)]
    return "laboratory" in categories or any(code in BY_LOINC for code in codes_of(resource.get("code"), LOINC))


def read_value(part: Json, path: str, language: str = "en") -> Iterator[Text | Issue]:
    """A sentence about the value of an Observation or a component of one, or why it is not read."""
    name = _name(part.get("code"))
    quantity = part.get("valueQuantity")
    if name is None:
        what = "This laboratory value is of no analyte that is read here."
        yield notice(
            Fault(field=f"{path}.code", what=what, mend="Its findings may be sent as codes of the HPO."),
            "not-supported",
        )
        return
    flag = _flag(part)
    if not isinstance(quantity, dict) or "value" not in quantity:
        said = _qualitative(flag)
        if said is None:
            what = "This laboratory value is neither a number nor flagged as high or low."
            mend = "Send a valueQuantity, with interpretation or referenceRange."
            yield notice(Fault(field=path, what=what, mend=mend), "not-supported")
        else:
            yield Text(f"{name} {said}.", path, None, language)
        return
    if quantity.get("system") not in (None, UCUM):
        mend = "Send the unit in UCUM."
        yield Issue(
            Fault(field=f"{path}.valueQuantity.system", what="This is no code system of units.", mend=mend),
            code="code-invalid",
        )
        return
    norm = _range(part)
    if flag is None and norm is None:
        what = "This laboratory value comes without a flag and without a reference range; the table's own is used."
        yield notice(Fault(field=path, what=what, mend="Send interpretation or referenceRange."), "incomplete")
    amount = f"{quantity.get('comparator', '')}{quantity['value']:g}"
    unit = _unit(str(quantity.get("code") or quantity.get("unit") or ""))
    sign = f" ({flag})" if flag else f", normal {norm}" if norm else ""
    yield Text(f"{name} {amount} {unit}{sign}.".replace("  ", " "), f"{path}.valueQuantity", None, language)


def _name(concept: object) -> str | None:
    """What the table calls an analyte; None where it has no row."""
    for code in codes_of(concept, LOINC):
        if code in BY_LOINC:
            return BY_LOINC[code]
    if any(_OTHER_SPECIMEN.search(str(each.get("display") or "")) for each, _ in codings(concept, "")):
        return None
    words = _ADDED.sub("", words_of(concept)).strip()
    if not words or len(words) > _LONGEST_NAME or _OTHER_SPECIMEN.search(words_of(concept)):
        return None
    known = _names()
    return next((form for form in (words, words.lower(), words.removeprefix("Serum ").lower()) if form in known), None)


@cache
def _names() -> frozenset[str]:
    """Names of analytes of blood, as the table of the note reader has them; read from the package once a process."""
    rows = Analytes.read("en", "laboratory.tsv").rows
    return frozenset(name for name, specimens in rows.items() if "blood" in specimens)


def _flag(part: Json) -> str | None:
    for concept in part.get("interpretation") or ():
        for code in codes_of(concept, INTERPRETATION):
            if code in _FLAGS:
                return _FLAGS[code]
    return None


def _qualitative(flag: str | None) -> str | None:
    return {"H": "high", "L": "low"}.get(flag or "")


def _range(part: Json) -> str | None:
    """The laboratory's own range, where it has both ends in the value's unit."""
    for each in part.get("referenceRange") or ():
        low, high = (each.get(end) or {} for end in ("low", "high"))
        numbers = [end.get("value") for end in (low, high)]
        if all(isinstance(number, int | float) for number in numbers):
            return f"{numbers[0]:g}-{numbers[1]:g}"
    return None


def _unit(code: str) -> str:
    plain = _BRACKETS.sub("", _TEN.sub(r"10^\1", code)).replace("[IU]", "IU")
    return plain.strip("/") or ""
