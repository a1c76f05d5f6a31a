"""What lies on a bench: the case, the words said about it, and how it came there; and the two kinds of bench."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from matching.case import Case
from service.actors import Actor, Permission
from service.bench.steps import Changes
from service.bench.verbs import Verb
from service.cases.mentions import Said
from service.faces.reading import Use
from service.models.bench import AboutForm, ImpressionForm, NoteForm
from service.models.known import KnownInput


@dataclass(frozen=True, slots=True)
class Done:
    """The last step, which can be undone: its verb, and the term it was about."""

    verb: Verb
    term: str


@dataclass(frozen=True, slots=True)
class Impression:
    """What a clinician thought before the ranking was shown; `text` is None where they passed it over.

    `mine`: whoever looks wrote it, and no colleague.
    """

    text: str | None
    mine: bool = True


@dataclass(frozen=True, slots=True)
class Sheet:
    """A case as it lies on the bench. `said` are clinicians' words by current term id.

    `version` and `status` are those of a kept case, 0 and `carried` where nothing is kept; `may` is what the actor may
    do with it. `use` is who looks at the photos of which case, None where there are none;
    `photo_consent` whether photos may be kept.
    """

    case: Case
    known: KnownInput
    said: Mapping[str, Said]
    done: Done | None
    impression: Impression | None
    version: int = 0
    status: str = "carried"
    may: frozenset[Permission] = frozenset({Permission.WRITE_CASES})
    use: Use | None = None
    photo_consent: bool = False

    @property
    def empty(self) -> bool:
        """Nothing is there to be assessed."""
        return not (self.case.notes or self.case.stated or self.case.photos)


class Bench(Protocol):
    """A case on the page. Every change gives the bench as it is afterwards; all raise ProblemError."""

    @property
    def actor(self) -> Actor:
        """Whose steps these are."""
        ...

    @property
    def base(self) -> str:
        """Path under which the page's forms are sent."""
        ...

    @property
    def carries(self) -> str | None:
        """The state that travels in the forms; None where the case is kept."""
        ...

    def sheet(self) -> Sheet:
        """What lies on it."""
        ...

    def said(self, verb: Verb, term: str, changed: Changes) -> Bench:
        """With words changed, as one step that can be undone."""
        ...

    def undone(self) -> Bench:
        """With the last step taken back; a 409 problem where there is none."""
        ...

    def with_note(self, given: NoteForm) -> Bench:
        """With a note added, or the one of its id replaced."""
        ...

    def without_note(self, id: str) -> Bench:
        """With a note taken away."""
        ...

    def about(self, given: AboutForm) -> Bench:
        """With what the form names of sex, age, tests done and family."""
        ...

    def with_impression(self, given: ImpressionForm) -> Bench:
        """With the clinician's first impression, or that they pass it over."""
        ...
