"""The score, as the sum of what each finding adds.

score(d) = sum over findings q of share(q) w(q) ln(eps + (1 - eps) LR(q | d)), natural logarithm, nats; less a bounded
penalty for findings that the disease has and the patient lacks. The form is a smoothed query-likelihood language model
(Jelinek-Mercer smoothing; Zhai and Lafferty 2004, doi:10.1145/984321.984322, unverified) over the ontology's graph.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matching.lm.model import LanguageModel
from matching.lm.query import Query
from ontology.arrays import Floats, Ints
from ontology.terms import Terms

#: All excluded findings together cost a disease at most this. In published cohorts the excluded features are mostly the
#: disease's own (77 % of cases), so accuracy cannot set it: it is a choice, small enough never to overrule one finding.
EXCLUDED_BOUND_NATS = 0.5
#: A feature of every patient counts as seen in 95 %, so that one excluded finding does not use up the whole bound.
_MOST_CERTAIN = 0.95


@dataclass(frozen=True, slots=True)
class Addends:
    """What each finding adds to each disease.

    present   float32 (present, diseases)   nats
    excluded  float32 (excluded, diseases)  nats, never above 0; a column sums to at least -EXCLUDED_BOUND_NATS
    held      Ints    (superterms,)         every superterm of a present finding, ascending
    worth     float32 (superterms, diseases) above 0 where the disease has a feature at or below the superterm
    """

    present: Floats
    excluded: Floats
    held: Ints
    worth: Floats

    @property
    def scores(self) -> Floats:
        """float32 (diseases,), nats."""
        scores: Floats = self.present.sum(0, dtype=np.float32) + self.excluded.sum(0, dtype=np.float32)
        return scores


def add_up(model: LanguageModel, terms: Terms, query: Query) -> Addends:
    """Score every disease, addend by addend."""
    held, worth = _worth(model, terms, query.present)
    addends = np.zeros((len(query.present), len(model.considered)), np.float32)
    for at, (term, weight) in enumerate(zip(query.present.tolist(), query.weights, strict=True)):
        ratios = addends[at]
        for superterm in np.searchsorted(held, terms.ancestors[term]):
            ratios += worth[superterm]
        row = model.postings.row(term)
        ratios[model.postings.diseases[row]] += model.postings.own[row]
        addends[at] = nats(ratios, model.floor) * (weight * model.weights[term])
    return Addends(addends, _penalties(model, query.excluded), held, worth)


def nats(ratios: Floats, floor: float) -> Floats:
    """ln(eps + (1 - eps) LR), float32, of the shape given."""
    logarithms: Floats = np.log(np.float32(floor) + np.float32(1 - floor) * ratios)
    return logarithms


def _worth(model: LanguageModel, terms: Terms, present: Ints) -> tuple[Ints, Floats]:
    rows = [terms.ancestors[int(term)] for term in present]
    held = np.unique(np.concatenate(rows)).astype(np.int32) if rows else np.zeros(0, np.int32)
    worth = np.zeros((len(held), len(model.considered)), np.float32)
    for at, superterm in enumerate(held.tolist()):
        row = model.postings.row(superterm)
        worth[at, model.postings.diseases[row]] = model.postings.spread[row]
    return held, worth


def _penalties(model: LanguageModel, excluded: Ints) -> Floats:
    """Share of the bound: 1 minus the chance that a patient of the disease would lack all that this one lacks."""
    surprise = np.zeros((len(excluded), len(model.considered)), np.float32)
    for at, term in enumerate(excluded.tolist()):
        row = model.postings.row(term)
        surprise[at, model.postings.diseases[row]] = -np.log1p(-_MOST_CERTAIN * model.postings.highest[row])
    whole = surprise.sum(0)
    cost = EXCLUDED_BOUND_NATS * -np.expm1(-whole)
    penalties: Floats = -surprise * (cost / np.maximum(whole, np.float32(1e-12)))
    return penalties
