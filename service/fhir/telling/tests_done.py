"""Genetic tests that the patient has had: a DiagnosticReport each, with what they looked at as a contained result."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from matching.genetic_tests.known import TestResult
from service.catalogues import DICTIONARIES
from service.fhir.names import LOINC
from service.fhir.telling import own
from service.fhir.telling.codes import LANGUAGES, Json, coding, concept, gene, instant, meta, reference, snomed
from service.fhir.telling.told import PatientTold
from service.models.known import TestDoneInput

#: SNOMED CT by result.
_RESULTS: Mapping[TestResult, tuple[str, str]] = MappingProxyType(
    {
        TestResult.POSITIVE: ("10828004", "Positive"),
        TestResult.NEGATIVE: ("260385009", "Negative"),
        TestResult.UNCERTAIN: ("82334004", "Indeterminate"),
    }
)
_GENE_STUDIED = ("48018-6", "Gene studied [ID]")
_LOOKED = "looked-at"


def told_tests(patient: PatientTold, language: str = "en") -> list[Json]:
    """The tests, in the order in which they are kept."""
    return [_report(patient, given, at, language) for at, given in enumerate(patient.known.tests_done, 1)]


def _report(patient: PatientTold, given: TestDoneInput, at: int, language: str) -> Json:
    result = snomed(*_RESULTS[given.result])
    told: Json = {
        "resourceType": "DiagnosticReport",
        "id": f"{patient.case}-test-{at}",
        "meta": meta(patient.version, patient.changed),
        "language": LANGUAGES[language],
        "status": "final",
        "category": [concept(coding("http://terminology.hl7.org/CodeSystem/v2-0074", "GE", "Genetics"))],
        "code": _code(given, language),
        "subject": reference("Patient", patient.case),
        "issued": instant(patient.changed),
        "conclusionCode": [result],
    }
    if given.year is not None:  # a year is all that is known
        told["effectivePeriod"] = {"start": f"{given.year}-01-01", "end": f"{given.year}-12-31"}
    looked = _looked(given)
    if looked:
        subject = reference("Patient", patient.case)
        about = {"status": "final", "code": told["code"], "subject": subject, "valueCodeableConcept": result}
        told["contained"] = [{"resourceType": "Observation", "id": _LOOKED, **about, "component": looked}]
        told["result"] = [{"reference": f"#{_LOOKED}"}]
    return told


def _code(given: TestDoneInput, language: str) -> Json:
    codings = [coding(own.DOCUMENT, own.TEST_DONE)]
    codings += [coding(own.MODALITY, given.modality.value)] if given.modality else []
    codings += [coding(own.CATALOGUE, given.code)] if given.code.strip() else []
    kind = f"fhir.modality.{given.modality.value}" if given.modality else "fhir.modality.other"
    return concept(*codings, text=DICTIONARIES[language][kind])


def _looked(given: TestDoneInput) -> list[Json]:
    """Its genes, and the gene or locus that a test at one was made at."""
    studied = concept(coding(LOINC, *_GENE_STUDIED))
    looked: list[Json] = [{"code": studied, "valueCodeableConcept": gene(symbol)} for symbol in given.genes]
    if given.target.strip():
        looked.append({"code": concept(coding(own.TARGET, "target")), "valueString": given.target})
    return looked
