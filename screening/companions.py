"""What screening is handed by the command that starts it, because it belongs to the service: words, masks, photos.

A Companions object is small, can be pickled, and is opened once in each worker.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from facial.reading import PhotoReading
from matching.assess import Assessor
from matching.case import Photo
from matching.report import Report
from ontology.features import PatientSex


class OpenCompanions(Protocol):
    """Opened in a worker, over its assessor."""

    def masked(self, text: str, known: Sequence[str]) -> str:
        """A note of the same length in which identifiers are covered, `known` strings (the patient's id) with them."""
        ...

    def told(self, report: Report) -> dict[str, Any]:
        """A report as the API tells it."""
        ...

    def photo(self, photo: Photo, sex: PatientSex, age_days: int | None) -> PhotoReading:
        """What a photo says; raises InputError for what is no photo."""
        ...


class Companions(Protocol):
    """Opens them."""

    def open(self, assessor: Assessor) -> OpenCompanions:
        """Once a worker."""
        ...
