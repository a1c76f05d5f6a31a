"""Routes about one patient: read a note, rank diseases, suggest tests, or all of it. Nothing of it is kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter

from facial.reading import FacePatient, PhotoReading
from matching.case import Note
from nlp.reading import Patient
from service.actors import Actor, Permission, needs
from service.age import days_of
from service.endpoints.routing import StrictJsonRoute
from service.faces.reading import use_of
from service.faces.telling import photos_told
from service.intake import patient, stated, whole_case
from service.models.answers import ExtractAnswer, RankAnswer, ReportAnswer, SuggestAnswer
from service.models.inputs import AssessInput, ExtractInput, RankInput, SuggestInput
from service.problems import answers
from service.services import Shared, Speaking
from service.shift.counting import heard_readings

router = APIRouter(
    prefix="/api/v1", tags=["cases"], route_class=StrictJsonRoute, responses=answers(400, 401, 403, 413, 415, 422, 503)
)
Assessing = Annotated[Actor, needs(Permission.ASSESS)]


@router.post("/extract", response_model_exclude_none=True)
async def extract(given: ExtractInput, actor: Assessing, services: Shared, speaking: Speaking) -> ExtractAnswer:
    """Find HPO terms in a note, each with its exact words and what they assert, or say why it was not read."""

    def work() -> ExtractAnswer:
        patient = Patient(given.sex, days_of(given.age))
        reading = services.assessor.read(Note(given.id or "note", given.text, given.language), patient)
        if services.heard:
            services.heard(given.text, reading)
        answer = speaking.reading(reading, given.id)
        return services.suggesting.added(answer, speaking.naming, reading, given.text) if given.suggestions else answer

    return await services.lane.run(work)


@router.post("/rank", response_model_exclude_none=True)
async def rank(given: RankInput, actor: Assessing, services: Shared, speaking: Speaking) -> RankAnswer:
    """Rank diseases by their likeness to stated findings, each with what every finding contributes and why."""
    mentions = stated(given, actor, services.knowledge.terms)

    def work() -> RankAnswer:
        reconciled = services.assessor.reconcile(mentions)
        chosen = (given.limit, given.universe.value, given.ranker.value, given.prior, patient(given))
        ranking = services.assessor.rank(reconciled.features, *chosen)
        return speaking.ranking(ranking, reconciled.notices, given.id)

    return await services.lane.run(work)


@router.post("/suggest", response_model_exclude_none=True)
async def suggest(given: SuggestInput, actor: Assessing, services: Shared, speaking: Speaking) -> SuggestAnswer:
    """Suggest genetic tests for stated findings, in the order to send them, with what each cannot see."""
    mentions = stated(given, actor, services.knowledge.terms)

    def work() -> SuggestAnswer:
        known = services.knowing.known(given)
        reconciled = services.assessor.reconcile(mentions)
        about = (patient(given), known, services.knowing.offers)
        plan = services.assessor.suggest(reconciled.features, given.limit, *about)
        return speaking.suggestions(plan, reconciled.notices, given.id)

    return await services.lane.run(work)


@router.post("/assess", response_model_exclude_none=True)
async def assess(given: AssessInput, actor: Assessing, services: Shared, speaking: Speaking) -> ReportAnswer:
    """Read notes and photos, reconcile them with stated findings, rank diseases and suggest tests: a draft report."""
    case = whole_case(given, actor, services.knowledge.terms)

    seen: Sequence[PhotoReading] = ()
    if case.photos:
        patient, use = FacePatient(case.age_days, case.sex, given.ancestry), use_of(actor)
        seen = [await services.looking.run(services.faces.described, each, patient, use) for each in case.photos]

    def work() -> ReportAnswer:
        known = services.knowing.known(given)
        offers = services.knowing.offers
        readings = heard_readings(services.assessor, case, services.heard)
        made = services.assessor.assess(case, given.limit, True, given.prior, known, offers, readings, seen=seen)
        photos = photos_told(case.photos, seen, speaking)
        return speaking.report(made).model_copy(update={"photos": photos})

    return await services.lane.run(work)
