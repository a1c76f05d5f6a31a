"""Pages of kept cases, for those who are signed in: the worklist, and one case on the bench."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ontology.diseases import UnknownDisease
from service.actors import Permission, public
from service.bench.carried import CarriedBench
from service.bench.keeping import keep_carried
from service.bench.kept import KeptBench
from service.bench.look import look
from service.bench.rendering import Renderer, Shown
from service.cases.desk import Desk
from service.cases.named import colleagues, named_cases
from service.cases.oversight import months
from service.cases.reading import show_case
from service.endpoints.desks import at_desk
from service.endpoints.page import Looking
from service.endpoints.shift import shift_now
from service.endpoints.stored_cases import CaseId
from service.identity.accounts import named_memberships
from service.identity.identity import Known
from service.models.bench import KeepForm, ListForm
from service.pages import common, templates
from service.services import Services, Shared, Speaking
from service.shift.telling import ShiftWords
from service.translate import Translator

router = APIRouter(include_in_schema=False)
Reader = Annotated[Desk, at_desk(Permission.READ_CASES)]
Writer = Annotated[Desk, at_desk(Permission.WRITE_CASES)]


@router.get("/cases", response_model=None, dependencies=[public])
async def worklist(known: Looking, services: Shared, speaking: Speaking) -> Response:
    """The worklist."""
    if known is None or known.session is None:
        return RedirectResponse("/sign-in", 303)
    desk = Desk(known.actor, services.kept, services.settings.cases)
    content = await services.storage.run(_listed, services, speaking, desk, ListForm(), known, "worklist.html")
    return HTMLResponse(content, headers={"Vary": "Accept-Language"})


@router.post("/cases/list")
async def list_cases(
    given: Annotated[ListForm, Form()], desk: Reader, services: Shared, speaking: Speaking
) -> HTMLResponse:
    """The cases that the filters and the search leave."""
    content = await services.storage.run(_listed, services, speaking, desk, given, None, "worklist_rows.html")
    return HTMLResponse(content)


@router.post("/cases/new")
async def new_case(
    given: Annotated[KeepForm, Form()], request: Request, desk: Writer, services: Shared, speaking: Speaking
) -> Response:
    """Keep a new case, with what lay on a bench where something did, and go to it."""
    bench = CarriedBench.of(desk.actor, services.knowing, given.state)
    id = await services.storage.run(
        keep_carried, desk, services.knowing, bench, given.department, given.name, given.number
    )
    if "hx-request" in request.headers:
        return HTMLResponse("", headers={"HX-Redirect": f"/cases/{id}"})
    return RedirectResponse(f"/cases/{id}", 303)


@router.get("/cases/{id}", response_model=None, dependencies=[public])
async def one_case(id: CaseId, known: Looking, services: Shared, speaking: Speaking) -> Response:
    """One kept case on the bench; that it was looked at is recorded."""
    if known is None or known.session is None:
        return RedirectResponse("/sign-in", 303)
    desk = Desk(known.actor, services.kept, services.settings.cases)
    kept = await services.storage.run(show_case, desk, speaking.naming, services.knowledge.manifest.release, id)
    bench = KeptBench.of(desk, services.knowing, id, None)
    sheet = await services.storage.run(bench.sheet)
    people = await services.storage.run(colleagues, desk)
    more = {
        "here": bench.base,
        "kept": kept,
        "colleagues": [one for one in people if one.department == kept.department],
    }
    rendering = Renderer(templates(), common(services, speaking, known))
    seen = await services.lane.run(look, services, speaking, sheet)
    content = rendering.page("case.html", seen, Shown(bench), **more)
    return HTMLResponse(content, headers={"Vary": "Accept-Language"})


@router.get("/oversight", response_model=None, dependencies=[public])
async def oversight(known: Looking, services: Shared, speaking: Speaking) -> Response:
    """How suggestions were used, month by month."""
    if known is None or known.session is None:
        return RedirectResponse("/sign-in", 303)
    desk = Desk(known.actor, services.kept, services.settings.cases)
    counted = await services.storage.run(months, desk)
    words = ShiftWords(speaking.wording)
    reads = Permission.READ_CASES in known.actor.permissions
    shift = words.page(await services.storage.run(shift_now, services)) if reads else None
    content = (
        templates()
        .get_template("oversight.html")
        .render(**common(services, speaking, known), months=counted, shift=shift, few=words.few(), here="/oversight")
    )
    return HTMLResponse(content, headers={"Vary": "Accept-Language"})


def _listed(
    services: Services, speaking: Translator, desk: Desk, given: ListForm, known: Known | None, template: str
) -> str:
    def name_of(id: str) -> str:
        try:
            position = services.knowledge.diseases.position(id)
        except UnknownDisease:  # another release's
            return id
        return speaking.naming.disease(id, services.knowledge.diseases.name(position))

    release = services.knowledge.manifest.release
    page = named_cases(desk, name_of, release, given.wanted, given.query, given.reanalyse)
    more: dict[str, Any] = {"here": "/cases", "page": page, "wanted": given, "release": release}
    if known is not None:
        assert known.session is not None
        memberships = services.kept.database.read(lambda connection: named_memberships(connection, known.actor.id))
        own = {each["department"]: each["department_name"] for each in memberships}
        more |= {"colleagues": colleagues(desk), "departments": own, "me": known.actor.id}
    return templates().get_template(template).render(**common(services, speaking, known), **more)
