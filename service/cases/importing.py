"""Importing cases: many at once from a file, each kept once however often the file is sent."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from ontology.errors import InputError
from ontology.terms import Terms
from service.actors import Permission
from service.audit.trail import Action
from service.cases.desk import Desk
from service.cases.opening import department_for, keep_case
from service.cases.rules import CaseRules
from service.cases.sealing import digest_of
from service.identity.accounts import find_account, memberships
from service.identity.roles import Kind, actor_with
from service.intake import stated
from service.keeping import Keeping
from service.knowing import settled
from service.models.known import KnownInput, part_of
from service.models.stored import CaseInput
from service.store.scope import scoped
from service.store.tables import imported

#: What an import came from. A file's name is not kept: it may be a patient's.
SOURCE = "jsonl"


@dataclass(frozen=True, slots=True)
class Imported:
    """The kept case of one line; `fresh` is False where the same line had been imported before."""

    case: str
    fresh: bool


def importing_desk(keeping: Keeping, rules: CaseRules, account_name: str) -> Desk:
    """The desk of the account that cases are imported for; raises InputError where there is none of this name."""

    def work(connection: Connection) -> Desk:
        row = find_account(connection, account_name)
        if row is None or not row.active:
            raise InputError("account", "There is no active account of this name.", "`phenomap user list` shows them.")
        actor = actor_with(row.id, memberships(connection, row.id), person=row.kind == Kind.PERSON.value)
        return Desk(actor, keeping, rules)

    return keeping.database.read(work)


def import_case(desk: Desk, terms: Terms, line_id: str, given: CaseInput) -> Imported:
    """Keep the case of one line, or find the one that the same line gave before; raises a 422 problem with every fault.

    The same is the same id and the same content in the same department.
    """
    department = department_for(desk, given.department)
    mentions = stated(given, desk.actor, terms) if given.features else ()
    known = settled(given)
    digest = digest_of({"id": line_id, "department": department, "case": _content(given)})

    def work(connection: Connection) -> Imported:
        before = scoped(desk.actor, Permission.WRITE_CASES, imported, imported.c.digest == digest).subquery()
        kept_before = connection.execute(select(before.c.case)).scalar()
        if kept_before is not None:
            return Imported(kept_before, fresh=False)
        kept = keep_case(desk, connection, terms, given, department, mentions, known)
        row = desk.case(connection, kept.id, Permission.WRITE_CASES)
        id = desk.add(connection, imported, row, source=SOURCE, digest=digest)
        desk.record(connection, Action.IMPORT, row, "imported", id, notes=len(given.notes), features=len(mentions))
        return Imported(kept.id, fresh=True)

    return desk.write(work)


def _content(given: CaseInput) -> dict[str, object]:
    """What tells whether two lines are the same: a line has the digest that it had before cases told what is known."""
    known = set(KnownInput.model_fields)
    told = part_of(given).model_dump(mode="json", exclude_defaults=True)
    return {**given.model_dump(mode="json", exclude=known), **told}
