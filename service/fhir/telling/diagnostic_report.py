"""DiagnosticReport: the findings of a report as its results, and in words what it and who signed it conclude."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from service.fhir.telling import own
from service.fhir.telling.codes import (
    LANGUAGES,
    Json,
    coding,
    concept,
    disease,
    instant,
    meta,
    narrative,
    person,
    reference,
)
from service.fhir.telling.risk_assessment import percent_of, words_of
from service.fhir.telling.told import Labels, ReportTold

_CATEGORY = "http://terminology.hl7.org/CodeSystem/v2-0074"


def diagnostic_report(report: ReportTold, results: Sequence[Json], labels: Labels) -> Json:
    """A report; `results` are references to Observations. Its ranking is the RiskAssessment of the same id."""
    shown, words = report.shown, words_of(report)
    conclusion = "\n".join(_conclusion(report, labels, words))
    told: Json = {
        "resourceType": "DiagnosticReport",
        "id": report.id,
        "meta": meta(report.version, report.changed),
        "language": LANGUAGES.get(report.language, "en"),
        "text": narrative((words["fhir.report"], *conclusion.split("\n"))),
        "status": report.status,
        "category": [concept(coding(_CATEGORY, "GE", "Genetics"))],
        "code": concept(coding(own.DOCUMENT, "report"), text=words["fhir.report"]),
        "subject": reference("Patient", report.case),
        "effectiveDateTime": instant(report.created),
        "issued": instant(report.changed),
        "performer": [{"display": str(shown.get("software") or "Phenomap")}],
    }
    if report.signed:
        told["resultsInterpreter"] = [person(one.by, report.names.get(one.by)) for one in report.signed]
    if results:
        told["result"] = list(results)
    told["conclusion"] = conclusion
    codes = [disease((id,), *_named(id, report, labels)) for id in _concluded(report)]
    return told | ({"conclusionCode": codes} if codes else {})


def _concluded(report: ReportTold) -> tuple[str, ...]:
    """The diagnosis that was signed for, once no other signature is waited for."""
    last = report.signed[-1] if report.is_final else None
    return (last.disease,) if last and last.disease else ()


def _conclusion(report: ReportTold, labels: Labels, words: Mapping[str, str]) -> Iterable[str]:
    shown = report.shown
    first = shown["diseases"][0] if shown["diseases"] else None
    if first is None:
        yield words["fhir.no_disease"]
    elif shown.get("stands_out") and first.get("probability") is not None:
        share = f"{percent_of(first['probability']):.0f}"
        yield words["fhir.leads"].format(disease=first["name"], id=first["id"], percent=share)
    else:
        yield words["fhir.none_stands_out"].format(disease=first["name"], id=first["id"])
    for one in report.signed:
        told = words["fhir.decision." + one.decision]
        name = f"{_named(one.disease, report, labels)[0]} ({one.disease})" if one.disease else ""
        yield words["fhir.signed"].format(decision=told, disease=name, reason=one.reason).replace("  ", " ")
    if not report.is_final:
        yield words["fhir.draft"]


def _named(id: str, report: ReportTold, labels: Labels) -> tuple[str, str | None]:
    for each in report.shown["diseases"]:
        if id in (each["id"], *each["also"]):
            return each["name"], each.get("name_en")
    return labels.disease(id)
