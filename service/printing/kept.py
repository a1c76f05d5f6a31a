"""What is printed, as it is kept: the report as it was shown, its sign-offs, the patient, the first impressions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, select

from ontology.features import PatientSex
from service.audit.trail import Action
from service.cases.desk import Desk
from service.cases.notes import patient_of
from service.cases.reading import about_report, find_report, shown_in, signature
from service.cases.sealing import digest_of, unseal
from service.models.answers import ReportAnswer
from service.models.stored import CaseStatus, PatientAnswer, SignOffAnswer, StoredReportAnswer
from service.store.tables import account, department, impression, note, report, sign_off


@dataclass(frozen=True, slots=True)
class KeptImpression:
    """What a clinician thought before the ranking was shown; `text` is None where they passed it over."""

    text: str | None
    by: str
    created: datetime


@dataclass(frozen=True, slots=True)
class KeptReport:
    """A report of a case, frozen, with the case as it is kept now.

    `notes` are the days of the case's notes by id, the oldest first, None where a note has none; `people` are names of
    accounts by id.
    """

    case: str
    status: CaseStatus
    department: str
    sex: PatientSex
    age_days: int | None
    patient: PatientAnswer
    report: StoredReportAnswer
    signatures: tuple[SignOffAnswer, ...]
    impressions: tuple[KeptImpression, ...]
    notes: Mapping[str, str | None]
    people: Mapping[str, str]

    @property
    def shown(self) -> ReportAnswer:
        """What the report showed."""
        return self.report.shown

    def person(self, id: str) -> str:
        """What someone is called; their id where they have no name."""
        return self.people.get(id, id)


def report_to_print(desk: Desk, knowledge: str, case_id: str, report_id: str, printed: str) -> KeptReport:
    """A report as it was shown, recorded as a view of the kind `printed` first; `knowledge` is the release in use."""

    def seen(connection: Connection) -> None:
        row = desk.case(connection, case_id)
        find_report(desk, connection, case_id, report_id)
        desk.record(connection, Action.VIEW, row, "report", report_id, printed=printed)

    desk.write(seen)
    return desk.read(lambda connection: _kept(desk, connection, knowledge, case_id, report_id))


def _kept(desk: Desk, connection: Connection, knowledge: str, case_id: str, report_id: str) -> KeptReport:
    row = desk.case(connection, case_id)
    reports = desk.parts(connection, report, case_id)
    found = find_report(desk, connection, case_id, report_id)
    shown = shown_in(desk, connection, found)
    answer = ReportAnswer.model_validate(shown)
    signed = [part for part in desk.parts(connection, sign_off, case_id) if part["report"] == report_id]
    signatures = tuple(signature(desk, connection, part, reports) for part in signed)
    impressions = _impressions(desk, connection, row, signatures)
    people = {found["created_by"], *(each.by for each in signatures), *(each.by for each in impressions)}
    people |= _stated_by(answer)
    return KeptReport(
        case=case_id,
        status=CaseStatus(row["status"]),
        department=_name_of(connection, row["department"]),
        sex=PatientSex(row["sex"]),
        age_days=row["age_days"],
        patient=PatientAnswer(**patient_of(desk, connection, row)),
        report=StoredReportAnswer(
            **about_report(row, found, knowledge),
            version=row["version"],
            digest=digest_of(shown),
            shown=answer,
        ),
        signatures=signatures,
        impressions=impressions,
        notes={part["id"]: part["dated"] for part in desk.parts(connection, note, case_id)},
        people=_people(connection, people),
    )


def _impressions(
    desk: Desk, connection: Connection, row: RowMapping, signatures: Sequence[SignOffAnswer]
) -> tuple[KeptImpression, ...]:
    """Those written before the report was signed; where none has words, the last that was passed over."""
    kept = [
        KeptImpression(
            unseal(desk.keeping.vault, connection, row["id"], "impression", part["id"], part["sealed"])["text"],
            part["created_by"],
            part["created"],
        )
        for part in desk.parts(connection, impression, row["id"])
        if not signatures or part["created"] <= signatures[-1].created
    ]
    return tuple(each for each in kept if each.text) or tuple(kept[-1:])


def _stated_by(shown: ReportAnswer) -> set[str]:
    found = (*shown.features, *shown.dismissed)
    mentions = (mention for feature in found for mention in (*feature.mentions, *feature.conflicts))
    return {mention.evidence.by for mention in mentions if mention.evidence.by}


def _people(connection: Connection, ids: set[str]) -> dict[str, str]:
    rows = connection.execute(select(account.c.id, account.c.display_name).where(account.c.id.in_(sorted(ids))))
    return {row.id: row.display_name for row in rows}


def _name_of(connection: Connection, department_id: str) -> str:
    name: str | None = connection.execute(select(department.c.name).where(department.c.id == department_id)).scalar()
    return name or department_id
