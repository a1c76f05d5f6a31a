"""Showing a case, and a report of it: first the view is recorded, then what is sealed is opened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping

from ontology.terms import UnknownTerm
from service.actors import Permission
from service.audit.trail import Action
from service.cases.desk import Desk
from service.cases.features import said_of
from service.cases.known import known_of
from service.cases.notes import patient_of, text_of
from service.cases.sealing import digest_of, unseal
from service.models import stored as s
from service.models.answers import ReportAnswer
from service.naming import Naming
from service.problems import ProblemError
from service.store.tables import consent, feature, note, photo, report, sign_off


def show_case(desk: Desk, naming: Naming, knowledge: str, case_id: str) -> s.StoredCaseAnswer:
    """All that is kept of a case, but reports and photos themselves; `knowledge` is the release in use."""

    def work(connection: Connection) -> s.StoredCaseAnswer:
        row = desk.case(connection, case_id)
        reports = desk.parts(connection, report, case_id)
        return s.StoredCaseAnswer(
            **listed(row),
            created_by=row["created_by"],
            retain_until=row["retain_until"],
            broken_glass=row["department"] not in desk.actor.departments(Permission.READ_CASES),
            patient=s.PatientAnswer(**patient_of(desk, connection, row)),
            notes=[_note(desk, connection, part) for part in desk.parts(connection, note, case_id)],
            features=[
                _feature(desk, connection, part, naming)
                for part in desk.parts(connection, feature, case_id)
                if part["withdrawn"] is None
            ],
            photos=[s.StoredPhotoAnswer.model_validate(dict(part)) for part in desk.parts(connection, photo, case_id)],
            **dict(known_of(desk, connection, row)),
            consents=[s.ConsentAnswer.model_validate(dict(part)) for part in desk.parts(connection, consent, case_id)],
            reports=[s.ReportListedAnswer(**about_report(row, part, knowledge)) for part in reports],
            sign_offs=[
                signature(desk, connection, part, reports) for part in desk.parts(connection, sign_off, case_id)
            ],
        )

    desk.write(lambda c: desk.record(c, Action.VIEW, desk.case(c, case_id)))
    return desk.read(work)


def show_report(desk: Desk, knowledge: str, case_id: str, report_id: str) -> s.StoredReportAnswer:
    """A report as it was shown when it was made."""

    def seen(connection: Connection) -> tuple[RowMapping, RowMapping]:
        row = desk.case(connection, case_id)
        found = find_report(desk, connection, case_id, report_id)
        desk.record(connection, Action.VIEW, row, "report", report_id)
        return row, found

    row, found = desk.write(seen)
    shown = desk.read(lambda connection: shown_in(desk, connection, found))
    return s.StoredReportAnswer(
        **about_report(row, found, knowledge),
        version=row["version"],
        digest=digest_of(shown),
        shown=ReportAnswer.model_validate(shown),
    )


def find_report(
    desk: Desk, connection: Connection, case_id: str, report_id: str, permission: Permission = Permission.READ_CASES
) -> RowMapping:
    """The row of a report of the case; raises a 404 problem."""
    for part in desk.parts(connection, report, case_id, permission):
        if part["id"] == report_id:
            return part
    raise ProblemError(404, "The case holds no such report.")


def shown_in(desk: Desk, connection: Connection, row: RowMapping) -> dict[str, Any]:
    """What the report in `row` showed, as JSON."""
    content: dict[str, Any] = unseal(desk.keeping.vault, connection, row["case"], "report", row["id"], row["sealed"])
    return content


def about_report(row: RowMapping, part: RowMapping, knowledge: str) -> dict[str, Any]:
    """What is told of a report without opening it."""
    return {
        "id": part["id"],
        "created": part["created"],
        "by": part["created_by"],
        "knowledge": part["knowledge"],
        "knowledge_in_use": knowledge,
        "leading": part["leading"],
        "stale": is_stale(row, part),
        "knowledge_stale": part["knowledge"] != knowledge,
    }


def is_stale(row: RowMapping, part: RowMapping) -> bool:
    """Whether the case was changed after the report in `part` was made, or a later one was made."""
    return bool(part["created"] < row["changed"])


def listed(row: RowMapping) -> dict[str, Any]:
    """The fields of a case that the worklist shows too."""
    return {name: row[name] for name in s.ListedCaseAnswer.model_fields}


def _note(desk: Desk, connection: Connection, part: RowMapping) -> s.StoredNoteAnswer:
    return s.StoredNoteAnswer(
        id=part["id"],
        text=text_of(desk, connection, part),
        language=part["language"],
        date=part["dated"],
        masked=part["masked"],
        created=part["created"],
    )


def _feature(desk: Desk, connection: Connection, part: RowMapping, naming: Naming) -> s.StoredFeatureAnswer:
    said = said_of(desk, connection, part)
    try:
        label: str | None = naming.label(said.term)
        label_en = naming.label_en(said.term)
    except UnknownTerm:  # the release in use has dropped it
        label = label_en = None
    return s.StoredFeatureAnswer(
        id=part["id"],
        type=said.term,
        label=label,
        label_en=label_en,
        assertion=said.mention.assertion if said.mention else None,
        onset=said.mention.onset if said.mention else None,
        severity=said.mention.severity if said.mention else None,
        dismissed=said.struck,
        by=part["created_by"],
        created=part["created"],
    )


def signature(desk: Desk, connection: Connection, part: RowMapping, reports: Sequence[RowMapping]) -> s.SignOffAnswer:
    """The sign-off in the row `part`; `reports` are the rows of the case's reports."""
    content = unseal(desk.keeping.vault, connection, part["case"], "sign_off", part["id"], part["sealed"])
    signed = next((row for row in reports if row["id"] == part["report"]), None)
    intact = signed is not None and digest_of(shown_in(desk, connection, signed)) == content["digest"]
    return s.SignOffAnswer(
        id=part["id"],
        report=part["report"],
        reader=part["reader"],
        decision=s.Decision(part["decision"]),
        disease=part["disease"],
        reason=content["reason"],
        by=part["created_by"],
        created=part["created"],
        digest=content["digest"],
        intact=intact,
    )
