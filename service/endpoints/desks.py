"""The desk of a request: its actor, seen to hold a permission, with what its headers say of repeats and versions."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Header, Request
from fastapi.params import Depends as Dependency

from service.actors import Actor, Permission, needs
from service.cases.desk import Desk, Once
from service.problems import Fault, ProblemError
from service.services import Shared

IfMatch = Annotated[
    str | None,
    Header(alias="If-Match", pattern='^(W/)?"?[0-9]{1,9}"?$', description="Version that was read, as its ETag."),
]
IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern="^[A-Za-z0-9._:-]{1,100}$",
        description="Random; a request sent again with the same key is answered as before, and done once.",
    ),
]


def at_desk(permission: Permission) -> Dependency:
    """Declare the permission of a route about kept cases, in the annotation of its desk."""

    def desk(
        request: Request,
        services: Shared,
        if_match: IfMatch = None,
        idempotency_key: IdempotencyKey = None,
        actor: Actor = needs(permission),  # type: ignore[assignment]  # noqa: B008
    ) -> Desk:
        once = Once(idempotency_key, request.method, request.url.path) if idempotency_key else None
        expected = int(if_match.removeprefix("W/").strip('"')) if if_match else None
        return Desk(actor, services.kept, services.settings.cases, expected, once)

    declared: Dependency = Depends(desk)
    return declared


def at_version(desk: Desk) -> Desk:
    """The same desk; raises a 428 problem where the request does not say which version it changes."""
    if desk.expected is None:
        what = "The request does not say which version of the case it changes."
        raise ProblemError(428, what, (Fault(field="If-Match", what=what, mend="Send the ETag of the case as read."),))
    return desk
