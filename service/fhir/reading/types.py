"""Which reader each type of resource has."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from service.fhir.reading import (
    condition,
    consent,
    encounter,
    family,
    genetic_tests,
    media,
    notes,
    observation,
    patient,
)
from service.fhir.reading.context import Context
from service.fhir.reading.items import Item, Json

Reader = Callable[[Json, str, Context], Iterator[Item]]
READERS: Mapping[str, Reader] = MappingProxyType(
    {
        "Patient": patient.read,
        "Condition": condition.read,
        "Observation": observation.read,
        "DocumentReference": notes.read_document,
        "DiagnosticReport": notes.read_report,
        "Composition": notes.read_composition,
        "Media": media.read,
        "FamilyMemberHistory": family.read,
        "Consent": consent.read,
        "ServiceRequest": genetic_tests.read_order,
        "Encounter": encounter.read,
    }
)
#: The element that says who a resource is about.
SUBJECTS: Mapping[str, str] = MappingProxyType(
    {**dict.fromkeys(READERS, "subject"), "FamilyMemberHistory": "patient", "Consent": "patient"}
)
