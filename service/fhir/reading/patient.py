"""Patient: who it is, sex and day of birth; what a resident identity number contradicts is told."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from types import MappingProxyType
from typing import Any

from facial.norms.ancestry import ANCESTRIES
from ontology.features import PatientSex
from service.fhir.issues import Issue, notice, warning
from service.fhir.reading.concepts import words_of
from service.fhir.reading.context import Context
from service.fhir.reading.dates import born_of, day_of, not_yet, only_roughly
from service.fhir.reading.items import Born, Item, Json, Person, Told
from service.fhir.reading.resident_id import ResidentId, is_named_so, read_resident_id
from service.fhir.reading.statements import extension
from service.fhir.telling import own
from service.patients import Identifier
from service.problems import Fault

_SEXES = MappingProxyType({sex.value: sex for sex in PatientSex})
#: Kinds of identifiers (HL7 v2, table 0203) that are the hospital's own number of a patient, the likeliest first.
_OWN = ("MR", "MRT", "PI", "PT", "AN")
_LONGEST_NUMBER, _LONGEST_NAME = 100, 200
#: A birth date so long ago is a slip: the oldest person on record reached 122 years (unverified).
_OLDEST_DAYS = 45_000


def read(resource: Json, path: str, context: Context) -> Iterator[Item]:
    """A Person, with issues about dates and numbers."""
    numbers = list(identifiers_of(resource))
    sex = _SEXES.get(str(resource.get("gender") or ""))
    born = born_of(resource.get("birthDate"))
    yield from not_yet(resource.get("birthDate"), f"{path}.birthDate", context.today)
    yield from not_yet(resource.get("deceasedDateTime"), f"{path}.deceasedDateTime", context.today)
    if born is not None:
        yield from only_roughly(born, f"{path}.birthDate")
        if (context.today - born.day).days > _OLDEST_DAYS:
            yield warning(
                Fault(field=f"{path}.birthDate", what="Nobody known has become so old.", mend="Check the date."),
                "value",
            )
    yield from _of_numbers(resource, path)
    # the number that this software tells is told as it is kept, beside a sex and an age as they are kept
    others = [value for system, value in numbers if system != own.NUMBER]
    resident = next((found for value in others if (found := read_resident_id(value)) and found.right), None)
    if resident is not None:
        yield from _contradicted(resident, sex, born, path)
        if born is None and "birthDate" not in resource:
            born = Born(resident.born)
            what = "The day of birth is taken from the identity number."
            yield notice(Fault(field=f"{path}.birthDate", what=what, mend="Send birthDate where it is another."))
        if sex in (None, PatientSex.UNKNOWN):
            sex = resident.sex
            what = "The sex is taken from the identity number."
            yield notice(Fault(field=f"{path}.gender", what=what, mend="Send gender where it is another."))
    for at, link in enumerate(resource.get("link") or ()):
        if link.get("type") in ("replaced-by", "replaces"):
            what = "This patient's records were joined with another's; that is not followed here."
            mend = "Have someone who keeps both cases look at them."
            yield warning(Fault(field=f"{path}.link[{at}]", what=what, mend=mend), "not-supported")
    yield from _of_ours(resource, path)
    died = day_of(resource.get("deceasedDateTime"))
    identifiers = tuple(Identifier(system, value) for system, value in numbers)
    yield Person(path, sex, born, died, name_of(resource), _number(resource), identifiers, age_told(resource))


def _of_ours(resource: Json, path: str) -> Iterator[Item]:
    """What this service tells of a patient by extensions of its own."""
    ill, ancestry = extension(resource, own.ACUTELY_ILL), extension(resource, own.ANCESTRY)
    if ill is not None and ill.get("valueBoolean") is True:
        yield Told("acutely_ill", True, f"{path}.extension")
    if ancestry is not None:
        said = ancestry.get("valueCode") or ancestry.get("valueString")
        if said in ANCESTRIES:
            yield Told("ancestry", str(said), f"{path}.extension")


def age_told(resource: Json) -> int | None:
    """The age in days that this service tells of a patient whose day of birth it does not know."""
    told = extension(resource, own.AGE_DAYS)
    age = told.get("valueAge") if told is not None else None
    value = age.get("value") if isinstance(age, dict) and age.get("code") == "d" else None
    return value if isinstance(value, int) and 0 <= value <= _OLDEST_DAYS else None


def identifiers_of(resource: Json) -> Iterator[tuple[str, str]]:
    """System and value of every identifier that may still be used."""
    for each in resource.get("identifier") or ():
        if isinstance(each, dict) and each.get("value") and each.get("use") != "old":
            yield str(each.get("system") or ""), str(each["value"])


def name_of(resource: Json) -> str | None:
    """The name as it is written: a text, or family and given name, in Chinese without a space between."""
    names = [each for each in resource.get("name") or () if isinstance(each, dict)]
    order = {"official": 0, "usual": 1, None: 2}
    for name in sorted(names, key=lambda each: order.get(each.get("use"), 3)):
        written = _written(name)
        if written:
            return written[:_LONGEST_NAME]
    return None


def _written(name: dict[str, Any]) -> str:
    text = " ".join(str(name.get("text") or "").split())
    if text:
        return text
    family, given = str(name.get("family") or "").strip(), [str(each).strip() for each in name.get("given") or ()]
    if _is_chinese(family + "".join(given)):
        return family + "".join(given)
    return " ".join(each for each in (*given, family) if each)


def _is_chinese(word: str) -> bool:
    return bool(word) and all("CJK" in unicodedata.name(sign, "") or sign in "·・〇" for sign in word)


def _number(resource: Json) -> str | None:
    """The hospital's own number, else any but an identity card's, else none."""
    found: list[tuple[int, str]] = []
    for each in resource.get("identifier") or ():
        value = str(each.get("value") or "").strip()
        if value and each.get("system") == own.NUMBER:  # as it is kept here, whatever it looks like
            return value[:_LONGEST_NUMBER]
        if value and each.get("use") != "old" and read_resident_id(value) is None:
            kinds = [coding.get("code") for coding in (each.get("type") or {}).get("coding") or ()]
            found.append((min((_OWN.index(kind) for kind in kinds if kind in _OWN), default=len(_OWN)), value))
    return min(found, key=lambda one: one[0])[1][:_LONGEST_NUMBER] if found else None


def _of_numbers(resource: Json, path: str) -> Iterator[Issue]:
    """What is wrong with numbers that are said to be of identity cards, or look like them."""
    for at, each in enumerate(resource.get("identifier") or ()):
        value, words = str(each.get("value") or ""), _kind(each)
        found, where = read_resident_id(value), f"{path}.identifier[{at}].value"
        if found is None and is_named_so(str(each.get("system") or ""), words) and len(value.strip()) != 15:
            what = "This is no number of a resident identity card."
            yield warning(Fault(field=where, what=what, mend="Send its eighteen characters."), "value")
        elif found is not None and not found.right and is_named_so(str(each.get("system") or ""), words):
            what = "The check character of this identity number is wrong."
            yield warning(Fault(field=where, what=what, mend="Compare it with the card."), "value")


def _kind(identifier: Json) -> str:
    kind = identifier.get("type") or {}
    return f"{words_of(kind)} {' '.join(str(each.get('code')) for each in kind.get('coding') or ())}"


def _contradicted(resident: ResidentId, sex: PatientSex | None, born: Born | None, path: str) -> Iterator[Issue]:
    if born is not None and abs((resident.born - born.day).days) > born.days:
        what = "The day of birth is another than that in the identity number."
        yield warning(Fault(field=f"{path}.birthDate", what=what, mend="Correct one of the two; birthDate is taken."))
    if sex in (PatientSex.FEMALE, PatientSex.MALE) and sex is not resident.sex:
        what = "The sex is another than that in the identity number."
        yield warning(Fault(field=f"{path}.gender", what=what, mend="Correct one of the two; gender is taken."))
