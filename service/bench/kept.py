"""A bench over a kept case: every step is stored, sealed, recorded, and can be undone by whoever did it.

Two people on one case: a step that was made on an older version is still done where what happened since was about
other terms alone; otherwise it is refused, and the page shows the case as it is now.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, RowMapping, update

from ontology.terms import Terms, current_id
from service.actors import Actor, Permission
from service.audit.trail import Action
from service.bench.carried import parsed
from service.bench.sheet import Bench, Done, Impression, Sheet
from service.bench.steps import Changes
from service.bench.verbs import Verb
from service.cases import notes, opening
from service.cases.assessing import whole
from service.cases.consents import holds
from service.cases.desk import Desk, touch
from service.cases.features import keep, live, said_of, withdraw
from service.cases.impressions import add_impression, first_impression
from service.cases.known import known_of
from service.consent.consent import Purpose
from service.faces.reading import Use
from service.knowing import Knowing
from service.models.bench import AboutForm, AssignForm, ImpressionForm, NoteForm
from service.models.known import KnownInput
from service.models.stored import CaseChangeInput, StoredNoteInput
from service.problems import Fault, ProblemError
from service.store.scope import may
from service.store.tables import edit, feature, now

#: Steps that are looked through for the last one that can be undone.
_MOST_STEPS = 100


@dataclass(frozen=True, slots=True)
class KeptBench:
    """A kept case before `desk`'s actor, as far as they may act on it."""

    desk: Desk
    knowing: Knowing
    case_id: str

    @classmethod
    def of(cls, desk: Desk, knowing: Knowing, case_id: str, seen: int | None) -> KeptBench:
        """The bench over a case of which the page shows the version `seen`."""
        return cls(desk.at(seen), knowing, case_id)

    @property
    def actor(self) -> Actor:
        """As Bench.actor."""
        return self.desk.actor

    @property
    def carries(self) -> None:
        """As Bench.carries."""
        return None

    @property
    def base(self) -> str:
        """As Bench.base."""
        return f"/cases/{self.case_id}"

    @property
    def as_it_is(self) -> KeptBench:
        """The bench over the case as it is now, whatever version the page shows."""
        return replace(self, desk=self.desk.at(None))

    @property
    def _terms(self) -> Terms:
        return self.knowing.assessor.knowledge.terms

    def sheet(self) -> Sheet:
        """As Bench.sheet; raises 404 and 410 problems."""

        def work(connection: Connection) -> Sheet:
            row = self.desk.case(connection, self.case_id)
            words = [said for _, said in live(self.desk, connection, self.case_id)]
            last = self._last_step(connection)
            return Sheet(
                whole(self.desk, connection, row),
                known_of(self.desk, connection, row),
                {current_id(self._terms, said.term): said for said in words},
                self._done(connection, last) if last else None,
                self._impression(connection),
                row["version"],
                row["status"],
                frozenset(p for p in Permission if row["department"] in self.desk.actor.departments(p)),
                Use(self.desk.actor.id, frozenset({row["department"]}), self.case_id),
                holds(connection, row, Purpose.PHOTO),
            )

        return self.desk.read(work)

    def said(self, verb: Verb, term: str, changed: Changes) -> Bench:
        """As Bench.said."""

        def work(connection: Connection) -> None:
            row = self._at_seen(connection, changed)
            standing = live(self.desk, connection, self.case_id)
            older = [id for id, word in standing if current_id(self._terms, word.term) in changed]
            moment = now()
            withdraw(self.desk, connection, row, older)
            added = [keep(self.desk, connection, row, word) for word in changed.values() if word is not None]
            version = touch(self.desk, connection, row)
            self.desk.add(
                connection, edit, row, verb=verb.value, version=version, added=added, withdrew=older, created=moment
            )
            self.desk.record(connection, Action.CHANGE, row, verb=verb.value, features=len(added), replaced=len(older))

        self.desk.write(work)
        return self.as_it_is

    def undone(self) -> Bench:
        """As Bench.undone; a 409 problem too where another has changed the same terms since."""

        def work(connection: Connection) -> None:
            row = self.desk.changing(connection, self.case_id)
            step = self._last_step(connection)
            if step is None:
                raise ProblemError(409, "There is no step to take back.")
            if withdraw(self.desk, connection, row, step["added"]) != len(step["added"]):
                raise ProblemError(409, "What this step changed was changed again since; it cannot be taken back.")
            back = update(feature).where(
                may(self.desk.actor, Permission.WRITE_CASES, feature),
                feature.c.case == self.case_id,
                feature.c.id.in_(step["withdrew"]),
            )
            connection.execute(back.values(withdrawn=None))
            mine = update(edit).where(may(self.desk.actor, Permission.WRITE_CASES, edit), edit.c.id == step["id"])
            version = touch(self.desk, connection, row)
            connection.execute(mine.values(undone=now(), version=version))
            self.desk.record(connection, Action.CHANGE, row, undone=step["verb"])

        self.desk.write(work)
        return self.as_it_is

    def with_note(self, given: NoteForm) -> Bench:
        """As Bench.with_note; a note that is replaced is taken away, as what was shown of it stays in reports."""
        fields = {"text": given.text, "language": given.language, "date": given.date}
        stored = StoredNoteInput.model_validate(fields, strict=False)

        def work(connection: Connection) -> None:
            row = self.desk.changing(connection, self.case_id)
            if given.id:
                notes.take_away(self.desk, connection, row, given.id)
            notes.keep_note(self.desk, connection, row, stored)
            touch(self.desk, connection, row)

        self.desk.write(work)
        return self.as_it_is

    def without_note(self, id: str) -> Bench:
        """As Bench.without_note."""
        notes.remove_note(self.desk, self.case_id, id)
        return self.as_it_is

    def about(self, given: AboutForm) -> Bench:
        """As Bench.about."""
        named, told = given.model_fields_set, dict[str, object]()
        if "sex" in named:
            told["sex"] = given.sex
        if named & {"years", "months"}:
            told["age"] = given.age
        if given.known:
            told |= parsed(KnownInput, given.known, "known").model_dump()
        changed = CaseChangeInput.model_validate(told, strict=False)
        opening.change_case(self.desk, self.case_id, changed, self.knowing.codes)
        return self.as_it_is

    def assigned(self, given: AssignForm) -> Bench:
        """With someone to see to the case, who is a member of its department; it changes nothing that follows."""
        changed = CaseChangeInput(assigned_to=given.assigned_to)
        opening.change_case(self.desk, self.case_id, changed, self.knowing.codes)
        return self.as_it_is

    def with_impression(self, given: ImpressionForm) -> Bench:
        """As Bench.with_impression; it changes nothing that a report is made from."""

        def work(connection: Connection) -> None:
            add_impression(self.desk, connection, self.desk.at(None).changing(connection, self.case_id), given.text)

        self.desk.at(None).write(work)
        return self.as_it_is

    def _at_seen(self, connection: Connection, changed: Changes) -> RowMapping:
        """The row to change: at the version seen, or at a later one where other terms alone were changed since."""
        row = self.desk.at(None).changing(connection, self.case_id)
        seen = self.desk.expected
        if seen is None or seen == row["version"]:
            return row
        since = [step for step in self._steps(connection) if step["version"] > seen]
        if len(since) == row["version"] - seen and not self._terms_of(connection, since) & set(changed):
            return row
        what = "Someone else has changed this case since it was shown here."
        raise ProblemError(409, what, (Fault(field="seen", what=what, mend="Look at it as it is now, then repeat."),))

    def _steps(self, connection: Connection) -> Sequence[RowMapping]:
        return self.desk.parts(connection, edit, self.case_id)[-_MOST_STEPS:]

    def _last_step(self, connection: Connection) -> RowMapping | None:
        """The actor's own last step that stands."""
        standing = (s for s in reversed(self._steps(connection)) if s["undone"] is None)
        return next((step for step in standing if step["created_by"] == self.desk.actor.id), None)

    def _terms_of(self, connection: Connection, steps: Sequence[RowMapping]) -> set[str]:
        ids = {id for step in steps for id in (*step["added"], *step["withdrew"])}
        rows = [row for row in self.desk.parts(connection, feature, self.case_id) if row["id"] in ids]
        return {current_id(self._terms, said_of(self.desk, connection, row).term) for row in rows}

    def _done(self, connection: Connection, step: RowMapping) -> Done:
        terms = self._terms_of(connection, [step])
        return Done(Verb(step["verb"]), min(terms, default=""))

    def _impression(self, connection: Connection) -> Impression | None:
        found = first_impression(self.desk, connection, self.case_id)
        return None if found is None else Impression(found.text, found.by == self.desk.actor.id)
