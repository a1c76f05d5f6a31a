"""All resources of one report, at one version of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ontology.features import Assertion
from service.fhir.telling import own
from service.fhir.telling.codes import Json, coding, reference
from service.fhir.telling.diagnostic_report import diagnostic_report
from service.fhir.telling.finding import Finding, told_finding
from service.fhir.telling.provenance import provenances
from service.fhir.telling.risk_assessment import risk_assessment
from service.fhir.telling.service_request import service_requests
from service.fhir.telling.source import source_of_answer
from service.fhir.telling.told import Labels, ReportTold


def resources_of_report(report: ReportTold, labels: Labels) -> list[Json]:
    """RiskAssessment and DiagnosticReport of its own id, findings "{id}-{n}", tests "-t{n}", Provenance "-p{n}"."""
    findings = findings_of(report)
    told = [told_finding(finding, labels, report.names) for finding in findings]
    requests = service_requests(report)
    basis = [reference(each["resourceType"], each["id"]) for each in told]
    results = [each for each in basis if each["reference"].startswith("Observation/")]
    made = [
        risk_assessment(report, basis),
        diagnostic_report(report, results, labels),
        *told,
        *requests,
        *provenances(report, findings, requests),
    ]
    for each in made:
        each["meta"] = {**each["meta"], "tag": [coding(own.MADE, own.REPORT)]}
    return made


def findings_of(report: ReportTold) -> list[Finding]:
    """The findings of a report but hypothetical ones, each numbered by its place in the report."""
    given = [_finding(report, feature, at) for at, feature in enumerate(report.shown["features"], 1)]
    return [finding for finding in given if finding.assertion is not Assertion.HYPOTHETICAL]


def _finding(report: ReportTold, feature: Mapping[str, Any], at: int) -> Finding:
    sources = [source_of_answer(mention) for mention in feature["mentions"]]
    sources += [source_of_answer(mention, conflict=True) for mention in feature["conflicts"]]
    notes = [source.note for source in sources if source.note is not None and not source.conflict]
    days = [report.dated[note] for note in notes if note in report.dated]
    return Finding(
        id=f"{report.id}-{at}",
        case=report.case,
        term=feature["id"],
        label=feature["label"],
        english=feature.get("label_en"),
        assertion=Assertion(feature["assertion"]),
        sources=sources,
        status="final" if report.is_final else "preliminary",
        version=report.version,
        changed=report.changed,
        issued=report.created,
        effective=max(days, default=None),
        onset=feature.get("onset"),
        severity=feature.get("severity"),
        modifiers=tuple(dict.fromkeys(each for one in feature["mentions"] for each in one.get("modifiers", ()))),
        language=report.language,
    )
