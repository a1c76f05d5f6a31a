"""Whose case it is: a hospital system's patient found again by a blinded index, so that no number stands in clear.

A digest is the vault's fingerprint of where a number comes from and the number; what it was made of cannot be found
from it without the site's own key.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, select

from service.actors import Permission
from service.cases.desk import Desk
from service.store.scope import scoped
from service.store.tables import case, patient_key
from service.vault.vault import Vault


@dataclass(frozen=True, slots=True)
class Identifier:
    """A number of a patient in a system of numbers, such as the hospital's own or that of identity cards."""

    system: str
    value: str


def patient_digests(
    vault: Vault, connection: Connection, source: str, patient_id: str | None, identifiers: Iterable[Identifier] = ()
) -> tuple[str, ...]:
    """What a patient is found by: their id in the system `source`, and every number of theirs that names its system.

    A number without a system is a number of `source`'s. To be called in a write: the first use makes the site's key.
    """
    if not vault.has_site_key(connection):
        vault.create_site_key(connection)
    return _digests(vault, connection, source, patient_id, identifiers)


def digests_sought(
    vault: Vault, connection: Connection, source: str, patient_id: str | None, identifiers: Iterable[Identifier] = ()
) -> tuple[str, ...]:
    """As `patient_digests`, in a read: none before the first patient was received."""
    if not vault.has_site_key(connection):
        return ()
    return _digests(vault, connection, source, patient_id, identifiers)


def case_of_patient(
    desk: Desk, connection: Connection, digests: Sequence[str], permission: Permission = Permission.READ_CASES
) -> RowMapping | None:
    """The live case last changed of the patient behind any of `digests`, in departments where the actor may."""
    known = scoped(desk.actor, permission, patient_key, patient_key.c.digest.in_(digests)).subquery()
    mine = scoped(desk.actor, permission, case, case.c.id.in_(select(known.c.case)), case.c.status != "erased")
    return connection.execute(mine.order_by(case.c.changed.desc(), case.c.id).limit(1)).mappings().first()


def know_patient(desk: Desk, connection: Connection, row: RowMapping, digests: Sequence[str]) -> None:
    """Remember by which digests the patient of the case in `row` is found; what is known already stays as it is."""
    held = {one["digest"] for one in desk.parts(connection, patient_key, row["id"])}
    for digest in digests:
        if digest not in held:
            desk.add(connection, patient_key, row, digest=digest)


def _digests(
    vault: Vault, connection: Connection, source: str, patient_id: str | None, identifiers: Iterable[Identifier]
) -> tuple[str, ...]:
    told = [f"id|{source}|{patient_id}"] if patient_id else []
    told += [f"number|{one.system or source}|{_plain(one.value)}" for one in identifiers if _plain(one.value)]
    return tuple(vault.fingerprint(connection, words) for words in dict.fromkeys(told))


def _plain(value: str) -> str:
    """A number however it was typed: full-width digits, spaces, small letters."""
    return "".join(unicodedata.normalize("NFKC", value).split()).upper()
