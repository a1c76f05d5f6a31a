"""Routes about the release: search its terms, look a disease up."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query

from ontology.diseases import UnknownDisease
from service.actors import Actor, Permission, needs
from service.catalogues import DICTIONARIES
from service.models.answers import DiseaseRecordAnswer, TermAnswer, TermsAnswer
from service.models.inputs import TermQuery
from service.models.releases import KnowledgeStateAnswer
from service.problems import Fault, ProblemError, answers
from service.releases import months_between, put_in_place_instead, released_on
from service.services import Services, Shared, Speaking
from service.term_search import FoundTerm
from service.translate import Translator

router = APIRouter(prefix="/api/v1", tags=["knowledge"])
Reading = Annotated[Actor, needs(Permission.READ_KNOWLEDGE)]
DiseaseId = Annotated[
    str,
    Path(pattern="^(OMIM|ORPHA|DECIPHER):[0-9]{1,7}$", description="Any of its ids.", examples=["OMIM:154700"]),
]


@router.get("/terms", response_model_exclude_none=True, responses=answers(401, 403, 422, 503))
async def terms(
    query: Annotated[TermQuery, Query()], actor: Reading, services: Shared, speaking: Speaking
) -> TermsAnswer:
    """Search phenotypic abnormalities by id, label or synonym; each word asked for begins a word of the wording.

    Chinese wordings are found by their characters (simplified or traditional), by pinyin without tones, and by the
    initials of its syllables; by the last two first of all where `language` is `zh`, else where nothing else is found.
    """
    speaking = speaking.speaking(query.language.value) if query.language else speaking
    found = await services.lane.run(services.terms.find, query.q, speaking.wording.language)
    return TermsAnswer(
        terms=[term_answer(hit, speaking) for hit in found[: query.limit]],
        total=len(found),
        truncated=len(found) > query.limit,
        notices=[notice.words for notice in speaking.notices(())],
    )


@router.get("/knowledge", responses=answers(401, 403, 503))
async def state(actor: Reading, services: Shared, speaking: Speaking) -> KnowledgeStateAnswer:
    """The release in use and its age, and the release on disk where that is another by now."""
    return state_of(services, speaking.wording.language)


@router.get("/diseases/{id}", response_model_exclude_none=True, responses=answers(401, 403, 404, 422, 503))
async def disease(id: DiseaseId, actor: Reading, services: Shared, speaking: Speaking) -> DiseaseRecordAnswer:
    """All that the release holds of a disease: names, definition, statements and references, inheritance, genes."""
    try:
        position = services.knowledge.diseases.position(id)
    except UnknownDisease as error:
        raise ProblemError(404, error.what, (Fault(field="id", what=error.what, mend=error.mend),)) from None
    return await services.lane.run(speaking.disease_record, position, services.assessor.readers)


def state_of(services: Services, language: str) -> KnowledgeStateAnswer:
    """The release in use as of today, with what must be known of it as sentences in `language`."""
    manifest = services.knowledge.manifest
    released = released_on(manifest)
    months = None if released is None else months_between(released, datetime.now(UTC).date())
    old = months is not None and months > services.settings.knowledge_months
    other = put_in_place_instead(services.knowledge)
    told = {"kept.put_in_place": other is not None, "kept.old": old}
    values = {"months": months, "released": released, "old": manifest.release, "new": other}
    return KnowledgeStateAnswer(
        release=manifest.release,
        released=released,
        months=months,
        old=old,
        put_in_place=other,
        notices=[DICTIONARIES[language][key].format(**values) for key, holds in told.items() if holds],
    )


def term_answer(found: FoundTerm, speaking: Translator) -> TermAnswer:
    """A term that was found, named in the reader's language."""
    terms = speaking.knowledge.terms
    id = terms.id(found.position)
    return TermAnswer(
        id=id,
        label=speaking.naming.label(id),
        label_en=speaking.naming.label_en(id),
        matched=found.matched,
        near=found.near,
        definition=terms.definitions[found.position] or None,
        replaces=found.replaces,
    )
