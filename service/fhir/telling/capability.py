"""CapabilityStatement: what this service does with each type of resource, made from the tables that its routes use."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from service.fhir.names import FHIR_JSON
from service.fhir.searching import COMMON, OF_PATIENT, PARAMETERS, names_of
from service.fhir.shapes import KEPT_TYPES
from service.fhir.telling.codes import Json, coding, concept, instant

#: Types whose resources keep their versions; of others the latest alone can be read.
_REPORTED = frozenset({"RiskAssessment", "DiagnosticReport", "Observation"})
#: The operation that ranks what is sent, and keeps nothing of it.
MATCH = "match-rare-disease"
_KINDS = {"date": "date", "token": "token", "reference": "reference"}
#: Types that are read and searched by rules of their own.
_AUDIT = "AuditEvent"
_SENT = (
    ("create", "POST", "/fhir/{type}"),
    ("update", "PUT", "/fhir/{type}/{id}"),
    ("delete", "DELETE", "/fhir/{type}/{id}"),
)
#: A case is erased by someone who may, never by the system that sent it.
_NOT_DONE = frozenset({("Patient", "delete")})


def capability(
    url: str, version: str, made: datetime, routes: Collection[tuple[str, str]], tokens: str | None = None
) -> Json:
    """The statement of the service under `url`; `routes` are methods and paths of the application.

    `tokens` is the address where machines get access tokens, None where none are given.
    """
    types = sorted({*PARAMETERS, *KEPT_TYPES, *_others(routes)})
    interactions = ["transaction", "batch"] if ("POST", "/fhir") in routes else []
    rest: Json = {
        "mode": "server",
        "documentation": "Dates without a time zone are of UTC. Search results come the last changed first. "
        "patient.identifier finds a patient's resources by a number, by POST to _search alone.",
        "security": _security(tokens),
        "resource": [_resource(each, routes) for each in types],
    }
    if interactions:
        rest["interaction"] = [{"code": code} for code in interactions]
    if ("POST", "/fhir/$match-rare-disease") in routes:
        rest["operation"] = [{"name": MATCH, "definition": f"{url}/OperationDefinition/{MATCH}"}]
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": instant(made),
        "kind": "instance",
        "software": {"name": "Phenomap", "version": version},
        "implementation": {"description": "Rare diseases from what is recorded of a patient", "url": url},
        "fhirVersion": "4.0.1",
        "format": [FHIR_JSON, "json"],
        "rest": [rest],
    }


def match_definition(url: str) -> Json:
    """The OperationDefinition of MATCH, of the service under `url`."""
    parameters = (
        ("resource", "in", 0, "*", "Resource", "Resources of one patient, or Bundles of them."),
        ("keep", "in", 0, "1", "boolean", "Whether it is kept, as what is posted to the root is; false if left out."),
        ("limit", "in", 0, "1", "integer", "How many diseases are listed, 1 to 100; 10 if left out."),
        ("return", "out", 1, "1", "Bundle", "The RiskAssessment, the findings it rests on, tests that are proposed."),
    )
    return {
        "resourceType": "OperationDefinition",
        "id": MATCH,
        "url": f"{url}/OperationDefinition/{MATCH}",
        "name": "MatchRareDisease",
        "title": "Rank rare diseases for one patient",
        "status": "active",
        "kind": "operation",
        "affectsState": True,
        "code": MATCH,
        "description": "Reads and ranks what is sent of one patient within the request; a Bundle by itself will do.",
        "system": True,
        "type": False,
        "instance": False,
        "parameter": [
            {"name": name, "use": use, "min": least, "max": most, "documentation": words, "type": kind}
            for name, use, least, most, kind, words in parameters
        ],
    }


_SECURITY = "http://terminology.hl7.org/CodeSystem/restful-security-service"
#: Of SMART App Launch 1.0 (its URL: unverified); 2.2, "Conformance", calls it deprecated, and some still look for it.
_OAUTH_URIS = "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris"


def _security(tokens: str | None) -> Json:
    """How to become known: SMART where tokens are given; no address that would authorise an app is told."""
    told: Json = {"cors": False, "description": "A key or a signed token of a machine's account, as Bearer."}
    if tokens is None:
        return told
    uris = {"url": _OAUTH_URIS, "extension": [{"url": "token", "valueUri": tokens}]}
    return {"extension": [uris], **told, "service": [concept(coding(_SECURITY, "SMART-on-FHIR"))]}


def _others(routes: Collection[tuple[str, str]]) -> set[str]:
    """Types that have routes of their own, such as /fhir/Task/{id}."""
    named = {path.split("/")[2] for _, path in routes if path.startswith("/fhir/") and path.count("/") >= 3}
    return {each for each in named if each.isalpha() and each[0].isupper()}


def _resource(kind: str, routes: Collection[tuple[str, str]]) -> Json:
    told: Json = {"type": kind, "interaction": [{"code": code} for code in _interactions(kind, routes)]}
    if kind in KEPT_TYPES:
        told["updateCreate"] = True
    if kind in PARAMETERS and kind != _AUDIT:
        told["versioning"] = "versioned"
        told["readHistory"] = kind in _REPORTED
    if kind in PARAMETERS:
        told["searchParam"] = [_parameter(kind, name) for name in names_of(kind)]
    if kind == "Patient":
        everything = "http://hl7.org/fhir/OperationDefinition/Patient-everything"
        told["operation"] = [{"name": "everything", "definition": everything}]
    return told


def _interactions(kind: str, routes: Collection[tuple[str, str]]) -> list[str]:
    codes = []
    if kind in PARAMETERS or ("GET", f"/fhir/{kind}/{{id}}") in routes:
        codes.append("read")
    if kind in PARAMETERS and kind != _AUDIT:
        codes += ["vread", "history-instance"]
    if kind in PARAMETERS:
        codes.append("search-type")
    if kind in KEPT_TYPES:
        codes += [code for code, method, path in _SENT if (method, path) in routes and (kind, code) not in _NOT_DONE]
    return codes


def _parameter(kind: str, name: str) -> Json:
    if name in OF_PATIENT:
        return {"name": name, "type": "reference"}
    told = {"name": name, "type": _KINDS[{**PARAMETERS[kind], **COMMON}[name][0]]}
    if name == "identifier":
        told["documentation"] = "By POST to Patient/_search alone: a number of a patient has no place in a URL."
    return told
