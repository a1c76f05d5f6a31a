"""Does likeness help? Everyone in the gallery is asked about as if they had not been enrolled, disease by disease.

The head and the line that calibrates it are fitted without the person. A disease passes where at least LEAST_PERSONS
real people have it and what its likeness tells, bounded as it would be added to a score, is better than telling
nothing: the mean gain ln(2 p) of the chance p that it gives to what is so, those with the disease and those without
weighing the same, is above MARGIN_NATS by its lower confidence bound.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log, sqrt

import numpy as np

from facial.likeness.calibrate import Trials, calibrated, held_out
from facial.likeness.discriminant import Doubles
from facial.likeness.gallery import Gallery
from facial.likeness.head import LEAST_PERSONS, Verdict, ranks
from ontology.arrays import Bools

#: A gain of less is not worth a clinician's attention; telling all would gain ln 2 = .69. A choice.
MARGIN_NATS = 0.02
#: Upper 2.5 % point of Student's t for 4, 5, ... degrees of freedom (from tables); beyond them the last.
_T = (2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093)
_BINS = 10


@dataclass(frozen=True, slots=True)
class OfDisease:
    """What was found for one disease: `gain` and its lower bound in nats; None where it could not be calibrated.

    `top1` and `top5` are the shares of its people whose own disease came first, or among the first five.
    `why_not` is as in facial.reading.Likeness, None where it passed.
    """

    disease: str
    persons: int
    top1: float
    top5: float
    gain: float | None
    gain_at_least: float | None
    why_not: str | None

    @property
    def passed(self) -> bool:
        """Whether its likeness may weigh."""
        return self.why_not is None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Figures of a whole gallery; shares are means over its people, chance is what an order at random would reach.

    `log_loss` is that of the chance that a disease is the person's, those with it and those without weighing the same:
    telling nothing has ln 2 = .69. `calibration_error` is the expected one, in ten bins, of the same chance before it
    is bounded, as bounds make it say less than is so. Both None where nothing could be calibrated.
    """

    digest: str
    model: str
    synthetic: bool
    faces: int
    persons: int
    top1: float
    top5: float
    cosine_top1: float
    cosine_top5: float
    chance_top1: float
    chance_top5: float
    log_loss: float | None
    calibration_error: float | None
    diseases: tuple[OfDisease, ...]

    def verdict(self, made: str) -> Verdict:
        """What the head goes by; `made` is the day, ISO."""
        passed = frozenset(each.disease for each in self.diseases if each.passed)
        return Verdict(self.digest, self.model, made, passed)


def evaluate(gallery: Gallery) -> Evaluation:
    """Leave everyone out once. Seconds for some hundred people. Raises nothing: too few people are told as such."""
    people = gallery.one_a_person()
    trials = held_out(people)
    lines, nats = _told(trials)
    own = _own_ranks(trials.scores, trials.same)
    beside = _own_ranks(cosines(people), trials.same)
    known = people.known
    loss, error = _of_all(lines, nats, trials)
    return Evaluation(
        digest=gallery.digest,
        model=gallery.model,
        synthetic=gallery.synthetic,
        faces=len(gallery),
        persons=len(people.everyone),
        top1=float((own <= 1).mean()),
        top5=float((own <= 5).mean()),
        cosine_top1=float((beside <= 1).mean()),
        cosine_top5=float((beside <= 5).mean()),
        chance_top1=1 / len(known),
        chance_top5=min(1.0, 5 / len(known)),
        log_loss=loss,
        calibration_error=error,
        diseases=tuple(
            _of_disease(disease, people.diseases.count(disease), own, nats[:, place], trials.same[:, place], people)
            for place, disease in enumerate(known)
        ),
    )


def cosines(people: Gallery) -> Doubles:
    """The nearest other person's raw cosine for each disease, float64 (faces, diseases): what the head is beside."""
    alike = people.vectors.astype(np.float64) @ people.vectors.T.astype(np.float64)
    mine = np.array(people.persons)[:, None] == np.array(people.persons)[None]
    alike[mine] = np.nan
    classes = people.classes()
    best = np.full((len(people), len(people.known)), -np.inf)
    for place in range(len(people.known)):
        best[:, place] = np.nan_to_num(alike[:, classes == place], nan=-np.inf).max(axis=1)
    return np.where(np.isfinite(best), best, np.nan)


def _told(trials: Trials) -> tuple[Doubles, Doubles]:
    """What would be told of each person without them, without and with bounds, float64 (faces, diseases) or NaN."""
    lines, nats = (np.full(trials.scores.shape, np.nan) for _ in range(2))
    for fold in np.unique(trials.folds).tolist():
        calibration, out = calibrated(trials, fold), trials.folds == fold
        if calibration is not None:
            lines[out] = calibration.line(trials.scores[out])
            nats[out] = calibration.nats(trials.scores[out])
    return lines, nats


def _own_ranks(scores: Doubles, same: Bools) -> Doubles:
    """The rank of each person's own disease; inf where nobody else has it: it cannot be found."""
    met = np.isfinite(scores[same])
    return np.where(met, ranks(scores)[same], np.inf)


def _gain(nats: Doubles, same: Bools) -> Doubles:
    """ln(2 p) of what is so, for each that was told."""
    return np.asarray(np.log(2) - np.logaddexp(0, np.where(same, -nats, nats)))


def _of_all(lines: Doubles, nats: Doubles, trials: Trials) -> tuple[float | None, float | None]:
    told = np.isfinite(nats)
    same = trials.same[told]
    if not same.any() or same.all():
        return None, None
    weight = np.where(same, 0.5 / same.sum(), 0.5 / (~same).sum())
    return log_loss(nats[told], same), reliability(1 / (1 + np.exp(-lines[told])), same, weight)


def log_loss(nats: Doubles, same: Bools) -> float:
    """Of log likelihood ratios, those with and without the disease weighing the same; telling nothing has ln 2."""
    gains = _gain(nats, same)
    return log(2) - float(gains[same].mean() + gains[~same].mean()) / 2


def reliability(chance: Doubles, same: Bools, weight: Doubles) -> float:
    """Expected calibration error: how far what was said lies from what was so, in ten bins, by weight."""
    place = np.minimum((chance * _BINS).astype(int), _BINS - 1)
    off = np.bincount(place, weight * (chance - same), minlength=_BINS)
    return float(np.abs(off).sum() / weight.sum())


def _of_disease(disease: str, persons: int, own: Doubles, nats: Doubles, same: Bools, people: Gallery) -> OfDisease:
    top1, top5 = float((own[same] <= 1).mean()), float((own[same] <= 5).mean())
    told = np.isfinite(nats)
    gains = [_gain(nats[told & which], same[told & which]) for which in (same, ~same)]
    if min(map(len, gains)) < 2:
        why = "synthetic" if people.synthetic else "few_cases"
        return OfDisease(disease, persons, top1, top5, None, None, why)
    gain = float(np.mean([part.mean() for part in gains]))
    error = sqrt(sum(float(part.var(ddof=1)) / len(part) for part in gains)) / 2
    freedom = min(map(len, gains)) - 1
    least = gain - _T[min(max(freedom - 4, 0), len(_T) - 1)] * error
    return OfDisease(disease, persons, top1, top5, gain, least, _why_not(people.synthetic, persons, least))


def _why_not(synthetic: bool, persons: int, gain_at_least: float) -> str | None:
    if synthetic:
        return "synthetic"
    if persons < LEAST_PERSONS:
        return "few_cases"
    return None if gain_at_least > MARGIN_NATS else "evaluation_failed"
