"""The background: how often any disease has a term, and how an annotation's weight spreads to its superterms."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matching.lm.profile import Doubles, Masses, weighed
from matching.lm.settings import Settings
from ontology.arrays import Bools, Floats, Ints, Longs
from ontology.terms import PHENOTYPIC_ABNORMALITY, Terms

TINY = 1e-12


@dataclass(frozen=True, slots=True)
class Lattice:
    """Superterms of each term, the term included, up to Phenotypic abnormality; empty for other terms.

    `below_root` leaves Phenotypic abnormality itself out: what two features have in common there is nothing, so that a
    finding which a disease does not meet costs every such disease the same.

    pointers   int64 (terms + 1,)
    ancestors  int32 (entries,)   term positions, ascending within a row
    """

    pointers: Longs
    ancestors: Ints

    @classmethod
    def of(cls, terms: Terms, below_root: bool = False) -> Lattice:
        """The phenotype part of the graph."""
        keep = terms.is_phenotype[terms.ancestors.values]
        if below_root:
            keep &= terms.ancestors.values != terms.position(PHENOTYPIC_ABNORMALITY)
        source = np.repeat(np.arange(len(terms)), np.diff(terms.ancestors.pointers))[keep]
        pointers = np.zeros(len(terms) + 1, np.int64)
        pointers[1:] = np.cumsum(np.bincount(source, minlength=len(terms)))
        return cls(pointers, np.asarray(terms.ancestors.values[keep], np.int32))

    @property
    def sources(self) -> Ints:
        """The term whose superterm each entry is; int32 (entries,)."""
        return np.repeat(np.arange(len(self.pointers) - 1, dtype=np.int32), np.diff(self.pointers))

    def row(self, term: int) -> Ints:
        """Superterms of one term."""
        return self.ancestors[self.pointers[term] : self.pointers[term + 1]]

    def entries(self, of: Ints) -> tuple[Longs, Longs]:
        """Positions in `ancestors` of the rows of each term in `of`, and which element of `of` each belongs to."""
        lengths = np.diff(self.pointers)[of]
        which = np.repeat(np.arange(len(of), dtype=np.int64), lengths)
        within = np.arange(len(which), dtype=np.int64) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        return self.pointers[of][which] + within, which


@dataclass(frozen=True, slots=True)
class Background:
    """What is expected of any disease.

    exact    float64 (terms,)    p0: share of all annotation weight on the term itself
    general  float64 (terms,)    P0: share on the term or anything below it
    spread   float64 (entries,)  of the lattice: share of a term's weight that each superterm gets; a row sums to 1
    """

    exact: Doubles
    general: Doubles
    spread: Doubles

    @classmethod
    def of(cls, profiles: Masses, lattice: Lattice, is_phenotype: Bools, settings: Settings) -> Background:
        """Measure it over `profiles`; without any weight it is even."""
        width = len(is_phenotype)
        exact: Doubles = weighed(profiles.terms, profiles.mass, width)
        even = is_phenotype / max(int(is_phenotype.sum()), 1)
        share = settings.uniform_share if exact.sum() > 0 else 1.0
        exact = (1 - share) * exact / max(exact.sum(), TINY) + share * even
        sources = lattice.sources
        general = weighed(lattice.ancestors, exact[sources], width)
        content = information(general)
        spread = np.exp(-settings.reach * (content[sources] - content[lattice.ancestors]))
        spread /= np.maximum(weighed(sources, spread, width)[sources], TINY)
        return cls(exact, general, spread)

    def query_weights(self, settings: Settings) -> Floats:
        """w(q), float32 (terms,): the finding's information relative to the scale, to the chosen power."""
        weights: Floats = (
            (information(self.general) / settings.specificity_scale) ** settings.specificity_power
        ).astype(np.float32)
        return weights


def information(general: Doubles) -> Doubles:
    """-ln P0 in nats, never negative; float64, of the shape given."""
    content: Doubles = np.maximum(-np.log(np.maximum(general, 1e-9)), 0.0)
    return content
