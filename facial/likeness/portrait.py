"""What of a face is compared with others: its embedding, and its measures where they were read."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np

from facial.reading import Face
from ontology.arrays import Floats

#: The measures that are compared, in this order, as they are: ratios, and degrees for the slant.
MEASURES = (
    *("ipd_fw", "icd_ocd", "pfl_fw", "slant", "aperture", "nasw_fw", "nose_fh"),
    *("phil_lf", "mouth_fw", "upper_lip", "lower_lip", "fh_fw", "chin", "brow_arch"),
)


@dataclass(frozen=True, slots=True)
class Portrait:
    """What is compared of one face; nothing of it can be shown.

    embedding float32 (d,)  unit length
    measures  float32 (m,)  MEASURES, or none at all
    model     sha256 that portraits must share to be compared: of the embedding's model, and of the measures' weights
    """

    embedding: Floats
    measures: Floats
    model: str

    @classmethod
    def of(cls, face: Face) -> Portrait:
        """The portrait of a face. Where a measure is missing, or nothing says what measured, it has none."""
        values = {each.code: each.value for each in face.measurements}
        embedding = np.asarray(face.embedding, np.float32)
        if face.measured_by is None or not values.keys() >= set(MEASURES):
            return cls(embedding, np.zeros(0, np.float32), face.model)
        measures = np.array([values[code] for code in MEASURES], np.float32)
        both = hashlib.sha256(f"{face.model} {face.measured_by} {' '.join(MEASURES)}".encode()).hexdigest()
        return cls(embedding, measures, both)

    @classmethod
    def empty(cls) -> Portrait:
        """Of a face that is still to be read."""
        return cls(np.zeros(0, np.float32), np.zeros(0, np.float32), "")
