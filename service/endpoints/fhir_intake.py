"""Routes by which hospital systems send FHIR resources: Bundles, single ones, and what a Subscription delivers.

A case that has changed is read and ranked in the background; a Task tells when that is done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Request
from starlette.responses import Response

from service.actors import Permission
from service.asking import language_asked
from service.endpoints.fhir_body import outcomes, resource_in
from service.endpoints.fhir_desks import FhirAsker, FhirWriter, at_fhir_desk
from service.fhir.answering import of_bundle, of_match, of_notice, of_one, of_refusal
from service.fhir.bundle import Entry, Incoming, of_resource
from service.fhir.bundle import of_bundle as entries_of
from service.fhir.issues import Issue, Refused, notice
from service.fhir.judging import Judge, Judged
from service.fhir.keeping import Keeper, Kept
from service.fhir.matching import match_of, matched
from service.fhir.names import FHIR_JSON, ROOT
from service.fhir.reading.texts import DocumentTexts
from service.fhir.who import born_of_known
from service.problems import Fault, ProblemError
from service.services import Services, Shared, Speaking

_REFUSALS = outcomes(400, 401, 403, 404, 405, 409, 410, 412, 413, 415, 422, 503)
router = APIRouter(prefix=ROOT, tags=["FHIR"], responses=_REFUSALS)

_INTERACTIONS = {"POST": "create", "PUT": "update", "DELETE": "delete"}
_BODY: dict[str, Any] = {
    "required": True,
    "description": "A resource of FHIR R4 (4.0.1), at most 32 MB.",
    "content": {FHIR_JSON: {"schema": {"type": "object", "required": ["resourceType"]}}},
}
_ANSWERED: dict[int | str, dict[str, Any]] = {
    200: {"description": "What was done with each entry, or an OperationOutcome.", "content": {FHIR_JSON: {}}},
    202: {"description": "As 200, to be ranked: Content-Location is its Task.", "content": {FHIR_JSON: {}}},
}
TypeName = Annotated[str, Path(alias="type", pattern="^[A-Z][A-Za-z]{1,63}$", description="Type of resource.")]
ResourceId = Annotated[
    str,
    Path(alias="id", pattern=r"^[A-Za-z0-9\-.]{1,64}$", description="The resource's id in the system that sends it."),
]
Prefer = Annotated[
    str | None,
    Header(description="`respond-async`: answered with 202, and the Task in Content-Location.", max_length=200),
]
Callback = Annotated[
    str | None,
    Header(
        alias="Phenomap-Callback",
        max_length=500,
        description="Which of the addresses in the settings is told when the Task is done; left out, the first.",
    ),
]
FhirAssessor = Annotated[FhirAsker, at_fhir_desk(Permission.ASSESS)]


@router.post("", openapi_extra={"requestBody": _BODY}, responses=_ANSWERED)
async def take_bundle(
    request: Request, asker: FhirWriter, services: Shared, prefer: Prefer = None, callback: Callback = None
) -> Response:
    """Take a Bundle: a transaction whole or not at all, of a batch what is in order; others as a transaction.

    A Subscription without a payload posts nothing here, and is told that it needs one.
    """
    language = language_asked(request)
    try:
        body = await resource_in(request)
        if body is None:
            return _nothing_sent(language)
        if body["resourceType"] != "Bundle":
            return of_refusal(_no_bundle(), language)
        incoming, kept = await _taken(asker, services, language, partial(entries_of, body), callback)
    except Refused as refused:
        return of_refusal(refused, language)
    return of_bundle(incoming, kept, language, _later(prefer))


@router.post("/$match-rare-disease", openapi_extra={"requestBody": _BODY}, responses=_ANSWERED)
async def match_rare_disease(
    request: Request, asker: FhirAssessor, services: Shared, speaking: Speaking, callback: Callback = None
) -> Response:
    """Read and rank what is sent of one patient within the request: a Bundle with the RiskAssessment.

    Nothing is kept, unless the parameter `keep` is true; it is then kept as a Bundle that is posted to /fhir is.
    An access token must allow RiskAssessment.r, and gets of the answer the types that it may read.
    """
    language = language_asked(request)
    if asker.scopes is not None and not asker.scopes.allow("RiskAssessment", "read"):
        raise ProblemError(403, "The scopes of this access token do not allow this.")
    try:
        body = await resource_in(request)
        if body is None:
            return of_refusal(_no_body(), language)
        match = match_of(body)
        where = _callback(asker, callback) if match.keep else None
        judge = judge_for(asker, services, language, keeps=match.keep)
        judged = await services.documents.run(judge.judged, match.incoming)
        actor = asker.desk.actor.id
        told = await services.lane.run(matched, judged, match, services.knowing, speaking, actor, services.heard)
        told["entry"] = [each for each in told["entry"] if _is_readable(asker, each["resource"])]
        kept = await keep_judged(asker, services, judged, where) if match.keep else Kept()
    except Refused as refused:
        return of_refusal(refused, language)
    return of_match(told, match.incoming, kept, language)


@router.post("/{type}", openapi_extra={"requestBody": _BODY}, responses=_ANSWERED)
async def take_resource(
    type: TypeName,
    request: Request,
    asker: FhirWriter,
    services: Shared,
    prefer: Prefer = None,
    callback: Callback = None,
) -> Response:
    """Take one resource, such as a note when it is signed; one that was sent before is recognised by its id."""
    language = language_asked(request)
    try:
        body = await resource_in(request)
        if body is None:
            return _nothing_sent(language)
        _require_type(body, type)
        made = partial(of_resource, body, "POST", None)
        incoming, kept = await _taken(asker, services, language, made, callback)
    except Refused as refused:
        return of_refusal(refused, language)
    return of_one(incoming, kept, language, _later(prefer))


@router.put("/{type}/{id}", openapi_extra={"requestBody": _BODY}, responses=_ANSWERED)
async def put_resource(
    type: TypeName,
    id: ResourceId,
    request: Request,
    asker: FhirWriter,
    services: Shared,
    prefer: Prefer = None,
    callback: Callback = None,
) -> Response:
    """Take one resource under its id in the system that sends it, as a Subscription (rest-hook) delivers it."""
    language = language_asked(request)
    try:
        body = await resource_in(request)
        if body is None:
            return of_refusal(_no_body(), language)
        _require_type(body, type)
        if body.get("id") not in (None, id):
            what = "The request is for another id than the resource has."
            fault = Fault(field=f"{type}.id", what=what, mend="Let the two agree.")
            raise Refused([Issue(fault, code="invariant")])
        made = partial(of_resource, body, "PUT", id, asker.desk.expected)
        incoming, kept = await _taken(asker, services, language, made, callback)
    except Refused as refused:
        return of_refusal(refused, language)
    return of_one(incoming, kept, language, _later(prefer))


@router.delete("/{type}/{id}", responses=_ANSWERED)
async def delete_resource(
    type: TypeName,
    id: ResourceId,
    request: Request,
    asker: FhirWriter,
    services: Shared,
    prefer: Prefer = None,
    callback: Callback = None,
) -> Response:
    """Take back what a resource had become; one that was never received is no fault."""
    language = language_asked(request)

    def made() -> Incoming:
        incoming = Incoming("transaction", 1, alone=True)
        incoming.entries.append(Entry(0, type, "DELETE", type, id, {}, expected=asker.desk.expected))
        return incoming

    try:
        incoming, kept = await _taken(asker, services, language, made, callback)
    except Refused as refused:
        return of_refusal(refused, language)
    return of_one(incoming, kept, language, _later(prefer))


async def _taken(
    asker: FhirAsker, services: Services, language: str, made: Callable[[], Incoming], callback: str | None
) -> tuple[Incoming, Kept]:
    """Judge what was sent and keep it; raises Refused, ProblemError."""
    where = _callback(asker, callback)
    judged = await services.documents.run(lambda: judge_for(asker, services, language).judged(made()))
    return judged.incoming, await keep_judged(asker, services, judged, where)


async def keep_judged(asker: FhirAsker, services: Services, judged: Judged, callback: str | None = None) -> Kept:
    """Keep what was judged; raises Refused, ProblemError."""
    from service.tasks.queue import enqueue

    desk, terms = asker.desk, services.knowledge.terms
    keeper = Keeper(desk, terms, asker.source, enqueue, datetime.now(UTC).date(), callback)
    return await services.storage.run(keeper.keep, judged)


def judge_for(asker: FhirAsker, services: Services, language: str, keeps: bool = True) -> Judge:
    """A judge of what `asker` sends, whether it is kept or not."""
    desk, knowledge = asker.desk, services.knowledge

    def may(type_: str, method: str) -> bool:
        return not keeps or asker.may(type_, _INTERACTIONS[method])  # type: ignore[arg-type]

    return Judge(
        knowledge.terms,
        knowledge.diseases,
        DocumentTexts(language=language),
        datetime.now(UTC).date(),
        asker.ehr.fhir if asker.ehr else None,
        may,
        lambda subject: desk.read(partial(born_of_known, desk, asker.source, subject)) if keeps else None,
    )


def _is_readable(asker: FhirAsker, resource: Mapping[str, Any]) -> bool:
    """Whether the scopes, where there are any, allow to read a resource that is made of what was sent."""
    return asker.scopes is None or asker.scopes.allow(resource["resourceType"], "read")


def _callback(asker: FhirAsker, wanted: str | None) -> str | None:
    """The address that is told of a task: one of those in the settings; raises a 422 problem for another."""
    known = asker.ehr.callbacks if asker.ehr else ()
    if wanted is None:
        return known[0] if known else None
    if wanted not in known:
        what = "This address is not among those in the settings."
        fault = Fault(field="Phenomap-Callback", what=what, mend="Send one of ehr.callbacks, or none.")
        raise ProblemError(422, what, (fault,))
    return wanted


def _later(prefer: str | None) -> bool:
    return "respond-async" in (prefer or "").replace(" ", "").casefold().split(",")


def _require_type(body: Mapping[str, Any], type_: str) -> None:
    if body["resourceType"] != type_:
        what = "The request is for another type of resource than is sent."
        fault = Fault(field="resourceType", what=what, mend="Let the two agree.")
        raise Refused([Issue(fault, code="invariant")])


def _nothing_sent(language: str) -> Response:
    what = "Nothing was sent, so nothing was read."
    mend = "Configure the Subscription with a payload of application/fhir+json."
    return of_notice(notice(Fault(field="", what=what, mend=mend), "incomplete"), language)


def _no_bundle() -> Refused:
    what = "This is no Bundle."
    fault = Fault(field="resourceType", what=what, mend="Send a Bundle here, and one resource to its type.")
    return Refused([Issue(fault, code="structure")])


def _no_body() -> Refused:
    what = "Nothing was sent, so nothing was read."
    fault = Fault(field="", what=what, mend="Send the resource.")
    return Refused([Issue(fault, code="required")], 400)
