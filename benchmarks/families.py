"""Families of diseases, whose members are found together on the way to a test.

A *family* is a disease with its kin of one numbered series (`Developmental and epileptic encephalopathy 12`) and of one
gene, as matching.lm.family finds them in the release. The family rank of a case is that of its best placed member: it
is what counts where members cannot be told apart at the bedside. A member of a large family is found by chance the
sooner, so that the median size of the families is printed beside.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from matching.lm.family import Families
from ontology.arrays import Bools
from ontology.knowledge import Knowledge


@dataclass(frozen=True, slots=True)
class FamilyMembers:
    """Members of the family of each disease: its kin by series and by gene, and itself."""

    families: Families

    @classmethod
    def of(cls, knowledge: Knowledge, considered: Bools) -> FamilyMembers:
        """The families among the diseases considered, bool (diseases,)."""
        return cls(Families.of(knowledge, considered))

    def of_any(self, diseases: Iterable[int]) -> tuple[int, ...]:
        """Positions of the members of the families of `diseases`, ascending, those themselves included."""
        rows = (self.families.series, self.families.gene)
        kin = {int(member) for disease in diseases for kind in rows for member in kind[disease]}
        return tuple(sorted(kin.union(diseases)))
