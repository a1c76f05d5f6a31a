"""The measures of a face by its landmarks: what the learned measures are taught, and what they are compared with."""

from __future__ import annotations

import numpy as np

from facial.alignment import Places

#: Each measure that terms are called from, as ratios of lengths; the slant in degrees, upward positive.
CODES = (
    *("ipd_fw", "icd_ocd", "pfl_fw", "slant", "aperture", "nasw_fw", "nose_fh"),
    *("phil_lf", "mouth_fw", "upper_lip", "lower_lip", "fh_fw", "chin", "brow_arch"),
)


def measured(landmarks: Places) -> dict[str, float]:
    """The measures of one mesh (478, 2 or 3), by CODES, in two dimensions."""
    p = np.asarray(landmarks[:, :2], float)

    def between(a: int, b: int) -> float:
        return float(np.hypot(*(p[a] - p[b])))

    wide, high = between(234, 454), between(10, 152)
    fissures = (between(33, 133) + between(263, 362)) / 2
    lower_face, mouth = between(2, 152), between(61, 291)
    return {
        "ipd_fw": between(468, 473) / wide,
        "icd_ocd": between(133, 362) / between(33, 263),
        "pfl_fw": fissures / wide,
        "slant": _slant(p),
        "aperture": (between(159, 145) + between(386, 374)) / 2 / fissures,
        "nasw_fw": between(129, 358) / wide,
        "nose_fh": between(168, 2) / high,
        "phil_lf": between(2, 0) / lower_face,
        "mouth_fw": mouth / wide,
        "upper_lip": between(0, 13) / mouth,
        "lower_lip": between(14, 17) / mouth,
        "fh_fw": high / wide,
        "chin": between(17, 152) / between(168, 152),
        "brow_arch": (_arch(p, 107, 70, 105) + _arch(p, 336, 300, 334)) / 2,
    }


def _slant(p: Places) -> float:
    """Degrees by which the outer canthi lie higher than the inner ones, against the line from nasion to chin."""
    midline = (p[152] - p[168]) / np.hypot(*(p[152] - p[168]))
    level = np.array([midline[1], -midline[0]])
    level = level if level[0] > 0 else -level
    angles = []
    for inner, outer, side in ((133, 33, -1), (362, 263, 1)):
        out = p[outer] - p[inner]
        angles.append(np.degrees(np.arctan2(-(out @ midline), side * (out @ level))))
    return float(np.mean(angles))


def _arch(p: Places, inner: int, outer: int, top: int) -> float:
    """Height of a brow above the line between its ends, as a share of that line."""
    along, up = p[outer] - p[inner], p[top] - p[inner]
    return float(abs(along[0] * up[1] - along[1] * up[0]) / (along @ along))
