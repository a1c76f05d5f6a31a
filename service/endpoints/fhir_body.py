"""A FHIR resource in the body of a request: JSON in UTF-8, bounded before it is parsed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import Request

from service import strict_json
from service.endpoints.routing import require_media_type
from service.fhir.issues import Issue, Refused
from service.fhir.names import FHIR_JSON
from service.lane import Lane
from service.problems import KINDS, Fault

#: Values in one body. 5,000 entries of a hundred values each are as many.
MOST_VALUES = 500_000
#: Bounds on what parsing takes, counted in the bytes: objects and lists, texts (two quotes each), members. An empty
#: object is 64 bytes in memory and three in the body.
_MOST = ((b"{", MOST_VALUES), (b"[", MOST_VALUES), (b'"', 4 * MOST_VALUES), (b",", 3 * MOST_VALUES))
#: Statuses that mean something else here than elsewhere.
_MEANT = {412: "Precondition failed. If-Match names another version than the resource has here."}


def outcomes(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """OpenAPI entries of the error answers of FHIR routes: each is an OperationOutcome."""
    content = {FHIR_JSON: {"schema": {"type": "object", "required": ["resourceType", "issue"]}}}
    told = {status: f"{KINDS[status].title}. {KINDS[status].meaning}" for status in statuses}
    return {status: {"description": _MEANT.get(status, words), "content": content} for status, words in told.items()}


async def resource_in(request: Request) -> Mapping[str, Any] | None:
    """The resource that was sent, None where there is no body; raises ProblemError 400, 415, and Refused."""
    body = await request.body()
    if not body:
        return None
    require_media_type(request, FHIR_JSON, "application/json")
    lane: Lane = request.app.state.services.lane
    return await lane.run(parsed, body)


def parsed(body: bytes) -> Mapping[str, Any]:
    """The resource in `body`; raises ProblemError 400, 422, and Refused."""
    for sign, most in _MOST:
        if body.count(sign) > most:
            what = "The body holds more parts than are looked at."
            raise Refused([Issue(Fault(field="", what=what, mend="Send it in parts."), code="too-costly")], 413)
    value = strict_json.parse(body, MOST_VALUES)
    if not isinstance(value, dict):
        what = "This is not an object."
        raise Refused([Issue(Fault(field="", what=what, mend="Send a JSON object."), code="structure")])
    kind = value.get("resourceType")
    if not isinstance(kind, str) or not kind.isalpha() or len(kind) > 64:
        what = "This is no type of resource."
        fault = Fault(field="resourceType", what=what, mend="Send resourceType, such as Patient.")
        raise Refused([Issue(fault, code="structure")])
    return value
