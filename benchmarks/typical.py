"""Which test comes first for a patient who has just the typical features of a disease.

A patient is made of the FEATURES most frequent features that are annotated of a disease; its own papers stay in. For a
disease whose usual lesion short reads miss, the first suggestion should order the assay that shows it; for one that is
found by sequencing, it should be sequencing alone.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.evaluate import Bench
from matching.genetic_tests.lesions import LesionTable
from matching.genetic_tests.proposal import Lesion, SourceKind, TestPlan, assays
from matching.lm.query import Query
from matching.posterior import posterior
from ontology.annotations import Aspect
from ontology.arrays import Floats
from ontology.knowledge import Knowledge

FEATURES = 8
#: Diseases that are found by sequencing, drawn at random.
DRAWN = 500
#: What a feature without a stated frequency counts as.
_UNSTATED = 0.5

Plans = Callable[[Floats], TestPlan]


@dataclass(frozen=True, slots=True)
class Typical:
    """The plan for the typical patient of one disease; `lesion` is None of a disease found by sequencing."""

    disease: int
    lesion: Lesion | None
    belief: float
    plan: TestPlan

    def first(self) -> tuple[str, ...]:
        """Codes of the assays of the first suggestion; the lesion's own alone where it is raised before all others."""
        if self.lesion is not None and self.lesion.code in {test.code for test in self.plan.biochemical}:
            return (self.lesion.code,)
        return tuple(test.code for test in assays(self.plan.tests[:1]))

    def right(self) -> bool:
        """Whether the first suggestion is what the patient needs.

        With a lesion: it is one assay of the lesion's modality, or sequencing in one with the very assay of the lesion.
        Without: it is sequencing alone. An assay beside it that is not needed counts as another assay first.
        """
        codes = self.first()
        modality = codes[0].partition(":")[0] if codes else ""
        if self.lesion is None:
            return modality in ("gene_panel", "exome") and len(codes) == 1
        return modality == self.lesion.modality or self.lesion.code in codes


def typical_features(knowledge: Knowledge, disease: int, count: int = FEATURES) -> list[int]:
    """The `count` most frequent features annotated of the disease, ties in order of term."""
    annotations = knowledge.annotations
    rows = np.array(annotations.rows_of(disease), np.int64)
    rows = rows[(annotations.aspects[rows] == Aspect.PHENOTYPE) & ~annotations.excluded[rows]]
    shares: dict[int, float] = {}
    for term, share in zip(annotations.terms[rows].tolist(), annotations.frequency[rows].tolist(), strict=True):
        share = _UNSTATED if np.isnan(share) else share
        if share > 0 and knowledge.terms.is_phenotype[term]:
            shares[term] = max(share, shares.get(term, 0.0))
    return sorted(shares, key=lambda term: (-shares[term], term))[:count]


def missed_by_short_reads(bench: Bench, lesions: LesionTable, plans: Plans, derived: bool = False) -> Iterator[Typical]:
    """The typical patient of every disease with a row whose lesion short reads miss, and any feature annotated.

    With `derived`, of those whose lesion the release tells, instead.
    """
    for disease, lesion in zip(lesions.diseases.tolist(), lesions.lesions, strict=True):
        if lesion.exome_sees < 1 and (lesion.source.kind is not SourceKind.CITED) == derived:
            yield from _planned(bench, disease, lesion, plans)


def found_by_sequencing(
    bench: Bench, lesions: LesionTable, plans: Plans, seed: int, count: int = DRAWN
) -> Iterator[Typical]:
    """Typical patients of `count` diseases with a nuclear gene and no lesion of their own, drawn at random."""
    diseases = sorted(set(lesions.genes.diseases.tolist()) - set(lesions.diseases.tolist()))
    random.Random(seed).shuffle(diseases)
    found = 0
    for disease in diseases:
        for typical in _planned(bench, disease, None, plans):
            found += 1
            yield typical
        if found == count:
            return


def table(knowledge: Knowledge, patients: Sequence[Typical]) -> Iterator[str]:
    """One line a disease, tab-separated: id, name, the modality it needs, the first test, belief, and how it ended."""
    yield "disease\tname\tneeds\tfirst\tbelief\tended"
    for typical in patients:
        if typical.lesion is not None:
            ended = "right" if typical.right() else "missed"
            name = knowledge.diseases.name(typical.disease)
            line = (
                typical.lesion.disease_id,
                name,
                typical.lesion.code,
                " + ".join(typical.first()),
                f"{typical.belief:.3f}",
                ended,
            )
            yield "\t".join(line)


def _planned(bench: Bench, disease: int, lesion: Lesion | None, plans: Plans) -> Iterator[Typical]:
    features = typical_features(bench.knowledge, disease)
    if not features:
        return
    query = Query.at(dict.fromkeys(features, 1.0), (), bench.knowledge.terms)
    belief = posterior(bench.only_ranked(bench.measure.answer(query).scores), len(features))
    yield Typical(disease, lesion, float(belief[disease]), plans(belief))
