"""A bench where nothing is kept: all that lies on it travels in the page's forms, and is checked each time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from matching.case import Case, Note
from ontology.features import ImageRegion, Mention, Statement, TextSpan
from service.actors import Actor
from service.age import days_of
from service.bench.sheet import Done, Impression, Sheet
from service.bench.steps import Changes
from service.bench.verbs import Verb
from service.cases.impressions import STANDS
from service.cases.mentions import Said
from service.fields import faults_of
from service.knowing import Knowing
from service.models.bench import (
    MOST_STEPS,
    AboutForm,
    CarriedNote,
    CarriedRegion,
    CarriedSpan,
    CarriedState,
    CarriedStep,
    CarriedWord,
    ImpressionForm,
    NoteForm,
)
from service.models.inputs import MOST_NOTES
from service.models.known import KnownInput
from service.problems import Fault, ProblemError, invalid

M = TypeVar("M", bound=BaseModel)

#: Id of the case in answers.
CASE = "case"


@dataclass(frozen=True, slots=True)
class CarriedBench:
    """A bench whose state is a value; each change gives another bench."""

    actor: Actor
    knowing: Knowing
    state: CarriedState

    @classmethod
    def of(cls, actor: Actor, knowing: Knowing, sent: str | None) -> CarriedBench:
        """The bench that a form sent; raises a 422 problem where its state is none."""
        return cls(actor, knowing, parsed(CarriedState, sent, "state") if sent else CarriedState())

    @property
    def carries(self) -> str:
        """As Bench.carries."""
        return self.state.model_dump_json(exclude_defaults=True)

    @property
    def base(self) -> str:
        """As Bench.base."""
        return "/bench"

    def sheet(self) -> Sheet:
        """As Bench.sheet."""
        state = self.state
        said = {word.term: _said(word, self.actor.id) for word in state.said}
        case = Case(
            CASE,
            tuple(Note(n.id, n.text, n.language, date.fromisoformat(n.date) if n.date else None) for n in state.notes),
            (),
            tuple(each.mention for each in said.values() if each.mention),
            state.sex,
            days_of(state.age),
            frozenset(each.term for each in said.values() if each.struck),
        )
        done = Done(state.steps[-1].verb, state.steps[-1].term) if state.steps else None
        impression = Impression(state.impression) if state.impression or state.passed_over else None
        return Sheet(case, state.known, said, done, impression)

    def said(self, verb: Verb, term: str, changed: Changes) -> CarriedBench:
        """As Bench.said."""
        standing = {word.term: word for word in self.state.said}
        before = {id: standing.get(id) for id in changed}
        steps = [*self.state.steps, CarriedStep(verb=verb, term=term, before=before)][-MOST_STEPS:]
        now = standing | {id: None if word is None else _carried(word) for id, word in changed.items()}
        return self._with(said=_standing(now), steps=steps)

    def undone(self) -> CarriedBench:
        """As Bench.undone."""
        if not self.state.steps:
            raise ProblemError(409, "There is no step to take back.")
        *steps, last = self.state.steps
        standing = {word.term: word for word in self.state.said} | dict(last.before)
        return self._with(said=_standing(standing), steps=steps)

    def with_note(self, given: NoteForm) -> CarriedBench:
        """As Bench.with_note."""
        taken = [note.id for note in self.state.notes]
        id = given.id or next(name for at in range(1, MOST_NOTES + 2) if (name := f"note-{at}") not in taken)
        note = CarriedNote(id=id, text=given.text, language=given.language, date=_day(given.date))
        notes = [note if old.id == id else old for old in self.state.notes]
        if id not in taken:
            notes.append(note)
        if len(notes) > MOST_NOTES:
            raise invalid((Fault(field="text", what=f"There are {MOST_NOTES} notes.", mend="Take one away first."),))
        return self._with(notes=notes)

    def without_note(self, id: str) -> CarriedBench:
        """As Bench.without_note."""
        return self._with(notes=[note for note in self.state.notes if note.id != id])

    def about(self, given: AboutForm) -> CarriedBench:
        """As Bench.about."""
        named = given.model_fields_set
        known = parsed(KnownInput, given.known, "known") if given.known else self.state.known
        return self._with(
            sex=given.sex if "sex" in named else self.state.sex,
            age=given.age if named & {"years", "months"} else self.state.age,
            known=self.knowing.settled(known),
        )

    def with_impression(self, given: ImpressionForm) -> CarriedBench:
        """As Bench.with_impression."""
        if self.state.impression:
            raise ProblemError(409, STANDS)
        return self._with(impression=given.text, passed_over=given.text is None)

    def _with(self, **fields: object) -> CarriedBench:
        return replace(self, state=self.state.model_copy(update=fields))


def parsed(model: type[M], sent: str, field: str) -> M:
    """JSON that came in a form's field; raises a 422 problem that tells no value."""
    try:
        return model.model_validate_json(sent, strict=False)
    except ValidationError as error:
        found = faults_of(error.errors())
        faults = [fault.model_copy(update={"field": f"{field}.{fault.field}".rstrip(".")}) for fault in found]
        raise invalid(faults) from None


def _standing(words: Mapping[str, CarriedWord | None]) -> list[CarriedWord]:
    return [word for word in words.values() if word is not None]


def _said(word: CarriedWord, by: str) -> Said:
    if word.assertion is None:
        return Said(word.term, None, struck=True)
    span = TextSpan(**word.span.model_dump()) if word.span else None
    region = ImageRegion(word.region.photo, word.region.box) if word.region else None
    mention = Mention(word.term, word.assertion, Statement(by, span, region), word.onset, word.severity)
    return Said(word.term, mention, word.struck)


def _carried(said: Said) -> CarriedWord:
    mention = said.mention
    if mention is None:
        return CarriedWord(term=said.term, struck=True)
    stated = mention.evidence if isinstance(mention.evidence, Statement) else Statement("")
    span, region = stated.span, stated.region
    return CarriedWord(
        term=said.term,
        assertion=mention.assertion,
        struck=said.struck,
        onset=mention.onset,
        severity=mention.severity,
        span=CarriedSpan(note=span.note, start=span.start, end=span.end, text=span.text) if span else None,
        region=CarriedRegion(photo=region.photo, box=region.box) if region else None,
    )


def _day(written: str | None) -> str | None:
    """The day as written; raises a 422 problem where the calendar has no such day."""
    try:
        return None if written is None else date.fromisoformat(written).isoformat()
    except ValueError:
        raise invalid((Fault(field="date", what="The calendar has no such day.", mend="Correct it."),)) from None
