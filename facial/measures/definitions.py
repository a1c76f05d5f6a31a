"""What is measured on a face, between which landmarks, and which terms speak of it.

Landmarks are numbered as in the mesh of 478 points that the head was taught with (MediaPipe Face Mesh with irises). The
names of places are those of anthropometry: canthi (133, 362 inner; 33, 263 outer), pupils (468, 473), nasion (168),
subnasale (2), alae (129, 358), labiale superius (0), stomion (13, 14), labiale inferius (17), cheilions (61, 291),
menton (152), forehead at the edge of the mesh (10), sides of the face (234, 454).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Unit(StrEnum):
    """The unit of a measure; a photo has no scale, so none is a length."""

    RATIO = "ratio"
    DEGREES = "degrees"


class Kind(StrEnum):
    """What a measure is for."""

    TERM = "term"  # terms are called from it
    LENGTH = "length"  # in distances between the pupils: times that distance in mm it is one in mm


@dataclass(frozen=True, slots=True)
class Definition:
    """One measure. `lines` are the straight lines that are drawn for it, each between two landmarks.

    `high` and `low` are the HPO terms of a large and of a small value, None where there is none. The words for people
    are under `face.measure.CODE`.
    """

    code: str
    kind: Kind
    unit: Unit
    lines: tuple[tuple[int, int], ...]
    high: str | None = None
    low: str | None = None

    @property
    def words(self) -> str:
        """The key of its name in the catalogues."""
        return f"face.measure.{self.code}"


PUPILS = (468, 473)
INNER_CANTHI = (133, 362)
OUTER_CANTHI = (33, 263)
FISSURES = ((133, 33), (362, 263))
LIDS = ((159, 145), (386, 374))
ALAE = (129, 358)
NOSE = (168, 2)
PHILTRUM = (2, 0)
MOUTH = (61, 291)
UPPER_LIP = (0, 13)
LOWER_LIP = (14, 17)
FACE_WIDTH = (234, 454)
FACE_HEIGHT = (10, 152)
NASION_MENTON = (168, 152)
LOWER_FACE = (2, 152)
CHIN = (17, 152)
#: Inner end, outer end and top of each brow.
BROWS = ((107, 70, 105), (336, 300, 334))


def _called(
    code: str, lines: tuple[tuple[int, int], ...], high: str | None, low: str | None, unit: Unit = Unit.RATIO
) -> Definition:
    return Definition(code, Kind.TERM, unit, lines, high, low)


def _length(code: str, *lines: tuple[int, int]) -> Definition:
    return Definition(code, Kind.LENGTH, Unit.RATIO, lines)


_ARCHES = tuple(line for inner, outer, top in BROWS for line in ((inner, top), (top, outer)))

#: Every measure: those that terms are called from, then lengths as multiples of the distance between the pupils. Eye
#: spacing is called from the pupils, never from the inner canthi, which a fold of the lid covers in many people.
DEFINITIONS: tuple[Definition, ...] = (
    _called("ipd_fw", (PUPILS,), "HP:0000316", "HP:0000601"),  # by the width of the face
    _called("icd_ocd", (INNER_CANTHI,), "HP:0000506", None),  # by the distance of the outer canthi
    _called("pfl_fw", FISSURES, "HP:0000637", "HP:0012745"),  # mean of both eyes, by the width of the face
    _called("slant", FISSURES, "HP:0000582", "HP:0000494", Unit.DEGREES),  # outer canthi above the inner ones
    _called("aperture", LIDS, None, "HP:0000508"),  # height of the fissures by their length
    _called("nasw_fw", (ALAE,), "HP:0000445", "HP:0000460"),  # by the width of the face
    _called("nose_fh", (NOSE,), "HP:0003189", "HP:0003196"),  # by the height of the face
    _called("phil_lf", (PHILTRUM,), "HP:0000343", "HP:0000322"),  # by subnasale to menton
    _called("mouth_fw", (MOUTH,), "HP:0000154", "HP:0000160"),  # by the width of the face
    _called("upper_lip", (UPPER_LIP,), "HP:0000215", "HP:0000219"),  # by the width of the mouth
    _called("lower_lip", (LOWER_LIP,), "HP:0000179", "HP:0010282"),  # by the width of the mouth
    _called("fh_fw", (FACE_HEIGHT, FACE_WIDTH), "HP:0000275", "HP:0000283"),  # height by width: narrow, broad
    _called("chin", (CHIN,), None, "HP:0000331"),  # by nasion to menton
    _called("brow_arch", _ARCHES, "HP:0002553", None),  # height of the arch by the brow's length
    _length("icd_ipd", INNER_CANTHI),
    _length("ocd_ipd", OUTER_CANTHI),
    _length("pfl_ipd", *FISSURES),  # mean of both eyes
    _length("pfh_ipd", *LIDS),  # mean of both eyes
    _length("nasw_ipd", ALAE),
    _length("nose_ipd", NOSE),
    _length("phil_ipd", PHILTRUM),
    _length("mouth_ipd", MOUTH),
    _length("upverm_ipd", UPPER_LIP),
    _length("loverm_ipd", LOWER_LIP),
    _length("lfh_ipd", LOWER_FACE),
    _length("fh_ipd", NASION_MENTON),
    _length("fw_ipd", FACE_WIDTH),
)
CODES: tuple[str, ...] = tuple(each.code for each in DEFINITIONS)
BY_CODE: Mapping[str, Definition] = MappingProxyType({each.code: each for each in DEFINITIONS})
#: Landmarks whose places are found, so that lines can be drawn; in this order in the head's points.
LANDMARKS: tuple[int, ...] = tuple(sorted({end for each in DEFINITIONS for line in each.lines for end in line}))
