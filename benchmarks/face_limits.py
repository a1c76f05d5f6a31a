"""What the limits of facial/quality.py rest on: how often ordinary photos are refused, and spoilt ones are not.

    python -m benchmarks.face_limits FACES.tar.gz [--each N]

FACES.tar.gz holds ordinary photos as IDENTITY_NUMBER.pgm (AT&T's Database of Faces). A photo counts as taken from the
front where MediaPipe's mesh is turned and tilted by less than 10 degrees. Every N-th of those is spoilt in each way,
found and judged again. `drift` is how far the mid-layer features that measures are read from move, in standard
deviations of all faces (root mean square); that between two photos of a person and between two people stands beside it.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from statistics import mean

import numpy as np
from PIL import Image, ImageFilter

from benchmarks.face_warps.mesh import Mesher
from benchmarks.face_warps.photographs import Photograph, photographs
from facial.alignment import Pixels, Places, align
from facial.appearance import TILT_OF_NOSE, TURN_OF_NOSE, pose
from facial.detection import Detected, Detector
from facial.models.model import FaceModel
from facial.models.opening import open_model
from facial.photo import Picture
from facial.quality import judge
from ontology.arrays import Floats

FRONTAL = 10.0
Spoil = Callable[[Image.Image], Image.Image]


def _light(by: float) -> Spoil:
    return lambda image: image.point([min(255, int(grey * by)) for grey in range(256)] * 3)


def _contrast(by: float) -> Spoil:
    return lambda image: image.point([int(128 + (grey - 128) * by) for grey in range(256)] * 3)


def _size(by: float) -> Spoil:
    return lambda image: image.resize((int(image.width * by), int(image.height * by)), Image.Resampling.BOX)


def _blur(pixels: float) -> Spoil:
    return lambda image: image.filter(ImageFilter.GaussianBlur(pixels))


def _roll(degrees: float) -> Spoil:
    return lambda image: image.rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=(128, 128, 128))


def _cut(share: float) -> Spoil:
    """Without the lowest `share` of the face, which an AT&T photo shows down to its chin."""
    return lambda image: image.crop((0, 0, image.width, round(image.height - 60 - share * (image.height - 120))))


SPOILT: Mapping[str, Spoil] = {
    **{f"blurred by {pixels}": _blur(pixels) for pixels in (2, 3, 4, 6)},
    **{f"light times {by}": _light(by) for by in (0.5, 0.25, 1.3, 1.6, 2.0)},
    **{f"contrast times {by}": _contrast(by) for by in (0.5, 0.25)},
    **{f"size times {by}": _size(by) for by in (0.35, 0.25, 0.2, 0.15)},
    **{f"rolled by {degrees}": _roll(degrees) for degrees in (20, 40, 90, 180)},
    **{f"cut off at {share}": _cut(share) for share in (0.1, 0.2, 0.3)},
}


class Bench:
    """Finds, judges and describes."""

    def __init__(self, detector: Detector, model: FaceModel) -> None:
        self._detector, self._model = detector, model

    def found(self, rgb: Pixels) -> tuple[Detected, ...]:
        """The faces of a picture."""
        return self._detector.faces(rgb)

    def features(self, rgb: Pixels, face: Detected) -> Floats:
        """Mid-layer features of a face, float32 (m,)."""
        features = self._model.features(align(rgb, face.points).rgb[None])
        assert features is not None  # the default model has them
        return np.asarray(features[0])

    def faults(self, rgb: Pixels, faces: Sequence[Detected]) -> tuple[list[str], list[str]]:
        """Faults for which the photo is refused, and those it is warned of."""
        chip = align(rgb, faces[0].points) if faces else None
        told = judge(Picture(rgb, rgb.shape[1], rgb.shape[0], 1.0), faces, chip).findings
        return [f.fault for f in told if f.refused], [f.fault for f in told if not f.refused]


def mesh_pose(mesh: Places) -> tuple[float, float]:
    """Degrees to the side and up of a mesh (478, 3); how a level face lies in it is not known, but for the median."""
    across = (mesh[454] - mesh[234]) + (mesh[263] - mesh[33])
    across = across / np.linalg.norm(across)
    down = mesh[152] - mesh[10]
    down = down - down @ across * across
    ahead = np.cross(across, down / np.linalg.norm(down))
    turn, tilt = np.degrees(np.arctan2(ahead[:2], ahead[2]))
    return float(turn), float(tilt)


def judged(bench: Bench, photos: Sequence[Pixels]) -> dict[str, object]:
    """Shares refused and warned of, by fault."""
    refused: Counter[str] = Counter()
    warned: Counter[str] = Counter()
    turned_away = 0
    for rgb in photos:
        bad, poor = bench.faults(rgb, bench.found(rgb))
        refused.update(bad)
        warned.update(poor)
        turned_away += bool(bad)
    share = {"refused": round(turned_away / len(photos), 3)}
    return {"n": len(photos)} | share | {"for": _shares(refused, len(photos)), "warned": _shares(warned, len(photos))}


def _shares(counts: Counter[str], n: int) -> dict[str, float]:
    return {str(fault): round(count / n, 3) for fault, count in counts.most_common()}


def drift(bench: Bench, photos: Sequence[Pixels], spoil: Spoil, spread: Floats) -> float | None:
    """The mean over those photos of which the face is found and upright."""
    moved = []
    for rgb in photos:
        spoilt = np.asarray(spoil(Image.fromarray(rgb)))
        before, after = bench.found(rgb), bench.found(spoilt)
        if before and after and not after[0].turned:
            moved.append(_apart(bench.features(rgb, before[0]), bench.features(spoilt, after[0]), spread))
    return round(mean(moved), 2) if moved else None


def _apart(one: Floats, other: Floats, spread: Floats) -> float:
    return float(np.sqrt((((one - other) / spread) ** 2).mean()))


def of_pose(points: Sequence[Places], meshes: Sequence[Places]) -> dict[str, object]:
    """The nose of the five points against the pose of the mesh: degrees a distance, correlation, residual."""
    held = np.array([mesh_pose(mesh) for mesh in meshes])
    read = [pose(each) for each in points]
    noses = {"turn": [each.turn / TURN_OF_NOSE for each in read], "tilt": [each.tilt / TILT_OF_NOSE for each in read]}
    told: dict[str, object] = {}
    for number, (name, nose) in enumerate(noses.items()):
        slope, level = np.polyfit(nose, held[:, number], 1)
        rest = held[:, number] - slope * np.array(nose) - level
        r = np.corrcoef(nose, held[:, number])[0, 1]
        told[name] = {
            "degrees": round(float(slope), 1),
            "r": round(float(r), 3),
            "residual": round(float(rest.std()), 1),
        }
    return told


def main() -> None:
    """Print one JSON object a line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("faces", type=Path, help="a tar file of photos")
    parser.add_argument("--each", type=int, default=5, help="spoil every so many frontal photos")
    parser.add_argument("--mesh", type=Path, default=Path("downloads/faces/mediapipe"), help="environment of MediaPipe")
    chosen = parser.parse_args()
    photos: list[Photograph] = list(photographs(chosen.faces))
    meshes = Mesher.in_folder(chosen.mesh).landmarks(np.stack([photo.rgb for photo in photos])).astype(float)
    bench = Bench(Detector.open(), open_model())
    rows = [row for row, photo in enumerate(photos) if np.isfinite(meshes[row, 0, 0]) and bench.found(photo.rgb)]
    faces = {row: bench.found(photos[row].rgb)[0] for row in rows}
    features = {row: bench.features(photos[row].rgb, faces[row]) for row in rows}
    spread = np.std(list(features.values()), axis=0)
    spread = np.maximum(spread, spread.mean() / 10)  # some hardly ever move
    print(json.dumps({"found": len(rows), "pose": of_pose([faces[row].points for row in rows], list(meshes[rows]))}))
    held = {row: mesh_pose(meshes[row]) for row in rows}
    level = float(np.median([tilt for _, tilt in held.values()]))
    front = [row for row, (turn, tilt) in held.items() if abs(turn) < FRONTAL and abs(tilt - level) < FRONTAL]
    print(json.dumps({"from the front": judged(bench, [photos[row].rgb for row in front])}), flush=True)
    for low, high in ((10, 15), (15, 20), (20, 25), (25, 90)):
        aside = [photos[row].rgb for row, (turn, _) in held.items() if low <= abs(turn) < high]
        print(json.dumps({f"turned by {low} to {high}": judged(bench, aside)}), flush=True)
    pairs = list(combinations(front, 2))
    same = [photos[a].identity == photos[b].identity for a, b in pairs]
    apart = np.array([_apart(features[a], features[b], spread) for a, b in pairs])
    of_one, of_two = float(apart[same].mean()), float(apart[~np.array(same)].mean())
    print(json.dumps({"drift": {"photos of one person": round(of_one, 2), "of two people": round(of_two, 2)}}))
    chosen_photos = [photos[row].rgb for row in front[:: chosen.each]]
    for name, spoil in SPOILT.items():
        spoilt = [np.asarray(spoil(Image.fromarray(rgb))) for rgb in chosen_photos]
        told = judged(bench, spoilt) | {"drift": drift(bench, chosen_photos, spoil, spread)}
        print(json.dumps({name: told}), flush=True)


if __name__ == "__main__":
    main()
