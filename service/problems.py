"""Errors on the wire: `application/problem+json` (RFC 9457) in one shape, holding no patient text.

{"type", "title", "status", "detail", "errors": [{"field", "what", "mend"}], "instance"?}

All words are English here; service.problem_answers puts them into the language asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

PROBLEM_JSON = "application/problem+json"


class Fault(BaseModel):
    """One thing wrong with the input."""

    model_config = ConfigDict(frozen=True)

    field: str = Field(
        description="Path in the input; empty where the whole of it is meant.", examples=["features[2].id"]
    )
    what: str = Field(description="What was found.")
    mend: str = Field(description="What to do about it.")


class Problem(BaseModel):
    """The answer to a request that could not be served."""

    type: str = Field(examples=["/docs#problem-invalid-input"])
    title: str
    status: int
    detail: str
    errors: list[Fault]
    instance: str | None = Field(
        default=None, description="Opaque id under which the service's log holds an internal error."
    )


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """A status this service answers with, and what it means here."""

    slug: str
    title: str
    meaning: str


KINDS: Mapping[int, ProblemKind] = MappingProxyType(
    {
        400: ProblemKind(
            "unreadable", "The request cannot be read", "The body is not JSON as RFC 8259 has it, in UTF-8."
        ),
        401: ProblemKind("not-signed-in", "Not signed in", "There is no session, key or token, or it holds no longer."),
        403: ProblemKind("forbidden", "Refused", "The request comes from another site, or the caller may not do this."),
        404: ProblemKind("not-found", "Not found", "There is nothing under this path or id."),
        405: ProblemKind("method-not-allowed", "Method not allowed", "The path is right and the method is not."),
        409: ProblemKind("conflict", "Not as the case stands", "It was changed meanwhile, or does not allow this now."),
        410: ProblemKind("erased", "Erased", "The case was erased, and cannot be read again."),
        412: ProblemKind("unknown-patient", "The patient cannot be told", "A CDS call is about nobody known."),
        413: ProblemKind("too-large", "Too large", "The body is larger than this path takes."),
        415: ProblemKind("unsupported-media-type", "Unsupported media type", "The Content-Type is not one taken here."),
        422: ProblemKind("invalid-input", "The input cannot be used", "Every fault is listed, with its field."),
        428: ProblemKind("version-missing", "The version is missing", "Send If-Match with the version that was read."),
        429: ProblemKind("too-many-attempts", "Too many attempts", "Retry-After says when to come again."),
        500: ProblemKind("internal", "Internal error", "A fault of this service; `instance` finds it in its log."),
        503: ProblemKind("unavailable", "Not available now", "Too much work waits, or the knowledge is not in place."),
    }
)


class ProblemError(Exception):
    """Raised anywhere below an endpoint to be answered as a problem."""

    def __init__(
        self, status: int, detail: str, faults: Sequence[Fault] = (), headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.faults = tuple(faults)
        self.headers = dict(headers or {})


def invalid(faults: Sequence[Fault]) -> ProblemError:
    """All faults of an input as one 422."""
    return ProblemError(422, counted(faults), faults)


def counted(faults: Sequence[Fault]) -> str:
    """One sentence that says how many faults there are."""
    return "There is 1 fault; see errors." if len(faults) == 1 else f"There are {len(faults)} faults; see errors."


def answers(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """OpenAPI entries of the error answers that an operation can give."""
    content = {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        status: {"description": f"{KINDS[status].title}. {KINDS[status].meaning}", "content": content}
        for status in statuses
    }
