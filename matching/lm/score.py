"""The score, as the sum of what each finding adds.

score(d) = sum over findings q of share(q) w(q) ln(eps + (1 - eps) LR(q | d)), natural logarithm, nats; less a bounded
penalty for findings that the disease has and the patient lacks. The form is a smoothed query-likelihood language model
(Jelinek-Mercer smoothing; Zhai and Lafferty 2004, doi:10.1145/984321.984322, its abstract) over the ontology's graph;
docs/ranking.md derives it.
"""

from __future__ import annotations

from collections.abc import Callable
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


#: Lays values, one for each posting, out: float32 (terms, columns), 0 where a column's disease does not hold the term.
Layout = Callable[[Ints, Floats], Floats]


@dataclass(frozen=True, slots=True)
class Addends:
    """What each finding adds to each disease. A column is a disease: all of them, or those that were asked for.

    present   float32 (present, columns)    nats
    excluded  float32 (excluded, columns)   nats, never above 0; a column sums to at least -EXCLUDED_BOUND_NATS
    held      Ints    (superterms,)         every superterm of a present finding, ascending
    worth     float32 (superterms, columns) above 0 where the disease has a feature at or below the superterm
    """

    present: Floats
    excluded: Floats
    held: Ints
    worth: Floats

    @property
    def scores(self) -> Floats:
        """float32 (columns,), nats."""
        return _summed(self.present) + _summed(self.excluded)

    def spread_out(self, columns: Ints, diseases: Ints, width: int) -> Addends:
        """The columns of `diseases`, each at its position among `width`; zeros elsewhere.

        `columns` says whose these columns are; it ascends and holds every one of `diseases`.
        """
        found = np.searchsorted(columns, diseases)

        def spread(compact: Floats) -> Floats:
            wide = np.zeros((len(compact), width), np.float32, order="F")  # so that a disease touches a page, not many
            wide[:, diseases] = compact[:, found]
            return wide

        return Addends(spread(self.present), spread(self.excluded), self.held, spread(self.worth))


def add_up(model: LanguageModel, terms: Terms, query: Query, layout: Layout | None = None) -> Addends:
    """Score every disease, or the columns that `layout` lays out, addend by addend.

    A column's values do not depend on which other columns there are, to the last bit.
    """
    lay = layout or every_disease(model)
    rows = [terms.ancestors[term] for term in query.present.tolist()]
    held = np.unique(np.concatenate(rows)).astype(np.int32) if rows else np.zeros(0, np.int32)
    worth = lay(held, model.postings.spread)
    own = lay(query.present, model.postings.own)
    addends = np.zeros_like(own)
    for at, (term, weight) in enumerate(zip(query.present.tolist(), query.weights, strict=True)):
        ratios = addends[at]
        for superterm in np.searchsorted(held, rows[at]):
            ratios += worth[superterm]
        ratios += own[at]
        addends[at] = nats(ratios, model.floor) * (weight * model.weights[term])
    return Addends(addends, penalties(model, query.excluded, lay), held, worth)


def nats(ratios: Floats, floor: float) -> Floats:
    """ln(eps + (1 - eps) LR), float32, of the shape given."""
    logarithms: Floats = np.log(np.float32(floor) + np.float32(1 - floor) * ratios)
    return logarithms


def penalties(model: LanguageModel, excluded: Ints, layout: Layout | None = None) -> Floats:
    """What each excluded finding costs, float32 (excluded, columns), nats.

    Share of the bound: 1 minus the chance that a patient of the disease would lack all that this one lacks.
    """
    highest = (layout or every_disease(model))(excluded, model.postings.highest)
    surprise = np.zeros_like(highest)
    holds = highest > 0
    surprise[holds] = -np.log1p(np.float32(-_MOST_CERTAIN) * highest[holds])
    whole = _summed(surprise)
    cost: Floats = np.float32(-EXCLUDED_BOUND_NATS) * np.expm1(-whole)
    return -surprise * np.divide(cost, whole, out=np.zeros_like(whole), where=whole > 0)


def every_disease(model: LanguageModel) -> Layout:
    """The layout of which every disease is a column."""

    def lay(terms: Ints, values: Floats) -> Floats:
        laid = np.zeros((len(terms), len(model.considered)), np.float32)
        for at, term in enumerate(terms.tolist()):
            row = model.postings.row(term)
            laid[at, model.postings.diseases[row]] = values[row]
        return laid

    return lay


def _summed(addends: Floats) -> Floats:
    """Sum of the rows in their order, so that one column gives the same bits as many (numpy sums one pairwise)."""
    whole = np.zeros(addends.shape[1], np.float32)
    for row in addends:
        whole += row
    return whole
