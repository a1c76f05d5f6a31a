"""Routes of CDS Hooks 2.0: discovery, one address for each service, its feedback; and how cards fared."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request

from service.actors import Permission, public
from service.asking import language_asked
from service.cases.desk import Desk
from service.catalogues import DICTIONARIES
from service.cds.answering import cards_for
from service.cds.feedback import keep_feedback, outcomes
from service.cds.hooks import BY_ID, PREFETCH, ROOT, SERVICES, CdsService
from service.endpoints.desks import at_desk
from service.endpoints.fhir_desks import FhirAsker, at_fhir_desk
from service.endpoints.routing import StrictJsonRoute
from service.models import cds as m
from service.problems import ProblemError, answers
from service.services import Shared
from service.settings_ehr import Ehr

router = APIRouter(tags=["CDS Hooks"], route_class=StrictJsonRoute, responses=answers(403, 503))

ServiceId = Annotated[str, Path(max_length=100, description="A service that discovery names.")]
Caller = Annotated[FhirAsker, at_fhir_desk(Permission.READ_CASES)]
Teller = Annotated[FhirAsker, at_fhir_desk(Permission.WRITE_CASES)]
Reader = Annotated[Desk, at_desk(Permission.READ_CASES)]


@router.get(ROOT, dependencies=[public])
async def discover(request: Request) -> m.DiscoveryAnswer:
    """The services, and what each would like to be sent. Open to all: it tells nothing of anyone."""
    words = DICTIONARIES[language_asked(request)]
    told = [
        m.ServiceAnswer(
            hook=service.hook,
            title=words[f"cds.{service.key}.title"],
            description=words[f"cds.{service.key}.description"],
            id=service.id,
            prefetch=dict(PREFETCH),
            usage_requirements=words["cds.usage"],
        )
        for service in SERVICES
    ]
    return m.DiscoveryAnswer(services=told)


@router.post(f"{ROOT}/{{id}}", response_model_exclude_none=True, responses=answers(400, 401, 404, 412, 413, 415, 422))
async def call_service(id: ServiceId, call: m.HookInput, asker: Caller, services: Shared) -> m.CardsAnswer:
    """Cards from the patient's case as it was ranked last; none where nothing stands out."""
    service, ehr = _service(id), _client(asker)
    base = (services.settings.audience or "").rstrip("/")
    cards = await services.storage.run(cards_for, asker.desk, ehr, service, call, base)
    return m.CardsAnswer(cards=cards)


@router.post(f"{ROOT}/{{id}}/feedback", responses=answers(400, 401, 404, 413, 415, 422))
async def take_feedback(id: ServiceId, given: m.FeedbackInput, asker: Teller, services: Shared) -> m.FeedbackKeptAnswer:
    """Keep what became of cards. Cards that are not there (any more) are named in the answer."""
    service = _service(id)
    _client(asker)
    return await services.storage.run(keep_feedback, asker.desk, service, given)


@router.get("/api/v1/cds/feedback", responses=answers(401, 422))
async def show_outcomes(desk: Reader, services: Shared) -> m.FeedbackAnswer:
    """How often cards of one's departments were accepted or overridden, and why."""
    return m.FeedbackAnswer(services=await services.storage.run(outcomes, desk))


def _service(id: str) -> CdsService:
    service = BY_ID.get(id)
    if service is None:
        raise ProblemError(404, "There is no such service.")
    return service


def _client(asker: FhirAsker) -> Ehr:
    """The record system that calls; raises a 403 problem where it is none that was registered for this."""
    if asker.ehr is None or asker.ehr.cds is None:
        raise ProblemError(403, "This account is not that of a CDS client in the settings.")
    return asker.ehr
