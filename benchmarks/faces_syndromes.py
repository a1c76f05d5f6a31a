"""Can a gallery tell syndromes apart: 24 made-up ones of four changes each, on ordinary faces.

    python -m benchmarks.faces_syndromes FACES.tar.gz [--seeds N] [--quick] [--work DIR] [--models DIR]

For each seed half of the identities are enrolled with warped faces and the other half is asked about: nobody is in
both. Each syndrome changes four features by thin-plate warps; a face shows each of them with probability .85, at a
strength of its own. The measures are read by a head fitted on faces of the enrolled half alone, and the gallery's
head is fitted on the gallery. Made-up syndromes on ordinary adults say what the method can see, and nothing of any
patient. The last line of standard output is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.face_warps.fit import Linear, fit
from benchmarks.face_warps.lesson import features_of
from benchmarks.face_warps.sitters import WORK, Sitters
from benchmarks.face_warps.train import Course, course
from benchmarks.face_warps.warp import ONE_SIDED, changed, warped
from facial.alignment import Pixels, Places, align
from facial.detection import Detector
from facial.likeness.calibrate import calibrated, held_out
from facial.likeness.discriminant import Doubles
from facial.likeness.evaluate import log_loss, reliability
from facial.likeness.gallery import Gallery
from facial.likeness.head import ranks
from facial.likeness.pair import Pair
from facial.likeness.portrait import MEASURES
from facial.measures.definitions import CODES
from facial.measures.points import symmetric
from facial.models.opening import open_model
from ontology.arrays import Bools, Longs

SYNDROMES = 24
CHANGES = 4
#: Faces of each syndrome that are enrolled, and that are asked about.
FACES = 6
#: Mean strength of each change, milder than in the detection of terms (a share; degrees for the slant).
STRENGTHS = {
    "icd": 0.22,
    "slant": 7.0,
    "pfl": 0.2,
    "nasw": 0.25,
    "nose_len": 0.15,
    "phil": 0.35,
    "mouth": 0.2,
    "upverm": 0.5,
    "loverm": 0.45,
    "facew": 0.1,
    "chin": 0.25,
    "ptosis": 0.45,
    "brow_arch": 0.1,
    "telecanthus": 0.25,
}
#: A change is there in so many of the faces, at a strength that varies by so much about its mean.
_SHOWN, _VARIES, _LEAST = 0.85, 0.25, 0.2
#: Constants of facial.likeness were chosen on the first seeds; these are others.
_FIRST_SEED = 100
#: Two syndromes share at most so many changes.
_SHARED = 2

Strengths = dict[str, float]


@dataclass(frozen=True, slots=True)
class Shots:
    """Warped faces as the service would see them.

    chips uint8 (n, 150, 150, 3); points float64 (n, 5, 2) in the chip; syndrome int (n,); whose identity each is;
    enrolled bool (n,): in the gallery, not asked about.
    """

    chips: Pixels
    points: Places
    syndrome: Longs
    identities: tuple[str, ...]
    enrolled: Bools


def syndromes(generator: np.random.Generator) -> list[Strengths]:
    """SYNDROMES sets of CHANGES changes, no two with more than _SHARED in common."""
    made: list[Strengths] = []
    while len(made) < SYNDROMES:
        kinds = [str(kind) for kind in generator.choice(list(STRENGTHS), CHANGES, replace=False)]
        drawn = {kind: STRENGTHS[kind] * _sign(kind, generator) for kind in kinds}
        if all(sum(other.get(kind, 0.0) * value > 0 for kind, value in drawn.items()) <= _SHARED for other in made):
            made.append(drawn)
    return made


def _sign(kind: str, generator: np.random.Generator) -> float:
    if kind in ONE_SIDED:
        return 1.0
    return -1.0 if kind == "chin" else float(generator.choice([-1, 1]))


def affected(rgb: Pixels, landmarks: Places, syndrome: Strengths, generator: np.random.Generator) -> Pixels:
    """A face as that of a patient of this syndrome might look."""
    shown = {
        kind: value * max(_LEAST, float(generator.normal(1, _VARIES)))
        for kind, value in syndrome.items()
        if generator.random() < _SHOWN
    }
    return warped(rgb, landmarks, changed(landmarks, shown))


def shots(people: Sitters, seed: int) -> Shots:
    """The faces of one seed: FACES enrolled and FACES asked about for each syndrome. Faces not found are left out."""
    generator, detector = np.random.default_rng(seed), Detector.open()
    made = syndromes(generator)
    names = np.array(sorted(set(people.identities)))
    generator.shuffle(names)
    halves = (names[::2], names[1::2])
    found = []
    for place, syndrome in enumerate(made):
        for enrolled, half in zip((True, False), halves, strict=True):
            for name in generator.choice(half, FACES, replace=len(half) < FACES):
                row = int(generator.choice([at for at, own in enumerate(people.identities) if own == name]))
                picture = affected(people.squares[row], people.landmarks[row], syndrome, generator)
                faces = detector.faces(picture)
                if len(faces) == 1:
                    chip = align(picture, faces[0].points)
                    found.append((chip.rgb, chip.in_chip(faces[0].points), place, str(name), enrolled))
    chips, points, syndrome_of, identities, enrolled_ones = zip(*found, strict=True)
    return Shots(
        np.stack(chips), np.stack(points), np.array(syndrome_of), identities, np.array(enrolled_ones, np.bool_)
    )


def head_of(given: Course, identities: Sequence[str]) -> Linear:
    """The measures' head, fitted on faces of these people alone."""
    own = set(identities)
    rows = np.array([given.people.identities[int(row)] in own for row in given.lesson.photo])
    return fit(given.lesson.take(np.flatnonzero(rows)))


def galleries(given: Course, taken: Shots, models: Path | None) -> tuple[Gallery, Gallery]:
    """Who is enrolled, and who is asked about."""
    head = head_of(given, [name for name, own in zip(taken.identities, taken.enrolled, strict=True) if own])
    seen = np.hstack([features_of(taken.chips, models), symmetric(taken.points).astype(np.float32)])
    measures = head(seen)[:, [CODES.index(code) for code in MEASURES]].astype(np.float32)
    embeddings = open_model(folder=models).embed(taken.chips)
    names = tuple(f"{place:02d}" for place in taken.syndrome)
    whole = Gallery(embeddings, measures, names, taken.identities, "benchmark")
    return whole.chosen(taken.enrolled), whole.chosen(~taken.enrolled)


def figures(gallery: Gallery, asked: Gallery) -> dict[str, float]:
    """What is retrieved of `asked` from `gallery`; the same by the embedding alone and by the nearest raw cosine."""
    bare = Gallery(gallery.vectors, gallery.measures[:, :0], gallery.diseases, gallery.persons, gallery.model)
    same = asked.classes()[:, None] == np.arange(len(gallery.known))[None]
    scores = Pair.of(gallery).scores(asked.vectors, asked.measures)
    alone = Pair.of(bare).scores(asked.vectors, asked.measures[:, :0])
    found = {
        **_tops("", scores, same),
        **_tops("embedding_", alone, same),
        **_tops("cosine_", _nearest(gallery, asked), same),
    }
    line = calibrated(held_out(gallery))
    if line is not None:
        weight = np.where(same, 0.5 / same.sum(), 0.5 / (~same).sum())
        chance = 1 / (1 + np.exp(-line.line(scores)))
        found["log_loss"] = log_loss(line.nats(scores), same)
        found["calibration_error"] = reliability(chance.ravel(), same.ravel(), weight.ravel())
    return found


def retrieval(given: Course, models: Path | None = None, seeds: int = 4) -> dict[str, float]:
    """Means over `seeds` splits: shares of faces whose syndrome came first, or among the first five of SYNDROMES."""
    runs = []
    for seed in range(_FIRST_SEED, _FIRST_SEED + seeds):
        runs.append(figures(*galleries(given, shots(given.people, seed), models)))
        print(f"seed {seed}: {runs[-1]}", file=sys.stderr)
    return _means(runs)


def _tops(name: str, scores: Doubles, same: Bools) -> dict[str, float]:
    own = ranks(scores)[same]
    return {f"syndromes_{name}top{most}": float((own <= most).mean()) for most in (1, 5)}


def _nearest(gallery: Gallery, asked: Gallery) -> Doubles:
    """The nearest enrolled face's raw cosine, for each syndrome."""
    alike = asked.vectors.astype(float) @ gallery.vectors.T
    classes = gallery.classes()
    return np.stack([alike[:, classes == place].max(axis=1) for place in range(len(gallery.known))], axis=1)


def _means(runs: Sequence[Mapping[str, float]]) -> dict[str, float]:
    names = dict.fromkeys(name for run in runs for name in run)
    means = {name: round(float(np.mean([run[name] for run in runs if name in run])), 4) for name in names}
    return {**means, "syndromes_chance_top1": 1 / SYNDROMES, "syndromes_chance_top5": 5 / SYNDROMES, "seeds": len(runs)}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("faces", type=Path)
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--quick", action="store_true", help="20 people, fewer faces to teach by")
    parser.add_argument("--work", type=Path, default=WORK)
    parser.add_argument("--models", type=Path)
    chosen = parser.parse_args()
    given = course(chosen.faces, chosen.work, chosen.models, chosen.quick)
    print(json.dumps(retrieval(given, chosen.models, chosen.seeds)))


if __name__ == "__main__":
    main()
