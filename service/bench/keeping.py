"""From a bench where nothing is kept to a kept case: notes, words and all, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import Connection

from ontology.features import Statement
from service.actors import Permission
from service.bench.carried import CarriedBench
from service.cases.desk import Desk
from service.cases.features import keep
from service.cases.impressions import add_impression
from service.cases.mentions import Said
from service.cases.opening import department_for, keep_case
from service.knowing import Knowing
from service.models.stored import CaseInput


def keep_carried(
    desk: Desk, knowing: Knowing, bench: CarriedBench, department: str | None, name: str | None, number: str | None
) -> str:
    """Keep what lies on `bench` as a new case; its id. Raises a 422 problem as opening a case does.

    Words that point into a note point into the kept one: masking keeps every offset.
    """
    state = bench.state
    patient = {"name": name, "number": number} if name or number else None
    given = CaseInput.model_validate(
        {
            "sex": state.sex,
            "age": state.age,
            "patient": patient,
            "notes": [{"text": n.text, "language": n.language, "date": n.date} for n in state.notes],
        }
    )
    where = department_for(desk, department)
    known = knowing.settled(state.known)
    words = bench.sheet().said.values()

    def work(connection: Connection) -> str:
        changed = keep_case(desk, connection, knowing.assessor.knowledge.terms, given, where, (), known)
        row = desk.case(connection, changed.id, Permission.WRITE_CASES)
        ids = dict(zip((note.id for note in state.notes), changed.added, strict=False))
        for word in words:
            keep(desk, connection, row, _moved(word, ids))
        if state.impression or state.passed_over:
            add_impression(desk, connection, row, state.impression)
        return changed.id

    return desk.write(work)


def _moved(word: Said, notes: Mapping[str, str]) -> Said:
    """The word, pointing into the kept note."""
    mention = word.mention
    if mention is None or not isinstance(mention.evidence, Statement) or mention.evidence.span is None:
        return word
    span = mention.evidence.span
    moved = replace(span, note=notes[span.note]) if span.note in notes else None
    return replace(word, mention=replace(mention, evidence=replace(mention.evidence, span=moved)))
