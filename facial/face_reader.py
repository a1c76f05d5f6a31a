"""From a photo to a reading: decoded, judged, measured, compared with norms; and what in it an answer came from.

The one place where the parts of this room meet. Nothing of a photo is kept between two calls.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from facial.alignment import Chip, Places
from facial.detection import Detector
from facial.explain.heat import Heat, explain_likeness, explain_term
from facial.explain.overlay import overlay
from facial.explain.regions import Frame, HotRegion
from facial.inspection import Inspection, inspect
from facial.measures.definitions import BY_CODE, CODES
from facial.measures.head import Measured, MeasurementHead
from facial.measures.views import features
from facial.models.irv1 import NAME as IRV1
from facial.models.irv1 import Irv1Weights
from facial.models.model import FaceModel
from facial.models.opening import open_model
from facial.norms.choose import Norms
from facial.norms.fits import PUBLISHED
from facial.norms.measured import Estimate, measurements, suggestions
from facial.norms.reference import Reference
from facial.norms.ruler import ruler
from facial.photo import Picture
from facial.reading import Face, FacePatient, PhotoReading, Point
from ontology.arrays import Floats
from ontology.errors import InputError
from ontology.features import Abstention, Unread


@dataclass(frozen=True, slots=True)
class Explained:
    """A picture of where an answer came from, PNG without metadata, and its hottest parts in pixels of the photo.

    `holds` says whether the map was right about this face: covering what it points at moved the answer more than
    covering as much elsewhere. The line in the picture is the measure's definition, and no evidence.
    """

    png: bytes
    regions: tuple[HotRegion, ...]
    holds: bool


@dataclass(frozen=True, slots=True)
class FaceReader:
    """Everything that reads faces, opened once: about 400 MB with torch. One photo at a time, on one thread.

    Measures are read from the mid-layer features of `model`; `embedder`, which may be another, makes the embedding.
    """

    detector: Detector
    model: FaceModel
    embedder: FaceModel
    head: MeasurementHead
    norms: Norms
    reference: Reference | None

    @classmethod
    def open(
        cls, models: Path | None = None, reference: Path | None = None, irv1: Irv1Weights | None = None
    ) -> FaceReader:
        """Open what set-up built in `models`, and the hospital's own `reference` where there is one.

        With the operator's `irv1` weights it is that model which makes the embeddings, so a gallery made with the
        other one does not fit. Raises ModelMissing, ModelDamaged and ReferenceUnusable.
        """
        model = open_model(folder=models)
        head = MeasurementHead.open()
        own = None if reference is None else Reference.open(reference, model.sha256, head.sha256)
        embedder = model if irv1 is None else open_model(IRV1, weights=irv1)
        return cls(Detector.open(), model, embedder, head, Norms.open(), own)

    def describe(self, photo_id: str, content: bytes, patient: FacePatient) -> PhotoReading:
        """What is made of the photo; raises InputError where the bytes are no photo that can be read.

        A photo that is refused has no face, only the verdict and an abstention. `photo_id` is the photo's name to
        others; nothing here depends on it.
        """
        seen = inspect(content, self.detector)
        width, height = seen.picture.width, seen.picture.height
        if seen.chip is None or not seen.quality.accepted:
            return PhotoReading(None, seen.quality, Abstention("facial", Unread.PHOTO_NOT_USABLE), width, height)
        return PhotoReading(self._face(seen, seen.chip, patient), seen.quality, None, width, height)

    def explain_measure(self, content: bytes, code: str, direction: int) -> Explained:
        """Where the measure `code` was read from: what makes it large (`direction` 1) or small (-1); about a second.

        Raises InputError for a photo that is refused, and for a code of none.
        """
        read = _read_from(code)
        seen, chip = self._usable(content)
        measured = self._measured(chip, seen.faces[0].points)
        heat = explain_term(
            self.model, _ReadsAt(self.head, chip.in_chip(seen.faces[0].points)), _frame(seen, chip), read, direction
        )
        line = next(each.line for each in measured if each.code == read)
        return _explained(seen, chip, heat, chip.in_photo(line).reshape(-1, 2, 2))

    def explain_direction(self, content: bytes, direction: Sequence[float]) -> Explained:
        """Where a likeness was read from: `direction` (dimensions,) in the space of embeddings; about half a second.

        Raises InputError for a photo that is refused.
        """
        seen, chip = self._usable(content)
        heat = explain_likeness(self.embedder, _frame(seen, chip), np.asarray(direction, np.float32))
        return _explained(seen, chip, heat, None)

    def _usable(self, content: bytes) -> tuple[Inspection, Chip]:
        seen = inspect(content, self.detector)
        if seen.chip is None or not seen.quality.accepted:
            raise InputError(
                "photo", "The photo cannot be measured.", "Describe it first, and see what is wrong with it."
            )
        return seen, seen.chip

    def _face(self, seen: Inspection, chip: Chip, patient: FacePatient) -> Face:
        face, picture = seen.faces[0], seen.picture
        measured = self._measured(chip, face.points)
        compared = measurements(
            {each.code: Estimate(each.value, each.sd) for each in measured},
            {each.code: _points(picture, chip.in_photo(each.line)) for each in measured},
            ruler(picture.rgb, face.points, patient) if measured else None,
            patient,
            self.norms,
            self.reference,
        )
        corners = _in_given(picture, np.asarray(face.box, float).reshape(2, 2))
        left, top, right, bottom = (round(float(edge)) for edge in corners.ravel())
        return Face(
            box=(left, top, right, bottom),
            points=_points(picture, face.points),
            model=self.embedder.sha256,
            embedding=_read_only(self.embedder.embed(chip.rgb[None])[0]),
            measurements=compared,
            suggestions=suggestions(compared),
            measured_by=self.head.sha256 if measured else None,
        )

    def _measured(self, chip: Chip, points: Places) -> tuple[Measured, ...]:
        """The head's measures; none where the model has no mid-layer features."""
        found = features(self.model, chip.rgb[None])
        return () if found is None else self.head.measure(found[0], chip.in_chip(points))


@dataclass(frozen=True, slots=True)
class _ReadsAt:
    """The head as explanations ask it: for a measure by its code, the five points staying where they were found."""

    head: MeasurementHead
    points: Places

    def measure(self, features: Floats, code: str) -> Floats:
        """The measure of each row of features, float (n,)."""
        stay = np.broadcast_to(self.points, (len(features), *self.points.shape))
        column = CODES.index(code)
        return np.asarray(self.head.values(features, stay)[:, column], np.float32)


def _read_from(code: str) -> str:
    """The measure of the head that `code` is read from: itself, or the ratio behind one in mm; raises InputError."""
    if code in BY_CODE:
        return code
    for published in PUBLISHED:
        if published.code == code:
            return published.of or "ipd_fw"
    raise InputError("measurement", "There is no such measure.", "Name one that the description of the photo has.")


def _frame(seen: Inspection, chip: Chip) -> Frame:
    return Frame(chip, seen.picture.width, seen.picture.height, seen.picture.scale)


def _explained(seen: Inspection, chip: Chip, heat: Heat, line: Places | None) -> Explained:
    return Explained(overlay(seen.picture.rgb, chip, heat.map, line), heat.regions, heat.holds)


def _points(picture: Picture, places: Places) -> tuple[Point, ...]:
    return tuple(Point(float(x), float(y)) for x, y in _in_given(picture, places))


def _in_given(picture: Picture, places: Places) -> Places:
    """Places of the working picture, as places of the upright photo as it was given."""
    return (np.asarray(places, float) + 0.5) * picture.scale - 0.5


def _read_only(array: Floats) -> Floats:
    array.flags.writeable = False
    return array
