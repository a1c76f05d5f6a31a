"""The measures of a face by its landmarks: what the learned measures are taught, and what they are compared with."""

from __future__ import annotations

import numpy as np

from facial.alignment import Places
from facial.measures import definitions as d
from facial.measures.definitions import CODES as CODES


def measured(landmarks: Places) -> dict[str, float]:
    """The measures of one mesh (478, 2 or 3), by CODES, in two dimensions."""
    p = np.asarray(landmarks[:, :2], float)

    def along(*lines: tuple[int, int]) -> float:
        return float(np.mean([np.hypot(*(p[a] - p[b])) for a, b in lines]))

    wide, high, mouth = along(d.FACE_WIDTH), along(d.FACE_HEIGHT), along(d.MOUTH)
    fissures, lids, pupils = along(*d.FISSURES), along(*d.LIDS), along(d.PUPILS)
    called = {
        "ipd_fw": pupils / wide,
        "icd_ocd": along(d.INNER_CANTHI) / along(d.OUTER_CANTHI),
        "pfl_fw": fissures / wide,
        "slant": _slant(p),
        "aperture": lids / fissures,
        "nasw_fw": along(d.ALAE) / wide,
        "nose_fh": along(d.NOSE) / high,
        "phil_lf": along(d.PHILTRUM) / along(d.LOWER_FACE),
        "mouth_fw": mouth / wide,
        "upper_lip": along(d.UPPER_LIP) / mouth,
        "lower_lip": along(d.LOWER_LIP) / mouth,
        "fh_fw": high / wide,
        "chin": along(d.CHIN) / along(d.NASION_MENTON),
        "brow_arch": float(np.mean([_arch(p, *brow) for brow in d.BROWS])),
    }
    lengths = {each.code: along(*each.lines) / pupils for each in d.DEFINITIONS if each.kind == d.Kind.LENGTH}
    return called | lengths


def _slant(p: Places) -> float:
    """Degrees by which the outer canthi lie higher than the inner ones, against the line from nasion to menton."""
    nasion, menton = d.NASION_MENTON
    midline = (p[menton] - p[nasion]) / np.hypot(*(p[menton] - p[nasion]))
    level = np.array([midline[1], -midline[0]])
    angles = []
    for (inner, outer), side in zip(d.FISSURES, (-1, 1), strict=True):
        out = p[outer] - p[inner]
        angles.append(np.degrees(np.arctan2(-(out @ midline), side * (out @ level))))
    return float(np.mean(angles))


def _arch(p: Places, inner: int, outer: int, top: int) -> float:
    """Height of a brow above the line between its ends, as a share of that line."""
    along, up = p[outer] - p[inner], p[top] - p[inner]
    return float(abs(along[0] * up[1] - along[1] * up[0]) / (along @ along))
