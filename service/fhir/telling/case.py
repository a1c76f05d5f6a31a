"""All of a case: its patient, what its record states, its notes, its findings, and its reports."""

from __future__ import annotations

from collections.abc import Sequence

from service.fhir.telling.codes import Json
from service.fhir.telling.condition import conditions
from service.fhir.telling.consent import consents
from service.fhir.telling.document_reference import document_reference
from service.fhir.telling.family import family
from service.fhir.telling.finding import Finding, told_finding
from service.fhir.telling.patient import patient_resource
from service.fhir.telling.report import resources_of_report
from service.fhir.telling.source import source_of_mention
from service.fhir.telling.tests_done import told_tests
from service.fhir.telling.told import CaseTold, Labels, Stated


def everything(case: CaseTold, labels: Labels, language: str = "en", *, reports: bool = True) -> list[Json]:
    """The Patient first, then all else; with `reports` False what the case holds, without what was made of it."""
    told = [patient_resource(case.patient), *facts(case, labels, language)]
    if reports:
        told += [each for report in case.reports for each in resources_of_report(report, labels)]
    return told


def facts(case: CaseTold, labels: Labels, language: str = "en") -> list[Json]:
    """What a case holds beside its patient: diagnoses, family, tests, notes, what clinicians state, consents."""
    stated = [_stated(case, each, labels, language) for each in case.stated]
    return [
        *conditions(case.patient, labels),
        *family(case.patient, language),
        *told_tests(case.patient, language),
        *(document_reference(note, case.patient.case, language) for note in case.notes),
        *(told_finding(finding, labels, case.names) for finding in stated),
        *consents(case),
    ]


def _stated(case: CaseTold, given: Stated, labels: Labels, language: str) -> Finding:
    """A finding that is stated, or a word that only strikes readings out."""
    mention = given.said.mention
    term = mention.type if mention else given.said.term
    label, english = labels.term(term)
    return Finding(
        id=given.id,
        case=case.patient.case,
        term=term,
        label=label,
        english=english,
        assertion=mention.assertion if mention else None,
        sources=[source_of_mention(mention)] if mention else [],
        status="final",
        version=1,
        changed=given.at,
        issued=given.at,
        onset=mention.onset if mention else None,
        severity=mention.severity if mention else None,
        language=language,
        struck=given.said.struck,
        modifiers=mention.modifiers if mention else (),
    )


def of_kind(resources: Sequence[Json], kind: str) -> list[Json]:
    """Those of one type."""
    return [each for each in resources if each["resourceType"] == kind]
