"""Shapes of the resources that are read (FHIR R4, hl7.org/fhir/R4): the elements that reading relies on.

Elements and extensions that are not named here are let through; what changes the meaning of all the rest
(`modifierExtension`, `implicitRules`) is not, as the standard asks of whoever does not know it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from service.fhir.issues import Issue
from service.fhir.reading.dates import DATE, born_of, is_moment
from service.problems import Fault

_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
#: `name*!:Type`: `*` for a list, `!` where it is required; a code's words follow it, as `code(a|b)`.
_TYPES = {
    "Coding": "system:uri code:code display:string",
    "CodeableConcept": "coding*:Coding text:string",
    "Identifier": "use:code type:CodeableConcept system:uri value:string",
    "Reference": "reference:string type:uri identifier:Identifier display:string",
    "HumanName": "use:code text:string family:string given*:string prefix*:string suffix*:string",
    "Period": "start:dateTime end:dateTime",
    "Quantity": "value:decimal comparator:code(<|<=|>=|>) unit:string system:uri code:code",
    "Range": "low:Quantity high:Quantity",
    "Attachment": "contentType:code language:code data:base64Binary url:uri size:integer hash:base64Binary "
    "title:string creation:dateTime",
    "Narrative": "status!:code(generated|extensions|additional|empty) div!:string",
    "Annotation": "text!:string",
    "Extension": "url!:uri",
}
_STATUS_OF_EVENT = "preparation|in-progress|not-done|on-hold|stopped|completed|entered-in-error|unknown"
_RESOURCES = {
    "Patient": "identifier*:Identifier active:boolean name*:HumanName gender:code(male|female|other|unknown) "
    "birthDate:date deceasedBoolean:boolean deceasedDateTime:dateTime link*:Patient.link",
    "Patient.link": "other!:Reference type!:code(replaced-by|replaces|refer|seealso)",
    "Condition": "clinicalStatus:CodeableConcept verificationStatus:CodeableConcept category*:CodeableConcept "
    "severity:CodeableConcept code:CodeableConcept bodySite*:CodeableConcept subject!:Reference onsetDateTime:dateTime "
    "onsetAge:Quantity onsetPeriod:Period onsetRange:Range onsetString:string recordedDate:dateTime note*:Annotation",
    "Observation": "status!:code(registered|preliminary|final|amended|corrected|cancelled|entered-in-error|unknown) "
    "category*:CodeableConcept code!:CodeableConcept subject:Reference effectiveDateTime:dateTime "
    "effectivePeriod:Period effectiveInstant:instant issued:instant valueQuantity:Quantity "
    "valueCodeableConcept:CodeableConcept valueString:string valueBoolean:boolean valueInteger:integer "
    "dataAbsentReason:CodeableConcept interpretation*:CodeableConcept note*:Annotation "
    "referenceRange*:Observation.range component*:Observation.component hasMember*:Reference derivedFrom*:Reference",
    "Observation.range": "low:Quantity high:Quantity text:string",
    "Observation.component": "code!:CodeableConcept valueQuantity:Quantity valueCodeableConcept:CodeableConcept "
    "valueString:string valueBoolean:boolean valueInteger:integer dataAbsentReason:CodeableConcept "
    "interpretation*:CodeableConcept referenceRange*:Observation.range",
    "DocumentReference": "masterIdentifier:Identifier identifier*:Identifier "
    "status!:code(current|superseded|entered-in-error) "
    "docStatus:code(preliminary|final|amended|entered-in-error) type:CodeableConcept subject:Reference date:instant "
    "relatesTo*:DocumentReference.relatesTo content*!:DocumentReference.content context:DocumentReference.context",
    "DocumentReference.relatesTo": "code!:code(replaces|transforms|signs|appends) target!:Reference",
    "DocumentReference.content": "attachment!:Attachment",
    "DocumentReference.context": "period:Period",
    "DiagnosticReport": "identifier*:Identifier status!:code(registered|partial|preliminary|final|amended|corrected|"
    "appended|cancelled|entered-in-error|unknown) category*:CodeableConcept code!:CodeableConcept subject:Reference "
    "effectiveDateTime:dateTime effectivePeriod:Period issued:instant result*:Reference conclusion:string "
    "conclusionCode*:CodeableConcept presentedForm*:Attachment",
    "Composition": "identifier:Identifier status!:code(preliminary|final|amended|entered-in-error) "
    "type!:CodeableConcept subject:Reference date!:dateTime title!:string section*:Composition.section",
    "Composition.section": "title:string text:Narrative entry*:Reference section*:Composition.section",
    "Media": f"identifier*:Identifier status!:code({_STATUS_OF_EVENT}) type:CodeableConcept subject:Reference "
    "createdDateTime:dateTime content!:Attachment",
    "FamilyMemberHistory": "identifier*:Identifier status!:code(partial|completed|entered-in-error|health-unknown) "
    "patient!:Reference relationship!:CodeableConcept sex:CodeableConcept note*:Annotation "
    "condition*:FamilyMemberHistory.condition",
    "FamilyMemberHistory.condition": "code!:CodeableConcept outcome:CodeableConcept note*:Annotation",
    "Consent": "identifier*:Identifier status!:code(draft|proposed|active|rejected|inactive|entered-in-error) "
    "scope!:CodeableConcept category*!:CodeableConcept patient:Reference dateTime:dateTime performer*:Reference "
    "verification*:Consent.verification provision:Consent.provision",
    "Consent.verification": "verified!:boolean verifiedWith:Reference",
    "Consent.provision": "type:code(deny|permit) period:Period purpose*:Coding code*:CodeableConcept",
    "ServiceRequest": "identifier*:Identifier status!:code(draft|active|on-hold|revoked|completed|entered-in-error|"
    "unknown) intent!:code(proposal|plan|directive|order|original-order|reflex-order|filler-order|instance-"
    "order|option) code:CodeableConcept subject!:Reference",
    "Encounter": "status!:code(planned|arrived|triaged|in-progress|onleave|finished|cancelled|entered-in-error|"
    "unknown) class!:Coding serviceType:CodeableConcept subject:Reference period:Period serviceProvider:Reference",
    "Binary": "contentType!:code data:base64Binary",
}
#: Elements of which a resource may have one form only.
_CHOICES = ("value", "effective", "onset", "deceased", "created")
#: Elements whose words say that they are the resource's own, whatever its type.
_COMMON = "id:id implicitRules:uri language:code text:Narrative extension*:Extension"


@dataclass(frozen=True, slots=True)
class Element:
    """One element of a shape."""

    name: str
    kind: str
    many: bool
    required: bool
    words: frozenset[str]


def _parsed(written: str) -> tuple[Element, ...]:
    found = re.findall(r"(\w+)(\*?)(!?):([\w.]+)(?:\(([^)]*)\))?", written)
    return tuple(
        Element(name, kind, bool(many), bool(required), frozenset(words.split("|")) if words else frozenset())
        for name, many, required, kind, words in found
    )


SHAPES: Mapping[str, tuple[Element, ...]] = MappingProxyType(
    {name: _parsed(written) for name, written in _TYPES.items()}
    | {name: _parsed(written if "." in name else f"{_COMMON} {written}") for name, written in _RESOURCES.items()}
)
#: Types of resource that are read.
READ_TYPES = frozenset(name for name in _RESOURCES if "." not in name)
#: Those that a case is changed by: an order says nothing of a patient, and bytes nothing without what refers to them.
KEPT_TYPES = READ_TYPES - {"Binary", "ServiceRequest"}


def faults_of_shape(resource: Mapping[str, object], type_: str, path: str) -> Iterator[Issue]:
    """What is wrong with the form of a resource of a type that is read."""
    if "implicitRules" in resource:
        what = "The resource follows rules that are not known here."
        mend = "Send it without implicitRules."
        yield Issue(Fault(field=f"{path}.implicitRules", what=what, mend=mend), code="not-supported")
    yield from _of_object(resource, type_, path)


def _of_object(value: Mapping[str, object], kind: str, path: str) -> Iterator[Issue]:
    if value.get("modifierExtension"):
        what = "An extension changes the meaning of this in a way that is not known here."
        mend = "Send it without modifierExtension, or do not send it."
        yield Issue(Fault(field=f"{path}.modifierExtension", what=what, mend=mend), code="not-supported")
    for element in SHAPES[kind]:
        at = f"{path}.{element.name}"
        if element.name not in value:
            if element.required:
                yield Issue(Fault(field=at, what="This field is missing.", mend="Add it."), code="required")
            continue
        yield from _of_element(value[element.name], element, at)
    for choice in _CHOICES:
        forms = [name for name in value if name.startswith(choice) and name[len(choice) : len(choice) + 1].isupper()]
        if len(forms) > 1:
            what = "This is told in more than one form."
            yield Issue(Fault(field=f"{path}.{choice}[x]", what=what, mend="Send one of them."), code="structure")


def _of_element(value: object, element: Element, path: str) -> Iterator[Issue]:
    if not element.many:
        yield from _of_value(value, element, path)
        return
    if not isinstance(value, list):
        yield Issue(Fault(field=path, what="This is not a list.", mend="Send a JSON array."), code="structure")
        return
    if not value:
        yield Issue(Fault(field=path, what="This list is empty.", mend="Fill it, or leave it out."), code="structure")
    for at, each in enumerate(value):
        yield from _of_value(each, element, f"{path}[{at}]")


def _of_value(value: object, element: Element, path: str) -> Iterator[Issue]:
    if element.kind in SHAPES:
        if not isinstance(value, dict):
            yield Issue(Fault(field=path, what="This is not an object.", mend="Send a JSON object."), code="structure")
        elif not value:
            what = "This object is empty."
            yield Issue(Fault(field=path, what=what, mend="Fill it, or leave it out."), code="structure")
        else:
            yield from _of_object(value, element.kind, path)
    elif element.words and isinstance(value, str) and value not in element.words:
        what = "This is not one of the words taken here."
        mend = f"Send one of {' or '.join(sorted(element.words))}."
        yield Issue(Fault(field=path, what=what, mend=mend), code="code-invalid")
    else:
        yield from _PRIMITIVES.get(element.kind, _of_text)(value, path)


def _of_text(value: object, path: str) -> Iterator[Issue]:
    if not isinstance(value, str):
        yield Issue(Fault(field=path, what="This is not text.", mend="Send a string."), code="structure")
    elif not value.strip():
        mend = "Write something, or leave the field out where it may be."
        yield Issue(Fault(field=path, what="This is empty.", mend=mend), code="structure")


def _of_id(value: object, path: str) -> Iterator[Issue]:
    if not isinstance(value, str) or not _ID.fullmatch(value):
        mend = "Send 1 to 64 letters, digits, dots and hyphens."
        yield Issue(Fault(field=path, what="This is no id of FHIR.", mend=mend), code="value")


def _of_date(value: object, path: str) -> Iterator[Issue]:
    if not isinstance(value, str) or not DATE.fullmatch(value) or born_of(value) is None:
        mend = "Write it as 2026-01-31, 2026-01 or 2026."
        yield Issue(Fault(field=path, what="This is no date of the calendar.", mend=mend), code="value")


def _of_moment(value: object, path: str) -> Iterator[Issue]:
    if not isinstance(value, str) or not is_moment(value):
        mend = "Write it as 2026-01-31 or 2026-01-31T08:30:00+08:00."
        yield Issue(Fault(field=path, what="This is no moment of the calendar.", mend=mend), code="value")


def _of_truth(value: object, path: str) -> Iterator[Issue]:
    if not isinstance(value, bool):
        mend = "Send true or false, without quotes."
        yield Issue(Fault(field=path, what="This is neither true nor false.", mend=mend), code="structure")


def _of_number(value: object, path: str) -> Iterator[Issue]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        mend = "Send a number, without quotes."
        yield Issue(Fault(field=path, what="This is not a number.", mend=mend), code="structure")


def _of_whole(value: object, path: str) -> Iterator[Issue]:
    if isinstance(value, bool) or not isinstance(value, int):
        mend = "Send a whole number, without quotes."
        yield Issue(Fault(field=path, what="This is not a whole number.", mend=mend), code="structure")


_PRIMITIVES: Mapping[str, Callable[[object, str], Iterator[Issue]]] = MappingProxyType(
    {
        "id": _of_id,
        "date": _of_date,
        "dateTime": _of_moment,
        "instant": _of_moment,
        "boolean": _of_truth,
        "decimal": _of_number,
        "integer": _of_whole,
    }
)
