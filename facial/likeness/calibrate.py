"""From a head's score to a log likelihood ratio that holds: a line fitted on people whom the head had not seen.

Every person is scored against every disease by a head fitted without that person. A logistic regression, in which
those with the disease weigh together as much as those without, gives the log likelihood ratio as a * score + b (N.
Brümmer and J. du Preez, "Application-independent evaluation of speaker detection", 2006,
doi:10.1016/j.csl.2005.08.001, unverified).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facial.likeness.discriminant import Doubles
from facial.likeness.gallery import Gallery
from facial.likeness.pair import Pair
from ontology.arrays import Bools

#: A likeness speaks for a disease by at most this, in nats: as much as the prior may (matching.prevalence), less than
#: one specific finding that meets its annotation. A choice: a face decides among diseases whose findings fit alike.
MOST_FOR_NATS = 2.0
#: And against it by at most this, as an age does (matching.onset): many patients of a disease, the young and the mildly
#: affected above all, do not have its face, and galleries are filled with those who do. A choice.
MOST_AGAINST_NATS = 1.0
#: Fewer persons who meet others of their own disease than this fit no line. A choice: two parameters, ten each.
LEAST_MEETINGS = 20
#: The parameters are drawn towards a = 0 (nothing is told) as by a normal law of this deviation. A choice.
_PRIOR_SD = 1.0
_STEPS = 50
#: With more people than this, they are left out in so many groups.
MOST_FOLDS = 60


@dataclass(frozen=True, slots=True)
class Trials:
    """Held-out scores of people.

    scores  float64 (faces, diseases)  NaN where nobody else has the disease
    same    bool (faces, diseases)     it is the disease of the face
    folds   int64 (faces,)             those of one number were left out together; a person's faces always are
    """

    scores: Doubles
    same: Bools
    folds: NDArray[np.int64]

    @property
    def met(self) -> Bools:
        """Where there is a score, bool (faces, diseases)."""
        return np.isfinite(self.scores)


@dataclass(frozen=True, slots=True)
class Calibration:
    """The line: a >= 0 and b."""

    slope: float
    shift: float

    def line(self, scores: Doubles) -> Doubles:
        """Calibrated log likelihood ratios of the shape of `scores`, without bounds."""
        return np.asarray(self.slope * scores + self.shift)

    def nats(self, scores: Doubles) -> Doubles:
        """The same within the bounds, as they are told."""
        return np.asarray(np.clip(self.line(scores), -MOST_AGAINST_NATS, MOST_FOR_NATS))


def held_out(people: Gallery) -> Trials:
    """Score everyone by a head fitted without them; `people` holds one face for each person and disease."""
    known = people.known
    place = {disease: position for position, disease in enumerate(known)}
    everyone = {person: number for number, person in enumerate(people.everyone)}
    owners = np.array([everyone[person] for person in people.persons], np.int64)
    scores = np.full((len(people), len(known)), np.nan)
    folds = owners % min(len(everyone), MOST_FOLDS)
    for fold in range(int(folds.max()) + 1):
        rest = people.chosen(folds != fold)
        out = folds == fold
        if len(rest.known) >= 2:
            columns = [place[disease] for disease in rest.known]
            scores[np.ix_(out, columns)] = Pair.of(rest).scores(people.vectors[out], people.measures[out])
    same = people.classes()[:, None] == np.arange(len(known))[None]
    return Trials(scores, same, folds)


def calibrated(trials: Trials, without: int | None = None) -> Calibration | None:
    """The line that fits the trials, but those of the fold `without`; None where too few people meet their own."""
    met = trials.met
    if without is not None:
        met = met & (trials.folds != without)[:, None]
    if int((met & trials.same).sum()) < LEAST_MEETINGS or not (met & ~trials.same).any():
        return None
    return _fit(trials.scores[met], trials.same[met])


def _fit(scores: Doubles, same: Bools) -> Calibration:
    """Newton's method on the weighted log loss; the slope is never below 0."""
    scale = float(scores.std()) or 1.0
    design = np.stack([scores / scale, np.ones_like(scores)], axis=1)
    weight = np.where(same, 0.5 / same.sum(), 0.5 / (~same).sum()) * 2 * same.sum()
    prior = np.diag([1 / _PRIOR_SD**2, 1e-6])
    line = np.zeros(2)
    for _ in range(_STEPS):
        share = 1 / (1 + np.exp(-np.clip(design @ line, -30, 30)))
        slope = design.T @ (weight * (share - same)) + prior @ line
        bend = (design * (weight * share * (1 - share))[:, None]).T @ design + prior
        step = np.linalg.solve(bend, slope)
        line = line - step
        if float(np.abs(step).max()) < 1e-9:
            break
    if line[0] < 0:
        return Calibration(0.0, 0.0)
    return Calibration(float(line[0]) / scale, float(line[1]))
