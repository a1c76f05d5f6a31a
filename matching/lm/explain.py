"""Why a disease stands where it stands: each finding, the annotation it met, how, and what that was worth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matching.lm.model import LanguageModel
from matching.lm.query import Query
from matching.lm.score import Addends
from matching.report import Contribution, Match
from ontology.annotations import Aspect, Relation
from ontology.arrays import Bools, Ints, Longs
from ontology.knowledge import Knowledge
from ontology.terms import PHENOTYPIC_ABNORMALITY


@dataclass(frozen=True, slots=True)
class _Annotated:
    """One disease's rows on phenotype terms, for looking up.

    rows       int64 (rows,)     numbers in Annotations of the rows that say a feature was seen
    terms      int32 (rows,)     their terms
    lacking    int64 (others,)   numbers of the rows that say it was looked for and not seen
    lacked     int32 (others,)   their terms
    superterms int32 (entries,)  superterms of each of `terms`, itself included
    entry_rows int64 (entries,)  index into `rows` of each superterm
    """

    rows: Longs
    terms: Ints
    lacking: Longs
    lacked: Ints
    superterms: Ints
    entry_rows: Longs

    @classmethod
    def of(cls, knowledge: Knowledge, disease: int) -> _Annotated:
        annotations = knowledge.annotations
        span = annotations.rows_of(disease)
        numbers = np.arange(span.start, span.stop, dtype=np.int64)
        part = slice(span.start, span.stop)
        phenotype = (annotations.aspects[part] == Aspect.PHENOTYPE) & knowledge.terms.is_phenotype[
            annotations.terms[part]
        ]
        unseen = annotations.excluded[part] | (annotations.frequency[part] == 0)
        rows, lacking = numbers[phenotype & ~unseen], numbers[phenotype & unseen]
        terms = annotations.terms[rows]
        parts = [knowledge.terms.ancestors[int(t)] for t in terms]
        return cls(
            rows,
            terms,
            lacking,
            annotations.terms[lacking],
            np.concatenate(parts) if parts else np.zeros(0, np.int32),
            np.repeat(np.arange(len(rows), dtype=np.int64), [len(p) for p in parts]),
        )

    def at(self, term: int) -> tuple[int, ...]:
        """Rows on the term itself."""
        return tuple(self.rows[self.terms == term].tolist())

    def at_or_below(self, term: int) -> Longs:
        """Indices into `rows` of those on the term or anything below it."""
        within: Longs = self.entry_rows[self.superterms == term]
        return within


@dataclass(frozen=True, slots=True)
class Explainer:
    """Explains one answer: the query, its addends, and the knowledge behind them."""

    knowledge: Knowledge
    model: LanguageModel
    query: Query
    addends: Addends

    def contributions(self, disease: int) -> tuple[Contribution, ...]:
        """Every addend of the disease's score, the largest first; their nats sum to the score.

        A present finding that the disease's patients were found to lack is named once more, at 0 nats: the low count
        has already told in the addend beside it.
        """
        annotated = _Annotated.of(self.knowledge, disease)
        found = [self._present(at, term, disease, annotated) for at, term in enumerate(self.query.present.tolist())]
        found += self._against(annotated)
        for at, term in enumerate(self.query.excluded.tolist()):
            nats = float(self.addends.excluded[at, disease])
            if nats < 0:
                through, rows = self._below(term, disease, annotated)
                found.append(Contribution(self._id(term), Match.EXCLUDED_MEETS_PRESENT, self._id(through), rows, nats))
        return tuple(sorted(found, key=lambda c: (-c.nats, c.feature, c.match)))

    def borrowed(self, disease: int) -> bool:
        """Whether all that is known of the disease is lent by a broader or narrower Orphanet entry."""
        rows = _Annotated.of(self.knowledge, disease).rows
        return len(rows) > 0 and bool((self.knowledge.annotations.relations[rows] >= Relation.BROADER).all())

    def _present(self, at: int, term: int, disease: int, annotated: _Annotated) -> Contribution:
        match, through, rows = self._meeting(term, disease, annotated)
        name = None if through is None else self._id(through)
        return Contribution(self._id(term), match, name, rows, float(self.addends.present[at, disease]))

    def _meeting(self, term: int, disease: int, annotated: _Annotated) -> tuple[Match, int | None, tuple[int, ...]]:
        met = self._most_informative(term, disease)
        if met is None:
            return Match.NONE, None, ()
        rows = annotated.at(met)
        if met == term:
            if rows:
                return Match.EXACT, term, rows
            through, rows = self._below(term, disease, annotated)
            return Match.MORE_GENERAL, through, rows
        if rows:
            return Match.MORE_SPECIFIC, met, rows
        return Match.SHARED_ANCESTOR, met, tuple(annotated.rows[annotated.at_or_below(met)].tolist())

    def _most_informative(self, term: int, disease: int) -> int | None:
        terms = self.knowledge.terms
        ancestors = terms.ancestors[term]
        shared: Bools = self.addends.worth[np.searchsorted(self.addends.held, ancestors), disease] > 0
        shared &= ancestors != terms.position(PHENOTYPIC_ABNORMALITY)
        candidates = ancestors[shared].tolist()
        # The finding itself comes first: a superterm may hold exactly as many diseases.
        return max(candidates, key=lambda a: (a == term, float(terms.content[a]), -a)) if candidates else None

    def _below(self, term: int, disease: int, annotated: _Annotated) -> tuple[int, tuple[int, ...]]:
        """The most frequent annotated feature at or below a term, and all rows there."""
        within = annotated.at_or_below(term)
        candidates = sorted(set(annotated.terms[within].tolist()))
        through = max(candidates, key=lambda t: (self._highest(t, disease), -t))
        return through, tuple(annotated.rows[within].tolist())

    def _highest(self, term: int, disease: int) -> float:
        row = self.model.postings.row(term)
        at = int(np.searchsorted(self.model.postings.diseases[row], disease))
        return float(self.model.postings.highest[row][at])

    def _against(self, annotated: _Annotated) -> list[Contribution]:
        found = []
        for term in self.query.present.tolist():
            meets = np.isin(annotated.lacked, self.knowledge.terms.ancestors[term])
            if meets.any():
                # The most specific of the features that were found lacking.
                through = max(
                    annotated.lacked[meets].tolist(), key=lambda t: (float(self.knowledge.terms.content[t]), -t)
                )
                rows = tuple(annotated.lacking[meets].tolist())
                found.append(Contribution(self._id(term), Match.PRESENT_MEETS_EXCLUDED, self._id(through), rows, 0.0))
        return found

    def _id(self, term: int) -> str:
        return self.knowledge.terms.id(term)
