"""What is known of a kept case beside its findings, kept sealed: tests already done, the family, acute illness."""

from __future__ import annotations

from sqlalchemy import Connection, RowMapping

from service.cases.desk import Desk
from service.cases.sealing import seal, unseal
from service.models.known import KnownInput
from service.models.stored import CaseChangeInput

_KIND = "known"
_NOTHING = KnownInput()


def sealed_known(desk: Desk, connection: Connection, case_id: str, told: KnownInput) -> bytes | None:
    """What is kept of `told` in the column `known`; None where it tells nothing."""
    if told == _NOTHING:
        return None
    content = told.model_dump(mode="json", exclude_defaults=True)
    return seal(desk.keeping.vault, connection, case_id, _KIND, case_id, content)


def known_of(desk: Desk, connection: Connection, row: RowMapping) -> KnownInput:
    """What is known of the case in `row`."""
    if row["known"] is None:
        return _NOTHING
    content = unseal(desk.keeping.vault, connection, row["id"], _KIND, row["id"], row["known"])
    return KnownInput.model_validate(content)


def changed(before: KnownInput, given: CaseChangeInput) -> KnownInput:
    """What is known once `given` has changed what it names; null takes away."""
    named = {name: getattr(given, name) for name in KnownInput.model_fields if name in given.model_fields_set}
    told = {name: value for name, value in named.items() if value is not None}
    kept = {name: getattr(before, name) for name in KnownInput.model_fields if name not in named}
    return KnownInput.model_validate(kept | told)
