"""Small parts of resources: codings, concepts, references, dates, in FHIR's own shapes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from html import escape
from types import MappingProxyType
from typing import Any

from service.fhir.names import HPO, SNOMED, SYSTEMS
from service.fhir.telling import own

Json = dict[str, Any]

INTERPRETATION = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
_DECIPHER = "https://www.deciphergenomics.org"
#: Tags of languages (BCP 47) by the languages of answers.
LANGUAGES: Mapping[str, str] = MappingProxyType({"en": "en", "zh": "zh-CN"})
#: What `code` may be in FHIR: no space at an end, none but single ones between.
_SPACES = re.compile(r"\s+")


def coding(system: str, code: str, display: str | None = None) -> Json:
    """A Coding."""
    told = {"system": system, "code": _SPACES.sub(" ", code.strip())}
    return told | ({"display": display} if display else {})


def concept(*codings: Json, text: str | None = None) -> Json:
    """A CodeableConcept."""
    told: Json = {"coding": list(codings)} if codings else {}
    return told | ({"text": text} if text else {})


def snomed(code: str, display: str) -> Json:
    """A concept of SNOMED CT."""
    return concept(coding(SNOMED, code, display))


def hpo(id: str, label: str, english: str | None = None) -> Json:
    """A term of the HPO; its display is English, as the HPO has it, its text as the reader's language has it."""
    return concept(coding(HPO, id, english or label), text=label)


def disease(ids: Iterable[str], name: str, english: str | None = None) -> Json:
    """A disease by all of its ids."""
    return concept(*(_of_disease(id, english or name) for id in ids), text=name or None)


def _of_disease(id: str, name: str) -> Json:
    prefix, _, number = id.partition(":")
    if prefix in SYSTEMS:
        return coding(SYSTEMS[prefix], number, name)
    if prefix == "DECIPHER":
        return coding(_DECIPHER, number, name)
    return coding(f"urn:phenomap:{prefix.casefold()}", number, name)


def gene(symbol: str) -> Json:
    """A gene by its symbol."""
    return concept(coding(own.GENE, symbol), text=symbol)


def reference(kind: str, id: str, display: str | None = None) -> Json:
    """A reference to a resource of this service."""
    told = {"reference": f"{kind}/{id}"}
    return told | ({"display": display} if display else {})


def person(account: str, name: str | None) -> Json:
    """A clinician by their account here: no resource stands behind it."""
    told: Json = {"type": "Practitioner", "identifier": {"system": own.ACCOUNT, "value": account}}
    return told | ({"display": name} if name else {})


def extension(url: str, kind: str, value: object) -> Json:
    """A simple extension: `kind` is the type of its value, such as String."""
    return {"url": url, f"value{kind}": value}


def instant(moment: datetime) -> str:
    """A moment as `instant` and `dateTime` have it, in UTC, to a millisecond."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def meta(version: int, changed: datetime) -> Json:
    """Version, and since when."""
    return {"versionId": str(version), "lastUpdated": instant(changed)}


def narrative(lines: Iterable[str]) -> Json:
    """Lines of text for people, a paragraph each."""
    paragraphs = "".join(f"<p>{escape(_printable(line))}</p>" for line in lines if line)
    return {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{paragraphs}</div>'}


def _printable(line: str) -> str:
    """Without the control characters that XML has no place for."""
    return "".join(sign for sign in line if sign >= " " or sign in "\t\n")
