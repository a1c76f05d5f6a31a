"""What the gallery needs of a face reader, and the rows read as one gallery."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from facial.likeness.gallery import Enrolled, Gallery, gathered
from facial.reading import Face, FacePatient, PhotoReading
from ontology.diseases import UnknownDisease
from ontology.errors import PhenomapError
from ontology.knowledge import Knowledge


class DescribesFaces(Protocol):
    """Reads photos; in whatever process."""

    def describe(self, photo_id: str, content: bytes, patient: FacePatient) -> PhotoReading:
        """What is made of the photo; raises InputError where it is none."""
        ...


class FaceRefused(PhenomapError):
    """The photo shows no face that can be compared."""


class DiseaseUnstated(PhenomapError):
    """The case has no signed diagnosis, or another one than was said."""


def face_in(reader: DescribesFaces, content: bytes) -> Face:
    """The one face of a photo of good enough quality; raises FaceRefused, InputError."""
    reading = reader.describe("photo", content, FacePatient())
    if reading.face is None or not reading.quality.accepted:
        if reading.abstention is not None and not reading.quality.findings:
            raise FaceRefused("No face model is installed here.", "Run `phenomap face build`.")
        raise FaceRefused("The photo shows no face that can be compared.", "Take another: `phenomap face` says why.")
    return reading.face


def joined(knowledge: Knowledge, disease: str) -> str:
    """The id under which this release joins `disease` with its other ids; itself where the release has it not."""
    try:
        return knowledge.diseases.id(knowledge.diseases.position(disease))
    except UnknownDisease:
        return disease


def gallery_of(knowledge: Knowledge, faces: Iterable[Enrolled]) -> Gallery | None:
    """The gallery of all that is enrolled, ids of one disease joined; None where nobody is. Raises GalleryMixed."""
    known = [Enrolled(face.portrait, joined(knowledge, face.disease), face.person, face.synthetic) for face in faces]
    return gathered(known) if known else None
