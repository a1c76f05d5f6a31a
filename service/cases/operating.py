"""What the operator of the server does to kept cases at the command line; named so in the trail.

Nothing sealed is shown here: an operator keeps the machine running and has no need to read what a patient's note says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection

from matching.assess import Assessor
from ontology.errors import PhenomapError
from ontology.knowledge import Knowledge
from service.audit.trail import Action
from service.cases.desk import Desk, operator_desk
from service.cases.erasing import erase_case
from service.cases.reading import listed
from service.cases.reanalyse import Reanalysed, reanalyse
from service.cases.rules import CaseRules
from service.cases.worklist import list_cases
from service.consent.retention import CaseUnknown, erase_due
from service.keeping import Keeping
from service.models.stored import CaseStatus, ErasureInput, ErasureReason, Worklist
from service.problems import ProblemError
from service.releases import releases_beside
from service.store.tables import consent, feature, note, now, photo, report, sign_off

T = TypeVar("T")


def operator(keeping: Keeping, rules: CaseRules) -> Desk:
    """The operator's desk, over every department."""
    return keeping.database.read(lambda connection: operator_desk(connection, keeping, rules))


def list_all(desk: Desk, status: str | None) -> Iterator[dict[str, Any]]:
    """Every case, the last changed first, as the worklist shows it."""
    cursor: str | None = None
    while True:
        page = list_cases(desk, Worklist(status=CaseStatus(status) if status else None, cursor=cursor, limit=100))
        yield from (case.model_dump(mode="json") for case in page.cases)
        cursor = page.next
        if cursor is None:
            return


def summary(desk: Desk, case_id: str) -> dict[str, Any]:
    """One case: what is not sealed of it, its reports and signatures; raises CaseUnknown."""

    def work(connection: Connection) -> dict[str, Any]:
        row = desk.case(connection, case_id)
        desk.record(connection, Action.VIEW, row, sealed=False)
        counts = {table.name + "s": len(desk.parts(connection, table, case_id)) for table in (note, feature, photo)}
        plain = {
            "consents": (consent, ("id", "purpose", "given_by", "created", "withdrawn")),
            "reports": (report, ("id", "created", "created_by", "knowledge", "leading")),
            "sign_offs": (sign_off, ("id", "created", "created_by", "report", "reader", "decision", "disease")),
        }
        parts = {
            name: [{column: part[column] for column in columns} for part in desk.parts(connection, table, case_id)]
            for name, (table, columns) in plain.items()
        }
        return {**listed(row), "retain_until": row["retain_until"], **counts, **parts}

    return _known(lambda: desk.write(work))


def erase(desk: Desk, case_id: str, reason: str) -> None:
    """Erase one case; raises CaseUnknown."""
    _known(lambda: erase_case(desk, case_id, ErasureInput(reason=ErasureReason(reason))))


def erase_expired(desk: Desk) -> int:
    """Erase every case whose time is over under the site's rule; how many."""
    keeping = desk.keeping
    return erase_due(keeping.database, keeping.vault, keeping.blobs, now(), desk.actor.id)


def rank_again(desk: Desk, root: Path, *, every: bool) -> Iterator[Reanalysed]:
    """Reanalyse with the release in use under `root`, comparing with older releases as far as they lie there too."""
    yield from reanalyse(desk, Assessor.open(Knowledge.open(root)), releases_beside(root), every=every)


def _known(work: Callable[[], T]) -> T:
    """The value of `work`, its problems as errors of the command line."""
    try:
        return work()
    except ProblemError as problem:
        kind = CaseUnknown if problem.status == 404 else PhenomapError
        raise kind(problem.detail, "See `phenomap case list`.") from None
