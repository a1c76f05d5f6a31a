"""AuditEvent: a link of the audit trail about a case. Who did what and when; no patient's words."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from service.audit.trail import Action
from service.fhir.telling import own
from service.fhir.telling.codes import Json, coding, instant, meta, reference

_LIFECYCLE = "http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle"
_ENTITY = "http://terminology.hl7.org/CodeSystem/audit-entity-type"
#: FHIR's action and ISO 21089's event of what was done; others are executed, and disclosed to whoever asked.
_ACTIONS: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        Action.VIEW.value: ("R", "access", "Access/View Record Lifecycle Event"),
        Action.LIST.value: ("R", "access", "Access/View Record Lifecycle Event"),
        Action.CREATE.value: ("C", "originate", "Originate/Retain Record Lifecycle Event"),
        Action.IMPORT.value: ("C", "receive", "Receive/Retain Record Lifecycle Event"),
        Action.CHANGE.value: ("U", "amend", "Amend (Update) Record Lifecycle Event"),
        Action.CONSENT.value: ("U", "amend", "Amend (Update) Record Lifecycle Event"),
        Action.WITHDRAW.value: ("D", "amend", "Amend (Update) Record Lifecycle Event"),
        Action.ASSESS.value: ("E", "transform", "Transform/Translate Record Lifecycle Event"),
        Action.SIGN.value: ("U", "attest", "Attest Record Lifecycle Event"),
        Action.ERASE.value: ("D", "destroy", "Destroy/Delete Record Lifecycle Event"),
        Action.EXPORT.value: ("R", "extract", "Extract Record Lifecycle Event"),
    }
)
_OTHERWISE = ("E", "disclose", "Disclose Record Lifecycle Event")


def audit_event(link: Mapping[str, Any], case: str) -> Json:
    """A link as AuditEvent; its id is the link's number in the trail."""
    action, code, display = _ACTIONS.get(link["action"], _OTHERWISE)
    who = {"identifier": {"system": own.ACCOUNT, "value": link["actor"]}}
    told: Json = {
        "resourceType": "AuditEvent",
        "id": str(link["seq"]),
        "meta": meta(1, link["at"]),
        "type": coding(_LIFECYCLE, code, display),
        "subtype": [coding("urn:phenomap:action", link["action"])],
        "action": action,
        "recorded": instant(link["at"]),
        "outcome": "4" if link["action"] == Action.REFUSE.value else "0",
        "agent": [{"who": who, "requestor": True}],
        "source": {"observer": {"display": "Phenomap"}},
    }
    person = coding(_ENTITY, "1", "Person")
    entities: list[Json] = [{"what": reference("Patient", case), "type": person}]
    if link["object_id"] != case:
        part = {"system": f"urn:phenomap:{link['object_kind'].replace('_', '-')}", "value": link["object_id"]}
        entities.append({"what": {"identifier": part}, "type": coding(_ENTITY, "2", "System Object")})
    detail = {name: value for name, value in link["detail"].items() if name != "case" and value is not None}
    if detail:
        entities[-1]["detail"] = [{"type": name, "valueString": _told(value)} for name, value in detail.items()]
    return told | {"entity": entities}


def _told(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
