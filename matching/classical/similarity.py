"""How much two terms resemble each other, by the information content of the superterms they share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from matching.lm.background import Lattice
from ontology.arrays import Floats, Ints, Longs
from ontology.terms import PHENOTYPIC_ABNORMALITY, Terms

_TINY = 1e-9


class Measure(StrEnum):
    """A similarity of two terms a and b; MICA is their most informative common superterm, IC in nats.

    RESNIK     IC(MICA)                                 Resnik 1995, arXiv:cmp-lg/9511007
    LIN        2 IC(MICA) / (IC(a) + IC(b))             Lin 1998, Proc. ICML, 296-304 (abstract)
    PHENODIGM  sqrt(IC(MICA) J), J the Jaccard index of their superterms, themselves included, up to Phenotypic
               abnormality                              Smedley et al. 2013, doi:10.1093/database/bat025 (abstract)
    """

    RESNIK = "resnik"
    LIN = "lin"
    PHENODIGM = "phenodigm"


@dataclass(frozen=True, slots=True)
class Columns:
    """Terms to compare others with, their superterms end to end.

    terms       int32 (columns,)
    superterms  int32 (entries,)  of each term in turn, itself included
    starts      int64 (columns,)  where the superterms of each begin
    sizes       int64 (columns,)  how many they are, at least 1
    """

    terms: Ints
    superterms: Ints
    starts: Longs
    sizes: Longs

    @classmethod
    def of(cls, lattice: Lattice, terms: Ints) -> Columns:
        """Columns for phenotype terms, in the order given."""
        entries, _ = lattice.entries(terms)
        sizes = np.diff(lattice.pointers)[terms]
        return cls(terms, lattice.ancestors[entries], np.cumsum(sizes) - sizes, sizes)


@dataclass(frozen=True, slots=True)
class TermSimilarity:
    """One measure over one release; `content` float32 (terms,), the information content of each term in nats."""

    measure: Measure
    lattice: Lattice
    content: Floats

    @classmethod
    def of(cls, terms: Terms, measure: Measure) -> TermSimilarity:
        """The measure with the release's own information content, among diseases that have any phenotype."""
        return cls(measure, Lattice.of(terms), content_among_phenotypes(terms))

    def row(self, term: int, columns: Columns) -> Floats:
        """Similarity of a phenotype term to each column, float32 (columns,), never below 0."""
        superterms = self.lattice.row(term)
        shared = np.zeros(len(self.content), np.float32)
        shared[superterms] = self.content[superterms]
        common = _over(np.maximum, shared, columns)
        match self.measure:
            case Measure.RESNIK:
                return common
            case Measure.LIN:
                both = self.content[columns.terms] + self.content[term]
                lin: Floats = (2 * common / np.maximum(both, np.float32(_TINY))).astype(np.float32)
                return lin
            case Measure.PHENODIGM:
                shared[superterms] = 1
                both_sides = _over(np.add, shared, columns)
                either = np.float32(len(superterms)) + columns.sizes.astype(np.float32) - both_sides
                return np.sqrt(common * both_sides / either)

    def rows(self, findings: Ints, columns: Columns) -> Floats:
        """Similarity of each finding to each column, float32 (findings, columns)."""
        table = np.zeros((len(findings), len(columns.terms)), np.float32)
        for at, term in enumerate(findings.tolist()):
            table[at] = self.row(term, columns)
        return table

    def shared(self, one: int, other: int) -> int:
        """Their most informative common superterm; the deepest, then the lowest position, where several are level."""
        common = np.intersect1d(self.lattice.row(one), self.lattice.row(other))
        depth = np.diff(self.lattice.pointers)[common]
        return int(common[np.lexsort((common, -depth, -self.content[common]))[0]])


def content_among_phenotypes(terms: Terms) -> Floats:
    """-ln(diseases at or below the term / diseases with any phenotype), nats, float32 (terms,).

    The release's information content counts every disease, those known by inheritance alone too; taken relative to
    Phenotypic abnormality it is exactly 0 there, so that terms with nothing else in common do not resemble each other.
    """
    root = terms.position(PHENOTYPIC_ABNORMALITY)
    relative: Floats = np.maximum(terms.content - terms.content[root], np.float32(0))
    return relative


def _over(ufunc: np.ufunc, of_term: Floats, columns: Columns) -> Floats:
    """`ufunc` over the superterms of each column; float32 (columns,)."""
    reduceat: Callable[[Floats, Longs], Floats] = ufunc.reduceat
    if not len(columns.terms):
        return np.zeros(0, np.float32)
    return reduceat(of_term[columns.superterms], columns.starts)
