"""Routes of GA4GH Phenopackets, version 2: a case as one, one as a case, and cohorts; JSON and protobuf."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from service.actors import Permission
from service.cases.desk import Desk
from service.endpoints.desks import at_desk
from service.endpoints.routing import require_media_type
from service.models import phenopackets as m
from service.models.stored import CaseStatus, DepartmentId
from service.phenopackets.cohort import MOST, cohort_bytes, cohort_of, page_of
from service.phenopackets.decoding import Decoded, members_in, packet_in, to_bytes
from service.phenopackets.keeping import MemberKept, keep_members, keep_packet, take
from service.phenopackets.names import JSON, LINES, PROTOBUF, Form
from service.phenopackets.taken import Taken
from service.phenopackets.telling import show_phenopacket
from service.problems import answers
from service.services import Shared

COHORTS = "/api/v1/cohorts"
router = APIRouter(prefix="/api/v1", tags=["Phenopackets"])

_PACKET: dict[str, Any] = {"schema": {"type": "object", "required": ["id", "metaData"]}}
_BYTES: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}
_LINES: dict[str, Any] = {"schema": {"type": "string"}}
_FORMS: dict[str, Any] = {JSON: _PACKET, **dict.fromkeys(PROTOBUF, _BYTES)}
_BODY: dict[str, Any] = {"requestBody": {"required": True, "content": _FORMS}}
_COHORT_BODY: dict[str, Any] = {"requestBody": {"required": True, "content": {**_FORMS, LINES: _LINES}}}
_TOLD: dict[int | str, dict[str, Any]] = {200: {"description": "Packets.", "content": _FORMS}}
_READING = answers(401, 403, 404, 410, 422, 503)
_TAKING = answers(400, 401, 403, 409, 413, 415, 422, 503)

CaseId = Annotated[str, Path(alias="id", pattern="^[0-9a-f]{32}$", description="Id of the case.")]
After = Annotated[
    str | None, Query(pattern="^[0-9a-f]{32}$", description="Id of the last case of the page before: Phenomap-Next.")
]
Limit = Annotated[int, Query(ge=1, le=MOST, description="Packets of one page.")]
Department = Annotated[DepartmentId | None, Query(description="Where it is kept; left out, the only one there is.")]
OfFamily = Annotated[bool, Query(description="In protobuf: a Family is sent, whose proband is meant.")]
Reader = Annotated[Desk, at_desk(Permission.READ_CASES)]
Writer = Annotated[Desk, at_desk(Permission.WRITE_CASES)]


@router.get("/cases/{id}/phenopacket", responses=_READING | _TOLD)
async def phenopacket(id: CaseId, request: Request, desk: Reader, services: Shared) -> Response:
    """The case as a Phenopacket without the patient's name or number, in protobuf where Accept asks for it.

    The header Phenomap-Left-Out counts what of the case a packet has no place for.
    """
    told = await services.storage.run(show_phenopacket, desk, services.knowledge, id)
    form = _asked(request)
    headers = _left_out(told.left_out)
    if form is Form.PROTOBUF:
        return Response(to_bytes(told.packet), media_type=PROTOBUF[0], headers=headers)
    return Response(_json(told.packet), media_type=JSON, headers=headers)


@router.post("/phenopackets", status_code=201, openapi_extra=_BODY, responses=_TAKING)
async def keep(
    request: Request,
    desk: Writer,
    services: Shared,
    response: Response,
    department: Department = None,
    family: OfFamily = False,
) -> m.PacketKeptAnswer:
    """Keep a packet, or the proband of a Family, as a new case; what a case has no place for is named."""
    decoded = await _decoded(request, family)
    changed, taken = await services.storage.run(
        keep_packet, desk, services.knowledge, decoded, department, services.knowing.codes
    )
    response.headers["ETag"] = f'"{changed.version}"'
    told = _taken(taken)
    return m.PacketKeptAnswer(**dict(told), id=changed.id, version=changed.version, status=CaseStatus(changed.status))


@router.post("/phenopackets:validate", openapi_extra=_BODY, responses=_TAKING)
async def validate(request: Request, desk: Writer, services: Shared, family: OfFamily = False) -> m.TakenAnswer:
    """What a packet would be read to; nothing is kept. 422 with every fault where it cannot be."""
    decoded = await _decoded(request, family)
    return _taken(await services.lane.run(take, decoded, services.knowledge))


@router.post("/cohorts", openapi_extra=_COHORT_BODY, responses=_TAKING)
async def keep_cohort(
    request: Request, desk: Writer, services: Shared, department: Department = None
) -> m.CohortKeptAnswer:
    """Keep each member of a Cohort, or each packet of JSON Lines, that is sound; others are told with their faults.

    A member that was kept before is found again: a cohort that was cut short is sent again as it is.
    """
    form, content = _form(request, LINES), await request.body()

    def work() -> m.CohortKeptAnswer:
        kept = list(keep_members(desk, services.knowledge, members_in(content, form), department))
        return m.CohortKeptAnswer(
            kept=sum(one.fresh for one in kept),
            known=sum(one.case is not None and not one.fresh for one in kept),
            refused=sum(one.case is None for one in kept),
            members=[_member(one) for one in kept],
        )

    return await services.storage.run(work)


@router.get("/cohorts", responses=answers(401, 403, 422, 503) | _TOLD)
async def cohort(
    request: Request, desk: Reader, services: Shared, after: After = None, limit: Limit = MOST
) -> Response:
    """Cases of one's departments as a Cohort, a page at a time; as JSON Lines or protobuf where Accept asks for it."""
    page = await services.storage.run(page_of, desk, services.knowledge, after, limit)
    headers = {"Phenomap-Next": page.after} if page.after else {}
    form = _asked(request)
    if form is Form.LINES:
        return Response("".join(_json(each) + "\n" for each in page.packets), media_type=LINES, headers=headers)
    whole = cohort_of(page.packets, f"phenomap-{after or 'first'}")
    if form is Form.PROTOBUF:
        return Response(cohort_bytes(whole), media_type=PROTOBUF[0], headers=headers)
    return Response(_json(whole), media_type=JSON, headers=headers)


async def _decoded(request: Request, family: bool) -> Decoded:
    form, content = _form(request), await request.body()
    decoded: Decoded = await request.app.state.services.lane.run(lambda: packet_in(content, form, family=family))
    return decoded


def _form(request: Request, *more: str) -> Form:
    given = require_media_type(request, JSON, *more, *PROTOBUF)
    return Form.PROTOBUF if given in PROTOBUF else Form.LINES if given == LINES else Form.JSON


def _asked(request: Request) -> Form:
    """The first form that Accept names; JSON where it names none of them."""
    named = [one.partition(";")[0].strip().casefold() for one in request.headers.get("accept", "").split(",")]
    for each in named:
        if each in PROTOBUF:
            return Form.PROTOBUF
        if each in (JSON, LINES):
            return Form.LINES if each == LINES else Form.JSON
    return Form.JSON


def _left_out(counts: Mapping[str, int]) -> dict[str, str]:
    told = ", ".join(f"{name}={count}" for name, count in sorted(counts.items()))
    return {"Phenomap-Left-Out": told} if told else {}


def _taken(taken: Taken) -> m.TakenAnswer:
    return m.TakenAnswer(
        packet=taken.id,
        features=len(taken.given.features),
        left_out=[m.LeftOutAnswer(path=one.path, why=one.why.value) for one in taken.left_out],
        renamed=[m.RenamedAnswer(path=one.path, told=one.told, current=one.current) for one in taken.renamed],
    )


def _member(kept: MemberKept) -> m.MemberAnswer:
    told = _taken(kept.taken) if kept.taken else None
    return m.MemberAnswer(
        at=kept.at,
        packet=kept.id,
        case=kept.case,
        fresh=kept.fresh,
        left_out=told.left_out if told else [],
        renamed=told.renamed if told else [],
        errors=list(kept.faults),
    )


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
