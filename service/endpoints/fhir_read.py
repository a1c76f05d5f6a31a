"""Routes by which hospital systems read FHIR resources: one, its versions, searches, all of a patient."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Annotated, Any
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from service.actors import Permission, public
from service.asking import language_asked
from service.endpoints.fhir_body import outcomes
from service.endpoints.fhir_desks import FhirAsker, FhirReader, at_fhir_desk
from service.endpoints.routing import require_media_type
from service.error_sentences import ERROR_SENTENCES
from service.fhir.answering import FhirAnswer
from service.fhir.audited import links_of
from service.fhir.held import ResourceMissing
from service.fhir.issues import Issue, told, warning
from service.fhir.looking import Looking
from service.fhir.matching import labels_of
from service.fhir.names import FHIR_JSON, ROOT
from service.fhir.outcome import issue
from service.fhir.searching import PARAMETERS, RESULT, Search, is_number, search_of
from service.fhir.telling.bundles import collection, history, searchset
from service.fhir.telling.capability import MATCH, capability, match_definition
from service.fhir.telling.codes import Json
from service.problems import Fault, ProblemError
from service.services import Services, Shared, Speaking
from service.smart.clients import token_url

router = APIRouter(prefix=ROOT, tags=["FHIR"], responses=outcomes(400, 401, 403, 404, 405, 410, 415, 422, 503))

_JSON = frozenset({"json", "application/json", FHIR_JSON, "text/json", "*/*", "application/*"})
_FORM = "application/x-www-form-urlencoded"
_ANSWERED: dict[int | str, dict[str, Any]] = {200: {"description": "Resources.", "content": {FHIR_JSON: {}}}}
_FORM_BODY: dict[str, Any] = {"content": {_FORM: {"schema": {"type": "object"}}}}
TypeName = Annotated[str, Path(alias="type", pattern="^[A-Z][A-Za-z]{1,63}$", description="Type of resource.")]
ResourceId = Annotated[str, Path(alias="id", pattern=r"^[A-Za-z0-9\-.]{1,64}$", description="Id of the resource here.")]
VersionId = Annotated[str, Path(alias="version", pattern=r"^[0-9]{1,9}$", description="One of its versions.")]
Auditor = Annotated[FhirAsker, at_fhir_desk(Permission.READ_AUDIT)]


@router.get("/metadata", dependencies=[public], responses=_ANSWERED)
async def metadata(request: Request, services: Shared) -> Response:
    """What is offered here: the CapabilityStatement. It is the same for everyone."""
    _require_json(request)
    app = request.app
    routes = {(method.upper(), path) for path, methods in app.openapi()["paths"].items() for method in methods}
    tokens = token_url(services.settings)
    return FhirAnswer(capability(_base(request), app.version, datetime.now(UTC), routes, tokens))


@router.get("/OperationDefinition/{id}", dependencies=[public], responses=_ANSWERED)
async def operation_definition(id: ResourceId, request: Request) -> Response:
    """What an operation takes and answers that is defined here; it is the same for everyone."""
    _require_json(request)
    if id != MATCH:
        raise ResourceMissing
    return FhirAnswer(match_definition(_base(request)))


@router.get("/AuditEvent", responses=_ANSWERED)
async def audit_events(request: Request, asker: Auditor, services: Shared) -> Response:
    """Links of the audit trail about a patient's case, or about all of one's departments: the last thousand."""
    _require_json(request)
    _require_scope(asker, "AuditEvent", "search")
    base, strict = _base(request), _is_strict(request)
    wanted = search_of("AuditEvent", _parameters(request.url.query), base, strict=strict)
    events, cut = await services.storage.run(links_of, asker.desk, wanted.patients, None)
    found = [each for each in events if wanted.holds(each)]
    page = [] if wanted.only_total else found[wanted.offset : wanted.offset + wanted.count]
    links = _links(base, wanted, wanted.used, (), len(found))
    outcome = told([_cut()], language_asked(request)) if cut else None
    return FhirAnswer(searchset(page, base, None if cut else len(found), links, outcome))


@router.get("/AuditEvent/{id}", responses=_ANSWERED)
async def audit_event(id: ResourceId, request: Request, asker: Auditor, services: Shared) -> Response:
    """One link of the audit trail."""
    _require_json(request)
    _require_scope(asker, "AuditEvent", "read")
    events, _ = await services.storage.run(links_of, asker.desk, None, id)
    if not events:
        raise ResourceMissing
    return _answer(events[0], request)


@router.get("/Patient/{id}/$everything", responses=_ANSWERED)
async def everything(
    id: ResourceId, request: Request, asker: FhirReader, services: Shared, speaking: Speaking
) -> Response:
    """All that is held of a patient and what was made of it, as one Bundle."""
    _require_json(request)
    asker.require("Patient", "read")
    found = await services.storage.run(_looking(asker, speaking, request).everything, id)
    mine = [each for each in found if asker.may(each["resourceType"], "read")]
    return FhirAnswer(collection(mine, _base(request), datetime.now(UTC)))


@router.get("/{type}", responses=_ANSWERED)
async def search(type: TypeName, request: Request, asker: FhirReader, services: Shared, speaking: Speaking) -> Response:
    """Search by the parameters that /fhir/metadata lists; a patient's number is searched for by POST alone."""
    given = _parameters(request.url.query)
    if any(is_number(type, name) for name, _ in given):
        what = "A patient's number has no place in a URL."
        mend = "POST it to Patient/_search as a form."
        raise ProblemError(400, what, (Fault(field="identifier", what=what, mend=mend),))
    return await _searched(type, given, request, asker, services, speaking)


@router.post("/{type}/_search", openapi_extra={"requestBody": _FORM_BODY}, responses=_ANSWERED)
async def search_by_form(
    type: TypeName, request: Request, asker: FhirReader, services: Shared, speaking: Speaking
) -> Response:
    """The same search, with its parameters in the body, so that none of them stands in a URL."""
    require_media_type(request, _FORM)
    given = _parameters((await request.body()).decode("utf-8", "replace"))
    return await _searched(type, [*_parameters(request.url.query), *given], request, asker, services, speaking)


@router.get("/{type}/{id}", responses=_ANSWERED)
async def read(
    type: TypeName, id: ResourceId, request: Request, asker: FhirReader, services: Shared, speaking: Speaking
) -> Response:
    """A resource as it is now; 304 where If-None-Match names its version."""
    versions = await _versions(type, id, request, asker, services, speaking)
    return _answer(versions[0], request)


@router.get("/{type}/{id}/_history", responses=_ANSWERED)
async def instance_history(
    type: TypeName, id: ResourceId, request: Request, asker: FhirReader, services: Shared, speaking: Speaking
) -> Response:
    """The versions of a resource that are kept, the last first."""
    versions = await _versions(type, id, request, asker, services, speaking)
    return FhirAnswer(history(versions, _base(request), f"{_base(request)}/{type}/{id}/_history"))


@router.get("/{type}/{id}/_history/{version}", responses=_ANSWERED)
async def version_read(
    type: TypeName,
    id: ResourceId,
    version: VersionId,
    request: Request,
    asker: FhirReader,
    services: Shared,
    speaking: Speaking,
) -> Response:
    """A resource as it was. Reports keep their versions; of what a case holds, the latest alone is kept."""
    versions = await _versions(type, id, request, asker, services, speaking)
    for each in versions:
        if each["meta"]["versionId"] == str(int(version)):
            return _answer(each, request)
    raise ProblemError(404, "This version of the resource is not kept, or never was.")


async def _versions(
    type: str, id: str, request: Request, asker: FhirAsker, services: Services, speaking: Speaking
) -> Sequence[Json]:
    _require_json(request)
    _require_type(type)
    asker.require(type, "read")
    return await services.storage.run(_looking(asker, speaking, request).versions, type, id)


async def _searched(
    type: str,
    given: Sequence[tuple[str, str]],
    request: Request,
    asker: FhirAsker,
    services: Services,
    speaking: Speaking,
) -> Response:
    _require_json(request, next((value for name, value in given if name == "_format"), None))
    _require_type(type)
    asker.require(type, "search")
    base = _base(request)
    wanted = search_of(type, given, base, strict=_is_strict(request))
    if wanted.identifiers:  # chained or not, it tells who has a number
        asker.require("Patient", "search")
    found = await services.storage.run(_looking(asker, speaking, request).search, wanted)
    used = [*wanted.used]
    if wanted.identifiers:  # whoever they are is told by ids that say nothing of them
        used.append(("_id" if type == "Patient" else "patient", ",".join(found.cases) or "none"))
    kept = [(name, value) for name, value in given if name in RESULT - {"_offset"}]
    links = _links(base, wanted, used, kept, found.total)
    ignored = _ignored(wanted.ignored, language_asked(request)) if wanted.ignored else None
    return FhirAnswer(searchset(found.page, base, found.total, links, ignored))


def _cut() -> Issue:
    """That a search of the trail was not through all of it."""
    what = "The last thousand links alone are looked through."
    mend = "Name the patient, or ask for one link by its number."
    return warning(Fault(field="", what=what, mend=mend), "incomplete")


def _ignored(names: Sequence[str], language: str) -> Json:
    """An OperationOutcome that says that parameters were not heeded, without their names, which may be anything."""
    what = "A search parameter is not known here."
    told = ERROR_SENTENCES.told(what, language)
    return {"resourceType": "OperationOutcome", "issue": [issue("warning", "not-supported", told) for _ in names]}


def _links(
    base: str, wanted: Search, used: Sequence[tuple[str, str]], kept: Sequence[tuple[str, str]], total: int
) -> dict[str, str]:
    """The links of a page: itself, and the next one where there is more."""
    links = {"self": _link(base, wanted.kind, [*used, *kept], wanted.offset)}
    following = wanted.offset + wanted.count
    if following < total and not wanted.only_total:
        links["next"] = _link(base, wanted.kind, [*used, *kept], following)
    return links


def _is_strict(request: Request) -> bool:
    return "handling=strict" in request.headers.get("prefer", "").replace(" ", "").casefold()


def _link(base: str, type: str, used: Sequence[tuple[str, str]], offset: int) -> str:
    query = [*used, *([("_offset", str(offset))] if offset else [])]
    return f"{base}/{type}" + (f"?{urlencode(query)}" if query else "")


def _looking(asker: FhirAsker, speaking: Speaking, request: Request) -> Looking:
    return Looking(asker.desk, labels_of(speaking), language_asked(request), asker.source)


def _parameters(query: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(query, keep_blank_values=False, max_num_fields=50)
    except ValueError:
        what = "There are more search parameters than are looked at."
        raise ProblemError(400, what, (Fault(field="", what=what, mend="Send fewer at once."),)) from None


def _require_type(type: str) -> None:
    if type not in PARAMETERS or type == "AuditEvent":
        raise ProblemError(404, "Resources of this type are not held here.")


def _require_scope(asker: FhirAsker, type: str, interaction: str) -> None:
    if asker.scopes is not None and not asker.scopes.allow(type, interaction):
        raise ProblemError(403, "The scopes of this access token do not allow this.")


def _require_json(request: Request, form: str | None = None) -> None:
    """Raise a 415 problem where _format asks for anything but JSON."""
    asked = form or next((value for name, value in _parameters(request.url.query) if name == "_format"), None)
    if asked is not None and asked.partition(";")[0].strip().replace(" ", "+") not in _JSON:
        what = "Resources are given as JSON alone."
        raise ProblemError(415, what, (Fault(field="_format", what=what, mend=f"Ask for {FHIR_JSON}"),))


def _base(request: Request) -> str:
    return f"{str(request.base_url).rstrip('/')}{ROOT}"


def _answer(resource: Json, request: Request) -> Response:
    """A resource with its version and when it was made, or 304 where whoever asks has that version."""
    etag = f'W/"{resource["meta"]["versionId"]}"'
    changed = datetime.fromisoformat(resource["meta"]["lastUpdated"])
    headers = {"ETag": etag, "Last-Modified": format_datetime(changed.astimezone(UTC), usegmt=True)}
    known = [each.strip() for each in request.headers.get("if-none-match", "").split(",")]
    if etag in known or etag.removeprefix("W/") in known or "*" in known:
        return Response(status_code=304, headers=headers)
    return FhirAnswer(resource, headers=headers)
