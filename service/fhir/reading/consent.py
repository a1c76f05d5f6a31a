"""Consent: to what, and by whom.

FHIR has no codes for the four purposes that are asked for here, so they are told by codes of this service, or by what
stands for them in HL7's own: treatment (v3-ActReason) is keeping and assessing the case.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from service.consent.consent import Giver, Purpose
from service.fhir.issues import notice, warning
from service.fhir.reading.concepts import codes_of, codings, words_of
from service.fhir.reading.context import Context
from service.fhir.reading.items import Agreed, Item, Json, Withdrawn
from service.fhir.telling import own
from service.problems import Fault

PURPOSES = own.CONSENT_PURPOSE
ACT_REASON = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
_BY_CODE: Mapping[tuple[str, str], Purpose] = MappingProxyType(
    {(PURPOSES, purpose.value): purpose for purpose in Purpose}
    | {(ACT_REASON, code): Purpose.ASSESSMENT for code in ("TREAT", "CAREMGT", "TREATMENT")}
)
#: Words of a category's or a code's text, such as a hospital's form is called by.
_BY_WORDS: tuple[tuple[re.Pattern[str], Purpose], ...] = (
    (re.compile(r"gallery|图库|人脸库", re.IGNORECASE), Purpose.GALLERY),
    (re.compile(r"federat|matchmaker|other hospitals|其他医院|联邦", re.IGNORECASE), Purpose.FEDERATION),
    (re.compile(r"photo|照片|面容|人脸", re.IGNORECASE), Purpose.PHOTO),
)
_PATIENT, _GUARDIAN = "Patient", "RelatedPerson"


def read(resource: Json, path: str, context: Context) -> Iterator[Item]:
    """What was consented to or refused, one item a purpose."""
    status = resource.get("status")
    ended = status == "inactive" and own.CONSENT in codes_of(resource.get("policyRule"), own.DOCUMENT)
    if status in ("entered-in-error", "inactive") and not ended:
        yield Withdrawn(path)
        return
    if status in ("draft", "proposed"):
        what = "A consent that is not active yet is none."
        yield notice(Fault(field=f"{path}.status", what=what, mend="Send it again when it is given."), "not-supported")
        return
    provision = resource.get("provision") or {}
    ends = (provision.get("period") or {}).get("end")
    if isinstance(ends, str) and ends[:10] < context.today.isoformat():
        yield Withdrawn(path)
        return
    purposes = list(dict.fromkeys(_purposes(resource, provision)))
    if not purposes:
        what = "To what this consents is not told by a code that is known here; it is not taken."
        mend = f"Send provision.purpose with a code of {PURPOSES}"
        yield warning(Fault(field=f"{path}.provision.purpose", what=what, mend=mend), "not-supported")
        return
    permits = status != "rejected" and provision.get("type") != "deny"
    by = _giver(resource, context)
    if by is None and permits:
        what = "Who gave this consent is not told; it is not taken."
        mend = "Send performer: the Patient, or a RelatedPerson for a guardian."
        yield warning(Fault(field=f"{path}.performer", what=what, mend=mend), "incomplete")
        return
    for purpose in purposes:
        yield Agreed(purpose, by or Giver.PATIENT, permits, path, ended)


def _purposes(resource: Json, provision: Json) -> Iterator[Purpose]:
    said: list[Json] = [coding for coding in provision.get("purpose") or () if isinstance(coding, dict)]
    concepts = [resource.get("scope"), *(resource.get("category") or ()), *(provision.get("code") or ())]
    said += [coding for concept in concepts for coding, _ in codings(concept, "")]
    for coding in said:
        purpose = _BY_CODE.get((str(coding.get("system") or ""), str(coding.get("code") or "")))
        if purpose is not None:
            yield purpose
    for words in (words_of(concept) for concept in concepts[1:]):
        yield from [purpose for form, purpose in _BY_WORDS if form.search(words)][:1]


def _giver(resource: Json, context: Context) -> Giver | None:
    """The patient or a guardian, by the performer or by whom it was verified with."""
    people: list[Any] = list(resource.get("performer") or ())
    people += [each.get("verifiedWith") for each in resource.get("verification") or () if each.get("verified")]
    kinds = {_kind(person, context) for person in people if isinstance(person, dict)}
    if _GUARDIAN in kinds:
        return Giver.GUARDIAN
    return Giver.PATIENT if _PATIENT in kinds else None


def _kind(reference: Json, context: Context) -> str:
    """The type of resource that a reference is to: as it says, or as that resource is that was sent along."""
    found = context.find(reference.get("reference"))
    if found is not None:
        return str(found.get("resourceType"))
    written = str(reference.get("type") or "").rpartition("/")[2]
    parts = str(reference.get("reference") or "").split("/")
    return written or (parts[-2] if len(parts) > 1 else "")
