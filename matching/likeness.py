"""What a face adds: its likeness to the hospital's own cases of a disease, where the gallery was found to help.

One addend for each disease, bounded, and added once however many photos there are: photos of one person say the same
again. Only likenesses that weigh (facial.likeness) take part; the others are shown beside the ranking, if at all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean

import numpy as np

from facial.likeness.calibrate import MOST_AGAINST_NATS, MOST_FOR_NATS
from facial.reading import Likeness, PhotoReading
from matching.report import LikenessAddend, Ranking
from ontology.arrays import Floats
from ontology.diseases import UnknownDisease
from ontology.knowledge import Knowledge


@dataclass(frozen=True, slots=True)
class FaceLikeness:
    """What the photos of one patient add to each disease, by its position; diseases that are not in it get nothing."""

    addends: Mapping[int, LikenessAddend]

    @classmethod
    def of(cls, knowledge: Knowledge, seen: Sequence[PhotoReading]) -> FaceLikeness:
        """Gather what weighs: for each disease the mean over the photos that tell of it.

        A disease that this release does not have gets nothing: it cannot be ranked. Of two ids of one disease, the one
        with more cases speaks.
        """
        told: dict[str, list[Likeness]] = defaultdict(list)
        for reading in seen:
            for each in reading.likenesses:
                if reading.face is not None and each.weighs and each.nats is not None:
                    told[each.disease].append(each)
        found: dict[int, LikenessAddend] = {}
        for disease, photos in told.items():
            position = _position(knowledge, disease)
            addend = _addend(photos)
            if position is not None and (position not in found or addend.cases > found[position].cases):
                found[position] = addend
        return cls(found)

    def nats(self, diseases: int) -> Floats | None:
        """What is added to each disease, float32 (diseases,); None where nothing is."""
        if not self.addends:
            return None
        nats = np.zeros(diseases, np.float32)
        nats[list(self.addends)] = [addend.nats for addend in self.addends.values()]
        return nats

    def shown(self, ranking: Ranking) -> Ranking:
        """The same ranking with each disease's addend named beside its contributions."""
        if not self.addends:
            return ranking
        named = (replace(disease, likeness=self.addends.get(disease.position)) for disease in ranking.diseases)
        return replace(ranking, diseases=tuple(named))


#: Nothing is known of the face, or nothing of it weighs.
NO_LIKENESS = FaceLikeness({})


def _position(knowledge: Knowledge, disease: str) -> int | None:
    try:
        return knowledge.diseases.position(disease)
    except UnknownDisease:
        return None


def _addend(photos: Sequence[Likeness]) -> LikenessAddend:
    """The mean of the photos' likelihood ratios, within the bounds; its float32 value, as it is added."""
    mean = fmean(each.nats for each in photos if each.nats is not None)
    bounded = np.float32(min(max(mean, -MOST_AGAINST_NATS), MOST_FOR_NATS))
    return LikenessAddend(
        float(bounded), min(each.rank for each in photos), photos[0].cases, len(photos), photos[0].evaluated
    )
