"""The application: an Assessor behind the routes, and what every request passes first."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from threading import Thread

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from matching.assess import Assessor
from ontology.errors import InputError, PhenomapError
from service import openapi
from service.actors import ActorOf, demonstration_actor
from service.bench.remembered import Remembered
from service.cds.hooks import ROOT as HOOKS
from service.cds.origins import HookOrigins
from service.demo import DemoCase
from service.endpoints import (
    accounts,
    audit_trail,
    bench,
    bench_terms,
    cases,
    cds_hooks,
    directory,
    documents,
    fhir_intake,
    fhir_read,
    gallery,
    health,
    kept_page,
    knowledge,
    page,
    phenopackets,
    photos,
    printing,
    shift,
    sign_in,
    smart,
    smart_launch,
    stored_cases,
    tasks,
)
from service.faces.reading import Faces
from service.fhir.names import ROOT
from service.fields import faults_of
from service.guards import LOOPBACK_HOSTS, BodyLimit, CatchAll, SameOrigin, SecurityHeaders
from service.identity.identity import Identity
from service.intake import faults_of_body
from service.keeping import Keeping
from service.knowing import Knowing
from service.lane import Lane
from service.problem_answers import problem_response
from service.problems import Fault, ProblemError, counted
from service.services import Services
from service.settings import Settings
from service.shift.counting import Counting
from service.store.database import StoreError
from service.suggesting import Suggesting
from service.tasks.worker import Worker
from service.term_search import TermSearch
from service.translate import Translator


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on what is taken at once. A text of a million characters, all escaped, fits in `body`."""

    body: int = 13_000_000
    body_with_photos: int = 32_000_000
    working: int = 2
    waiting: int = 32
    documents: int = 2  # read at once, each in a process of its own
    photos_waiting: int = 8  # for the one that is read: each has 20 MB, and takes up to a second
    storing: int = 12  # threads that wait for a disk: fewer than the connections that SQLAlchemy pools (15)
    storing_waiting: int = 128


def create_app(
    assessor: Assessor,
    *,
    keeping: Keeping | None = None,
    settings: Settings | None = None,
    demo: DemoCase | None = None,
    hosts: frozenset[str] = LOOPBACK_HOSTS,
    actor_of: ActorOf | None = None,
    limits: Limits | None = None,
    faces: Faces | None = None,
) -> FastAPI:
    """The service over `assessor`. `hosts` are the names it answers to; `demo` is the example on the page.

    `faces` reads photos; without it they are declined, as where the facial extra is not installed.

    Without `keeping` nothing is stored and everyone is the demonstration actor; with it, whoever asks must be known.
    """
    limits = limits or Limits()
    settings = settings or Settings()
    identity = Identity(keeping.database, settings) if keeping else None
    lane = Lane(limits.working, limits.waiting)
    door = Lane(2, limits.waiting)  # passwords and the directory are waited for here, where no patient waits
    storage = Lane(limits.storing, limits.storing_waiting)
    documents_lane = Lane(limits.documents, limits.waiting)
    looking = Lane(1, limits.photos_waiting)
    suggesting = Suggesting(assessor)
    counting = Counting(keeping.database, assessor.knowledge.terms, suggesting.sought) if keeping else None
    faces = faces or Faces(settings.faces, keeping=keeping)
    life = partial(_life, (lane, door, storage, documents_lane, looking))
    app = FastAPI(title="Phenomap", version=_version(), docs_url=None, redoc_url=None, lifespan=life)
    app.state.services = Services(
        assessor,
        assessor.knowledge,
        TermSearch.of(assessor.knowledge),
        suggesting,
        Knowing.open(assessor),
        Translator.of(assessor.knowledge),
        lane,
        door,
        storage,
        documents_lane,
        actor_of or (identity.actor_of if identity else demonstration_actor),
        demo,
        settings,
        Remembered(assessor, heard=counting.note if counting else None),
        replace(faces, heard=counting.photo) if counting else faces,
        looking,
        keeping,
        identity,
        counting,
    )
    for router in (
        bench.carried,
        bench_terms.carried,
        cases.router,
        photos.router,
        photos.page,
        documents.router,
        knowledge.router,
        health.router,
        page.page_router(),
    ):
        app.include_router(router)
    if keeping:
        for router in (smart.smart_router(settings), *_routers_of_what_is_kept()):
            app.include_router(router)
        app.include_router(smart_launch.launch_router(settings))
    if settings.oidc and keeping:
        app.include_router(directory.router)
    app.openapi = partial(openapi.document, app)  # type: ignore[method-assign]
    _answer_errors(app)
    origins = frozenset(origin for ehr in settings.ehr if ehr.cds for origin in ehr.cds.origins)
    photographed = ("/api/v1/assess", photos.PATH, photos.EXPLAIN, stored_cases.PHOTOS, photos.BENCH)
    larger = dict.fromkeys(
        (*photographed, ROOT, f"{ROOT}/{{id}}", f"{ROOT}/{{type}}/{{id}}", phenopackets.COHORTS),
        limits.body_with_photos,
    )
    for guard in (
        partial(BodyLimit, largest=limits.body, larger=larger),
        partial(SameOrigin, hosts=hosts, elsewhere={f"{HOOKS}/": origins}),
        partial(HookOrigins, origins=origins),
        CatchAll,
        SecurityHeaders,
    ):  # the last one added is the first one met
        app.add_middleware(guard)
    return app


def _routers_of_what_is_kept() -> tuple[APIRouter, ...]:
    """Routes that exist only where something is kept. One line for each."""
    return (
        sign_in.router,
        accounts.router,
        stored_cases.router,
        phenopackets.router,
        bench.kept,
        bench_terms.kept,
        kept_page.router,
        audit_trail.router,
        gallery.router,
        shift.router,
        cds_hooks.router,
        fhir_intake.router,
        tasks.router,
        fhir_read.router,  # after those of types that have routes of their own
        printing.router,
    )


@asynccontextmanager
async def _life(lanes: tuple[Lane, ...], app: FastAPI) -> AsyncIterator[None]:
    # what suggestions need takes a second to open, which no one's first note is to wait for
    Thread(target=app.state.services.suggesting.open, name="suggestions", daemon=True).start()
    services: Services = app.state.services
    worker = _worker(services) if services.keeping else None
    if worker:
        worker.start()
    if services.counting:
        services.counting.start()
    yield
    if worker:
        await asyncio.to_thread(worker.stop)
    if services.counting:
        await asyncio.to_thread(services.counting.stop)
    services.faces.close()
    for lane in lanes:
        lane.close()


def _worker(services: Services) -> Worker:
    """What reads and ranks the cases that hospital systems send."""
    speaking = services.translator.speaking(services.settings.background_language)
    return Worker(services.kept, services.settings, services.knowing, speaking, services.faces, services.heard)


def _answer_errors(app: FastAPI) -> None:
    @app.exception_handler(ProblemError)
    async def problem(request: Request, error: ProblemError) -> Response:
        return problem_response(error.status, error.detail, error.faults, error.headers)

    @app.exception_handler(RequestValidationError)
    async def malformed(request: Request, error: RequestValidationError) -> Response:
        terms = request.app.state.services.knowledge.terms
        faults = faults_of(error.errors()) + faults_of_body(error.body, terms)
        return problem_response(422, counted(faults), faults)

    @app.exception_handler(PhenomapError)
    async def refused(request: Request, error: PhenomapError) -> Response:
        field = error.field if isinstance(error, InputError) else ""
        fault = Fault(field=field, what=error.what, mend=error.mend)
        return problem_response(422, counted((fault,)), (fault,))

    @app.exception_handler(StoreError)
    async def unavailable(request: Request, error: StoreError) -> Response:
        fault = Fault(field="", what=error.what, mend=error.mend)
        return problem_response(503, error.what, (fault,), {"Retry-After": "1"})

    @app.exception_handler(HTTPException)
    async def otherwise(request: Request, error: HTTPException) -> Response:
        detail = {404: "There is nothing under this path.", 405: "This path takes another method."}
        return problem_response(error.status_code, detail.get(error.status_code, "Refused."), headers=error.headers)


def _version() -> str:
    try:
        return version("phenomap")
    except PackageNotFoundError:
        return "0"
