"""Patient: who a case is about. Its id is the case's; a number and a name only where whoever asks may read them."""

from __future__ import annotations

from service.fhir.names import UCUM
from service.fhir.telling import own
from service.fhir.telling.codes import Json, coding, concept, extension, meta
from service.fhir.telling.told import PatientTold

_V2_0203 = "http://terminology.hl7.org/CodeSystem/v2-0203"


def patient_resource(patient: PatientTold) -> Json:
    """The patient of a case. A day of birth is not kept, so an age is told as one, and never as a birthDate."""
    told: Json = {
        "resourceType": "Patient",
        "id": patient.case,
        "meta": meta(patient.version, patient.changed),
    }
    extensions = []
    if patient.age_days is not None:
        extensions.append(extension(own.AGE_DAYS, "Age", days(patient.age_days)))
    if patient.known.ancestry:
        extensions.append(extension(own.ANCESTRY, "String", patient.known.ancestry))
    if patient.known.acutely_ill:
        extensions.append(extension(own.ACUTELY_ILL, "Boolean", True))
    if extensions:
        told["extension"] = extensions
    if patient.number:
        kind = concept(coding(_V2_0203, "MR", "Medical record number"))
        told["identifier"] = [{"use": "usual", "type": kind, "system": own.NUMBER, "value": patient.number}]
    told["active"] = True
    if patient.name:
        told["name"] = [{"use": "usual", "text": patient.name}]
    told["gender"] = patient.sex
    return told


def days(count: int) -> Json:
    """An age in days."""
    return {"value": count, "unit": "d", "system": UCUM, "code": "d"}
