"""What the tests say of each route: who may use it, what is sent to it, and to which of them a rule does not apply."""

from __future__ import annotations

from base64 import b64encode

from benchmarks.every_route import JPEG
from service.actors import Permission

PUBLIC, KNOWN = "public", "known"
#: Who may use each route. A route that is not here fails the test until someone has said who may.
ACCESS = {
    "POST /api/v1/extract": Permission.ASSESS,
    "POST /api/v1/rank": Permission.ASSESS,
    "POST /api/v1/suggest": Permission.ASSESS,
    "POST /api/v1/assess": Permission.ASSESS,
    "POST /api/v1/photos:describe": Permission.ASSESS,
    "POST /api/v1/photos:explain": Permission.ASSESS,
    "POST /api/v1/documents:read": Permission.ASSESS,
    "GET /api/v1/terms": Permission.READ_KNOWLEDGE,
    "GET /api/v1/diseases/{id}": Permission.READ_KNOWLEDGE,
    "GET /api/v1/knowledge": Permission.READ_KNOWLEDGE,
    "GET /livez": PUBLIC,
    "GET /readyz": PUBLIC,
    "POST /api/v1/sessions": PUBLIC,
    "POST /api/v1/sessions:link": PUBLIC,
    "POST /api/v1/passwords": PUBLIC,
    "POST /api/v1/me/password": KNOWN,
    "DELETE /api/v1/sessions/current": KNOWN,
    "GET /api/v1/me": KNOWN,
    "GET /api/v1/departments": Permission.MANAGE_ACCOUNTS,
    "POST /api/v1/departments": Permission.MANAGE_ACCOUNTS,
    "GET /api/v1/accounts": Permission.MANAGE_ACCOUNTS,
    "POST /api/v1/accounts": Permission.MANAGE_ACCOUNTS,
    "POST /api/v1/accounts/{id}/active": Permission.MANAGE_ACCOUNTS,
    "POST /api/v1/accounts/{id}/memberships": Permission.MANAGE_ACCOUNTS,
    "DELETE /api/v1/accounts/{id}/memberships/{department}/{role}": Permission.MANAGE_ACCOUNTS,
    "GET /api/v1/accounts/{id}/keys": Permission.MANAGE_ACCOUNTS,
    "POST /api/v1/accounts/{id}/keys": Permission.MANAGE_ACCOUNTS,
    "DELETE /api/v1/accounts/{id}/keys/{key}": Permission.MANAGE_ACCOUNTS,
    "POST /api/v1/accounts/{id}/password-links": Permission.MANAGE_ACCOUNTS,
    "POST /api/v1/cases": Permission.WRITE_CASES,
    "GET /api/v1/cases": Permission.READ_CASES,
    "POST /api/v1/cases:reanalyse": Permission.REANALYSE,
    "PATCH /api/v1/cases/{id}": Permission.WRITE_CASES,
    "GET /api/v1/cases/{id}": Permission.READ_CASES,
    "POST /api/v1/cases/{id}/notes": Permission.WRITE_CASES,
    "POST /api/v1/cases/{id}/features": Permission.WRITE_CASES,
    "POST /api/v1/cases/{id}/consents": Permission.WRITE_CASES,
    "POST /api/v1/cases/{id}/photos": Permission.WRITE_CASES,
    "POST /api/v1/cases/{id}/assess": Permission.WRITE_CASES,
    "POST /api/v1/cases/{id}/sign-off": Permission.SIGN,
    "POST /api/v1/cases/{id}/second-sign-off": Permission.SECOND_SIGN,
    "POST /api/v1/cases/{id}/break-glass": Permission.BREAK_GLASS,
    "POST /api/v1/cases/{id}/erase": Permission.ERASE,
    "GET /api/v1/cases/{id}/photos/{part}": Permission.READ_CASES,
    "DELETE /api/v1/cases/{id}/photos/{part}": Permission.WRITE_CASES,
    "POST /api/v1/cases/{id}/photos/{part}:describe": Permission.READ_CASES,
    "POST /api/v1/cases/{id}/photos/{part}:explain": Permission.READ_CASES,
    "DELETE /api/v1/cases/{id}/notes/{part}": Permission.WRITE_CASES,
    "DELETE /api/v1/cases/{id}/features/{part}": Permission.WRITE_CASES,
    "DELETE /api/v1/cases/{id}/consents/{part}": Permission.WRITE_CASES,
    "GET /api/v1/cases/{id}/reports/{part}": Permission.READ_CASES,
    "GET /api/v1/cases/{id}/phenopacket": Permission.READ_CASES,
    "POST /api/v1/phenopackets": Permission.WRITE_CASES,
    "POST /api/v1/phenopackets:validate": Permission.WRITE_CASES,
    "POST /api/v1/cohorts": Permission.WRITE_CASES,
    "GET /api/v1/cohorts": Permission.READ_CASES,
    "GET /api/v1/cases/{id}/hpo": Permission.READ_CASES,
    "GET /cases/{id}/reports/{part}/print.pdf": Permission.READ_CASES,
    "GET /cases/{id}/reports/{part}/order.pdf": Permission.READ_CASES,
    "POST /fhir": Permission.WRITE_CASES,
    "POST /fhir/$match-rare-disease": Permission.ASSESS,
    "POST /fhir/{type}": Permission.WRITE_CASES,
    "PUT /fhir/{type}/{id}": Permission.WRITE_CASES,
    "DELETE /fhir/{type}/{id}": Permission.WRITE_CASES,
    "GET /fhir/Task/{id}": Permission.READ_CASES,
    "GET /fhir/metadata": PUBLIC,
    "GET /fhir/OperationDefinition/{id}": PUBLIC,
    "GET /fhir/AuditEvent": Permission.READ_AUDIT,
    "GET /fhir/AuditEvent/{id}": Permission.READ_AUDIT,
    "GET /fhir/Patient/{id}/$everything": Permission.READ_CASES,
    "GET /fhir/{type}": Permission.READ_CASES,
    "POST /fhir/{type}/_search": Permission.READ_CASES,
    "GET /fhir/{type}/{id}": Permission.READ_CASES,
    "GET /fhir/{type}/{id}/_history": Permission.READ_CASES,
    "GET /fhir/{type}/{id}/_history/{version}": Permission.READ_CASES,
    "GET /cds-services": PUBLIC,
    "POST /cds-services/{id}": Permission.READ_CASES,
    "POST /cds-services/{id}/feedback": Permission.WRITE_CASES,
    "GET /api/v1/cds/feedback": Permission.READ_CASES,
    "GET /api/v1/audit": Permission.READ_AUDIT,
    "GET /api/v1/shift": Permission.READ_CASES,
    "GET /api/v1/gallery": Permission.READ_CASES,
    "GET /api/v1/gallery/faces": Permission.READ_CASES,
    "POST /api/v1/gallery/cases/{id}": Permission.WRITE_CASES,
    "DELETE /api/v1/gallery/cases/{id}": Permission.WRITE_CASES,
    "POST /api/v1/gallery:evaluate": Permission.REANALYSE,
}
OBSERVATION = {
    "resourceType": "Observation",
    "status": "final",
    "code": {"coding": [{"system": "http://human-phenotype-ontology.org", "code": "HP:0001166"}]},
    "subject": {"reference": "Patient/p"},
}
REQUEST = {"method": "POST", "url": "Observation"}
ENTRY = {"resource": OBSERVATION, "request": REQUEST}
PACKET = {
    "id": "p",
    "phenotypicFeatures": [{"type": {"id": "HP:0001166", "label": "Arachnodactyly"}}],
    "metaData": {"created": "2026-01-01T00:00:00Z", "createdBy": "test", "phenopacketSchemaVersion": "2.0"},
}
#: Bodies that the description alone does not suggest.
BODIES = {
    "POST /api/v1/assess": {"features": [{"id": "HP:0001166"}]},
    "POST /api/v1/cases/{id}/consents": {"purpose": "federation", "given_by": "guardian"},
    "POST /api/v1/cases/{id}/features": {"features": [{"id": "HP:0002650"}]},
    "PATCH /api/v1/cases/{id}": {"sex": "female"},
    "POST /api/v1/photos:explain": {"measurement": "ipd_fw", "content": b64encode(JPEG).decode()},
    "POST /api/v1/cases/{id}/photos/{part}:explain": {"measurement": "ipd_fw"},
    "POST /fhir": {"resourceType": "Bundle", "type": "batch", "entry": [ENTRY]},
    "POST /fhir/{type}": OBSERVATION,
    "POST /fhir/$match-rare-disease": {"resourceType": "Bundle", "type": "batch", "entry": [ENTRY]},
    "PUT /fhir/{type}/{id}": OBSERVATION,
    "POST /api/v1/phenopackets": PACKET,
    "POST /api/v1/phenopackets:validate": PACKET,
    "POST /api/v1/cohorts": {"id": "c", "members": [PACKET], "metaData": PACKET["metaData"]},
    "POST /cds-services/{id}": {
        "hook": "patient-view",
        "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
        "context": {"userId": "Practitioner/1", "patientId": "p"},
    },
    "POST /cds-services/{id}/feedback": {
        "feedback": [
            {
                "card": "4e0a3a1e-3283-4575-ab82-028d55fe2719",
                "outcome": "overridden",
                "outcomeTimestamp": "2026-11-23T08:00:00Z",
            }
        ]
    },
}
#: Breaking the glass is there to reach another department's case, so it is tried last; tests/cases says what it opens.
REACHES_OTHERS = {"POST /api/v1/cases/{id}/break-glass"}
#: The ids in these are the sender's own, and name nothing of another department: what is sent becomes a case of theirs.
OF_THE_SENDER = {"POST /fhir/{type}", "PUT /fhir/{type}/{id}", "DELETE /fhir/{type}/{id}"}
#: For record systems that the settings name; a role alone is not enough. tests/cds says what they are answered.
OF_CLIENTS = {"POST /cds-services/{id}", "POST /cds-services/{id}/feedback"}
#: Lists of what whoever asks may see: none of it where nothing is theirs. tests/fhir says what is in them.
LISTS = {"GET /fhir/{type}", "POST /fhir/{type}/_search", "GET /api/v1/cohorts"}
