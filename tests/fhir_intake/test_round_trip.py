"""What this service tells of a case is read back as it was (service.fhir.telling, service.fhir.reading)."""

from __future__ import annotations

from datetime import UTC, date, datetime

from service.fhir.history import added_by, with_all
from service.fhir.issues import Issue
from service.fhir.reading.context import Context
from service.fhir.reading.types import READERS
from service.fhir.shapes import faults_of_shape
from service.fhir.telling.condition import conditions
from service.fhir.telling.family import family
from service.fhir.telling.patient import patient_resource
from service.fhir.telling.tests_done import told_tests
from service.fhir.telling.told import Labels, PatientTold
from service.models.known import KnownInput


def test_what_is_known_beside_findings_comes_back(small_knowledge):
    known = KnownInput.model_validate(
        {
            "tests_done": [
                {"modality": "exome", "result": "negative", "year": 2024},
                {"modality": "gene_panel", "result": "uncertain", "genes": ["FBN1", "COL3A1"]},
                {"modality": "repeat_pcr", "result": "positive", "target": "FMR1"},
            ],
            "family_history": {"consanguineous": True, "affected_parent": False, "affected_siblings": True},
            "acutely_ill": True,
            "diagnoses": [
                {"id": "OMIM:900001", "onset": "HP:0011463", "gene": "FBN1"},
                {"id": "ORPHA:99", "label": "Another", "excluded": True},
                {"id": "OMIM:900002", "confirmed": False},
            ],
        }
    )
    moment = datetime(2026, 5, 1, tzinfo=UTC)
    told = PatientTold("c" * 32, 1, moment, "male", age_days=400, number="H1", name="欧阳小明", known=known)
    terms, diseases = small_knowledge.terms, small_knowledge.diseases

    def disease(id):
        try:
            return diseases.name(diseases.position(id)), None
        except Exception:
            return id, None

    labels = Labels(lambda id: (terms.label(terms.position(id)), None), disease)
    resources = [patient_resource(told), *conditions(told, labels), *family(told), *told_tests(told)]
    read = []
    for resource in resources:
        held = {f"#{each['id']}": each for each in resource.get("contained", ())}
        context = Context(terms, diseases, date(2026, 6, 1), held.get)
        assert list(faults_of_shape(resource, resource["resourceType"], "R")) == []
        items = list(READERS[resource["resourceType"]](resource, "R", context))
        assert [item for item in items if isinstance(item, Issue) and item.severity != "information"] == []
        read.append(added_by(items))
    back = with_all(KnownInput(), read)
    assert back.model_dump(exclude_defaults=True) == known.model_dump(exclude_defaults=True)
