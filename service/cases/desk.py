"""Who asks, about which case, with which right: the one way to a kept case.

A case of another department is answered as one that does not exist (404), and that it was asked for is recorded.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import Connection, RowMapping, Table, select, update

from service.actors import Actor, Permission
from service.audit.trail import Action, Value, record
from service.cases.rules import CaseRules
from service.consent.consent import ConsentMissing, ConsentUnknown
from service.consent.retention import Retention, set_until
from service.identity.accounts import OPERATOR
from service.keeping import Keeping
from service.problems import Fault, ProblemError
from service.store.database import StoreError
from service.store.scope import department_of, scoped
from service.store.tables import case, department, new_id, now
from service.vault.vault import Erased, KeyMissing, KeyUnusable, SealBroken

_LOG = logging.getLogger("phenomap.service")
T = TypeVar("T")
Parts = Sequence[RowMapping]


class CaseMissing(ProblemError):
    """There is no such case for this actor."""

    def __init__(self, case_id: str) -> None:
        super().__init__(404, "There is no case of this id that you may see.")
        self.case_id = case_id


class WithoutConsent(ProblemError):
    """The consent that this needs was not given, or was withdrawn."""

    def __init__(self, missing: ConsentMissing) -> None:
        super().__init__(409, missing.what, (Fault(field="", what=missing.what, mend=missing.mend),))


@dataclass(frozen=True, slots=True)
class Once:
    """An Idempotency-Key, with what it was sent to."""

    key: str
    method: str
    path: str


@dataclass(frozen=True, slots=True)
class Desk:
    """An actor, what their cases are kept with, and what their request says of repeats and versions."""

    actor: Actor
    keeping: Keeping
    rules: CaseRules = field(default_factory=CaseRules)
    expected: int | None = None
    once: Once | None = None

    def at(self, version: int | None) -> Desk:
        """The same desk, expecting a case to be at `version`; at any, where it is None."""
        return replace(self, expected=version)

    def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work`, which changes nothing and discloses nothing that was not recorded before."""
        return self._answering(lambda: self.keeping.database.read(work))

    def write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in one transaction; an erased case is a 410, a case that may not be seen a recorded 404."""
        return self._answering(lambda: self.keeping.database.write(work))

    def case(self, connection: Connection, id: str, permission: Permission = Permission.READ_CASES) -> RowMapping:
        """The row of a case, read under `permission`; raises CaseMissing, or 410 where it was erased."""
        row = connection.execute(scoped(self.actor, permission, case, case.c.id == id)).mappings().first()
        if row is None:
            if permission is not Permission.READ_CASES and self._is_seen(connection, id):
                raise ProblemError(403, f"In this department that needs the permission {permission.value}.")
            raise CaseMissing(id)
        if row["status"] == "erased":
            raise gone()
        return row

    def changing(self, connection: Connection, id: str, permission: Permission = Permission.WRITE_CASES) -> RowMapping:
        """As `case`, held against other writers, at the version that the request expects (else a 409)."""
        self.case(connection, id, permission)
        mine = scoped(self.actor, permission, case, case.c.id == id).with_for_update(of=case)
        row = connection.execute(mine).mappings().one()
        if row["status"] == "erased":
            raise gone()
        if self.expected is not None and row["version"] != self.expected:
            what = f"The case is at version {row['version']} now."
            raise ProblemError(409, what, (Fault(field="If-Match", what=what, mend="Read it again, then repeat."),))
        return row

    def parts(self, connection: Connection, table: Table, case_id: str, permission: Permission | None = None) -> Parts:
        """Rows of `table` that belong to a case, the oldest first."""
        permission = permission or Permission.READ_CASES
        mine = scoped(self.actor, permission, table, table.c.case == case_id)
        return connection.execute(mine.order_by(table.c.created, table.c.id)).mappings().all()

    def add(self, connection: Connection, table: Table, row: RowMapping, **values: object) -> str:
        """Insert a part of the case in `row`; its id."""
        id = str(values.pop("id", None) or new_id())
        owned = {"id": id, "case": row["id"], "department": row["department"], "created_by": self.actor.id}
        connection.execute(table.insert(), {**owned, **values})
        return id

    def record(
        self, connection: Connection, action: Action, row: RowMapping, kind: str = "case", id: str = "", **detail: Value
    ) -> None:
        """Add a link about the case in `row`, or about the part of it of `kind` and `id`."""
        of = {"case": row["id"]} if id else {}
        record(
            connection,
            self.actor.id,
            action,
            kind,
            id or row["id"],
            department=row["department"],
            detail={**of, **detail},
        )

    def _is_seen(self, connection: Connection, id: str) -> bool:
        return connection.execute(scoped(self.actor, Permission.READ_CASES, case, case.c.id == id)).first() is not None

    def _answering(self, work: Callable[[], T]) -> T:
        try:
            return work()
        except Erased:
            raise gone() from None
        except ConsentMissing as missing:
            raise WithoutConsent(missing) from None
        except ConsentUnknown as unknown:
            raise ProblemError(404, unknown.what) from None
        except (SealBroken, KeyMissing, KeyUnusable) as error:
            _LOG.error("a sealed record could not be opened: %s", type(error).__name__)
            raise ProblemError(500, error.what) from error
        except StoreError as error:
            raise ProblemError(503, error.what, headers={"Retry-After": "1"}) from error
        except CaseMissing as missing:
            id = missing.case_id
            self.keeping.database.write(lambda connection: self._record_refusal(connection, id))
            raise

    def _record_refusal(self, connection: Connection, id: str) -> None:
        """A link for the auditors of the department whose case was asked for, where there is such a case."""
        record(connection, self.actor.id, Action.REFUSE, "case", id, department=department_of(connection, id))


def gone() -> ProblemError:
    """The case was erased."""
    return ProblemError(410, "This case was erased, and cannot be read again.")


def touch(desk: Desk, connection: Connection, row: RowMapping, *, content: bool = True, **values: object) -> int:
    """Raise the version of the case in `row` and set `values`; the version now.

    With `content`, what a report was made from has changed: the case is a draft again, and older reports are stale.
    """
    if content:
        values = {"status": "draft", "changed": later_than(row["changed"]), **values}
    version: int = row["version"] + 1
    connection.execute(update(case).where(case.c.id == row["id"]).values(version=version, **values))
    set_until(connection, row["id"], Retention(desk.rules.retention_days))
    return version


def later_than(moment: datetime) -> datetime:
    """Now, or just after `moment` where the clock was set back or has not moved."""
    return max(now(), moment + timedelta(microseconds=1))


def operator_desk(connection: Connection, keeping: Keeping, rules: CaseRules) -> Desk:
    """The desk of a command that the operator runs on the server itself: every department."""
    everywhere = frozenset(connection.execute(select(department.c.id)).scalars())
    actor = Actor(OPERATOR, frozenset(Permission), dict.fromkeys(Permission, everywhere))
    return Desk(actor, keeping, rules)
