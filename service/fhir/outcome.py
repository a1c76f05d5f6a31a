"""Problems under /fhir: an OperationOutcome (hl7.org/fhir/R4/operationoutcome.html) of a problem and its faults."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from service.fhir.names import ROOT
from service.problems import Problem

#: IssueType of a status; 4xx and 5xx that are not here are `invalid` and `exception`.
_CODES: Mapping[int, str] = MappingProxyType(
    {
        401: "login",
        403: "forbidden",
        404: "not-found",
        405: "not-supported",
        409: "conflict",
        410: "deleted",
        412: "conflict",
        413: "too-long",
        415: "not-supported",
        429: "throttled",
        500: "exception",
        503: "transient",
    }
)


def is_fhir(path: str) -> bool:
    """Whether answers under this path are FHIR resources."""
    return path == ROOT or path.startswith(ROOT + "/")


def outcome(problem: Problem) -> dict[str, Any]:
    """A problem as an OperationOutcome: an issue for each fault, or one for the whole."""
    code = _CODES.get(problem.status, "exception" if problem.status >= 500 else "invalid")
    severity = "fatal" if problem.status >= 500 else "error"
    issues = [
        issue(severity, code, f"{fault.what} {fault.mend}".strip(), fault.field or None) for fault in problem.errors
    ]
    whole = issue(severity, code, problem.detail + (f" ({problem.instance})" if problem.instance else ""))
    if not issues or problem.detail not in {fault.what for fault in problem.errors}:
        issues = [*issues, whole] if issues else [whole]
    return {"resourceType": "OperationOutcome", "issue": issues}


def issue(severity: str, code: str, diagnostics: str, expression: str | None = None) -> dict[str, Any]:
    """One issue; `severity` and `code` are FHIR's own, `expression` a FHIRPath of what is meant."""
    told: dict[str, Any] = {"severity": severity, "code": code, "diagnostics": diagnostics}
    return told | ({"expression": [expression]} if expression else {})
