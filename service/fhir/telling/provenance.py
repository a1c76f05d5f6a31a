"""Provenance: what this software read and ranked, what clinicians stated, and who signed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from service.fhir.telling import own
from service.fhir.telling.codes import Json, coding, concept, instant, meta, person, reference
from service.fhir.telling.finding import Finding
from service.fhir.telling.risk_assessment import software
from service.fhir.telling.told import ReportTold

_AGENT = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"
_OPERATION = "http://terminology.hl7.org/CodeSystem/v3-DataOperation"
_COMPLETION = "http://terminology.hl7.org/CodeSystem/v3-DocumentCompletion"


def provenances(report: ReportTold, findings: Sequence[Finding], requests: Sequence[Json]) -> list[Json]:
    """First the software's, then one for each clinician who stated something, then one for each signature."""
    told = [_of_software(report, findings, requests), *_of_clinicians(report, findings), *_of_signatures(report)]
    return [{**each, "id": f"{report.id}-p{at}"} for at, each in enumerate(told, 1)]


def _of_software(report: ReportTold, findings: Sequence[Finding], requests: Sequence[Json]) -> Json:
    read = [each for each in findings if not each.stated_by]
    targets = [reference("RiskAssessment", report.id), reference("DiagnosticReport", report.id)]
    targets += [_to(each) for each in read]
    targets += [reference("ServiceRequest", each["id"]) for each in requests]
    told = _provenance(targets, report.created, coding(_OPERATION, "CREATE", "create"))
    told["contained"] = [software(report.shown)]
    told["agent"] = [_agent("assembler", "Assembler", {"reference": "#software"}), _asked(report)]
    notes = dict.fromkeys(note for each in findings for note in each.notes)
    entities = [{"role": "source", "what": reference("DocumentReference", note)} for note in notes]
    if report.replaces is not None:
        entities.append({"role": "revision", "what": reference("RiskAssessment", report.replaces)})
    return told | ({"entity": entities} if entities else {})


def _of_clinicians(report: ReportTold, findings: Sequence[Finding]) -> list[Json]:
    by: dict[str, list[Finding]] = defaultdict(list)
    for each in findings:
        for account in each.stated_by:
            by[account].append(each)
    return [_stated(report, account, stated) for account, stated in by.items()]


def _stated(report: ReportTold, account: str, stated: Sequence[Finding]) -> Json:
    told = _provenance([_to(each) for each in stated], report.created, coding(_OPERATION, "CREATE", "create"))
    told["agent"] = [_agent("author", "Author", person(account, report.names.get(account)))]
    notes = dict.fromkeys(note for each in stated for note in each.notes)
    entities = [{"role": "source", "what": reference("DocumentReference", note)} for note in notes]
    return told | ({"entity": entities} if entities else {})


def _of_signatures(report: ReportTold) -> list[Json]:
    told = []
    for at, one in enumerate(report.signed, 2):
        # of the version that the signature made
        targets = [
            {"reference": f"{kind}/{report.id}/_history/{at}"} for kind in ("RiskAssessment", "DiagnosticReport")
        ]
        signed = _provenance(targets, one.at, coding(_COMPLETION, "LA", "legally authenticated"))
        signed["reason"] = [concept(coding(own.DECISION, one.decision))]
        signed["agent"] = [_agent("verifier", "Verifier", person(one.by, report.names.get(one.by)))]
        told.append(signed)
    return told


def _provenance(targets: Sequence[Json], at: datetime, activity: Json) -> Json:
    return {
        "resourceType": "Provenance",
        "meta": meta(1, at),
        "target": list(targets),
        "recorded": instant(at),
        "activity": concept(activity),
    }


def _agent(code: str, display: str, who: Json) -> Json:
    return {"type": concept(coding(_AGENT, code, display)), "who": who}


def _asked(report: ReportTold) -> Json:
    """Whoever asked for the report to be made."""
    return _agent("enterer", "Enterer", person(report.by, report.names.get(report.by)))


def _to(finding: Finding) -> Json:
    return reference(finding.kind, finding.id)
