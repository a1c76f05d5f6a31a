"""Terms looked up on the bench, as options of a list: by what a clinician types, or for words of a note.

What is typed may hold a patient's words, so it comes in a body, never in a URL.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import HTMLResponse

from matching.assess import patient_of
from matching.case import Case
from ontology.terms import UnknownTerm
from service.actors import Permission, needs
from service.bench.carried import CarriedBench
from service.bench.kept import KeptBench
from service.bench.sheet import Bench
from service.bench.steps import span_in
from service.endpoints.bench import Assessing, Reader
from service.endpoints.knowledge import term_answer
from service.endpoints.stored_cases import CaseId
from service.models.answers import TermAnswer
from service.models.bench import LONGEST_QUERY, NearForm, SearchForm
from service.pages import templates
from service.services import Services, Shared, Speaking
from service.term_search import FoundTerm
from service.translate import Translator

#: How many terms are listed.
LISTED = 10
#: How many of those that begin with the words of a note stand before its nearest terms.
_BEGUN = 3

carried = APIRouter(prefix="/bench", include_in_schema=False)
kept = APIRouter(prefix="/cases/{id}", include_in_schema=False)


@carried.post("/terms", dependencies=[needs(Permission.READ_KNOWLEDGE)])
@kept.post("/terms", dependencies=[needs(Permission.READ_KNOWLEDGE)])
async def terms(given: Annotated[SearchForm, Form()], services: Shared, speaking: Speaking) -> HTMLResponse:
    """Terms by label, synonym, Chinese, pinyin or id; near misses are told as such. No case is looked at."""
    return await services.lane.run(_searched, services, speaking, given)


@carried.post("/near")
async def near(
    given: Annotated[NearForm, Form()], actor: Assessing, services: Shared, speaking: Speaking
) -> HTMLResponse:
    """The terms nearest to words of a note."""
    bench = CarriedBench.of(actor, services.knowing, given.state)
    return await services.lane.run(_near, services, speaking, bench.sheet().case, given)


@kept.post("/near")
async def near_in_case(
    id: CaseId, given: Annotated[NearForm, Form()], desk: Reader, services: Shared, speaking: Speaking
) -> HTMLResponse:
    """As `near`, in a kept case."""
    bench: Bench = KeptBench.of(desk, services.knowing, id, given.seen)
    sheet = await services.storage.run(bench.sheet)
    return await services.lane.run(_near, services, speaking, sheet.case, given)


def _searched(services: Services, speaking: Translator, given: SearchForm) -> HTMLResponse:
    found = services.terms.find(given.q, speaking.wording.language) if given.q.strip() else []
    listed = [term_answer(hit, speaking) for hit in found[:LISTED]]
    return _answer(speaking, listed, len(found), given.place, None)


def _near(services: Services, speaking: Translator, case: Case, given: NearForm) -> HTMLResponse:
    phrase = span_in(case.notes, given.note, given.start, given.end).text[:LONGEST_QUERY]
    note = next(note for note in case.notes if note.id == given.note)
    language = services.remembered.read(note, patient_of(case, note)).language
    found = {hit.position: hit for hit in _nearest(services, phrase, language)}
    listed = [term_answer(hit, speaking) for hit in [*found.values()][:LISTED]]
    return _answer(speaking, listed, len(listed), given.place, phrase)


def _nearest(services: Services, phrase: str, language: str) -> Iterator[FoundTerm]:
    """Terms whose wordings begin with the phrase, then the nearest by its words, then by letters."""
    by_wording = services.terms.find(phrase, language)
    yield from [hit for hit in by_wording if not hit.near][:_BEGUN]
    for term in services.suggesting.near(phrase, language):
        try:
            yield FoundTerm(services.knowledge.terms.position(term.id), "", near=True)
        except UnknownTerm:  # compiled with another release
            continue
    yield from by_wording


def _answer(
    speaking: Translator, listed: Sequence[TermAnswer], total: int, place: str, phrase: str | None
) -> HTMLResponse:
    content = templates().get_template("bench/terms.html")
    words = speaking.wording.words
    return HTMLResponse(content.render(words=words, found=listed, total=total, place=place, phrase=phrase))
