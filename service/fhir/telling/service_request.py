"""ServiceRequest: the tests that a report suggests, as proposals for a clinician to order; none is an order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from service.fhir.telling import own
from service.fhir.telling.codes import (
    LANGUAGES,
    Json,
    coding,
    concept,
    disease,
    gene,
    instant,
    meta,
    reference,
    snomed,
)
from service.fhir.telling.risk_assessment import words_of
from service.fhir.telling.told import ReportTold

#: Genes that are listed one by one; more are counted.
_MOST_GENES = 50


def service_requests(report: ReportTold) -> list[Json]:
    """The tests of a report in the order to send them: fast ones of treatable disorders first."""
    shown, words = report.shown, words_of(report)
    given = [*shown.get("biochemical", ()), *shown["tests"]]
    return [_request(report, test, f"{report.id}-t{at}", words) for at, test in enumerate(given, 1)]


def _request(report: ReportTold, test: Mapping[str, Any], id: str, words: Mapping[str, str]) -> Json:
    told: Json = {
        "resourceType": "ServiceRequest",
        "id": id,
        "meta": meta(1, report.created),
        "language": LANGUAGES.get(report.language, "en"),
        "status": "draft",
        "intent": "proposal",
        "category": [snomed("108252007", "Laboratory procedure")],
        "code": _code(test),
        "subject": reference("Patient", report.case),
        "authoredOn": instant(report.created),
        "reasonReference": [reference("DiagnosticReport", report.id)],
        "supportingInfo": [reference("RiskAssessment", report.id)],
    }
    genes = test.get("genes", ())
    if genes and len(genes) <= _MOST_GENES:
        told["orderDetail"] = [gene(symbol) for symbol in genes]
    elif genes:
        told["orderDetail"] = [concept(text=words["fhir.genes"].format(count=len(genes)))]
    reasons = [disease((covered["disease"],), covered["name"], covered.get("name_en")) for covered in test["covers"]]
    if reasons:
        told["reasonCode"] = reasons
    notes = [{"text": line} for line in _notes(test, words)]
    return told | ({"note": notes} if notes else {})


def _code(test: Mapping[str, Any]) -> Json:
    """The catalogue's own code first, where a catalogue is in use and offers it."""
    ordered = test.get("ordered_as")
    codings = [coding(own.CATALOGUE, ordered["code"], ordered["name"])] if ordered else []
    return concept(*codings, coding(own.TEST, test["code"], test["name"]), text=test["name"])


def _notes(test: Mapping[str, Any], words: Mapping[str, str]) -> Iterator[str]:
    """Why, what it cannot see, what is sent, what to talk about, and what follows."""
    join = words["fhir.join"]
    if test.get("reason"):
        yield test["reason"]
    lists = (("fhir.cannot_see", "cannot_see"), ("fhir.samples", "samples"), ("fhir.relatives", "relatives"))
    for key, name in lists:
        if test.get(name):
            yield words[key].format(items=join.join(test[name]))
    yield from test.get("consent", ())
    if test.get("if_negative"):
        yield words["fhir.if_negative"].format(words=test["if_negative"])
