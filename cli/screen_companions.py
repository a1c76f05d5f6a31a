"""What screening takes of the service: masks, answers in words, photos, documents. Sent to workers by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from facial.reading import FacePatient, PhotoReading
from matching.assess import Assessor
from matching.case import Photo
from matching.report import Report
from ontology.features import PatientSex
from screening.companions import OpenCompanions
from service.deidentify.mask import mask
from service.documents.kinds import is_plain
from service.documents.reading import read
from service.faces.opening import FaceFiles, FaceState, open_reader, state_of
from service.faces.reading import Faces, Use
from service.translate import Translator

#: Whoever runs a command, in a trail that is not kept.
_OPERATOR = Use("command")


@dataclass(frozen=True, slots=True)
class ServiceCompanions:
    """Answers in `language`; with `faces`, photos are read by the models in their usual place."""

    language: str
    faces: bool = False

    def open(self, assessor: Assessor) -> OpenCompanions:
        """See screening.companions.Companions; raises ModelMissing or ModelDamaged."""
        reader = open_reader(FaceFiles()) if self.faces else None
        faces = Faces(found=FaceState.READY, describer=reader) if self.faces else Faces()
        return _Open(Translator.of(assessor.knowledge, self.language), faces)


@dataclass(frozen=True, slots=True)
class _Open:
    translator: Translator
    faces: Faces

    def masked(self, text: str, known: Sequence[str]) -> str:
        return mask(text, known).text

    def told(self, report: Report) -> dict[str, Any]:
        return self.translator.report(report).model_dump(mode="json", exclude_none=True)

    def photo(self, photo: Photo, sex: PatientSex, age_days: int | None) -> PhotoReading:
        return self.faces.described(photo, FacePatient(age_days, sex, None), _OPERATOR)


def faces_state() -> FaceState:
    """Whether photos can be read here."""
    return state_of(FaceFiles())


def document_text(content: bytes) -> str:
    """The text of a document of any kind that the service reads; raises DocumentRefused."""
    return content.decode("utf-8-sig") if is_plain(content) else read(content).text
