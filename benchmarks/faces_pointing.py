"""Do the heat maps of a face point at what was changed in it, and does covering that undo it.

    python -m benchmarks.faces_pointing FACES.tar.gz [--people N] [--work DIR] [--models DIR] [--quick]
    python -m benchmarks.faces_pointing FACES.tar.gz --average-face facial/explain/average_face.png

One feature of one person is changed at a time, on people that neither the head nor the average face was made of. Then

* points: the hottest place lies in the changed region: the box of the moved landmarks and 8 pixels about it, as they
  lay before the change and after it. `area` is that region's share of the chip, which is what a map would reach that
  pointed anywhere at random;
* reach: by how much of its standard deviation over people the measure goes back towards the ordinary when the hottest
  12 % of the chip are covered with the average face, beside as large parts elsewhere in the face (mean of four), and
  on how many of the faces the first is more;
* blur: the same parts blurred instead, which the maps were not made with: by how much the measure moves either way.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter

from benchmarks.face_warps.fit import Linear, fit
from benchmarks.face_warps.sitters import WORK, Sitters, sitters
from benchmarks.face_warps.train import Course, course
from benchmarks.face_warps.warp import displacement, warped
from facial.alignment import SIDE, Chip, Pixels, Places, align
from facial.detection import Detector
from facial.explain.heat import DRAWS, HOT, SEED, Heat, explain_likeness, explain_terms, in_face
from facial.explain.occlusion import area_cover, elsewhere, hottest, under
from facial.explain.ordinary import mean_of
from facial.explain.regions import Frame
from facial.measures.definitions import CODES, DEFINITIONS
from facial.measures.points import symmetric
from facial.measures.views import features
from facial.models.model import FaceModel
from facial.models.opening import open_model
from ontology.arrays import Bools, Floats

#: Pixels of the chip about the moved landmarks that still count as the region.
ROOM = 8
#: Blur in pixels of what the second kind of cover is made of.
BLUR = 12

Group = tuple[int, ...]
_EYES: tuple[Group, ...] = ((33, 133, 362, 263, 159, 145, 386, 374),)
_EYES_AND_BROWS: tuple[Group, ...] = ((33, 133, 362, 263, 168, 70, 300),)
_NOSE: tuple[Group, ...] = ((1, 129, 358, 2),)
_WHOLE_NOSE: tuple[Group, ...] = ((168, 2, 129, 358),)
_PHILTRUM: tuple[Group, ...] = ((2, 0, 61, 291),)
_MOUTH: tuple[Group, ...] = ((61, 291, 0, 17),)
_SIDES: tuple[Group, ...] = ((127, 234, 93, 132, 58, 172), (356, 454, 323, 361, 288, 397))
_CHIN: tuple[Group, ...] = ((152, 175, 176, 400, 17),)
_BROWS: tuple[Group, ...] = ((70, 105, 107, 336, 334, 300),)


@dataclass(frozen=True, slots=True)
class Change:
    """A term and the change that makes it: a kind of benchmarks.face_warps.warp at its strength, and where it is."""

    term: str
    name: str
    kind: str
    strength: float
    where: tuple[Group, ...]

    @property
    def measure(self) -> tuple[str, int]:
        """The code of the measure that the term is called from, and whether of large (1) or of small (-1) values."""
        return next(
            (each.code, 1 if each.high == self.term else -1)
            for each in DEFINITIONS
            if self.term in (each.high, each.low)
        )


CHANGES = (
    Change("HP:0000316", "hypertelorism", "icd", 0.3, _EYES_AND_BROWS),
    Change("HP:0000601", "hypotelorism", "icd", -0.3, _EYES_AND_BROWS),
    Change("HP:0000506", "telecanthus", "telecanthus", 0.3, _EYES),
    Change("HP:0000637", "long palpebral fissure", "pfl", 0.25, _EYES),
    Change("HP:0012745", "short palpebral fissure", "pfl", -0.25, _EYES),
    Change("HP:0000582", "upslanted fissure", "slant", 10, _EYES),
    Change("HP:0000494", "downslanted fissure", "slant", -10, _EYES),
    Change("HP:0000508", "ptosis", "ptosis", 0.6, _EYES),
    Change("HP:0000445", "wide nose", "nasw", 0.35, _NOSE),
    Change("HP:0000460", "narrow nose", "nasw", -0.35, _NOSE),
    Change("HP:0003189", "long nose", "nose_len", 0.2, _WHOLE_NOSE),
    Change("HP:0003196", "short nose", "nose_len", -0.2, _WHOLE_NOSE),
    Change("HP:0000343", "long philtrum", "phil", 0.5, _PHILTRUM),
    Change("HP:0000322", "short philtrum", "phil", -0.5, _PHILTRUM),
    Change("HP:0000154", "wide mouth", "mouth", 0.25, _MOUTH),
    Change("HP:0000160", "narrow mouth", "mouth", -0.25, _MOUTH),
    Change("HP:0000219", "thin upper lip", "upverm", -0.6, _MOUTH),
    Change("HP:0000215", "thick upper lip", "upverm", 0.6, _MOUTH),
    Change("HP:0000179", "thick lower lip", "loverm", 0.6, _MOUTH),
    Change("HP:0010282", "thin lower lip", "loverm", -0.6, _MOUTH),
    Change("HP:0000283", "broad face", "facew", 0.15, _SIDES),
    Change("HP:0000275", "narrow face", "facew", -0.15, _SIDES),
    Change("HP:0000331", "short chin", "chin", -0.3, _CHIN),
    Change("HP:0002553", "arched eyebrow", "brow_arch", 0.15, _BROWS),
)
#: Changes whose likeness is explained: those of the sketch this began with.
LIKENESSES = ("hypertelorism", "upslanted fissure", "wide nose", "long philtrum", "wide mouth", "short chin")


@dataclass(frozen=True, slots=True)
class Shown:
    """A changed face as the service would see it: its five `points` in the chip, and the `region` that was changed."""

    row: int
    change: Change
    before: Chip
    after: Chip
    points: Places
    region: Bools


@dataclass(frozen=True, slots=True)
class Found:
    """What one heat map did."""

    name: str
    points: bool
    area: float
    reach: float
    elsewhere: float
    blurred: float
    blurred_elsewhere: float


@dataclass(frozen=True, slots=True)
class HeldOut:
    """People, by row, whom `head` was not fitted on, and the average face of the others, float32 (150, 150).

    `spread` float64 (codes,) is the standard deviation of each measure over people.
    """

    rows: tuple[int, ...]
    head: Linear
    average: Floats
    spread: Places


@dataclass(frozen=True, slots=True)
class ReadsAt:
    """A fitted head as explanations ask it, the five points staying where they were found."""

    head: Linear
    points: Places

    def measure(self, found: Floats, code: str) -> Floats:
        """The measure of each row, float32 (n,)."""
        points = np.repeat(symmetric(self.points[None]), len(found), axis=0).astype(np.float32)
        return np.asarray(self.head(np.hstack([found, points]))[:, CODES.index(code)], np.float32)


def pointing(given: Course, models: Path | None = None, count: int = 10) -> dict[str, object]:
    """Figures of the heat maps of the first `count` people, for benchmarks.faces; tables go to standard error."""
    model = open_model(folder=models)
    rows = given.people.frontal()[:count]
    faces, folds = shown(given.people, rows), held_out(given, rows)
    by_term, by_likeness = (means(each(model, faces, folds)) for each in (terms, likenesses))
    for table, title in ((by_term, "term"), (by_likeness, "likeness")):
        print("\n".join(told(table, title)), end="\n\n", file=sys.stderr)
    return {
        "heat_points": _mean(by_term, "points"),
        "heat_points_by_chance": _mean(by_term, "area"),
        "heat_points_likeness": _mean(by_likeness, "points"),
        "hot_beats_elsewhere": [sum(mean["reach"] > mean["elsewhere"] for mean in by_term.values()), len(by_term)],
        "heat_points_by_term": {name: round(mean["points"], 2) for name, mean in by_term.items()},
        "heat_faces": len(faces),
    }


def held_out(given: Course, rows: Sequence[int]) -> list[HeldOut]:
    """A head for each fold that some of `rows` are in, fitted on the people of the others."""
    photo = given.lesson.photo
    unchanged = np.flatnonzero(given.taught[1].number == 0)
    plain, chips = unchanged + len(given.taught[0]), given.taught[1].chips[unchanged]
    found = []
    for fold in np.unique(given.fold):
        held = tuple(row for row in rows if given.fold[photo == row][0] == fold)
        if held:
            head = fit(given.lesson.take(np.flatnonzero(given.fold != fold)))
            average = mean_of(chips[given.fold[plain] != fold])
            found.append(HeldOut(held, head, average, given.lesson.truth[plain].std(0)))
    return found


def shown(people: Sitters, rows: Iterable[int]) -> list[Shown]:
    """Every change of every person in `rows` on whom a face is found before and after it."""
    detector = Detector.open()

    def seen(picture: Pixels) -> tuple[Chip, Places] | None:
        faces = detector.faces(picture)
        return (align(picture, faces[0].points), faces[0].points) if len(faces) == 1 else None

    made = []
    for row in rows:
        mesh = people.landmarks[row].astype(float)
        before = seen(people.squares[row])
        for change in CHANGES if before is not None else ():
            moved = displacement(mesh, change.kind, change.strength)
            after = seen(warped(people.squares[row], mesh, moved))
            if before is not None and after is not None:
                marks = before[0].in_chip(mesh[:, :2]), after[0].in_chip(mesh[:, :2] + moved)
                points = after[0].in_chip(after[1])
                made.append(Shown(row, change, before[0], after[0], points, region(change.where, marks)))
    return made


def region(where: Sequence[Group], marks: tuple[Places, Places]) -> Bools:
    """A box about each group of landmarks, as they lie in the chip before and after, (150, 150)."""
    found = np.zeros((SIDE, SIDE), bool)
    for group in where:
        places = np.concatenate([each[list(group)] for each in marks])
        left, top = np.clip(np.floor(places.min(0) - ROOM), 0, SIDE - 1).astype(int)
        right, bottom = np.clip(np.ceil(places.max(0) + ROOM) + 1, 1, SIDE).astype(int)
        found[top:bottom, left:right] = True
    return found


def terms(model: FaceModel, faces: Sequence[Shown], folds: Sequence[HeldOut]) -> list[Found]:
    """What the map of each changed face's term did, by the head and the average face that never saw the person."""
    found = []
    fold_of = {row: fold for fold in folds for row in fold.rows}
    for face in faces:
        fold = fold_of[face.row]
        code, direction = face.change.measure
        head = ReadsAt(fold.head, face.points)
        (heat,) = explain_terms(model, head, Frame(face.after, SIDE, SIDE), ((code, direction),), fold.average)

        def read(chips: Pixels, head: ReadsAt = head, code: str = code) -> Floats:
            seen = features(model, chips)
            assert seen is not None
            return head.measure(seen, code)

        spread = float(fold.spread[CODES.index(code)])
        found.append(_found(face, heat, spread, _blurred(read, face.after.rgb, heat)))
    return found


def likenesses(model: FaceModel, faces: Sequence[Shown], folds: Sequence[HeldOut]) -> list[Found]:
    """The same for likeness in one direction of the embeddings: how others' faces went by the same change."""
    went = {id(face): np.subtract(*model.embed(np.stack([face.after.rgb, face.before.rgb]))) for face in faces}
    found = []
    for fold in folds:
        for name in LIKENESSES:
            named = [face for face in faces if face.change.name == name]
            others = [went[id(face)] for face in named if face.row not in fold.rows]
            if not others:  # all people asked for are of one fold
                continue
            direction = np.mean(others, axis=0)
            direction /= np.linalg.norm(direction)
            for face in (face for face in named if face.row in fold.rows):
                heat = explain_likeness(model, Frame(face.after, SIDE, SIDE), direction, fold.average)

                def read(chips: Pixels, to: Floats = direction) -> Floats:
                    return np.asarray(model.embed(chips) @ to, np.float32)

                moved = _blurred(read, face.after.rgb, heat)
                found.append(_found(face, heat, 1.0, moved))
    return found


def _blurred(read: Callable[[Pixels], Floats], chip: Pixels, heat: Heat) -> tuple[float, float]:
    """How far the answer moves when the hottest part is blurred, and when as much elsewhere is (mean of the draws)."""
    fill = np.asarray(Image.fromarray(chip).filter(ImageFilter.GaussianBlur(BLUR)), np.float32)
    hot = hottest(heat.map, HOT)
    areas = np.stack([area_cover(each) for each in (hot, *elsewhere(hot, in_face(), DRAWS, SEED))])
    answers = read(np.concatenate([chip[None], under(chip, fill, areas)]))
    moved = np.abs(answers[1:] - answers[0])
    return float(moved[0]), float(moved[1:].mean())


def _found(face: Shown, heat: Heat, spread: float, blurred: tuple[float, float]) -> Found:
    y, x = np.unravel_index(int(heat.map.argmax()), heat.map.shape)
    reach = heat.reach / spread, heat.elsewhere / spread
    moved = blurred[0] / spread, blurred[1] / spread
    points = bool(heat.map.max() > 0 and face.region[y, x])
    return Found(face.change.name, points, float(face.region.mean()), *reach, *moved)


def means(found: Sequence[Found]) -> dict[str, dict[str, float]]:
    """Means over faces for each change, by its name: every figure of Found, how often hot was more, and the number."""
    made = {}
    for name in dict.fromkeys(each.name for each in found):
        own = [each for each in found if each.name == name]
        figures = ("points", "area", "reach", "elsewhere", "blurred", "blurred_elsewhere")
        mean = {figure: float(np.mean([getattr(each, figure) for each in own])) for figure in figures}
        mean["more"] = float(np.mean([each.reach > each.elsewhere for each in own]))
        mean["blurred_more"] = float(np.mean([each.blurred > each.blurred_elsewhere for each in own]))
        made[name] = mean | {"faces": len(own)}
    return made


def told(by_name: dict[str, dict[str, float]], title: str) -> list[str]:
    """The table: one line for each change, then the means over changes."""
    if not by_name:
        return [f"{title}: no face to judge by"]
    lines = [f"{title:24s} points  area | reach elsewhere  more |  blur elsewhere  more | faces"]
    mean = {figure: _mean(by_name, figure) or 0.0 for figure in next(iter(by_name.values()))}
    mean["faces"] = sum(each["faces"] for each in by_name.values())
    for name, m in (*by_name.items(), ("mean over changes", mean)):
        lines.append(
            f"{name:24s}   {m['points']:.2f}   {m['area']:.2f} | {m['reach']:+.2f}     {m['elsewhere']:+.2f}  "
            f"{m['more']:.2f} |  {m['blurred']:.2f}      {m['blurred_elsewhere']:.2f}  {m['blurred_more']:.2f} |"
            f" {m['faces']:5.0f}"
        )
    passed = sum(each["reach"] > each["elsewhere"] for each in by_name.values())
    lines.append(f"covering the hot part does more than covering as much elsewhere: {passed} of {len(by_name)} changes")
    return lines


def _mean(by_name: dict[str, dict[str, float]], figure: str) -> float | None:
    """The mean over changes; None where there is none."""
    if not by_name:
        return None
    return round(float(np.mean([mean[figure] for mean in by_name.values()])), 3)


def main() -> None:
    """Print the figures, or write the average face."""
    parser = argparse.ArgumentParser(description="Do heat maps of faces point at what was changed.")
    parser.add_argument("faces", type=Path)
    parser.add_argument("--people", type=int, default=10, help="how many are changed; each takes about a minute")
    parser.add_argument("--work", type=Path, default=WORK)
    parser.add_argument("--models", type=Path)
    parser.add_argument("--quick", action="store_true", help="heads of fewer people and faces")
    parser.add_argument("--average-face", type=Path, help="write the average of the most frontal photos here, and stop")
    options = parser.parse_args()
    if options.average_face:
        write_average(options.average_face, sitters(options.faces, options.work))
        return
    given = course(options.faces, options.work, options.models, options.quick)
    print(json.dumps(pointing(given, options.models, options.people)))


def write_average(out: Path, people: Sitters) -> None:
    """The average face that covers are made of, as a grey PNG."""
    detector = Detector.open()
    squares = [people.squares[row] for row in people.frontal()]
    chips = [align(square, faces[0].points).rgb for square in squares if (faces := detector.faces(square))]
    grey = (mean_of(np.stack(chips)) + 0.5).astype(np.uint8)
    Image.fromarray(grey).save(out, "PNG", optimize=True)


if __name__ == "__main__":
    main()
