"""Photos read in this very process, for commands: whoever runs one has the machine to themselves."""

from __future__ import annotations

from collections.abc import Sequence

from facial.reading import FacePatient, PhotoReading
from matching.case import Photo
from ontology.errors import InputError
from ontology.features import PatientSex
from service.age import days_of
from service.checked import checked
from service.faces.opening import FaceFiles, FaceState, open_reader, state_of
from service.faces.reading import Faces, Use
from service.models.inputs import RankInput
from service.problems import ProblemError

#: Whoever runs a command, in a trail that is not kept.
_OPERATOR = Use("command")


def read_photos(
    photos: Sequence[Photo], age: str | None, sex: PatientSex, ancestry: str | None, files: FaceFiles | None = None
) -> tuple[PhotoReading, ...]:
    """What is made of each photo; each is declined where the extra or the models are missing.

    Raises InputError for what is no photo, and for an age that is none.
    """
    files = files or FaceFiles()
    state = state_of(files)
    reader = open_reader(files) if state is FaceState.READY else None
    patient = FacePatient(_days(age), sex, ancestry)
    faces = Faces(found=state, describer=reader)
    return tuple(faces.described(photo, patient, _OPERATOR) for photo in photos)


def _days(age: str | None) -> int | None:
    given = {"features": [{"id": "HP:0000118"}]} | ({"age": age} if age else {})
    try:
        return days_of(checked(RankInput, given).age)
    except ProblemError as error:
        fault = error.faults[0]
        raise InputError(fault.field, fault.what, fault.mend) from None
