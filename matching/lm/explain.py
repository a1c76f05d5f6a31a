"""Why a disease stands where it stands: each finding, the annotation it met, how, and what that was worth."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from matching.lm.annotated import Annotated, Ground
from matching.lm.model import LanguageModel
from matching.lm.query import Query
from matching.lm.score import Addends
from matching.report import Contribution, Match
from ontology.annotations import Relation
from ontology.arrays import Ints
from ontology.knowledge import Knowledge
from ontology.terms import PHENOTYPIC_ABNORMALITY

#: A feature of the disease itself is named rather than a nearer one of its kin where it holds this share of the
#: information that the nearer one holds. Chosen, not measured: "seizures" of the disease tell more than "focal
#: seizures" of its kin, "abnormality of the nervous system" does not.
OWN_FIRST = 0.3


@dataclass(frozen=True, slots=True)
class Explainer:
    """Explains one answer. `superterms` holds those of each present finding, the most informative first.

    `places` says where each of them stands in `addends.held`; `annotated` what is known of each disease, by position;
    `id` is that of a term, found once.
    """

    knowledge: Knowledge
    model: LanguageModel
    query: Query
    addends: Addends
    superterms: tuple[list[int], ...]
    places: tuple[list[int], ...]
    annotated: Mapping[int, Annotated]
    id: Callable[[int], str]

    @classmethod
    def of(
        cls, knowledge: Knowledge, model: LanguageModel, query: Query, addends: Addends, diseases: Ints
    ) -> Explainer:
        """Prepare to explain `diseases`, int32 (diseases,) positions, of this answer."""
        superterms = [_superterms(knowledge, term) for term in query.present.tolist()]
        places = tuple(np.searchsorted(addends.held, row).tolist() for row in superterms)
        asked = np.zeros(len(knowledge.terms), np.bool_)
        asked[addends.held] = asked[query.excluded] = True
        annotated = dict(zip(diseases.tolist(), Annotated.several(knowledge, model, diseases, asked), strict=True))
        return cls(
            knowledge,
            model,
            query,
            addends,
            tuple(row.tolist() for row in superterms),
            places,
            annotated,
            cache(knowledge.terms.id),
        )

    def explain(self, disease: int) -> tuple[tuple[Contribution, ...], bool]:
        """Every addend of the disease's score, the largest first, and whether all known of the disease is borrowed.

        The nats sum to the score. A present finding that the disease's patients were found to lack is named once more,
        at 0 nats: the low count has already told in the addend beside it. Borrowed is what a broader or narrower
        Orphanet entry lends.
        """
        annotated = self.annotated[disease]
        holds = (self.addends.worth[:, disease] > 0).tolist()
        found = [self._present(at, disease, annotated, holds) for at in range(len(self.query.present))]
        found += self._lacked(annotated)
        found += self._excluded(disease, annotated)
        relations = self.knowledge.annotations.relations[annotated.rows]
        borrowed = len(relations) > 0 and bool((relations >= Relation.BROADER).all())
        return tuple(sorted(found, key=lambda c: (-c.nats, c.feature, c.match))), borrowed

    def _present(self, at: int, disease: int, annotated: Annotated, holds: list[bool]) -> Contribution:
        nats = float(self.addends.present[at, disease])
        feature = self.id(int(self.query.present[at]))
        met = self._met(at, annotated, holds)
        if met is None:
            return Contribution(feature, Match.NONE, None, (), nats)
        match, through, ground = self._meeting(int(self.query.present[at]), met, disease, annotated)
        return _contribution(feature, match, self.id(through), ground, nats)

    def _met(self, at: int, annotated: Annotated, holds: list[bool]) -> int | None:
        """The most informative superterm of the finding that the disease has a feature at or below.

        What is said of the disease itself comes before what is nearer, but said of its kin: down to OWN_FIRST of the
        information. `holds` tells of each of `addends.held` whether the disease has anything there.
        """
        shared = [term for term, place in zip(self.superterms[at], self.places[at], strict=True) if holds[place]]
        if not shared:
            return None
        itself = next((term for term in shared if annotated.itself(term)), None)
        content = self.knowledge.terms.content
        own_first = itself is not None and content[itself] >= OWN_FIRST * content[shared[0]]
        return itself if own_first else shared[0]

    def _meeting(self, term: int, met: int, disease: int, annotated: Annotated) -> tuple[Match, int, Ground]:
        ground = annotated.at(met)
        # Below the term may lie what the disease itself has, and at it no more than what its kin have.
        if ground and not (ground.kin and annotated.itself(met)):
            return (Match.EXACT if met == term else Match.MORE_SPECIFIC), met, ground
        ground = annotated.at_or_below(met)
        if met == term:
            return Match.MORE_GENERAL, self._most_frequent(ground, disease), ground
        return Match.SHARED_ANCESTOR, met, ground

    def _most_frequent(self, ground: Ground, disease: int) -> int:
        return max(ground.terms, key=lambda t: (self.model.postings.highest_at(t, disease), -t))

    def _lacked(self, annotated: Annotated) -> list[Contribution]:
        lacked = annotated.lacked.tolist()
        found = []
        for term, superterms in zip(self.query.present.tolist(), self.superterms, strict=True):
            above = set(lacked).intersection(superterms) if lacked else set()
            if above:
                # The most specific of the features that were found lacking.
                through = max(above, key=lambda t: (float(self.knowledge.terms.content[t]), -t))
                rows = tuple(row for row, t in zip(annotated.lacking.tolist(), lacked, strict=True) if t in above)
                found.append(Contribution(self.id(term), Match.PRESENT_MEETS_EXCLUDED, self.id(through), rows, 0.0))
        return found

    def _excluded(self, disease: int, annotated: Annotated) -> list[Contribution]:
        found = []
        for at in np.flatnonzero(self.addends.excluded[:, disease] < 0).tolist():
            term = int(self.query.excluded[at])
            ground = annotated.at_or_below(term)
            through = self.id(self._most_frequent(ground, disease))
            nats = float(self.addends.excluded[at, disease])
            found.append(_contribution(self.id(term), Match.EXCLUDED_MEETS_PRESENT, through, ground, nats))
        return found


def _contribution(feature: str, match: Match, through: str, ground: Ground, nats: float) -> Contribution:
    return Contribution(
        feature,
        match,
        through,
        ground.rows,
        nats,
        ground.by_name,
        described=ground.described,
        kin=ground.kin,
        kin_more=ground.kin_more,
    )


def _superterms(knowledge: Knowledge, term: int) -> Ints:
    """Superterms below Phenotypic abnormality: the term first, then by information, the deeper where that is level."""
    terms = knowledge.terms
    row = terms.ancestors[term]
    row = row[terms.is_phenotype[row] & (row != terms.position(PHENOTYPIC_ABNORMALITY))]
    depth = terms.ancestors.pointers[row + 1] - terms.ancestors.pointers[row]
    ordered: Ints = row[np.lexsort((row, -depth, -terms.content[row], row != term))]
    return ordered
