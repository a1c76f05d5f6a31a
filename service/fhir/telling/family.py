"""The family: a FamilyMemberHistory for each kind of relative that was asked after, an Observation of kinship."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from service.catalogues import DICTIONARIES
from service.fhir.names import SNOMED
from service.fhir.telling import own
from service.fhir.telling.codes import (
    LANGUAGES,
    Json,
    coding,
    concept,
    extension,
    instant,
    meta,
    reference,
    snomed,
)
from service.fhir.telling.told import PatientTold

_ROLE = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"
#: HL7 v3 RoleCode by field of FamilyInput: the nearest that stands for all the relatives that the field does.
_RELATIVES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "affected_parent": ("PRN", "parent"),
        "affected_siblings": ("SIB", "sibling"),
        "affected_children": ("CHILD", "child"),
        "affected_maternal_males": ("FAMMEMB", "family member"),
        "affected_maternal_line": ("FAMMEMB", "family member"),
    }
)


def family(patient: PatientTold, language: str = "en") -> list[Json]:
    """What is known of the family; nothing of what nobody asked after."""
    told = patient.known.family_history
    members = [
        _members(patient, field, bool(getattr(told, field)), language)
        for field in _RELATIVES
        if getattr(told, field) is not None
    ]
    return members + ([] if told.consanguineous is None else [_kinship(patient, told.consanguineous)])


def _members(patient: PatientTold, field: str, affected: bool, language: str) -> Json:
    words = DICTIONARIES[language]
    code, display = _RELATIVES[field]
    # "none of them has it" is told as SNOMED CT's own statement, for a condition cannot be denied here
    none = coding(SNOMED, "160266009", "No family history of clinical finding")
    condition = concept(text=words["fhir.same_condition"]) if affected else concept(none)
    return {
        "resourceType": "FamilyMemberHistory",
        "id": f"{patient.case}-{field.replace('_', '-')}",
        "meta": meta(patient.version, patient.changed),
        "language": LANGUAGES[language],
        "extension": [
            {
                "url": own.FAMILY_FIELD,
                "extension": [extension("field", "Code", field), extension("value", "Boolean", affected)],
            }
        ],
        "status": "partial",
        "patient": reference("Patient", patient.case),
        "date": instant(patient.changed),
        "relationship": concept(coding(_ROLE, code, display), text=words[f"fhir.relative.{field}"]),
        "condition": [{"code": condition}],
    }


def _kinship(patient: PatientTold, related: bool) -> Json:
    return {
        "resourceType": "Observation",
        "id": f"{patient.case}-consanguineous",
        "meta": meta(patient.version, patient.changed),
        "status": "final",
        "code": snomed("842009", "Consanguinity"),
        "subject": reference("Patient", patient.case),
        "issued": instant(patient.changed),
        "valueCodeableConcept": snomed("52101004", "Present") if related else snomed("2667000", "Absent"),
    }
