"""Reading, versions and searches of the resources of kept cases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, Select, func, select

from service.actors import Permission
from service.audit.trail import Action
from service.cases.desk import Desk
from service.fhir.held import ResourceMissing, case_told, cases_of, patient_told, viewed
from service.fhir.searching import Search
from service.fhir.telling.case import everything, facts
from service.fhir.telling.codes import Json
from service.fhir.telling.patient import patient_resource
from service.fhir.telling.report import resources_of_report
from service.fhir.telling.told import CaseTold, Labels
from service.patients import Identifier, case_of_patient, digests_sought
from service.problems import Fault, ProblemError
from service.store.scope import scoped
from service.store.tables import case, report

#: Types whose resources are no report's.
_WITHOUT_REPORTS = frozenset({"Patient", "DocumentReference", "Consent"})
#: Cases whose resources are looked through for one search; more patients are to be asked for apart.
MOST_CASES = 200


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found: how many in all, those of one page, and the cases that were looked through."""

    total: int
    page: tuple[Json, ...]
    cases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Looking:
    """Looks for whoever sits at `desk`, in their language; `source` is the system whose numbers are meant."""

    desk: Desk
    labels: Labels
    language: str
    source: str

    def versions(self, kind: str, id: str) -> list[Json]:
        """The versions of a resource that are there to be read, the last first; raises ResourceMissing."""
        row = viewed(self.desk, id)
        return self.desk.read(lambda connection: self._versions(connection, row, kind, id))

    def everything(self, id: str) -> list[Json]:
        """All resources of a case; that they were taken out is recorded."""
        row = viewed(self.desk, id, export=True)
        if row["id"] != id:
            raise ResourceMissing
        return self.desk.read(lambda c: everything(case_told(self.desk, c, row), self.labels, self.language))

    def search(self, search: Search) -> Found:
        """What a search finds, the last changed first."""
        rows = self.desk.write(lambda connection: self._cases(connection, search))
        found = self.desk.read(lambda connection: list(self._matching(connection, rows, search)))
        found.sort(key=lambda each: (each["meta"]["lastUpdated"], each["id"]), reverse=True)
        page = () if search.only_total else tuple(found[search.offset : search.offset + search.count])
        return Found(len(found), page, tuple(row["id"] for row in rows))

    def _versions(self, connection: Connection, row: RowMapping, kind: str, id: str) -> list[Json]:
        told = case_told(self.desk, connection, row, reports=kind not in _WITHOUT_REPORTS)
        held = [patient_resource(told.patient), *facts(told, self.labels, self.language)]
        found = [each for each in held if each["resourceType"] == kind and each["id"] == id]
        found = found or list(self._of_reports(told, kind, id))
        if not found:
            raise ResourceMissing
        return found

    def _of_reports(self, told: CaseTold, kind: str, id: str) -> Iterator[Json]:
        seen: set[str] = set()
        for one in told.reports:
            for version in range(one.version, 0, -1) if id.startswith(one.id) else ():
                earlier = one.at(version)
                resources = resources_of_report(earlier, self.labels) if earlier else ()
                for each in resources:
                    if each["resourceType"] == kind and each["id"] == id and each["meta"]["versionId"] not in seen:
                        seen.add(each["meta"]["versionId"])
                        yield each

    def _matching(self, connection: Connection, rows: Sequence[RowMapping], search: Search) -> Iterator[Json]:
        for row in rows:
            yield from (each for each in self._resources(connection, row, search.kind) if search.holds(each))

    def _resources(self, connection: Connection, row: RowMapping, kind: str) -> Sequence[Json]:
        if kind == "Patient":
            return [patient_resource(patient_told(self.desk, connection, row))]
        told = case_told(self.desk, connection, row, reports=kind not in _WITHOUT_REPORTS)
        resources = everything(told, self.labels, self.language)
        return [each for each in resources if each["resourceType"] == kind]

    def _cases(self, connection: Connection, search: Search) -> Sequence[RowMapping]:
        """The cases to be looked through; that each of them was looked at is recorded."""
        if search.identifiers:
            rows = self._by_number(connection, search.identifiers)
            rows = [row for row in rows if search.patients is None or row["id"] in search.patients]
        else:
            mine = self._mine(connection, search)
            total = connection.execute(select(func.count()).select_from(mine.subquery())).scalar() or 0
            if total > MOST_CASES:
                what = "This search is for too many patients at once."
                mend = "Name the patient, or, of RiskAssessment and ServiceRequest, a later day."
                raise ProblemError(422, what, (Fault(field="patient", what=what, mend=mend),))
            rows = connection.execute(mine.order_by(case.c.changed.desc(), case.c.id)).mappings().all()
        for row in rows:
            self.desk.record(connection, Action.VIEW, row)
        return rows

    def _mine(self, connection: Connection, search: Search) -> Select[tuple[object, ...]]:
        where = [case.c.status != "erased"]
        if search.patients is not None:
            where.append(case.c.id.in_(search.patients))
        if search.ids is not None:
            where.append(case.c.id.in_(cases_of(self.desk, connection, search.ids)))
        if search.begins is not None:  # no other case has a report so late
            since = scoped(self.desk.actor, Permission.READ_CASES, report, report.c.created >= search.begins).subquery()
            recent = select(since.c.case)
            where.append(case.c.id.in_(recent))
        return scoped(self.desk.actor, Permission.READ_CASES, case, *where)

    def _by_number(self, connection: Connection, tokens: Sequence[str]) -> Sequence[RowMapping]:
        """The latest live case of each patient who has one of these numbers."""
        rows: dict[str, RowMapping] = {}
        for token in tokens:
            system, _, value = token.rpartition("|")
            number = [Identifier(system, value)]
            digests = digests_sought(self.desk.keeping.vault, connection, self.source, None, number)
            row = case_of_patient(self.desk, connection, digests)
            if row is not None:
                rows[row["id"]] = row
        return list(rows.values())
