"""Keeping what was judged in one transaction, once; what was done with each entry."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import date

from sqlalchemy import Connection, RowMapping

from ontology.terms import Terms
from service.cases.desk import Desk
from service.cases.sealing import canonical
from service.fhir.covering import all_covered
from service.fhir.issues import Issue
from service.fhir.judging import Judged
from service.problems import Fault, ProblemError
from service.store.idempotency import Answer as Stored
from service.store.idempotency import KeyReused, once, request_digest
from service.vault.blobs import delete_blobs

#: Enters a case to be read and ranked: desk, connection, row of the case, source, callback; the task's id.
Enqueue = Callable[[Desk, Connection, RowMapping, str, str | None], str]


@dataclass(slots=True)
class Answer:
    """What was done with one entry: `created`, `updated`, `unchanged`, `deleted`, `left` or `refused`; where it is."""

    done: str
    location: str | None = None
    version: int | None = None


@dataclass(slots=True)
class Kept:
    """What was done: an answer for each entry that was looked at, and the tasks that read the cases."""

    answers: dict[int, Answer] = field(default_factory=dict)
    cases: list[str] = field(default_factory=list)
    tasks: list[str] = field(default_factory=list)
    issues: dict[int, list[Issue]] = field(default_factory=dict)

    def tell(self, at: int, issue: Issue) -> None:
        """Add an issue about an entry."""
        self.issues.setdefault(at, []).append(issue)

    def as_json(self) -> str:
        """Without issues, to be answered again."""
        answers = {at: asdict(each) for at, each in self.answers.items()}
        return json.dumps({"answers": answers, "cases": self.cases, "tasks": self.tasks})

    @classmethod
    def of_json(cls, written: str) -> Kept:
        """What `as_json` wrote."""
        content = json.loads(written)
        answers = {int(at): Answer(**each) for at, each in content["answers"].items()}
        return cls(answers, content["cases"], content["tasks"])


@dataclass(frozen=True, slots=True)
class Keeper:
    """Keeps what one system sends. `callback` is told of each task that is done."""

    desk: Desk
    terms: Terms
    source: str
    enqueue: Enqueue
    today: date
    callback: str | None = None

    def keep(self, judged: Judged) -> Kept:
        """All of it, or nothing; raises Refused, ProblemError."""
        from service.fhir.run import Run

        covered = all_covered(self.desk, self.source, judged)
        folder = self.desk.keeping.blobs
        made: list[str] = []
        gone: list[str] = []

        def work(connection: Connection) -> Kept:
            delete_blobs(folder, made)  # of an attempt that the database did not take
            made.clear()
            gone.clear()
            return Run(self, connection, made, gone, judged, covered).done()

        kept: Kept | None = None
        try:
            kept = self._once(judged, work)
        finally:
            if kept is None:
                delete_blobs(folder, made)
        delete_blobs(folder, gone)
        return kept

    def _once(self, judged: Judged, work: Callable[[Connection], Kept]) -> Kept:
        """Run `work` in one transaction, or answer as before; raises a 409 problem for a key of another request."""
        wanted = self.desk.once
        if wanted is None:
            return self.desk.write(work)
        asked = [(entry.at, entry.method, entry.name, entry.resource) for entry in judged.incoming.entries]
        digest = request_digest(wanted.method, wanted.path, canonical(asked))
        done: list[Kept] = []

        def first(connection: Connection) -> tuple[int, Stored]:
            done[:] = [work(connection)]
            return 200, {"kept": done[0].as_json()}

        try:
            answered = self.desk.write(
                lambda connection: once(connection, self.desk.actor.id, wanted.key, digest, first)
            )
        except KeyReused as reused:
            fault = Fault(field="Idempotency-Key", what=reused.what, mend=reused.mend)
            raise ProblemError(409, reused.what, (fault,)) from None
        return Kept.of_json(str(answered.answer["kept"])) if answered.repeated else done[0]
