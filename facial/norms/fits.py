"""Which published norms measure the same thing as this pipeline does.

A landmark that a caliper presses, a 3D camera sees and a mesh places in a photo are three things. Laid on the 40 adults
of the AT&T faces (taken as Europeans 63.3 mm between the pupils), the pipeline's landmarks differ from published means
by, in SDs of the norm (`python -m benchmarks.face_norms FACES.tar.gz`): inner canthi +.47 to 3D, +.66 to calipers;
outer canthi -.35; fissures -.16 to photos, -1.95 to 3D; lower lip -.44; but philtrum -.95, mouth +.7 (smiles), upper
lip -1.8, nose width +2.2 to +2.4, nose length -2.8, slant -.52. Where it is more than half an SD the norm would flag
three times as many ordinary people as it says, or more, and is not compared with: only a reference made by this
pipeline is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

#: Largest difference of means, in SDs of the norm, at which a method is taken to measure the same. A choice.
LARGEST_GAP = 0.5
#: Methods of published norms that fit, by measure. The pupils are the same to every method.
METHODS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "ipd": frozenset({"pupillometer", "caliper", "photo", "surface"}),
        "icd": frozenset({"surface"}),
        "ocd": frozenset({"surface"}),
        "pfl": frozenset({"photo"}),
        "lower_lip": frozenset({"surface"}),
    }
)


@dataclass(frozen=True, slots=True)
class Published:
    """A measure in mm that published norms exist for: `of` is the length of facial.measures it is made from.

    `calls` is the measure of facial.measures that the hospital's own reference calls the same terms by.
    """

    code: str
    of: str | None
    calls: str | None

    @property
    def measure(self) -> str:
        """Its name in the table of norms."""
        return self.code.removesuffix("_mm")


#: The distance between the pupils is read with the ruler itself; the others are multiples of it.
PUBLISHED: tuple[Published, ...] = (
    Published("ipd_mm", None, "ipd_fw"),
    Published("icd_mm", "icd_ipd", "icd_ocd"),
    Published("ocd_mm", "ocd_ipd", None),
    Published("pfl_mm", "pfl_ipd", "pfl_fw"),
    Published("nose_width_mm", "nasw_ipd", "nasw_fw"),
    Published("nose_length_mm", "nose_ipd", "nose_fh"),
    Published("philtrum_mm", "phil_ipd", "phil_lf"),
    Published("mouth_mm", "mouth_ipd", "mouth_fw"),
    Published("upper_lip_mm", "upverm_ipd", "upper_lip"),
    Published("lower_lip_mm", "loverm_ipd", "lower_lip"),
)
