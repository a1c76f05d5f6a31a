"""How much a patient's findings speak for a rare disease in this very archive: the order in which to look at patients.

A finding is judged against the patients around. Where r is how often patients of rare diseases have it, and p how often
patients of this archive have it, it speaks for a rare disease by the ratio r / p: "low-set ears" much, "hypertension"
not at all. A patient with a rare disease has ordinary complaints, too, so each finding is a mixture,

    nats(finding) = weight * max(0, ln(1 - MIX + MIX * r / p))
    share(finding) = MIX * r / p / (1 - MIX + MIX * r / p)

the log likelihood ratio of a patient whose findings are of the rare disease by MIX, against the archive's; and the
share of belief that this finding is of the rare disease, with which it takes part in the ranking. What is common here
says nothing against a rare disease: the longer a record, the more of it there is. The score is

    sum of nats(finding) + OF_BEST * score of the best disease (matching.lm, nats)

r is the mean over all diseases of the frequency that their annotations state (half where they state none); p is counted
in the archive itself, drawn towards r as by PRIOR_PATIENTS patients more, so that a small archive judges less.
Tried by `python -m benchmarks.screening_fit`; `python -m benchmarks.screening` compares it with the ranking
by itself (docs/screening.md).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ontology.annotations import Aspect, Relation
from ontology.knowledge import Knowledge

MIX = 0.1
OF_BEST = 0.3
PRIOR_PATIENTS = 200
#: With how much a finding takes part in the ranking at least, however common it is here: it still tells diseases apart.
LEAST_SHARE = 0.02
#: Of a row that states no frequency.
_UNSTATED = 0.5
#: How often a finding that no disease is annotated with is there all the same: one annotation among all diseases.
_LEAST = 5e-5


@dataclass(frozen=True, slots=True)
class Rates:
    """How many of the archive's `patients` have each finding, by HPO id."""

    patients: int
    counts: Mapping[str, int]


NO_RATES = Rates(0, {})


def summed(rates: Iterable[Rates]) -> Rates:
    """Those of all parts together."""
    counts: Counter[str] = Counter()
    patients = 0
    for each in rates:
        patients += each.patients
        counts.update(each.counts)
    return Rates(patients, dict(sorted(counts.items())))


@dataclass(frozen=True, slots=True)
class Weighed:
    """A finding's `nats` for a rare disease, and the `share` with which it takes part in the ranking."""

    nats: float
    share: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """Weighs findings. `rare` is float64 (terms,): the share of patients of rare diseases who have each."""

    knowledge: Knowledge
    rare: NDArray[np.float64]
    rates: Rates
    mix: float = MIX

    @classmethod
    def of(cls, knowledge: Knowledge, rates: Rates, mix: float = MIX) -> Evidence:
        """For one archive; some tenths of a second."""
        return cls(knowledge, rare_shares(knowledge), rates, mix)

    def weighed(self, id: str, weight: float) -> Weighed:
        """What a finding says; `weight` is its share by its assertion (matching.reconcile). Raises UnknownTerm."""
        rare = float(self.rare[self.knowledge.terms.position(id)])
        here = (self.rates.counts.get(id, 0) + PRIOR_PATIENTS * rare) / (self.rates.patients + PRIOR_PATIENTS)
        of_rare = self.mix * rare / here
        mixed = 1 - self.mix + of_rare
        return Weighed(weight * max(0.0, float(np.log(mixed))), max(LEAST_SHARE, of_rare / mixed))


def rare_shares(knowledge: Knowledge) -> NDArray[np.float64]:
    """How often patients of the diseases of a release have each finding: float64 (terms,), above 0."""
    annotations = knowledge.annotations
    own = (annotations.relations == Relation.OWN) & (annotations.aspects == Aspect.PHENOTYPE) & ~annotations.excluded
    rows = np.flatnonzero(own)
    stated = np.nan_to_num(np.asarray(annotations.frequency[rows], np.float64), nan=_UNSTATED)
    disease_of_row = np.repeat(np.arange(len(annotations.pointers) - 1, dtype=np.int64), np.diff(annotations.pointers))
    terms = len(knowledge.terms.labels)
    key = disease_of_row[rows] * terms + annotations.terms[rows]
    pairs_found, at = np.unique(key, return_inverse=True)
    most = np.zeros(len(pairs_found))
    np.maximum.at(most, at, stated)
    shares = np.bincount(pairs_found % terms, weights=most, minlength=terms)
    described = len(np.unique(disease_of_row[rows]))
    return shares / max(1, described) + _LEAST
