"""Condition: the diagnoses that a patient's record states; those that a report suggests are a RiskAssessment's."""

from __future__ import annotations

from service.fhir.telling import own
from service.fhir.telling.codes import Json, coding, concept, disease, extension, gene, instant, meta, reference
from service.fhir.telling.finding import onset_told
from service.fhir.telling.told import Labels, PatientTold
from service.models.known import DiagnosisInput

_VERIFICATION = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
_CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
_CATEGORY = "http://terminology.hl7.org/CodeSystem/condition-category"


def conditions(patient: PatientTold, labels: Labels) -> list[Json]:
    """The diagnoses, in the order in which they are kept."""
    return [_condition(patient, given, at, labels) for at, given in enumerate(patient.known.diagnoses, 1)]


def _condition(patient: PatientTold, given: DiagnosisInput, at: int, labels: Labels) -> Json:
    status = "refuted" if given.excluded else "confirmed" if given.confirmed else "provisional"
    name, english = labels.disease(given.id)
    told: Json = {
        "resourceType": "Condition",
        "id": f"{patient.case}-dx-{at}",
        "meta": meta(patient.version, patient.changed),
        "extension": [{"url": own.DIAGNOSIS, "extension": _as_kept(given)}],
        "clinicalStatus": concept(coding(_CLINICAL, "inactive" if given.excluded else "active")),
        "verificationStatus": concept(coding(_VERIFICATION, status)),
        "category": [concept(coding(_CATEGORY, "encounter-diagnosis", "Encounter Diagnosis"))],
        "code": disease((given.id,), given.label or name, None if given.label else english),
        "subject": reference("Patient", patient.case),
    }
    told |= onset_told(given.onset, labels)
    told["recordedDate"] = instant(patient.changed)
    if given.gene is not None:  # the diagnosis is a molecular one
        told["evidence"] = [{"code": [gene(given.gene)]}]
    return told


def _as_kept(given: DiagnosisInput) -> list[Json]:
    """What no code says: an id of any system of diseases, words that were told beside it, whether it is confirmed."""
    parts = [extension("id", "String", given.id), extension("confirmed", "Boolean", given.confirmed)]
    return parts + ([extension("label", "String", given.label)] if given.label.strip() else [])
