"""What the routes share: the Assessor and what is built over its knowledge once, at start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from matching.assess import Assessor
from ontology.knowledge import Knowledge
from service.actors import ActorOf
from service.asking import language_asked
from service.bench.remembered import Remembered
from service.demo import DemoCase
from service.faces.reading import Faces
from service.identity.identity import Identity
from service.keeping import Keeping
from service.knowing import Knowing
from service.lane import Lane
from service.settings import Settings
from service.shift.counting import Counting, Heard
from service.suggesting import Suggesting
from service.term_search import TermSearch
from service.translate import Translator


@dataclass(frozen=True, slots=True)
class Services:
    """Held by the application; nothing in it changes but the lanes' counts of work.

    `lane` is for what keeps a processor busy, `door` for signing in, `storage` for what waits for a disk, `documents`
    for what waits for the process that reads one, `looking` for photos of faces: a queue before one does not keep the
    others waiting. `counting` is there where something is kept.
    """

    assessor: Assessor
    knowledge: Knowledge
    terms: TermSearch
    suggesting: Suggesting
    knowing: Knowing
    translator: Translator
    lane: Lane
    door: Lane
    storage: Lane
    documents: Lane
    actor_of: ActorOf
    demo: DemoCase | None
    settings: Settings
    remembered: Remembered
    faces: Faces
    looking: Lane
    keeping: Keeping | None = None
    identity: Identity | None = None
    counting: Counting | None = None

    @property
    def heard(self) -> Heard | None:
        """Who is told of the notes that are read, if anyone."""
        return self.counting.note if self.counting else None

    @property
    def kept(self) -> Keeping:
        """What cases are kept with; the routes that ask for it exist only where something is."""
        assert self.keeping is not None
        return self.keeping


def services_of(request: Request) -> Services:
    """The services of the application that serves `request`."""
    services: Services = request.app.state.services
    return services


async def shared(request: Request) -> Services:
    """As `services_of`; a coroutine, so that FastAPI does not ask a thread for what is at hand."""
    return services_of(request)


async def translator_of(request: Request) -> Translator:
    """What puts words to an answer: in the language chosen on a page, else that which Accept-Language asks for."""
    return services_of(request).translator.speaking(language_asked(request))


Shared = Annotated[Services, Depends(shared)]
Speaking = Annotated[Translator, Depends(translator_of)]
