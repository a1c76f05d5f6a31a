"""Consent: one record for each purpose, asked for where the data are used.

Consent to an assessment is none to a photo, nor to the gallery of faces, nor to asking other hospitals. Under fourteen
years a guardian gives it (Personal Information Protection Law of China; sensitive data and separate consent: articles
28 and 29, children under fourteen: article 31; article numbers unverified). These functions know no actor's rights:
whoever calls them has found the case through service.store.scope.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, insert, select, update

from ontology.errors import PhenomapError
from service.audit.trail import Action, record
from service.store.tables import case, consent, new_id, now

#: Fourteen years are 5,113 or 5,114 days; the longer, so that no child passes for older.
OF_AGE_DAYS = 5114


class Purpose(StrEnum):
    """What the data may be used for."""

    ASSESSMENT = "assessment"
    PHOTO = "photo"
    GALLERY = "gallery"  # being compared with, in the hospital's gallery of faces
    FEDERATION = "federation"  # asking other hospitals for similar patients


class Giver(StrEnum):
    """Who consented."""

    PATIENT = "patient"
    GUARDIAN = "guardian"


class ConsentMissing(PhenomapError):
    """Nobody who may has consented to this use."""


class ConsentUnknown(PhenomapError):
    """There is no such consent, or no such case, or it was withdrawn or erased before."""


@dataclass(frozen=True, slots=True)
class Consent:
    """One consent as it is kept."""

    id: str
    purpose: Purpose
    given_by: Giver
    created: datetime
    withdrawn: datetime | None


def give(
    connection: Connection, case_id: str, purpose: Purpose, given_by: Giver, age_days: int | None, actor: str
) -> str:
    """Record a consent; its id. `age_days` is the patient's age today, in days.

    Raises ConsentMissing where the patient may not give it themselves, ConsentUnknown where the case is not there.
    """
    if not _may_give(given_by, age_days):
        raise _needs_guardian(age_days)
    department = connection.scalar(select(case.c.department).where(case.c.id == case_id, case.c.status != "erased"))
    if department is None:
        raise ConsentUnknown("There is no such case.", "Look it up again.")
    row = {"id": new_id(), "case": case_id, "department": department, "purpose": purpose, "given_by": given_by}
    connection.execute(insert(consent).values(**row, created_by=actor))
    detail = {"consent": row["id"], "purpose": purpose.value, "given_by": given_by.value}
    record(connection, actor, Action.CONSENT, "case", case_id, department=department, detail=detail)
    return str(row["id"])


def withdraw(connection: Connection, case_id: str, consent_id: str, actor: str) -> None:
    """End a consent of this case, from now on; raises ConsentUnknown."""
    mine = (consent.c.id == consent_id, consent.c.case == case_id, consent.c.withdrawn.is_(None))
    found = connection.execute(select(consent.c.department, consent.c.purpose).where(*mine)).first()
    if found is None or not connection.execute(update(consent).where(*mine).values(withdrawn=now())).rowcount:
        raise ConsentUnknown("There is no such consent to withdraw.", "List the consents of the case again.")
    detail = {"consent": consent_id, "purpose": found.purpose}
    record(connection, actor, Action.WITHDRAW, "case", case_id, department=found.department, detail=detail)


def require(connection: Connection, case_id: str, purpose: Purpose, age_days: int | None) -> None:
    """Return where a consent to `purpose` stands; raises ConsentMissing.

    A patient under fourteen, or whose age is not known, needs one given by a guardian: a consent that a child gave is
    none, whenever it was recorded.
    """
    standing = [one for one in consents(connection, case_id) if one.purpose == purpose and one.withdrawn is None]
    if not standing:
        raise ConsentMissing(f"There is no consent to {_WORDS[purpose]}.", "Record the consent of patient or guardian.")
    if not any(_may_give(one.given_by, age_days) for one in standing):
        raise _needs_guardian(age_days)


def consents(connection: Connection, case_id: str) -> list[Consent]:
    """All of a case, withdrawn ones too, the earliest first."""
    query = select(consent).where(consent.c.case == case_id).order_by(consent.c.created, consent.c.id)
    return [
        Consent(row.id, Purpose(row.purpose), Giver(row.given_by), row.created, row.withdrawn)
        for row in connection.execute(query)
    ]


_WORDS = {
    Purpose.ASSESSMENT: "keeping and assessing this case",
    Purpose.PHOTO: "keeping and describing a photo",
    Purpose.GALLERY: "keeping what a face is compared by in the gallery",
    Purpose.FEDERATION: "asking other hospitals about this case",
}


def _may_give(giver: Giver, age_days: int | None) -> bool:
    return giver is Giver.GUARDIAN or (age_days is not None and age_days >= OF_AGE_DAYS)


def _needs_guardian(age_days: int | None) -> ConsentMissing:
    if age_days is None:
        return ConsentMissing("The patient's age is not recorded.", "Record it, or the consent of a guardian.")
    return ConsentMissing("The patient is under fourteen.", "Record the consent of a guardian.")
