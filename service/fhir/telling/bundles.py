"""Bundles: what a search found, the versions of a resource, and the answer to a match of which nothing is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from service.fhir.telling.codes import Json, instant
from service.fhir.telling.report import resources_of_report
from service.fhir.telling.risk_assessment import words_of
from service.fhir.telling.told import Labels, ReportTold

_NOBODY = "nobody"


def match_bundle(
    shown: Mapping[str, Any],
    labels: Labels,
    made: datetime,
    by: str,
    subject: Mapping[str, Any] | None = None,
    notes: Mapping[str, str] | None = None,
) -> Json:
    """The answer to $match-rare-disease, of which nothing is kept: RiskAssessment, findings, tests proposed.

    `shown` is the JSON of a ReportAnswer, `by` the account that asks. The Bundle is a collection whose entries have
    urn:uuid addresses and refer to each other by them. `subject` is the reference to the patient that was sent, put
    wherever a resource says who it is about; `notes` lead from ids of notes in `shown` to references to what was sent.
    """
    id = uuid5(NAMESPACE_URL, f"{shown['case']} {instant(made)} {by}").hex
    report = ReportTold(id, _NOBODY, made, by, shown)
    made_of = [each for each in resources_of_report(report, labels) if each["resourceType"] != "Provenance"]
    addresses = {f"{each['resourceType']}/{each['id']}": _address(each) for each in made_of}
    sent = {f"DocumentReference/{note}": reference for note, reference in (notes or {}).items()}
    nobody = {"display": words_of(report)["fhir.patient_sent"]}
    entries = []
    for each in made_of:
        loose = _readdressed(each, {**addresses, **sent}, dict(subject) if subject else nobody)
        loose["meta"] = {"tag": each["meta"]["tag"]}  # it has no version, for it is not kept
        entries.append({"fullUrl": addresses[f"{each['resourceType']}/{each['id']}"], "resource": loose})
    return {"resourceType": "Bundle", "type": "collection", "timestamp": instant(made), "entry": entries}


def collection(resources: Sequence[Json], base: str, made: datetime, kind: str = "searchset") -> Json:
    """A Bundle of resources that stand under `base`."""
    return {
        "resourceType": "Bundle",
        "type": kind,
        "timestamp": instant(made),
        "total": len(resources),
        "entry": [_entry(each, base) for each in resources],
    }


def searchset(
    found: Sequence[Json],
    base: str,
    total: int | None,
    links: Mapping[str, str],
    outcome: Json | None = None,
) -> Json:
    """A page of what a search found; `links` are self and next; `outcome` tells what of the search was not heeded."""
    told: Json = {"resourceType": "Bundle", "type": "searchset"}
    if total is not None:
        told["total"] = total
    told["link"] = [{"relation": relation, "url": url} for relation, url in links.items()]
    entries = [{**_entry(each, base), "search": {"mode": "match"}} for each in found]
    if outcome is not None:
        entries.append({"resource": outcome, "search": {"mode": "outcome"}})
    return told | ({"entry": entries} if entries else {})


def history(versions: Sequence[Json], base: str, address: str) -> Json:
    """The versions of one resource, the last first."""
    entries = []
    for each in versions:
        name, version = f"{each['resourceType']}/{each['id']}", each["meta"]["versionId"]
        first = version == "1"
        entries.append(
            {
                "fullUrl": f"{base}/{name}",
                "resource": each,
                "request": {"method": "POST" if first else "PUT", "url": each["resourceType"] if first else name},
                "response": {
                    "status": "201" if first else "200",
                    "etag": f'W/"{version}"',
                    "lastModified": each["meta"]["lastUpdated"],
                },
            }
        )
    told: Json = {"resourceType": "Bundle", "type": "history", "total": len(versions)}
    return told | {"link": [{"relation": "self", "url": address}], "entry": entries}


def _entry(resource: Json, base: str) -> Json:
    return {"fullUrl": f"{base}/{resource['resourceType']}/{resource['id']}", "resource": resource}


def _address(resource: Json) -> str:
    return f"urn:uuid:{uuid5(NAMESPACE_URL, resource['resourceType'] + '/' + resource['id'])}"


def _readdressed(value: Any, addresses: Mapping[str, str], subject: Json) -> Any:  # noqa: ANN401 - any JSON
    """The same JSON with references led to `addresses`, the patient's to `subject`; those to nothing left out."""
    if isinstance(value, list):
        every = [_readdressed(each, addresses, subject) for each in value]
        return [each for each in every if each is not None]
    if not isinstance(value, dict):
        return value
    told = value.get("reference")
    if isinstance(told, str) and not told.startswith("#"):
        if told == f"Patient/{_NOBODY}":
            return subject
        return {**value, "reference": addresses[told]} if told in addresses else None
    inner = {name: _readdressed(each, addresses, subject) for name, each in value.items()}
    if "valueReference" in value and inner["valueReference"] is None:
        return None  # an extension whose value was left out
    return {name: each for name, each in inner.items() if each is not None and each != []}
