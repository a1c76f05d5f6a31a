"""The worklist as people read it: with the patients' names and numbers, searched by them, and who sees to each case.

Names are sealed with their cases, so that a search opens them one by one: the last changed ones, up to a bound.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, RowMapping, select

from service.actors import Permission
from service.audit.trail import Action, record
from service.cases.desk import Desk
from service.cases.notes import patient_of
from service.cases.worklist import after, conditions, cursor_of, last_reports, shown_of
from service.models.stored import Worklist, WorklistCaseAnswer
from service.store.scope import may, scoped
from service.store.tables import account, case, membership, report

#: Cases whose names one search opens: some 50 microseconds each.
MOST_SEARCHED = 2000


@dataclass(frozen=True, slots=True)
class NamedCase:
    """A case of the list, with who it is about and who sees to it."""

    case: WorklistCaseAnswer
    name: str | None
    number: str | None
    colleague: str | None
    leading: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NamedPage:
    """A page of cases; `next` is the cursor of what follows, `cut` tells that a search did not reach the oldest."""

    cases: tuple[NamedCase, ...]
    next: str | None
    cut: bool


@dataclass(frozen=True, slots=True)
class Colleague:
    """Someone who may be given a case of a department."""

    id: str
    name: str
    department: str


def named_cases(
    desk: Desk,
    name_of: Callable[[str], str],
    knowledge: str,
    wanted: Worklist,
    query: str = "",
    reanalyse: bool = False,
) -> NamedPage:
    """One page of the actor's cases; with `query`, those whose patient, id or leading disease has its words.

    `name_of` names a disease by its id. `reanalyse`: only unsolved cases last assessed with another release than
    `knowledge`, the one in use.
    """
    where = list(conditions(wanted))
    if reanalyse:
        where += _outdated(desk, knowledge)
    if wanted.cursor is not None:
        where.append(after(wanted.cursor))
    words = query.casefold().split()
    bound = MOST_SEARCHED if words else wanted.limit

    def work(connection: Connection) -> NamedPage:
        chosen = scoped(desk.actor, Permission.READ_CASES, case, *where)
        rows = connection.execute(chosen.order_by(case.c.changed.desc(), case.c.id.desc()).limit(bound + 1))
        found = rows.mappings().all()
        more, found = len(found) > bound, found[:bound]
        last = last_reports(desk, connection, [row["id"] for row in found])
        people = {one.id: one.name for one in _people(desk, connection)}
        named = [_named(desk, connection, row, last.get(row["id"]), knowledge, people, name_of) for row in found]
        kept = [one for one in named if all(word in _searched(one) for word in words)]
        page = kept[: wanted.limit]
        detail = {"cases": len(page), "named": len(named)}
        record(connection, desk.actor.id, Action.LIST, "worklist", "cases", detail=detail)
        rest = more if not words else len(kept) > len(page)
        return NamedPage(tuple(page), cursor_of(page[-1].case) if rest and page else None, bool(words) and more)

    return desk.write(work)


def colleagues(desk: Desk) -> tuple[Colleague, ...]:
    """Who may be given the cases of the departments that the actor writes in."""
    return desk.read(lambda connection: tuple(_people(desk, connection)))


def _people(desk: Desk, connection: Connection) -> Sequence[Colleague]:
    mine = desk.actor.departments(Permission.READ_CASES)
    query = (
        select(account.c.id, account.c.display_name, membership.c.department)
        .join(membership, membership.c.account == account.c.id)
        .where(membership.c.department.in_(sorted(mine)), account.c.active, account.c.kind == "person")
        .distinct()
        .order_by(account.c.display_name, account.c.id)
    )
    return [Colleague(row.id, row.display_name, row.department) for row in connection.execute(query)]


def _outdated(desk: Desk, knowledge: str) -> list[ColumnElement[bool]]:
    """Unsolved, reported on, and never with `knowledge`."""
    reports = select(report.c.case).where(may(desk.actor, Permission.READ_CASES, report))
    current = reports.where(report.c.knowledge == knowledge)
    return [case.c.unsolved, case.c.id.in_(reports), case.c.id.not_in(current)]


def _named(
    desk: Desk,
    connection: Connection,
    row: RowMapping,
    last: RowMapping | None,
    knowledge: str,
    people: dict[str, str],
    name_of: Callable[[str], str],
) -> NamedCase:
    who = {} if row["status"] == "erased" else patient_of(desk, connection, row)
    told = shown_of(row, last, knowledge)
    leading = tuple(name_of(id) for id in (told.last_report.leading[:3] if told.last_report else ()))
    return NamedCase(told, who.get("name"), who.get("number"), people.get(row["assigned_to"] or ""), leading)


def _searched(one: NamedCase) -> str:
    return " ".join((one.case.id, one.name or "", one.number or "", *one.leading)).casefold()
