"""What stands out of a patient now: the newest report of their case, where it is fresh and nobody has decided yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping

from service.actors import Permission
from service.cases.brief import brief_in
from service.cases.desk import Desk
from service.cases.reading import is_stale
from service.fhir.telling.told import ReportTold
from service.models.stored import CaseStatus
from service.patients import Identifier, case_of_patient, digests_sought
from service.store.scope import scoped
from service.store.tables import card, card_feedback, report

OVERRIDDEN = "overridden"
#: Of a report, all but the whole of it.
_OPENED = (report.c.id, report.c.case, report.c.created, report.c.created_by, report.c.brief)
#: Reasons after which a disease is not brought up again for this patient, by any service.
FOR_GOOD = frozenset({"known-diagnosis", "already-tested", "does-not-fit"})


@dataclass(frozen=True, slots=True)
class Standing:
    """The case, its newest report, and the series of its first disease: `name`, `ids`, `probability` together."""

    case: RowMapping
    report: ReportTold
    series: Mapping[str, Any]

    @property
    def disease(self) -> str:
        """Id of the first disease."""
        return str(self.series["ids"][0])

    @property
    def probability(self) -> float:
        """The calibrated posterior of the series."""
        return float(self.series["probability"])


class PatientUnknown(Exception):
    """Nothing was ever received of this patient, as far as this caller may know."""


def standing(
    desk: Desk, connection: Connection, source: str, patient_id: str, numbers: tuple[Identifier, ...], service: str
) -> Standing | None:
    """What there is to be said of the patient whom `source` calls so; None where it is nothing.

    That is: there is no report, what it was made of has changed since (it is being made anew), a clinician has signed,
    or a card of this `service` about it was overridden. Raises PatientUnknown.
    """
    digests = digests_sought(desk.keeping.vault, connection, source, patient_id, numbers)
    row = case_of_patient(desk, connection, digests) if digests else None
    if row is None:
        raise PatientUnknown
    if row["status"] != CaseStatus.DRAFT.value:
        return None
    mine = scoped(desk.actor, Permission.READ_CASES, report, report.c.case == row["id"])
    mine = mine.with_only_columns(*_OPENED).order_by(report.c.created.desc(), report.c.id.desc())
    newest = connection.execute(mine.limit(1)).mappings().first()
    if newest is None or is_stale(row, newest):
        return None
    shown = brief_in(desk, connection, newest)
    if not shown["diseases"] or _dismissed(desk, connection, newest, shown["series"]["ids"], service):
        return None
    told = ReportTold(newest["id"], newest["case"], newest["created"], newest["created_by"], shown)
    return Standing(row, told, shown["series"])


def _dismissed(desk: Desk, connection: Connection, newest: RowMapping, diseases: Sequence[str], service: str) -> bool:
    """Whether a card about one of these was overridden: for good by a reason in FOR_GOOD, else for this report."""
    about = scoped(desk.actor, Permission.READ_CASES, card, card.c.case == newest["case"], card.c.disease.in_(diseases))
    cards = {row["id"]: row for row in connection.execute(about).mappings()}
    told = scoped(
        desk.actor,
        Permission.READ_CASES,
        card_feedback,
        card_feedback.c.case == newest["case"],
        card_feedback.c.outcome == OVERRIDDEN,
    )
    for one in connection.execute(told).mappings():
        of = cards.get(one["card"])
        here = of is not None and (of["report"], of["service"]) == (newest["id"], service)
        if of is not None and (one["reason"] in FOR_GOOD or here):
            return True
    return False
