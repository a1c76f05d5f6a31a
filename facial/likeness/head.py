"""The head of one gallery, and what it says of a face. Refitted whenever the gallery changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from facial.likeness.calibrate import Calibration, calibrated, held_out
from facial.likeness.discriminant import Doubles
from facial.likeness.gallery import Gallery
from facial.likeness.pair import Pair
from facial.likeness.portrait import Portrait
from facial.reading import Face, Likeness

#: Persons from which a disease may weigh. Below five, the bound on what they showed lies 3.2 and more of their standard
#: errors away (Student's t), and a count under five points at single patients (a usual limit of disclosure control).
LEAST_PERSONS = 5


@dataclass(frozen=True, slots=True)
class LikenessHead:
    """Fitted to the gallery of `digest`, whose embeddings are of `model`.

    `persons` counts those enrolled with each disease. `pair` is None below two diseases, `calibration` where
    the gallery cannot calibrate.
    """

    digest: str
    model: str
    synthetic: bool
    persons: Mapping[str, int]
    pair: Pair | None
    calibration: Calibration | None

    @property
    def diseases(self) -> tuple[str, ...]:
        """Those enrolled, in order of their ids."""
        return tuple(sorted(self.persons))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an evaluation found: the gallery it was of, when it was made, and the diseases whose likeness may weigh."""

    digest: str
    model: str
    made: str
    passed: frozenset[str]


def fit(gallery: Gallery) -> LikenessHead:
    """The head of `gallery`. Seconds for some hundred faces: everyone is left out once, to calibrate."""
    people = gallery.one_a_person()
    persons = Counter(people.diseases)
    if len(persons) < 2:
        return LikenessHead(gallery.digest, gallery.model, gallery.synthetic, persons, None, None)
    line = calibrated(held_out(people))
    return LikenessHead(gallery.digest, gallery.model, gallery.synthetic, persons, Pair.of(people), line)


def likenesses(head: LikenessHead, face: Face, verdict: Verdict | None = None) -> tuple[Likeness, ...]:
    """How much the face is like each disease of the gallery, the likest first; level ones share the better rank.

    A face that another model embedded is not compared: its likenesses say so, and stand level.
    """
    diseases = head.diseases
    portrait = Portrait.of(face)
    if portrait.model != head.model or head.pair is None:
        reason = "other_model" if portrait.model != head.model else None
        return tuple(
            Likeness(each, 1, None, head.persons[each], False, reason or _why_not(head, each, verdict))
            for each in diseases
        )
    vector = portrait.embedding / np.linalg.norm(portrait.embedding)
    scores = head.pair.scores(vector[None], portrait.measures[None])[0]
    told = None if head.calibration is None else head.calibration.nats(scores)
    found = [_likeness(head, place, scores, told, verdict) for place in range(len(diseases))]
    return tuple(sorted(found, key=lambda each: (each.rank, each.disease)))


def ranks(scores: Doubles) -> Doubles:
    """Rank of each column in each row, float64 (faces, diseases): 1 + better + half of the others that are level.

    NaN, which no score is, comes last.
    """
    known = np.nan_to_num(scores, nan=-np.inf)
    better = (known[:, None, :] > known[:, :, None]).sum(axis=2)
    level = (known[:, None, :] == known[:, :, None]).sum(axis=2) - 1
    return np.asarray(1 + better + level / 2, np.float64)


def _likeness(
    head: LikenessHead, place: int, scores: Doubles, told: Doubles | None, verdict: Verdict | None
) -> Likeness:
    disease = head.diseases[place]
    why_not = _why_not(head, disease, verdict)
    return Likeness(
        disease=disease,
        rank=1 + int((scores > scores[place]).sum()),
        nats=None if told is None else float(told[place]),
        cases=head.persons[disease],
        weighs=why_not is None and told is not None,
        why_not=why_not or (None if told is not None else "few_cases"),
        evaluated=None if verdict is None or verdict.digest != head.digest else verdict.made,
    )


def _why_not(head: LikenessHead, disease: str, verdict: Verdict | None) -> str | None:
    """Why the likeness to a disease is shown alone; None where it may weigh."""
    if head.synthetic:
        return "synthetic"
    if head.persons[disease] < LEAST_PERSONS or head.calibration is None:
        return "few_cases"
    if verdict is None or (verdict.digest, verdict.model) != (head.digest, head.model):
        return "not_evaluated"
    return None if disease in verdict.passed else "evaluation_failed"
