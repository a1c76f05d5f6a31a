"""A query: a patient's findings as term positions, each counted once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from matching.report import PhenotypicFeature
from ontology.arrays import Floats, Ints
from ontology.features import Assertion
from ontology.terms import PHENOTYPIC_ABNORMALITY, Terms

#: Share of each kind of finding in the score. Uncertain and family were chosen on the open case notes; that historical
#: findings count in full is a choice for safety, and hypothetical ones never count.
WEIGHT_OF = {
    Assertion.OBSERVED: 1.0,
    Assertion.HISTORICAL: 1.0,
    Assertion.UNCERTAIN: 0.5,
    Assertion.FAMILY: 0.25,
    Assertion.EXCLUDED: 0.0,
    Assertion.HYPOTHETICAL: 0.0,
}


@dataclass(frozen=True, slots=True)
class Query:
    """Positions ascending, so that the order of findings cannot change a score.

    present   int32   (present,)   terms the patient has
    weights   float32 (present,)   share of each, in (0, 1]
    excluded  int32   (excluded,)  terms the patient lacks, those left out below which a present term lies
    """

    present: Ints
    weights: Floats
    excluded: Ints

    @classmethod
    def of(cls, features: Iterable[PhenotypicFeature], terms: Terms) -> Query:
        """Read findings; raises UnknownTerm. What is no phenotypic abnormality, or only that, takes no part."""
        root = terms.position(PHENOTYPIC_ABNORMALITY)
        present: dict[int, float] = {}
        excluded: set[int] = set()
        for feature in features:
            term = terms.position(feature.type)
            if term == root or not terms.is_phenotype[term]:
                continue
            if feature.excluded:
                excluded.add(term)
            elif feature.weight > 0:
                present[term] = max(present.get(term, 0.0), feature.weight)
        return cls.at(present, excluded, terms)

    @classmethod
    def at(cls, present: dict[int, float], excluded: Iterable[int], terms: Terms) -> Query:
        """The query of terms by position: present ones with their weights, and excluded ones."""
        order = sorted(present)
        implied: set[int] = set()
        for term in order:
            implied.update(terms.ancestors[term].tolist())
        return cls(
            np.array(order, np.int32),
            np.array([present[t] for t in order], np.float32),
            np.array(sorted(set(excluded) - implied), np.int32),
        )
