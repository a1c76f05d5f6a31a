"""Notes covered (service.deidentify) before the transaction that keeps them: it takes milliseconds for each page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection

from service.actors import Permission
from service.cases.desk import Desk
from service.cases.notes import names_of
from service.fhir.judging import Judged, Patient
from service.fhir.reading.items import Text
from service.patients import case_of_patient, digests_sought


@dataclass(frozen=True, slots=True)
class Covered:
    """Texts of one patient's notes as they are to be kept, by those that were sent; `names` are those they are for."""

    names: tuple[str, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)


def all_covered(desk: Desk, source: str, judged: Judged) -> list[Covered]:
    """The notes of each patient, covered where the site does so."""
    if not desk.rules.deidentify:
        return [Covered() for _ in judged.patients]
    known = desk.read(lambda connection: [_names(desk, source, connection, patient) for patient in judged.patients])
    return [_covered(patient, names) for patient, names in zip(judged.patients, known, strict=True)]


def _covered(patient: Patient, names: tuple[str, ...]) -> Covered:
    from service.deidentify.mask import mask  # loads word lists, which a site that keeps notes as they are spares

    texts: list[Text] = patient.of_kind(Text)
    # a note of nobody known by name is covered too; the empty name tells that it was
    return Covered((*names, ""), {text.words: mask(text.words, names).text for text in texts})


def _names(desk: Desk, source: str, connection: Connection, patient: Patient) -> tuple[str, ...]:
    """What names the patient: as it is told now, and as it is known already."""
    person, subject = patient.person, patient.subject
    told = [name for name in (person.name, person.number) if name] if person else []
    digests = digests_sought(desk.keeping.vault, connection, source, subject.id, subject.identifiers)
    row = case_of_patient(desk, connection, digests, Permission.WRITE_CASES) if digests else None
    known = names_of(desk, connection, row) if row is not None else ()
    return tuple(dict.fromkeys((*told, *known)))
