"""A finding: an Observation where it is the patient's, a Condition where it lies in the past, a FamilyMemberHistory.

What is only hypothetical is nobody's: of a report it is told nowhere, and where a clinician states it, it is an
Observation without a value. Readings that a clinician strikes out are one entered in error.

Where in a note its words stand is told by HL7's derivation-reference; the words themselves, what they say and how they
were understood by an extension of our own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from ontology.features import Assertion
from service.fhir.names import HPO
from service.fhir.telling import own
from service.fhir.telling.codes import (
    INTERPRETATION,
    LANGUAGES,
    Json,
    coding,
    concept,
    extension,
    hpo,
    instant,
    meta,
    person,
    reference,
    snomed,
)
from service.fhir.telling.source import Source
from service.fhir.telling.told import Labels
from service.intake import ONSET, SEVERITY

_ROLE = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"
ECO = "http://purl.obolibrary.org/obo/eco.owl"
#: SNOMED CT's answer and HL7's interpretation by assertion.
_ANSWERS: Mapping[Assertion, tuple[str, str, str, str]] = MappingProxyType(
    {
        Assertion.OBSERVED: ("52101004", "Present", "POS", "Positive"),
        Assertion.EXCLUDED: ("2667000", "Absent", "NEG", "Negative"),
        Assertion.UNCERTAIN: ("415684004", "Suspected", "IND", "Indeterminate"),
    }
)
#: Evidence and Conclusion Ontology: a clinician stated it, or this software read it.
STATED = ("ECO:0000352", "evidence used in manual assertion")
READ = ("ECO:0000501", "evidence used in automatic assertion")
#: Types of resource that a finding may be, by assertion.
KINDS: Mapping[Assertion, str] = MappingProxyType(
    {
        **dict.fromkeys(_ANSWERS, "Observation"),
        Assertion.HISTORICAL: "Condition",
        Assertion.FAMILY: "FamilyMemberHistory",
        Assertion.HYPOTHETICAL: "Observation",
    }
)
MODIFIER = "HP:0012823"  # Clinical modifier: side, spread, course
_ABSENT_REASON = "http://terminology.hl7.org/CodeSystem/data-absent-reason"


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding of a case, whatever it comes from; without an assertion it only strikes readings out."""

    id: str
    case: str
    term: str
    label: str
    english: str | None
    assertion: Assertion | None
    sources: Sequence[Source]
    status: str
    version: int
    changed: datetime
    issued: datetime
    effective: str | None = None
    onset: str | None = None
    severity: str | None = None
    language: str = "en"
    struck: bool = False
    modifiers: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """The type of its resource."""
        return KINDS[self.assertion] if self.assertion else "Observation"

    @property
    def stated_by(self) -> tuple[str, ...]:
        """Accounts of the clinicians who state it."""
        return tuple(dict.fromkeys(source.by for source in self.sources if source.by and not source.conflict))

    @property
    def notes(self) -> tuple[str, ...]:
        """The notes that it stands in."""
        return tuple(dict.fromkeys(source.note for source in self.sources if source.note))


def told_finding(finding: Finding, labels: Labels, names: Mapping[str, str] | None = None) -> Json:
    """The resource of a finding."""
    told: Json = {
        "resourceType": finding.kind,
        "id": finding.id,
        "meta": meta(finding.version, finding.changed),
        "language": LANGUAGES.get(finding.language, "en"),
        "extension": [*_places(finding.sources), *(_evidence(source) for source in finding.sources)],
    }
    if finding.struck:
        told["extension"].append(extension(own.STRUCK, "Boolean", True))
    if not told["extension"]:
        del told["extension"]
    if finding.kind == "Condition":
        return told | _condition(finding, labels, told.get("extension", ()))
    if finding.kind == "FamilyMemberHistory":
        return told | _relative(finding, labels)
    return told | _observation(finding, labels, names or {})


def _observation(finding: Finding, labels: Labels, names: Mapping[str, str]) -> Json:
    stated = finding.stated_by
    told: Json = {
        "status": finding.status if finding.assertion else "entered-in-error",
        "category": [concept(coding("http://terminology.hl7.org/CodeSystem/observation-category", "exam", "Exam"))],
        "code": hpo(finding.term, finding.label, finding.english),
        "subject": reference("Patient", finding.case),
        "effectiveDateTime": finding.effective or instant(finding.issued),
        "issued": instant(finding.issued),
    }
    if stated:
        told["performer"] = [person(by, names.get(by)) for by in stated]
    answer = _ANSWERS.get(finding.assertion) if finding.assertion else None
    if answer is not None:
        code, display, flag, meant = answer
        told["valueCodeableConcept"] = snomed(code, display)
        told["interpretation"] = [concept(coding(INTERPRETATION, flag, meant))]
    else:
        told["dataAbsentReason"] = concept(coding(_ABSENT_REASON, "unknown", "Unknown"))
    told["method"] = concept(coding(ECO, *(STATED if stated else READ)))
    notes = [reference("DocumentReference", note) for note in finding.notes]
    if notes:
        told["derivedFrom"] = notes
    components = [
        {"code": _modifier(above, labels), "valueCodeableConcept": hpo(id, *labels.term(id))}
        for above, id in (
            (ONSET, finding.onset),
            (SEVERITY, finding.severity),
            *((MODIFIER, each) for each in finding.modifiers),
        )
        if id is not None
    ]
    return told | ({"component": components} if components else {})


def _modifier(id: str, labels: Labels) -> Json:
    label, english = labels.term(id)
    return concept(coding(HPO, id, english or label), text=label)


def _condition(finding: Finding, labels: Labels, before: Sequence[Json]) -> Json:
    """A finding of the patient's past; `before` are extensions that it has in any case."""
    told: Json = {
        "clinicalStatus": concept(coding("http://terminology.hl7.org/CodeSystem/condition-clinical", "inactive")),
        "verificationStatus": concept(
            coding("http://terminology.hl7.org/CodeSystem/condition-ver-status", "confirmed")
        ),
        "code": hpo(finding.term, finding.label, finding.english),
        "subject": reference("Patient", finding.case),
        "recordedDate": finding.effective or instant(finding.issued),
    }
    if finding.severity is not None:
        told["severity"] = hpo(finding.severity, *labels.term(finding.severity))
    told |= onset_told(finding.onset, labels)
    extensions = [*before, *_modifiers(finding, labels)]
    told |= {"extension": extensions} if extensions else {}
    if finding.notes:
        told["evidence"] = [{"detail": [reference("DocumentReference", note) for note in finding.notes]}]
    return told


def onset_told(onset: str | None, labels: Labels) -> Json:
    """An onset as words, and by an extension as a term of the HPO; nothing where none is known."""
    if onset is None:
        return {}
    term = extension(own.ONSET, "CodeableConcept", hpo(onset, *labels.term(onset)))
    return {"onsetString": labels.term(onset)[0], "_onsetString": {"extension": [term]}}


def _relative(finding: Finding, labels: Labels) -> Json:
    """A finding of a relative; which one is told in the words of the note alone."""
    condition: Json = {"code": hpo(finding.term, finding.label, finding.english)}
    told = [*_modifiers(finding, labels)]
    if finding.severity is not None:
        severity = hpo(finding.severity, *labels.term(finding.severity))
        told.append(extension(own.SEVERITY, "CodeableConcept", severity))
    condition |= {"extension": told} if told else {}
    condition |= onset_told(finding.onset, labels)
    word = next((source.relative for source in finding.sources if source.relative), None)
    return {
        "status": "partial",
        "patient": reference("Patient", finding.case),
        "date": finding.effective or instant(finding.issued),
        "relationship": concept(coding(_ROLE, "FAMMEMB", "family member"), text=word),
        "condition": [condition],
    }


def _modifiers(finding: Finding, labels: Labels) -> Iterator[Json]:
    for id in finding.modifiers:
        yield extension(own.MODIFIER, "CodeableConcept", hpo(id, *labels.term(id)))


def _places(sources: Sequence[Source]) -> Iterator[Json]:
    """Where in notes it stands: characters (Unicode code points) of the text of a DocumentReference."""
    for source in sources:
        if source.note is not None and source.start is not None and source.end is not None:
            parts = [
                extension("reference", "Reference", reference("DocumentReference", source.note)),
                extension("offset", "Integer", source.start),
                extension("length", "Integer", source.end - source.start),
            ]
            yield {"url": own.DERIVED, "extension": parts}


def _evidence(source: Source) -> Json:
    words = (("text", source.text), ("section", source.section), ("reading", source.reading))
    parts = [extension("assertion", "Code", source.assertion)]
    parts += [extension(url, "String", value) for url, value in words if value]
    if source.conflict:
        parts.append(extension("conflict", "Boolean", True))
    return {"url": own.EVIDENCE, "extension": parts}
