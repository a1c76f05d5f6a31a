"""Encounter: on which day the patient was seen, and by whom, which may name a department here."""

from __future__ import annotations

from collections.abc import Iterator

from service.fhir.reading.concepts import words_of
from service.fhir.reading.context import Context
from service.fhir.reading.dates import day_of, not_yet
from service.fhir.reading.items import Item, Json, Visit, Withdrawn


def read(resource: Json, path: str, context: Context) -> Iterator[Item]:
    """A Visit; one that did not take place is none."""
    status = resource.get("status")
    if status in ("entered-in-error", "cancelled"):
        yield Withdrawn(path)
        return
    period = resource.get("period") or {}
    if status != "planned":
        yield from not_yet(period.get("start"), f"{path}.period.start", context.today)
    provider = resource.get("serviceProvider") or {}
    names = (words_of(resource.get("serviceType")), str(provider.get("display") or ""))
    day = None if status == "planned" else day_of(period.get("start")) or day_of(period.get("end"))
    yield Visit(path, day, tuple(name for name in names if name))
