"""From a launch to a session and a case: the person must have an account here, and may read where it says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from service.audit.trail import Action, record
from service.cases.desk import Desk
from service.cases.rules import CaseRules
from service.identity.accounts import memberships
from service.identity.identity import Identity
from service.identity.oidc import ProviderRefused
from service.identity.roles import Kind, actor_with
from service.identity.sessions import Opened
from service.identity.signing_in import UNKNOWN, Visitor, open_for, refuse_hurry
from service.keeping import Keeping
from service.patients import case_of_patient, digests_sought
from service.smart.launching import Launched, Launches, LaunchRefused
from service.store.tables import account

#: By what a session was opened, in the trail.
BY = "launch"


class NoAccount(Exception):
    """The record system knows the person, and this service not."""


@dataclass(frozen=True, slots=True)
class Entered:
    """A session; `patient` says whether the launch named a patient, `case` which case is theirs."""

    opened: Opened
    patient: bool
    case: str | None


@dataclass(frozen=True, slots=True)
class Entrance:
    """Lets in whom a launch proves to be someone with an account. Waits for the database and the record system."""

    identity: Identity
    keeping: Keeping
    rules: CaseRules
    launches: Launches

    def enter(self, visitor: Visitor, kept: str, state: str, code: str) -> Entered:
        """Open the session; raises NoAccount, a 429 problem, and as Launches.finish.

        What proves nobody counts against the address; whoever the record system proves to be, and who has no account,
        does not: colleagues come from the same address.
        """
        refuse_hurry(self.identity, visitor)
        try:
            launched = self.launches.finish(kept, state, code)
        except (LaunchRefused, ProviderRefused):
            self.identity.addresses.failed(visitor.address)
            self.identity.database.write(_note_refusal)
            raise
        opened = self.identity.database.write(lambda connection: self._opened(connection, visitor, launched))
        if opened is None:
            raise NoAccount
        return Entered(opened, launched.patient is not None, self._case(opened.account, launched))

    def _opened(self, connection: Connection, visitor: Visitor, launched: Launched) -> Opened | None:
        owner = _person(connection, launched.subjects)
        if owner is None:
            _note_refusal(connection)
            return None
        return open_for(connection, self.identity, visitor, owner, BY)

    def _case(self, account_id: str, launched: Launched) -> str | None:
        """The patient's case, where this person may read it; that it is looked at is recorded as its page is opened."""

        def work(connection: Connection) -> str | None:
            actor = actor_with(account_id, memberships(connection, account_id))
            desk = Desk(actor, self.keeping, self.rules)
            digests = digests_sought(self.keeping.vault, connection, launched.system, launched.patient)
            row = case_of_patient(desk, connection, digests) if digests else None
            return None if row is None else str(row["id"])

        return self.identity.database.read(work) if launched.patient else None


def _person(connection: Connection, subjects: Sequence[str]) -> str | None:
    """The active account of a person that is known by the first of `subjects` that is any account's.

    As in directory.py, an account is never found by its name, which a record system may give to another person.
    """
    for subject in subjects:
        row = connection.execute(select(account).where(account.c.subject == subject)).first()
        if row is not None:
            return str(row.id) if row.active and row.kind == Kind.PERSON.value else None
    return None


def _note_refusal(connection: Connection) -> None:
    record(connection, UNKNOWN, Action.SIGN_IN_FAILED, "account", UNKNOWN, detail={"by": BY})
