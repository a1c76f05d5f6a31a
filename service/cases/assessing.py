"""Assessing a kept case: read what is kept, rank, and keep the report as it is shown. The ranking holds no lock."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, RowMapping

from facial.reading import FacePatient
from matching.case import Case, Note, Photo
from ontology.features import PatientSex
from service.actors import Permission
from service.audit.trail import Action
from service.cases.brief import KIND, brief_of
from service.cases.changes import Changed, change
from service.cases.consents import holds, require_assessable
from service.cases.desk import Desk, later_than, touch
from service.cases.features import live
from service.cases.known import known_of
from service.cases.notes import text_of
from service.cases.photos import content_of
from service.cases.sealing import seal
from service.consent.consent import Purpose
from service.faces.reading import Faces, Use
from service.faces.telling import photos_told
from service.knowing import Knowing
from service.models.known import KnownInput
from service.models.stored import StoredAssessInput
from service.problems import Fault, ProblemError, invalid
from service.shift.counting import Heard, heard_readings
from service.store.tables import new_id, note, photo, report
from service.translate import Translator

#: How many of the first diseases are kept beside the report, to see later whether they have changed.
LEADING = 5


def assess_case(
    desk: Desk,
    knowing: Knowing,
    translator: Translator,
    faces: Faces,
    case_id: str,
    given: StoredAssessInput,
    heard: Heard | None = None,
) -> Changed:
    """Make and keep a report; raises a 409 problem where the case was changed meanwhile.

    `heard` is told of the notes that are read.
    """
    assessor = knowing.assessor

    def gathered(connection: Connection) -> tuple[RowMapping, Case, KnownInput]:
        row = desk.case(connection, case_id, Permission.WRITE_CASES)
        require_assessable(desk, connection, row)
        return row, whole(desk, connection, row), known_of(desk, connection, row)

    before, kept, told = desk.read(gathered)
    if not (kept.notes or kept.stated or kept.photos):
        what = "The case holds no note, no finding and no photo."
        raise invalid((Fault(field="", what=what, mend="Add at least one of them."),))
    known = knowing.known(told)
    patient = FacePatient(kept.age_days, kept.sex, told.ancestry)
    seen = faces.of_case(kept.photos, patient, Use(desk.actor.id, frozenset({before["department"]}), case_id))
    readings = heard_readings(assessor, kept, heard)
    made = assessor.assess(kept, given.limit, known=known, offers=knowing.offers, readings=readings, seen=seen)
    report_told = translator.report(made).model_copy(update={"photos": photos_told(kept.photos, seen, translator)})
    shown = report_told.model_dump(mode="json", exclude_none=True)

    def work(connection: Connection) -> Changed:
        row = desk.changing(connection, case_id)
        require_assessable(desk, connection, row)
        if row["version"] != before["version"]:
            raise ProblemError(409, "The case was changed while it was assessed; assess it again.")
        id, version = keep_report(desk, connection, row, assessor.knowledge.manifest.release, shown)
        return Changed(case_id, version, "draft", (id,))

    return change(desk, given.model_dump(mode="json"), work)


def keep_report(
    desk: Desk, connection: Connection, row: RowMapping, knowledge: str, shown: Mapping[str, Any]
) -> tuple[str, int]:
    """Seal what was shown of the case in `row` as its latest report; its id, and the case's version now."""
    id, moment = new_id(), later_than(row["changed"])
    desk.add(
        connection,
        report,
        row,
        id=id,
        created=moment,
        knowledge=knowledge,
        sealed=seal(desk.keeping.vault, connection, row["id"], "report", id, shown),
        brief=seal(desk.keeping.vault, connection, row["id"], KIND, id, brief_of(shown)),
        leading=[disease["id"] for disease in shown["diseases"][:LEADING]],
    )
    desk.record(connection, Action.ASSESS, row, "report", id, features=len(shown["features"]))
    return id, touch(desk, connection, row, changed=moment)


def whole(desk: Desk, connection: Connection, row: RowMapping) -> Case:
    """The case in `row` with all that may be read of it: photos only under their consent."""
    id = row["id"]
    notes = tuple(
        Note(part["id"], text_of(desk, connection, part), part["language"], _day(part["dated"]))
        for part in desk.parts(connection, note, id)
    )
    photos: tuple[Photo, ...] = ()
    if holds(connection, row, Purpose.PHOTO):
        kept = desk.parts(connection, photo, id)
        photos = tuple(Photo(part["id"], content_of(desk, connection, part)) for part in kept)
    words = [said for _, said in live(desk, connection, id)]
    stated = tuple(said.mention for said in words if said.mention)
    dismissed = frozenset(said.term for said in words if said.struck)
    return Case(id, notes, photos, stated, PatientSex(row["sex"]), row["age_days"], dismissed)


def _day(dated: str | None) -> date | None:
    return None if dated is None else date.fromisoformat(dated)
