"""Numbers of Chinese resident identity cards (GB 11643-1999): day of birth, sex, check character."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from ontology.features import PatientSex
from service.deidentify.checks import resident_check

#: System of these numbers, by its OID in China's shared documents (WS/T 500), and how a type says so (v2-0203).
SYSTEM = "urn:oid:2.16.156.10011.1.3"
TYPE = "NNCHN"
_FORM = re.compile(r"\d{17}[\dX]")
_NAMED = re.compile(r"身份证|resident.?id|identity.?card|id.?card", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ResidentId:
    """What a number says of its holder; `right` where its check character is."""

    born: date
    sex: PatientSex
    right: bool


def read_resident_id(value: str) -> ResidentId | None:
    """A number of eighteen; None where it is no such number, or its day of birth none of the calendar."""
    digits = unicodedata.normalize("NFKC", value).replace(" ", "").upper()
    if not _FORM.fullmatch(digits):
        return None
    try:
        born = date(int(digits[6:10]), int(digits[10:12]), int(digits[12:14]))
    except ValueError:
        return None
    sex = PatientSex.MALE if int(digits[16]) % 2 else PatientSex.FEMALE
    return ResidentId(born, sex, resident_check(digits) == digits[17])


def is_named_so(system: str, words: str) -> bool:
    """Whether an identifier is said to be one: by its system, or by code or words of its type."""
    return system.casefold() == SYSTEM or TYPE in words or bool(_NAMED.search(words))
