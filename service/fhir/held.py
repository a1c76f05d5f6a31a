"""What is kept of a case, opened for FHIR resources to be told from; a view is recorded before anything is opened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, RowMapping, func, select

from service.actors import Permission
from service.audit.trail import Action
from service.cases.desk import Desk
from service.cases.features import said_of
from service.cases.known import known_of
from service.cases.notes import patient_of, text_of
from service.cases.reading import shown_in
from service.cases.sealing import unseal
from service.consent.consent import consents
from service.fhir.telling.told import Agreement, CaseTold, NoteTold, PatientTold, ReportTold, Signed, Stated
from service.models.stored import CaseStatus
from service.problems import ProblemError
from service.store.scope import scoped
from service.store.tables import account, audit, case, feature, note, report, sign_off

_ID = 32


class ResourceMissing(ProblemError):
    """There is no such resource for this actor."""

    def __init__(self) -> None:
        super().__init__(404, "There is no resource of this id that you may see.")


def case_of_resource(desk: Desk, connection: Connection, id: str) -> RowMapping:
    """The case that a resource of this id is of: an id begins with that of a case or of a part of one."""
    begin = id[:_ID]
    for table in (case, report, feature, note):
        query = scoped(desk.actor, Permission.READ_CASES, table, table.c.id == begin)
        found = connection.execute(query).mappings().first()
        if found is not None:
            return desk.case(connection, found["id"] if table is case else found["case"])
    desk.case(connection, begin)  # refuses, and records whose department's it is
    raise ResourceMissing


def cases_of(desk: Desk, connection: Connection, ids: Sequence[str]) -> list[str]:
    """Ids of the cases that resources of these ids are of, as far as they may be seen."""
    begins, found = [id[:_ID] for id in ids], []
    for table in (case, report, feature, note):
        mine = scoped(desk.actor, Permission.READ_CASES, table, table.c.id.in_(begins))
        found += [row["id"] if table is case else row["case"] for row in connection.execute(mine).mappings()]
    return found


def viewed(desk: Desk, id: str, *, export: bool = False) -> RowMapping:
    """The case behind a resource, once it is recorded that it was looked at; raises ResourceMissing, 410."""

    def seen(connection: Connection) -> RowMapping:
        row = case_of_resource(desk, connection, id)
        desk.record(connection, Action.EXPORT if export else Action.VIEW, row)
        return row

    try:
        return desk.write(seen)
    except ProblemError as error:
        if error.status == 404:
            raise ResourceMissing from None
        raise


def case_told(desk: Desk, connection: Connection, row: RowMapping, *, reports: bool = True) -> CaseTold:
    """All of the case in `row`; without `reports` what was made of it is not opened."""
    notes = desk.parts(connection, note, row["id"])
    signed = desk.parts(connection, sign_off, row["id"])
    rows = desk.parts(connection, report, row["id"]) if reports else ()
    stated = [part for part in desk.parts(connection, feature, row["id"]) if part["withdrawn"] is None]
    names = _names(connection, [part["created_by"] for part in (*signed, *rows, *stated)])
    return CaseTold(
        patient_told(desk, connection, row),
        [_note(desk, connection, part) for part in notes],
        [Stated(part["id"], said_of(desk, connection, part), part["created_by"], part["created"]) for part in stated],
        _reports(desk, connection, rows, signed, {part["id"]: part["dated"] for part in notes if part["dated"]}, names),
        names,
        [
            Agreement(one.purpose.value, one.given_by.value, one.created, one.withdrawn)
            for one in consents(connection, row["id"])
        ],
    )


def patient_told(desk: Desk, connection: Connection, row: RowMapping) -> PatientTold:
    """Who the case in `row` is about."""
    who = patient_of(desk, connection, row)
    return PatientTold(
        row["id"],
        row["version"],
        changed_at(connection, row),
        row["sex"],
        row["age_days"],
        row["created"],
        who.get("number"),
        who.get("name"),
        known_of(desk, connection, row),
    )


def changed_at(connection: Connection, row: RowMapping) -> datetime:
    """When anything of the case in `row` last changed: its findings, or who its patient is."""
    made = (Action.CREATE.value, Action.CHANGE.value)
    last = select(func.max(audit.c.at)).where(
        audit.c.object_kind == "case", audit.c.object_id == row["id"], audit.c.action.in_(made)
    )
    found: datetime | None = connection.execute(last).scalar()
    changed: datetime = row["changed"]
    return max(changed, found) if found else changed


def _reports(
    desk: Desk,
    connection: Connection,
    rows: Sequence[RowMapping],
    signed: Sequence[RowMapping],
    dated: Mapping[str, str],
    names: Mapping[str, str],
) -> list[ReportTold]:
    complete = _completing(connection, [part["id"] for part in signed])
    told: list[ReportTold] = []
    for part in rows:
        mine = [one for one in signed if one["report"] == part["id"]]
        before = [one for one in told if one.is_final]
        told.append(
            ReportTold(
                part["id"],
                part["case"],
                part["created"],
                part["created_by"],
                shown_in(desk, connection, part),
                tuple(_signed(desk, connection, one, one["id"] in complete) for one in mine),
                dated,
                names,
                before[-1].id if before else None,
            )
        )
    return told


def _completing(connection: Connection, signatures: Sequence[str]) -> frozenset[str]:
    """Those of these signatures with which a case was signed, as the trail has it."""
    if not signatures:
        return frozenset()
    of = (audit.c.object_kind == "sign_off", audit.c.object_id.in_(signatures))
    links = connection.execute(select(audit.c.object_id, audit.c.detail).where(*of))
    return frozenset(link.object_id for link in links if link.detail.get("status") == CaseStatus.SIGNED.value)


def _signed(desk: Desk, connection: Connection, part: RowMapping, completes: bool) -> Signed:
    content = unseal(desk.keeping.vault, connection, part["case"], "sign_off", part["id"], part["sealed"])
    return Signed(part["decision"], part["disease"], content["reason"], part["created_by"], part["created"], completes)


def _note(desk: Desk, connection: Connection, part: RowMapping) -> NoteTold:
    return NoteTold(
        part["id"],
        text_of(desk, connection, part),
        part["created"],
        part["language"],
        part["dated"],
        part["masked"],
    )


def _names(connection: Connection, ids: Sequence[str]) -> Mapping[str, str]:
    """What the people behind accounts are called."""
    if not ids:
        return {}
    query = select(account.c.id, account.c.display_name).where(account.c.id.in_(set(ids)))
    return {row.id: row.display_name for row in connection.execute(query)}
