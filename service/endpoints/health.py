"""Routes for whoever keeps the service running."""

from __future__ import annotations

from fastapi import APIRouter

from ontology.errors import KnowledgeError
from ontology.manifest import Manifest
from service.actors import public
from service.models.answers import LiveAnswer, ReadyAnswer
from service.problems import ProblemError, answers
from service.services import Shared

router = APIRouter(tags=["health"], dependencies=[public])


@router.get("/livez", responses=answers(403))
async def live() -> LiveAnswer:
    """Say that the process answers."""
    return LiveAnswer()


@router.get("/readyz", responses=answers(403, 503))
async def ready(services: Shared) -> ReadyAnswer:
    """Say that the release this process opened still lies where it was opened, and how much it holds."""
    knowledge = services.knowledge
    try:
        in_place = Manifest.read(knowledge.folder).fingerprint == knowledge.manifest.fingerprint
    except (KnowledgeError, OSError):
        in_place = False
    if not in_place:
        detail = "The knowledge that this process opened is no longer in place. Restart it after the build."
        raise ProblemError(503, detail, headers={"Retry-After": "30"})
    return ReadyAnswer(
        knowledge=services.translator.release(),
        built=knowledge.manifest.built,
        counts=knowledge.counts(),
        faces=services.faces.state,
    )
