"""What a reader of resources may ask: the terms and diseases of the release, the day, and what a resource refers to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from ontology.diseases import Diseases, UnknownDisease
from ontology.terms import Terms
from service.fhir.reading.items import Born, Json


@dataclass(frozen=True, slots=True)
class Context:
    """Of one resource, and the patient it is about.

    `find` gives the resource that a reference leads to, None where it is not sent along. `born` is the patient's day of
    birth where it is known.
    """

    terms: Terms
    diseases: Diseases
    today: date
    find: Callable[[object], Json | None]
    born: Born | None = None
    listed: Mapping[str, str] | None = None  # what other resources of the bundle are sections or results of

    def disease_name(self, id: str) -> str | None:
        """The name of a disease of the release, or None."""
        try:
            return self.diseases.name(self.diseases.position(id))
        except UnknownDisease:
            return None
