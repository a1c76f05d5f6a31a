"""Fits facial/regions.npz: whether eyes and mouth are seen, and whether the mouth is open.

    python -m benchmarks.face_regions FACES.tar.gz [--write]

FACES.tar.gz holds ordinary photos as IDENTITY_NUMBER.pgm (AT&T's Database of Faces). Every second one is covered in
each way that benchmarks.face_covers draws, and found again as a photo would be; logistic regression tells the covered
eyes and mouths from the others, ridge regression the gap between the lips from MediaPipe's mesh. Figures are for
identities that were not fitted on, and for kinds of cover that were not.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.face_covers import COVERS, ON_EYES, ON_MOUTH, ON_ONE_EYE, WORN, covered_with
from benchmarks.face_warps.mesh import Mesher
from benchmarks.face_warps.photographs import Photograph, photographs
from facial.alignment import Pixels, Places, align
from facial.appearance import grey_of
from facial.detection import Detector
from facial.regions import FITTED, of_eyes, of_mouth

SEED = 9
FOLDS = 5
#: Strength of ridge, chosen once and not tuned.
LOGISTIC, LINEAR = 3.0, 150.0
#: From these log odds on a photo is warned of and refused (facial.quality.COVERED).
LIMITS = (1.0, 3.0)


@dataclass(frozen=True, slots=True)
class Rows:
    """`looks` (n, m), what is to be told of each (n,), the fold of its identity, and the kind of cover or `plain`."""

    looks: Places
    truth: Places
    fold: Places
    kind: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """A chip, in grey, of a photo with a kind of cover."""

    grey: Places
    kind: str
    fold: int
    open: float


def fitted(looks: Places, truth: Places, logistic: bool) -> Places:
    """Weights (m + 1,), the last the constant; standardised for the fit alone."""
    middle, spread = looks.mean(0), looks.std(0) + 1e-3
    rows = np.column_stack([(looks - middle) / spread, np.ones(len(looks))])
    ridge = np.diag([LOGISTIC if logistic else LINEAR] * looks.shape[1] + [0.0])
    weights = np.zeros(rows.shape[1])
    for _ in range(30 if logistic else 1):
        said = 1 / (1 + np.exp(-rows @ weights)) if logistic else rows @ weights
        slope = said * (1 - said) + 1e-6 if logistic else np.ones(len(rows))
        gradient = rows.T @ (said - truth) + ridge @ weights
        weights = weights - np.linalg.solve((rows * slope[:, None]).T @ rows + ridge, gradient)
    plain = weights[:-1] / spread
    return np.append(plain, weights[-1] - middle @ plain)


def told(weights: Places, looks: Places) -> Places:
    """The answers (n,) of weights to looks (n, m)."""
    return np.asarray(looks @ weights[:-1] + weights[-1])


def held_out(rows: Rows, logistic: bool, without: str = "") -> Places:
    """The answer for each row of weights that were fitted without its identity, and without a kind of cover."""
    kept = np.array([kind != without for kind in rows.kind])
    answers = np.zeros(len(rows.truth))
    for fold in range(FOLDS):
        fit = (rows.fold != fold) & kept
        weights = fitted(rows.looks[fit], rows.truth[fit], logistic)
        answers[rows.fold == fold] = told(weights, rows.looks[rows.fold == fold])
    return answers


def seen(photos: list[Photograph], gaps: Places, detector: Detector) -> Iterator[Seen]:
    """Chips of the photos as they are, and of every second one with each cover, where its face is found."""
    random = np.random.default_rng(SEED)
    identities = sorted({photo.identity for photo in photos})
    for number, photo in enumerate(photos):
        fold = identities.index(photo.identity) % FOLDS
        faces = detector.faces(photo.rgb)
        if len(faces) != 1 or faces[0].turned:
            continue
        yield Seen(grey_of(align(photo.rgb, faces[0].points).rgb), "plain", fold, float(gaps[number]))
        for kind in COVERS if number % 2 == 0 else ():
            drawn = covered_with(kind, photo.rgb, faces[0].points, random)
            found = detector.faces(drawn)
            if found and not found[0].turned:
                yield Seen(grey_of(align(drawn, found[0].points).rgb), kind, fold, float("nan"))


def eye_rows(chips: list[Seen]) -> Rows:
    """Both eyes of each chip, but of those with one eye covered that one alone, and none whose mouth is covered."""
    rows = []
    for chip in chips:
        if chip.kind in ON_MOUTH:
            continue
        hidden = chip.kind in ON_EYES or chip.kind in ON_ONE_EYE
        eyes = of_eyes(chip.grey)
        rows += [(each, hidden, chip.fold, chip.kind) for each in (eyes[:1] if chip.kind in ON_ONE_EYE else eyes)]
    return _rows(rows)


def mouth_rows(chips: list[Seen]) -> Rows:
    """Each mouth that nothing but a cover of it hides, and those that nothing does mirrored too."""
    rows = []
    for chip in chips:
        if chip.kind == "plain" or chip.kind in WORN or chip.kind in ON_MOUTH:
            rows.append((of_mouth(chip.grey), chip.kind in ON_MOUTH, chip.fold, chip.kind))
        if chip.kind == "plain":
            rows.append((of_mouth(chip.grey[:, ::-1]), False, chip.fold, chip.kind))
    return _rows(rows)


def open_rows(chips: list[Seen]) -> Rows:
    """Mouths as they are, with the gap between the lips."""
    plain = [chip for chip in chips if chip.kind == "plain" and np.isfinite(chip.open)]
    return _rows([(of_mouth(chip.grey), chip.open, chip.fold, chip.kind) for chip in plain])


def _rows(rows: Sequence[tuple[Places, float, int, str]]) -> Rows:
    looks, truth, fold, kind = zip(*rows, strict=True)
    return Rows(np.array(looks), np.array(truth, float), np.array(fold), kind)


def figures(rows: Rows) -> dict[str, object]:
    """Shares beyond LIMITS: of what is not covered (of people not fitted on), and of each cover, also when unseen."""
    answers, kinds = held_out(rows, logistic=True), np.array(rows.kind)
    free = answers[rows.truth == 0]
    hidden = sorted(set(kinds[rows.truth == 1]))
    return {
        "wrongly": [round(float((free > limit).mean()), 4) for limit in LIMITS],
        "found": {str(k): [round(float((answers[kinds == k] > limit).mean()), 2) for limit in LIMITS] for k in hidden},
        "found_unseen": {
            str(k): round(float((held_out(rows, True, str(k))[kinds == k] > LIMITS[0]).mean()), 2) for k in hidden
        },
    }


def open_figures(rows: Rows) -> dict[str, float]:
    """Correlation, and the answer that 1 % of closed mouths (gap below .05) exceed, with the open ones (.12) found."""
    answers = held_out(rows, logistic=False)
    limit = float(np.percentile(answers[rows.truth < 0.05], 99))
    found = float((answers[rows.truth > 0.12] > limit).mean())
    return {"r": float(np.corrcoef(answers, rows.truth)[0, 1]), "limit": limit, "found": found}


def lip_gaps(images: Pixels, mesher: Mesher) -> Places:
    """Height of the gap between the lips by the width of the mouth (n,), NaN where the mesh finds no face."""
    mesh = mesher.landmarks(images)[:, :, :2].astype(float)
    apart = np.linalg.norm(mesh[:, [13, 61]] - mesh[:, [14, 291]], axis=2)
    return np.asarray(apart[:, 0] / apart[:, 1])


def main() -> None:
    """Print figures as one JSON object; write the weights where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("faces", type=Path, help="a tar file of photos")
    parser.add_argument("--mesh", type=Path, default=Path("downloads/faces/mediapipe"), help="environment of MediaPipe")
    parser.add_argument("--write", action="store_true", help=f"write {FITTED.name}")
    chosen = parser.parse_args()
    photos = list(photographs(chosen.faces))
    gaps = lip_gaps(np.stack([photo.rgb for photo in photos]), Mesher.in_folder(chosen.mesh))
    chips = list(seen(photos, gaps, Detector.open()))
    eye, mouth, opening = eye_rows(chips), mouth_rows(chips), open_rows(chips)
    found = {kind: sum(chip.kind == kind for chip in chips) for kind in ("plain", *COVERS)}
    print(json.dumps({"faces": found, "eye": figures(eye), "mouth": figures(mouth), "open": open_figures(opening)}))
    if chosen.write:
        np.savez(
            FITTED,
            eye=fitted(eye.looks, eye.truth, logistic=True).astype(np.float32),
            mouth=fitted(mouth.looks, mouth.truth, logistic=True).astype(np.float32),
            open=fitted(opening.looks, opening.truth, logistic=False).astype(np.float32),
        )


if __name__ == "__main__":
    main()
