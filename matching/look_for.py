"""What a ranking leaves unsaid: how frequent each feature met is, and which frequent ones nobody has mentioned."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from matching.frequency import Frequencies, superterms
from matching.lm.query import Query
from matching.report import Contribution, Frequency, Match, RankedDisease, Ranking, UnmentionedFeature
from ontology.arrays import Bools, Ints
from ontology.knowledge import Knowledge

#: Seen in half of the patients or more: what is missing then is worth a look. Chosen, not measured.
FREQUENT = 0.5
#: Features to look for that are listed of one disease; the rest are counted.
MOST_LISTED = 6


@dataclass(frozen=True, slots=True)
class Onlooker:
    """Looks at the diseases of one answer, all of them at once; `known` are the terms the findings speak of."""

    knowledge: Knowledge
    found: Frequencies
    known: Bools

    @classmethod
    def of(cls, knowledge: Knowledge, ranking: Ranking, query: Query) -> Onlooker:
        """Prepare for the diseases of `ranking`, which answers `query`."""
        positions = np.array([disease.position for disease in ranking.diseases], np.int32)
        found = Frequencies.of(knowledge, positions)
        return cls(knowledge, found, spoken_of(knowledge, found.terms, query))

    def complete(self, disease: RankedDisease, owner: int) -> RankedDisease:
        """`disease`, the one at index `owner`, with frequencies and with what to look for."""
        part = self.found.of_disease(owner)
        at = dict(zip(self.found.terms[part].tolist(), range(part.start, part.stop), strict=True))
        listed = list(self._unmentioned(part))
        return replace(
            disease,
            contributions=tuple(replace(c, frequency=self._frequency(c, at)) for c in disease.contributions),
            look_for=tuple(self._value(entry) for entry in listed[:MOST_LISTED]),
            look_for_more=max(0, len(listed) - MOST_LISTED),
        )

    def _frequency(self, part: Contribution, at: dict[int, int]) -> Frequency | None:
        """Of the term met where the disease is annotated with it, else of the most frequent below it."""
        if not part.rows:
            return None
        if part.match is Match.PRESENT_MEETS_EXCLUDED:
            return self._lacking(part.rows)
        annotations, terms = self.knowledge.annotations, self.knowledge.terms
        met = set(annotations.terms[np.array(part.rows, np.int64)].tolist())
        through = terms.position(part.through) if part.through else -1
        entries = [at[term] for term in ({through} if through in met else met) if term in at]
        if not entries:
            return None
        shares = np.nan_to_num(self.found.shares[entries], nan=-1.0)
        return self.found.frequency(entries[int(shares.argmax())])

    def _lacking(self, rows: tuple[int, ...]) -> Frequency:
        """Looked for and never seen: of how many is known only where they were counted."""
        examined = self.knowledge.annotations.examined[list(rows)]
        counted = int(examined[examined > 0].sum())
        return Frequency(0.0, 0, counted) if counted else Frequency(0.0)

    def _unmentioned(self, part: slice) -> Iterator[int]:
        """Entries of frequent features that nothing is said of, the most informative first.

        What a listed feature implies, a superterm of it, is passed over.
        """
        terms = self.knowledge.terms
        entries = np.arange(part.start, part.stop)
        entries = entries[(self.found.shares[part] >= FREQUENT) & ~self.known[part]]
        of = self.found.terms[entries]
        listed: set[int] = set()
        for entry in entries[np.lexsort((of, -self.found.shares[entries], -terms.content[of]))].tolist():
            term = int(self.found.terms[entry])
            if term not in listed:
                listed.update(terms.ancestors[term].tolist())
                yield entry

    def _value(self, entry: int) -> UnmentionedFeature:
        terms, term = self.knowledge.terms, int(self.found.terms[entry])
        return UnmentionedFeature(
            terms.id(term), float(terms.content[term]), self.found.frequency(entry), self.found.rows(entry)
        )


def completed(knowledge: Knowledge, ranking: Ranking, query: Query) -> Ranking:
    """`ranking` with the frequency of each feature met, and what to look for of each disease."""
    if not ranking.diseases:
        return ranking
    onlooker = Onlooker.of(knowledge, ranking, query)
    diseases = tuple(onlooker.complete(disease, owner) for owner, disease in enumerate(ranking.diseases))
    return replace(ranking, diseases=diseases)


def spoken_of(knowledge: Knowledge, of: Ints, query: Query) -> Bools:
    """Which terms of `of` the findings speak of, bool (of,): those at, above or below a present one, or excluded.

    A term is excluded at or below an excluded finding. A finding that is only related, by a superterm, says nothing of
    the term itself: a curved spine is no answer to whether the lens is dislocated, nor to whether the chest is sunken.
    """
    ancestors = knowledge.terms.ancestors
    implied = np.zeros(len(knowledge.terms), np.bool_)
    implied[superterms(ancestors, query.present)[0]] = True
    said = np.zeros(len(knowledge.terms), np.bool_)
    said[query.present] = said[query.excluded] = True
    spoken: Bools = implied[of]
    above, owner = superterms(ancestors, of)
    spoken[owner[said[above]]] = True
    return spoken
