"""Two diseases side by side: a row for each finding, what differs most first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from service.models.explanations import ContributionAnswer, DiseaseAnswer


@dataclass(frozen=True, slots=True)
class Row:
    """One finding and how each of the diseases meets it; None where it plays no part in a disease's score."""

    feature: str
    label: str
    label_en: str | None
    parts: tuple[ContributionAnswer | None, ...]

    @property
    def apart(self) -> float:
        """Nats between the two, 0 or more."""
        worth = [part.nats if part else 0.0 for part in self.parts]
        return max(worth) - min(worth)


def rows(diseases: Sequence[DiseaseAnswer]) -> list[Row]:
    """Every finding that either of the diseases meets or misses, those that tell them apart first."""
    by_feature = [{part.feature: part for part in disease.contributions} for disease in diseases]
    named = {part.feature: part for parts in by_feature for part in parts.values()}
    found = [
        Row(id, part.label, part.label_en, tuple(parts.get(id) for parts in by_feature)) for id, part in named.items()
    ]
    return sorted(found, key=lambda row: -row.apart)
