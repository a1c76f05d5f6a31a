"""The measurement head: measures of a face from features of its chip, and where to draw them.

Measures are linear in the features. They were taught by ordinary faces warped in a known way (docs/faces_measures.md),
and are not validated on patients.
"""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import dataclass
from importlib.resources import files
from typing import Any
from zipfile import BadZipFile

import numpy as np

from facial.alignment import Places
from facial.measures.definitions import BY_CODE, CODES, LANDMARKS
from facial.measures.points import offsets, symmetric
from facial.measures.views import BLOCKS
from facial.models.errors import ModelDamaged
from ontology.arrays import Floats

#: Raised by one whenever `head.npz` is laid out in another way.
SCHEMA = 1
HEAD = "head.npz"
_MEND = "Fit it anew: `python -m benchmarks.face_warps.train FACES.tar.gz`."


@dataclass(frozen=True, slots=True)
class Measured:
    """One measure: `value` with its error's SD `sd`, 90 % of errors lying from `low` to `high`.

    `line` float64 (2 k, 2): the ends of k straight lines, two rows a line, in the chip.
    """

    code: str
    value: float
    sd: float
    low: float
    high: float
    line: Places


@dataclass(frozen=True, slots=True)
class MeasurementHead:
    """Weights float32 and what was found of their errors on people they were not fitted on; use `open`.

    `weights` (m + 10, codes) of features and symmetric points, `offset` (codes,); `sd` and `ninety` (codes,): SD of the
    error, and the size that 90 % of errors do not exceed. `drawn` (m' + 10, 2 landmarks) of the last m' features of the
    face and the points as they are, `drawn_offset`. `manifest` tells of what it was fitted, `sha256` is that of
    its file.
    """

    weights: Floats
    offset: Places
    sd: Places
    ninety: Places
    drawn: Floats
    drawn_offset: Places
    manifest: dict[str, Any]
    sha256: str

    @classmethod
    def open(cls) -> MeasurementHead:
        """The head of this release; raises ModelDamaged where the file is not what this code reads."""
        return cls.read(files("facial.measures").joinpath(HEAD).read_bytes())

    @classmethod
    def read(cls, content: bytes) -> MeasurementHead:
        """A head from its bytes; raises ModelDamaged."""
        try:
            with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
                manifest = json.loads(str(arrays["manifest"]))
                if (manifest["schema"], manifest["codes"], manifest["landmarks"]) != (SCHEMA, [*CODES], [*LANDMARKS]):
                    raise ModelDamaged("The measurement head is of another release.", _MEND)
                weights, drawn = (arrays[name] * arrays[f"{name}_scale"] for name in ("weights", "drawn"))
                rest = [np.asarray(arrays[name], float) for name in ("offset", "sd", "ninety", "drawn_offset")]
        except (OSError, EOFError, BadZipFile, ValueError, KeyError, TypeError) as error:
            raise ModelDamaged("The measurement head cannot be read.", _MEND) from error
        offset, sd, ninety, drawn_offset = rest
        sum_ = hashlib.sha256(content).hexdigest()
        head = cls(
            weights.astype(np.float32), offset, sd, ninety, drawn.astype(np.float32), drawn_offset, manifest, sum_
        )
        if head.weights.shape != (sum(BLOCKS) + 10, len(CODES)) or head.drawn.shape[1] != 2 * len(LANDMARKS):
            raise ModelDamaged("The measurement head has other dimensions.", _MEND)
        for array in (head.weights, head.offset, head.sd, head.ninety, head.drawn, head.drawn_offset):
            array.flags.writeable = False
        return head

    def values(self, features: Floats, points: Places) -> Places:
        """float64 (n, codes): measures by CODES, of features (n, m) and points (n, 5, 2) in the chip.

        Raises ValueError where the features are not those that facial.measures.views gives.
        """
        if features.ndim != 2 or features.shape[1] != sum(BLOCKS) or len(features) != len(points):
            raise ValueError(f"features are (n, {sum(BLOCKS)}) and points (n, 5, 2), not {features.shape}")
        found: Places = features @ self.weights[:-10] + symmetric(points) @ self.weights[-10:] + self.offset
        return found

    def places(self, features: Floats, points: Places) -> Places:
        """float64 (n, landmarks, 2): where the LANDMARKS of the lines lie in the chip."""
        end = BLOCKS[0]
        seen = features[:, end - (len(self.drawn) - 10) : end]
        found: Places = seen @ self.drawn[:-10] + offsets(points) @ self.drawn[-10:] + self.drawn_offset
        return found.reshape(-1, len(LANDMARKS), 2)

    def measure(self, features: Floats, points: Places) -> tuple[Measured, ...]:
        """Every measure of one face, by CODES: features (m,), and points (5, 2) in the chip."""
        values = self.values(features[None], points[None])[0]
        places = dict(zip(LANDMARKS, self.places(features[None], points[None])[0], strict=True))
        return tuple(
            Measured(
                code,
                float(value),
                float(sd),
                float(value - ninety),
                float(value + ninety),
                np.array([places[end] for line in BY_CODE[code].lines for end in line]),
            )
            for code, value, sd, ninety in zip(CODES, values, self.sd, self.ninety, strict=True)
        )
