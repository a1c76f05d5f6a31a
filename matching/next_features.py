"""What to ask next: the features whose presence or absence would tell most about which of the diseases it is.

The value of a question is the mutual information of its answer F and the disease D,

    I(F; D) = H(P(f)) - sum over d of P(d) H(P(f | d)),    P(f) = sum over d of P(d) P(f | d),    H in nats,

which is the expected Kullback-Leibler divergence of the belief after the answer from the belief before it: the expected
information of an experiment (Lindley 1956, doi:10.1214/aoms/1177728069, unverified), and the measure of a diagnostic
test (Benish 2009, PMID:19562229, its abstract). P(d) is the belief as it stands, over the candidates; P(f | d) is the
annotated frequency of the feature or of anything below it, else the background. An answer is taken to depend on the
disease alone, as if the features of a disease were independent.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matching.bedside import BedsideLine, ComeBy, come_by, packaged_lines
from matching.frequency import LEAST, UNKNOWN, Doubles, Frequencies, spans, superterms
from matching.lm.profile import weighed
from matching.lm.query import Query
from matching.look_for import spoken_of
from matching.report import Bearing, NextFeature
from ontology.arrays import Bools, Floats, Ints, Longs, Rows
from ontology.knowledge import Knowledge
from ontology.terms import Terms

QUESTIONS = 3
#: Candidates hold this share of the belief, and are at most so many: time grows with their number, and 60 or 400 of
#: them asked no better questions. Measured as OMITTED.
CREDIBLE, MOST_CANDIDATES = 0.95, 150
#: An annotation that is not there is a weak word: this share of the frequency that the feature has in the candidates
#: annotated with it is expected of the others. Of 0, .1 and .3, .1 was best: three questions after one finding raised
#: the true disease's mean reciprocal rank from .172 to .263, .282 and .267 (`python -m benchmarks.next_features CASES
#: --simulated 400 --keep 1 --seed 9`; 60 or 400 candidates: .275, .276); the most frequent features .250. So with
#: UNKNOWN = .3 and the ranker of then; with .15, which makes the simulated patients too, .132 to .217, and .196.
OMITTED = 0.1
#: A question from which less is expected is not worth a patient's time: an even answer to a fair coin gives .69 nats.
#: Chosen, not measured.
LEAST_NATS = 0.005
#: Diseases named for and against, where an answer moves the belief in them by this at least.
MOST_BEARINGS, LEAST_CHANGE = 3, 0.005
#: Labels that gather findings and name none: nobody can look for an `Abnormality of the eye`.
_GATHERING = ("Abnormal", "Aplasia/", "Functional abnormality")


@dataclass(frozen=True, slots=True)
class Questions:
    """What can be asked in one release; opened once.

    bedside     bool    (terms,)  asked or seen at the bedside
    elsewhere   bool    (terms,)  found out by an investigation
    background  float64 (terms,)  chance that a patient of a disease that is not annotated with it has the feature
    implied     rows    (terms,)  superterms of each term that can be asked or found out, itself among them
    pointers    int64   (diseases + 1,)  the features of disease d: pointers[d]:pointers[d + 1]
    features    int32   (entries,)
    expected    float64 (entries,)  how often a patient of the disease is expected to have the feature
    """

    bedside: Bools
    elsewhere: Bools
    background: Doubles
    implied: Rows
    pointers: Longs
    features: Ints
    expected: Doubles

    @classmethod
    def of(cls, knowledge: Knowledge, lines: tuple[BedsideLine, ...] | None = None) -> Questions:
        """Sort the terms of `knowledge`; raises KnowledgeDamaged where bedside.tsv cannot be used."""
        terms = knowledge.terms
        how = come_by(terms, packaged_lines() if lines is None else lines)
        named = np.array([not label.startswith(_GATHERING) for label in terms.labels], np.bool_) & terms.is_phenotype
        by = list(ComeBy)
        # The share of diseases with the term or anything below it, each in the frequency of a row that gives none.
        background = np.clip(UNKNOWN * np.exp(-terms.content.astype(np.float64)), LEAST / 10, UNKNOWN)
        every = Frequencies.of(knowledge, np.arange(len(knowledge.diseases), dtype=np.int32))
        bedside = named & (how == by.index(ComeBy.BEDSIDE))
        elsewhere = named & (how == by.index(ComeBy.INVESTIGATION))
        return cls(
            bedside,
            elsewhere,
            background,
            _kept(terms.ancestors, bedside | elsewhere),
            np.searchsorted(every.owners, np.arange(len(knowledge.diseases) + 1)).astype(np.int64),
            every.terms,
            every.expected,
        )

    def of_diseases(self, diseases: Longs) -> tuple[Ints, Longs, Doubles]:
        """Features of `diseases`, the index into these that each belongs to, and how often it is expected."""
        at, owners = spans(self.pointers, diseases)
        return self.features[at], owners, self.expected[at]


@dataclass(frozen=True, slots=True)
class Candidates:
    """The credible diseases and what is expected of their patients: P(f | d), kept where an annotation speaks of it.

    positions  int64   (candidates,)  the likeliest first
    belief     float64 (candidates,)  summing to 1
    terms      int32   (features,)    that any of them is annotated with and that can be asked
    features   int64   (entries,)     index into `terms`, ascending
    owners     int64   (entries,)     index into `positions`; a feature and an owner meet once
    shares     float64 (entries,)     P(f | d)
    unsaid     float64 (features,)    P(f | d) in every other candidate
    """

    positions: Longs
    belief: Doubles
    terms: Ints
    features: Longs
    owners: Longs
    shares: Doubles
    unsaid: Doubles

    @property
    def present(self) -> Doubles:
        """P(f), float64 (features,)."""
        return self._over_candidates(self.shares, self.unsaid)

    @property
    def information(self) -> Doubles:
        """I(F; D) of each feature, float64 (features,), nats."""
        expected = self._over_candidates(entropy(self.shares), entropy(self.unsaid))
        told: Doubles = np.maximum(entropy(self.present) - expected, 0.0)
        return told

    def expected(self, feature: int) -> Doubles:
        """P(f | d) of the feature at index `feature`, float64 (candidates,)."""
        start, stop = np.searchsorted(self.features, [feature, feature + 1])
        everyone = np.full(len(self.positions), self.unsaid[feature])
        everyone[self.owners[start:stop]] = self.shares[start:stop]
        return everyone

    def _over_candidates(self, held: Doubles, unsaid: Doubles) -> Doubles:
        """The mean under the belief of a quantity that is `held` in the entries and `unsaid` elsewhere."""
        weights = self.belief[self.owners]
        mass = weighed(self.features, weights, len(self.terms))
        return weighed(self.features, weights * held, len(self.terms)) + unsaid * np.maximum(1 - mass, 0.0)


def next_features(
    knowledge: Knowledge,
    questions: Questions,
    belief: Floats,
    query: Query,
    limit: int = QUESTIONS,
    left_out: Bools | None = None,
) -> tuple[NextFeature, ...]:
    """At most `limit` features to ask about, the most telling first; none without a present finding.

    `belief` float32 (diseases,) is the share of each. What a finding says already, above, at or below it, is not asked;
    nor are two features of which one is above the other. Features of the bedside go before those of an investigation.
    `left_out` bool (rows,) are annotation rows not to be looked at.
    """
    if not len(query.present):
        return ()
    found: list[NextFeature] = []
    shown = Shown.of(knowledge, questions, belief, left_out)
    for can_be_asked in (questions.bedside, questions.elsewhere):
        candidates = shown.candidates(questions, can_be_asked)
        worth = candidates.information
        nats = worth.copy()
        worth[spoken_of(knowledge, candidates.terms, query) | (worth < LEAST_NATS)] = -np.inf
        for at in unrelated(knowledge.terms, candidates.terms, worth, limit - len(found)):
            found.append(_value(knowledge, candidates, at, float(nats[at]), can_be_asked is questions.bedside))
        if len(found) == limit:
            break
    return tuple(found)


def gather(
    knowledge: Knowledge, questions: Questions, belief: Floats, can_be_asked: Bools, left_out: Bools | None = None
) -> Candidates:
    """The credible diseases under `belief`, and what of `can_be_asked` their patients are expected to show."""
    return Shown.of(knowledge, questions, belief, left_out).candidates(questions, can_be_asked)


@dataclass(frozen=True, slots=True)
class Shown:
    """What the patients of the credible diseases show, and all that it implies; found once for every kind of question.

    positions   int64   (candidates,)  the likeliest first
    belief      float64 (candidates,)  summing to 1
    annotated   bool    (terms,)       a term that nobody was annotated with is a heading, not a finding
    superterms  int32   (entries,)     of each annotated feature, itself included, that can be asked or found out
    owners      int64   (entries,)     index into `positions`
    shares      float64 (entries,)     how often the annotated feature is expected
    """

    positions: Longs
    belief: Doubles
    annotated: Bools
    superterms: Ints
    owners: Longs
    shares: Doubles

    @classmethod
    def of(cls, knowledge: Knowledge, questions: Questions, belief: Floats, left_out: Bools | None = None) -> Shown:
        """Look the credible diseases under `belief` up; `left_out` bool (rows,) are not looked at."""
        positions = credible(belief)
        share = belief[positions].astype(np.float64)
        if left_out is None:
            features, owners, expected = questions.of_diseases(positions)
        else:
            found = Frequencies.of(knowledge, positions.astype(np.int32), left_out)
            features, owners, expected = found.terms, found.owners, found.expected
        above, entry = superterms(questions.implied, features)
        annotated = np.zeros(len(knowledge.terms), np.bool_)
        annotated[features] = True
        return cls(positions, share / share.sum(), annotated, above, owners[entry], expected[entry])

    def candidates(self, questions: Questions, can_be_asked: Bools) -> Candidates:
        """The credible diseases with what of `can_be_asked`, bool (terms,), their patients are expected to show."""
        asked = self.annotated & can_be_asked
        terms = np.flatnonzero(asked).astype(np.int32)
        row = np.zeros(len(asked), np.int64)
        row[terms] = np.arange(len(terms))
        keep = asked[self.superterms]
        width = len(self.positions)
        most = np.zeros(len(terms) * width)  # of a feature and what lies below it, the most frequent counts
        np.maximum.at(most, row[self.superterms[keep]] * width + self.owners[keep], self.shares[keep])
        held = np.flatnonzero(most > 0)
        features, owners = np.divmod(held, width)
        shares = most[held]
        background = questions.background[terms]
        unsaid = np.maximum(background, OMITTED * _among(features, self.belief[owners], shares, len(terms)))
        shares = np.maximum(shares, background[features])
        return Candidates(self.positions, self.belief, terms, features, owners, shares, unsaid)


def _kept(rows: Rows, values: Bools) -> Rows:
    """The same rows with those of their values alone that are among `values`, bool (values,)."""
    kept = values[rows.values]
    before = np.append(0, np.cumsum(kept, dtype=np.int64))
    return Rows(before[rows.pointers], rows.values[kept])


def _among(features: Longs, belief: Doubles, shares: Doubles, width: int) -> Doubles:
    """How frequent each feature is among the candidates annotated with it, float64 (width,)."""
    mass = np.maximum(weighed(features, belief, width), 1e-12)
    among: Doubles = weighed(features, belief * shares, width) / mass
    return among


def credible(belief: Floats) -> Longs:
    """The likeliest diseases that together hold CREDIBLE of the belief, two at least, MOST_CANDIDATES at most."""
    most = min(MOST_CANDIDATES, int((belief > 0).sum()))
    first = np.argpartition(-belief, most - 1)[:most]
    first = first[np.lexsort((first, -belief[first]))]
    needed = int(np.searchsorted(np.cumsum(belief[first], dtype=np.float64), CREDIBLE)) + 1
    return first[: max(2, needed)].astype(np.int64)


def entropy(chance: Doubles) -> Doubles:
    """H of a yes or no, nats; float64 of the shape given."""
    inside = np.clip(chance, 1e-12, 1 - 1e-12)
    spread: Doubles = -inside * np.log(inside) - (1 - inside) * np.log1p(-inside)
    return spread


def unrelated(terms: Terms, of: Ints, worth: Doubles, limit: int) -> list[int]:
    """Indices of at most `limit` terms of `of`, the worthiest first, none above another; -inf is worth nothing."""
    chosen: list[int] = []
    for at in np.lexsort((of, -np.round(worth, 9))).tolist():
        if len(chosen) == limit or worth[at] == -np.inf:
            break
        term = int(of[at])
        others = [int(of[other]) for other in chosen]
        if not any(terms.is_ancestor(term, other) or terms.is_ancestor(other, term) for other in others):
            chosen.append(at)
    return chosen


def _value(knowledge: Knowledge, candidates: Candidates, at: int, nats: float, bedside: bool) -> NextFeature:
    expected = candidates.expected(at)
    chance = float(expected @ candidates.belief)
    if_present = candidates.belief * expected / chance
    if_absent = candidates.belief * (1 - expected) / (1 - chance)
    change = if_present - candidates.belief

    def bearings(order: Longs, sign: int) -> tuple[Bearing, ...]:
        return tuple(
            Bearing(
                knowledge.diseases.id(int(candidates.positions[d])),
                knowledge.diseases.name(int(candidates.positions[d])),
                float(expected[d]),
                float(candidates.belief[d]),
                float(if_present[d]),
                float(if_absent[d]),
            )
            for d in order[:MOST_BEARINGS].tolist()
            if sign * change[d] >= LEAST_CHANGE
        )

    return NextFeature(
        knowledge.terms.id(int(candidates.terms[at])),
        nats,
        chance,
        bearings(np.argsort(-change, kind="stable"), 1),
        bearings(np.argsort(change, kind="stable"), -1),
        bedside,
    )
