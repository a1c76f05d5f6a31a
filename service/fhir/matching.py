"""The operation $match-rare-disease: what is sent of one patient is read and ranked at once, and nothing of it kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from matching.case import Case, Note
from ontology.diseases import UnknownDisease
from ontology.features import Mention, PatientSex, Statement
from ontology.terms import UnknownTerm
from service.fhir.bundle import WHOLE, Incoming
from service.fhir.bundle import of_bundle as entries_of
from service.fhir.history import added_by, with_all
from service.fhir.issues import Issue, Refused, notice
from service.fhir.judging import Judged, Patient
from service.fhir.reading.dates import age_on
from service.fhir.reading.items import Finding, Picture, Text, Visit
from service.fhir.telling.bundles import match_bundle
from service.fhir.telling.told import Labels
from service.knowing import Knowing
from service.models.known import KnownInput
from service.problems import Fault
from service.shift.counting import Heard, heard_readings
from service.translate import Translator

MOST_LISTED = 100
_FIRST_TEN = 10


@dataclass(frozen=True, slots=True)
class Match:
    """What an operation was given: resources, whether they are to be kept, how many diseases to list."""

    incoming: Incoming
    keep: bool = False
    limit: int = _FIRST_TEN


def match_of(body: Mapping[str, Any]) -> Match:
    """The input of the operation: a Bundle, or Parameters that hold resources; raises Refused."""
    if body["resourceType"] == "Bundle":
        return Match(_taken([body]))
    if body["resourceType"] != "Parameters":
        what = "This is no Bundle."
        fault = Fault(field="resourceType", what=what, mend="Send resources, a Bundle, keep or limit.")
        raise Refused([Issue(fault, code="structure")])
    given, keep, limit = [], False, _FIRST_TEN
    parameters = body.get("parameter")
    for at, each in enumerate(parameters if isinstance(parameters, list) else ()):
        name = each.get("name") if isinstance(each, dict) else None
        if isinstance(each, dict) and isinstance(each.get("resource"), dict):
            given.append(each["resource"])
        elif name == "keep" and isinstance(each.get("valueBoolean"), bool):
            keep = each["valueBoolean"]
        elif name == "limit" and isinstance(each.get("valueInteger"), int) and 1 <= each["valueInteger"] <= MOST_LISTED:
            limit = each["valueInteger"]
        else:
            what = "This parameter is not known here."
            fault = Fault(
                field=f"Parameters.parameter[{at}]", what=what, mend="Send resources, a Bundle, keep or limit."
            )
            raise Refused([Issue(fault, code="not-supported")])
    return Match(_taken(given), keep, limit)


def _taken(given: Sequence[Mapping[str, Any]]) -> Incoming:
    """Entries of one Bundle as it is, or of resources and the entries of Bundles together."""
    if len(given) == 1 and any(map(_is_patient, _entries(given[0]))):
        return entries_of(given[0])
    entries: list[dict[str, Any]] = []
    for resource in given:
        if resource.get("resourceType") == "Bundle":
            entries += [_held(each) for each in _entries(resource)]
        else:
            entries.append({"resource": resource})
    if not any(_is_patient(each) or _names_somebody(each) for each in entries):
        entries.append({"resource": {"resourceType": "Patient"}})  # of one patient, who need not be named
    return entries_of({"resourceType": "Bundle", "type": "collection", "entry": entries})


def _entries(bundle: Mapping[str, Any]) -> list[dict[str, Any]]:
    held = bundle.get("entry")
    return [each for each in held if isinstance(each, dict)] if isinstance(held, list) else []


def _held(entry: Mapping[str, Any]) -> dict[str, Any]:
    """An entry without what it asks for."""
    return {key: entry[key] for key in ("fullUrl", "resource") if key in entry}


def _is_patient(entry: Mapping[str, Any]) -> bool:
    resource = entry.get("resource")
    return isinstance(resource, dict) and resource.get("resourceType") == "Patient"


def _names_somebody(entry: Mapping[str, Any]) -> bool:
    resource = entry.get("resource")
    return isinstance(resource, dict) and ("subject" in resource or "patient" in resource)


def the_patient(judged: Judged) -> Patient:
    """The only patient; raises Refused for none or several."""
    if not judged.patients:
        what = "There is no patient in what was sent."
        raise Refused([Issue(Fault(field="", what=what, mend="Send those of one patient."), code="required")])
    if len(judged.patients) > 1:
        what = "There is more than one patient in what was sent."
        raise Refused([Issue(Fault(field="", what=what, mend="Send those of one patient."), code="multiple-matches")])
    return judged.patients[0]


def case_of(patient: Patient, actor: str) -> tuple[Case, KnownInput]:
    """A case in memory, and what is known beside it; raises Refused where there is nothing to read."""
    person, today = patient.person, datetime.now(UTC).date()
    visits = [visit.day for visit in patient.of_kind(Visit) if visit.day is not None]
    age = age_on(person.born, max(visits, default=today)) if person else None
    texts: list[Text] = patient.of_kind(Text)
    found: list[Finding] = patient.of_kind(Finding)
    notes = tuple(Note(f"note-{at}", text.words, text.language, text.dated) for at, text in enumerate(texts, 1))
    by = Statement(actor)
    stated = tuple(
        Mention(each.term, each.assertion, by, each.onset, each.severity, modifiers=each.modifiers)
        for each in found
        if each.assertion
    )
    dismissed = frozenset(each.term for each in found if each.struck)
    if not notes and not stated:
        what = "The case holds no note, no finding and no photo."
        raise Refused([Issue(Fault(field="", what=what, mend="Add at least one of them."), code="required")])
    added = [each for resource in patient.resources if (each := added_by(resource.items))]
    sex = (person.sex if person else None) or PatientSex.UNKNOWN
    days = age if age is not None or person is None else person.age_days
    case = Case("match", notes, (), stated, sex, days, dismissed)
    return case, with_all(KnownInput(), added)


def matched(
    judged: Judged, match: Match, knowing: Knowing, translator: Translator, actor: str, heard: Heard | None = None
) -> dict[str, Any]:
    """A Bundle of the RiskAssessment and what goes with it; raises Refused, ProblemError.

    `heard` is told of the notes that are read.
    """
    patient = the_patient(judged)
    case, told = case_of(patient, actor)
    for picture in patient.of_kind(Picture):
        what = "A photo is described only in a kept case."
        fault = Fault(field=picture.path, what=what, mend="Keep the case, under consent.")
        judged.incoming.tell(WHOLE, notice(fault, "not-supported"))
    known = knowing.known(told)
    readings = heard_readings(knowing.assessor, case, heard)
    report = knowing.assessor.assess(case, match.limit, known=known, offers=knowing.offers, readings=readings)
    shown = translator.report(report).model_dump(mode="json", exclude_none=True)
    labels, now = labels_of(translator), datetime.now(UTC)
    return match_bundle(shown, labels, now, actor, _subject(patient), _notes(patient))


def _subject(patient: Patient) -> dict[str, Any] | None:
    """A reference to the patient that was sent, as whoever sent it would make it; None where it has no name."""
    subject = patient.subject
    url = subject.entry.full_url if subject.entry else ""
    if url or subject.id:
        return {"reference": url or f"Patient/{subject.id}"}
    for one in subject.identifiers:
        return {"identifier": {**({"system": one.system} if one.system else {}), "value": one.value}}
    return None


def _notes(patient: Patient) -> dict[str, str]:
    """References to the documents that were sent, by the ids that their notes have in the case in memory."""
    at, found = 0, {}
    for resource in patient.resources:
        entry = resource.entry
        texts = [item for item in resource.items if isinstance(item, Text)]
        for _ in texts:
            at += 1
            if entry.type == "DocumentReference" and len(texts) == 1 and (entry.full_url or entry.name):
                found[f"note-{at}"] = entry.full_url or str(entry.name)
    return found


def labels_of(translator: Translator) -> Labels:
    """Names of terms and diseases in the language of `translator`."""
    naming, diseases = translator.naming, translator.knowledge.diseases

    def term(id: str) -> tuple[str, str | None]:
        try:
            return naming.label(id), naming.label_en(id)
        except UnknownTerm:
            return id, None

    def disease(id: str) -> tuple[str, str | None]:
        try:
            english = diseases.name(diseases.position(id))
        except UnknownDisease:
            return id, None
        return naming.disease(id, english), naming.disease_en(id, english)

    return Labels(term, disease)
