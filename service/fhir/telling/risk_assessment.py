"""RiskAssessment: the diseases that a report ranks, each with its calibrated posterior and the reasons for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from service.catalogues import DICTIONARIES, FIRST
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
    reference,
)
from service.fhir.telling.told import ReportTold

#: Reasons that are told of a disease; that there are more is told, too.
_MOST_REASONS = 12
_SOFTWARE = "software"


def risk_assessment(report: ReportTold, basis: Sequence[Json]) -> Json:
    """The ranking of a report; `basis` are references to the findings that it rests on."""
    shown, words = report.shown, words_of(report)
    told: Json = {
        "resourceType": "RiskAssessment",
        "id": report.id,
        "meta": meta(report.version, report.changed),
        "language": LANGUAGES.get(report.language, "en"),
        "text": narrative(_lines(shown, words)),
        "contained": [software(shown)],
        "status": report.status,
        "method": concept(text=words["fhir.method"]),
        "code": concept(coding(own.DOCUMENT, "ranking"), text=words["fhir.ranking"]),
        "subject": reference("Patient", report.case),
        "occurrenceDateTime": instant(report.created),
        "performer": {"reference": f"#{_SOFTWARE}"},
    }
    if basis:
        told["basis"] = list(basis)
    predictions = [_prediction(each, shown, words) for each in shown["diseases"]]
    if predictions:
        told["prediction"] = predictions
    notices = [{"text": notice["words"]} for notice in shown["notices"] if notice["words"]]
    return told | ({"note": notices} if notices else {})


def words_of(report: ReportTold) -> Mapping[str, str]:
    """The texts in the report's own language."""
    return DICTIONARIES.get(report.language, DICTIONARIES[FIRST])


def software(shown: Mapping[str, Any]) -> Json:
    """The Device that made a report, to be contained: this software, the ranker, the release of the knowledge."""
    name, _, rest = str(shown.get("software") or "Phenomap").partition(" ")
    version, _, ranker = rest.partition(", ")
    knowledge = shown["knowledge"]
    versions = [("software", version), ("ranker", ranker), ("knowledge", knowledge["release"])]
    versions += [(source["name"], source["version"]) for source in knowledge["sources"]]
    return {
        "resourceType": "Device",
        "id": _SOFTWARE,
        "identifier": [{"system": "urn:phenomap:knowledge-fingerprint", "value": knowledge["fingerprint"]}],
        "deviceName": [{"name": name, "type": "model-name"}],
        "version": [{"type": concept(text=kind), "value": value} for kind, value in versions if value],
    }


def percent_of(probability: float) -> float:
    """A share as percent: RiskAssessment.prediction.probability of R4 is one, 100 at the most (ras-2, and comments)."""
    return round(100 * probability, 4)


def _prediction(given: Mapping[str, Any], shown: Mapping[str, Any], words: Mapping[str, str]) -> Json:
    told: Json = {"outcome": disease((given["id"], *given["also"]), given["name"], given.get("name_en"))}
    if given.get("probability") is not None:
        told["probabilityDecimal"] = percent_of(given["probability"])
    if given.get("confidence"):
        told["qualitativeRisk"] = concept(text=given["confidence"])
    reasons = "\n".join(_reasons(given, shown, words))
    return told | ({"rationale": reasons} if reasons else {})


def _reasons(given: Mapping[str, Any], shown: Mapping[str, Any], words: Mapping[str, str]) -> Iterable[str]:
    """What speaks for the disease and against it, each as the report words it, the strongest first."""
    parts = sorted(given["contributions"], key=lambda part: -abs(part["nats"]))
    told = [words["fhir.reason"].format(finding=part["label"], words=part["words"]) for part in parts if part["words"]]
    told += [words["fhir.reason"].format(finding=p["label"], words=p["words"]) for p in given.get("contradictions", ())]
    told += [part["words"] for part in given.get("circumstances", ())]
    told += [given["likeness"]["words"]] if given.get("likeness") else []
    yield from told[:_MOST_REASONS]
    if len(told) > _MOST_REASONS:
        yield words["fhir.more_reasons"].format(more=len(told) - _MOST_REASONS)
    labels = {feature["id"]: feature["label"] for feature in shown["features"]}
    unexplained = [labels.get(id, id) for id in given["unexplained"]]
    if unexplained:
        yield words["fhir.unexplained"].format(findings=words["fhir.join"].join(unexplained))


def _lines(shown: Mapping[str, Any], words: Mapping[str, str]) -> Iterable[str]:
    yield words["fhir.ranking"]
    for given in shown["diseases"]:
        share = given.get("probability")
        yield f"{given['name']} ({given['id']})" + (f": {percent_of(share):.1f} %" if share is not None else "")
