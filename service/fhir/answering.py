"""Answers to what was sent: a Bundle of type transaction-response or batch-response, or an OperationOutcome."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from starlette.responses import JSONResponse

from service.catalogues import FIRST
from service.fhir.bundle import BATCH, WHOLE, Incoming
from service.fhir.issues import Issue, Refused, told
from service.fhir.keeping import Answer, Kept
from service.fhir.names import FHIR_JSON, ROOT

_STATUSES: Mapping[str, str] = MappingProxyType(
    {
        "created": "201 Created",
        "updated": "200 OK",
        "unchanged": "200 OK",
        "left": "200 OK",
        "deleted": "204 No Content",
    }
)
#: Of an entry that is refused, by the code of its first error.
_REFUSED: Mapping[str, str] = MappingProxyType(
    {"forbidden": "403 Forbidden", "conflict": "412 Precondition Failed", "not-supported": "422 Unprocessable Entity"}
)
_FAULTY = "422 Unprocessable Entity"


class FhirAnswer(JSONResponse):
    """A FHIR resource as JSON."""

    media_type = FHIR_JSON


def of_refusal(refused: Refused, language: str) -> FhirAnswer:
    """All issues of what is not taken."""
    return _in(language, FhirAnswer(told(refused.issues, language), refused.status))


def of_notice(issue: Issue, language: str) -> FhirAnswer:
    """One thing to be told, where nothing was asked for."""
    return _in(language, FhirAnswer(told([issue], language)))


def of_bundle(incoming: Incoming, kept: Kept, language: str, later: bool) -> FhirAnswer:
    """What was done with each entry, in their order; 202 where `later`, and there is a task to wait for."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    entries = [{"response": _response(at, incoming, kept, language, now)} for at in range(incoming.count)]
    kind = "batch-response" if incoming.kind == BATCH else "transaction-response"
    body: dict[str, Any] = {"resourceType": "Bundle", "type": kind, "entry": entries}
    whole = _issues(WHOLE, incoming, kept)
    if whole:
        entries[0]["response"]["outcome"] = told([*whole, *_issues(0, incoming, kept)], language)
    if kept.tasks:  # RFC 8288; `monitor` is registered for a resource by which another can be watched
        body["link"] = [{"relation": "monitor", "url": f"Task/{task}"} for task in kept.tasks]
    return _in(language, FhirAnswer(body, 202 if later and kept.tasks else 200, _headers(kept, later)))


def of_one(incoming: Incoming, kept: Kept, language: str, later: bool) -> FhirAnswer:
    """What was done with one resource: an OperationOutcome, and where it is now."""
    answer = kept.answers.get(0, Answer("left"))
    headers = _headers(kept, later)
    if answer.location and answer.version:
        headers["Location"] = f"{ROOT}/{answer.location}/_history/{answer.version}"
        headers["ETag"] = f'W/"{answer.version}"'
    status = 202 if later and kept.tasks else 201 if answer.done == "created" else 200
    outcome = told([*_issues(WHOLE, incoming, kept), *_issues(0, incoming, kept)], language)
    return _in(language, FhirAnswer(outcome, status, headers))


def of_match(bundle: dict[str, Any], incoming: Incoming, kept: Kept, language: str) -> FhirAnswer:
    """The resources of a match, and what is to be told of those that were sent."""
    issues = [issue for at in range(-1, incoming.count) for issue in _issues(at, incoming, kept)]
    if issues:
        bundle["entry"].append({"resource": told(issues, language)})
    return _in(language, FhirAnswer(bundle, headers=_headers(kept, later=False)))


def _response(at: int, incoming: Incoming, kept: Kept, language: str, now: str) -> dict[str, Any]:
    issues, answer = _issues(at, incoming, kept), kept.answers.get(at)
    errors = [issue for issue in issues if issue.is_error]
    response: dict[str, Any] = {"status": _REFUSED.get(errors[0].code, _FAULTY) if errors else "200 OK"}
    if answer is not None and not errors:
        response["status"] = _STATUSES[answer.done]
        if answer.location and answer.version:
            response["location"] = f"{answer.location}/_history/{answer.version}"
            response["etag"] = f'W/"{answer.version}"'
            response["lastModified"] = now
    if issues:
        response["outcome"] = told(issues, language)
    return response


def _issues(at: int, incoming: Incoming, kept: Kept) -> list[Issue]:
    return [*incoming.issues.get(at, ()), *kept.issues.get(at, ())]


def _headers(kept: Kept, later: bool) -> dict[str, str]:
    headers = {}
    if kept.tasks:
        headers["Link"] = ", ".join(f'<{ROOT}/Task/{task}>; rel="monitor"' for task in kept.tasks)
        if later:
            headers["Content-Location"] = f"{ROOT}/Task/{kept.tasks[0]}"
    return headers


def _in(language: str, answer: FhirAnswer) -> FhirAnswer:
    if language != FIRST:
        answer.headers["Content-Language"] = language
    return answer
