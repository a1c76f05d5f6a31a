"""Roles, what each may do in its department, and the rules of breaking the glass.

An account holds roles in departments (`membership`); what one may do in one department says nothing of another. Roles
are apart on purpose: who manages accounts reads no case, and who reads the trail changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType

from service.actors import Actor, Permission


class Role(StrEnum):
    """What an account is in a department."""

    CLINICIAN = "clinician"
    SECOND_READER = "second_reader"
    SCREENING_ANALYST = "screening_analyst"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


class Kind(StrEnum):
    """What an account stands for."""

    PERSON = "person"
    MACHINE = "machine"


PERMISSIONS: Mapping[Role, frozenset[Permission]] = MappingProxyType(
    {
        Role.CLINICIAN: frozenset(
            {
                Permission.READ_KNOWLEDGE,
                Permission.ASSESS,
                Permission.READ_CASES,
                Permission.WRITE_CASES,
                Permission.SIGN,
                Permission.REANALYSE,
                Permission.BREAK_GLASS,
            }
        ),
        Role.SECOND_READER: frozenset(
            {Permission.READ_KNOWLEDGE, Permission.ASSESS, Permission.READ_CASES, Permission.SECOND_SIGN}
        ),
        Role.SCREENING_ANALYST: frozenset(
            {
                Permission.READ_KNOWLEDGE,
                Permission.ASSESS,
                Permission.READ_CASES,
                Permission.REANALYSE,
                Permission.SCREEN,
            }
        ),
        Role.ADMINISTRATOR: frozenset({Permission.READ_KNOWLEDGE, Permission.MANAGE_ACCOUNTS, Permission.ERASE}),
        Role.AUDITOR: frozenset({Permission.READ_KNOWLEDGE, Permission.READ_AUDIT}),
    }
)

#: What a person alone does: a signature, opening another department's case and giving rights need someone to answer
#: for them, so that no key and no machine's token carries these.
PERSONS_ALONE = frozenset(
    {Permission.SIGN, Permission.SECOND_SIGN, Permission.BREAK_GLASS, Permission.MANAGE_ACCOUNTS, Permission.ERASE}
)

#: Roles that a machine may hold, less what persons alone do.
FOR_MACHINES = frozenset({Role.CLINICIAN, Role.SCREENING_ANALYST, Role.AUDITOR})

#: What a visitor from this machine may do where the service only demonstrates: nothing of it is kept.
DEMONSTRATION = frozenset({Permission.READ_KNOWLEDGE, Permission.ASSESS})

# Breaking the glass: a clinician of any department may open one case of another one for reading, in an emergency, by
# giving a reason. Each is a row of `break_glass` and a link of the audit trail, and the auditor is shown all of them.
BREAK_GLASS_LASTS = timedelta(hours=4)
BREAK_GLASS_REASON_SHORTEST = 10


def actor_with(account_id: str, held: Iterable[tuple[str, str]], *, person: bool = True) -> Actor:
    """The actor of an account that holds (department, role) pairs; without `person`, less what persons alone do."""
    grants: dict[Permission, set[str]] = defaultdict(set)
    for department, role in held:
        for permission in PERMISSIONS[Role(role)]:
            if person or permission not in PERSONS_ALONE:
                grants[permission].add(department)
    frozen = MappingProxyType({permission: frozenset(where) for permission, where in grants.items()})
    return Actor(account_id, frozenset(frozen), frozen)
