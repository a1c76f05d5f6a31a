"""What the head is taught by and judged on: changed faces as the service would see them, and what is true of each."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from benchmarks.face_warps.measured import measured
from benchmarks.face_warps.sitters import Sitters
from benchmarks.face_warps.warp import changed, drawn, warped
from facial.alignment import TEMPLATE, Pixels, Places, align
from facial.measures.definitions import LANDMARKS

#: Raised by one whenever the same photos would give other material, so that what is kept is never of other code.
VERSION = 1
#: Photos that one process changes at a time.
_PHOTOS = 5


@dataclass(frozen=True, slots=True)
class Material:
    """One row for each changed face; the first of each photo is the photo as it is.

    `photo` int (n,): row of the sitters; `number` int (n,): which face of that photo, 0 the unchanged; `chips` uint8
    (n, 150, 150, 3); `points` float64 (n, 5, 2), those that were found, as places of the chip; `truth` float64 (n,
    codes), measures of the mesh after the change; `places` float64 (n, landmarks, 2), where the drawn landmarks truly
    lie in the chip; `to_square` float64 (n, 2, 3).
    """

    photo: Places
    number: Places
    chips: Pixels
    points: Places
    truth: Places
    places: Places
    to_square: Places

    def __len__(self) -> int:
        return len(self.photo)


def material(people: Sitters, rows: tuple[int, ...], each: int, seed: int, work: Path, processes: int = 2) -> Material:
    """Each photo of `rows` as it is and changed at random `each - 1` times; kept in `work`.

    The changes of a photo depend on `seed` and its row alone. Faces that MTCNN does not find are left out and counted
    on stderr.
    """
    told = f"{people.sha256} {sorted(set(people.identities))} {rows} {each} {seed} {VERSION} {TEMPLATE}"
    kept = work / f"changed-{hashlib.sha256(told.encode()).hexdigest()[:16]}.npz"
    if not kept.is_file():
        parts = [rows[at : at + _PHOTOS] for at in range(0, len(rows), _PHOTOS)]
        made = []
        with ProcessPoolExecutor(processes) as pool:
            tasks = [(people.squares[list(part)], people.landmarks[list(part)], part, each, seed) for part in parts]
            for at, part_made in enumerate(pool.map(_made, tasks)):
                made.extend(part_made)
                if at % 10 == 9 or at == len(parts) - 1:
                    print(f"{min((at + 1) * _PHOTOS, len(rows))} of {len(rows)} photos changed", file=sys.stderr)
        columns = {
            field.name: np.concatenate([getattr(part, field.name) for part in made]) for field in fields(Material)
        }
        np.savez(kept, allow_pickle=False, **columns)
    with np.load(kept) as read:
        found = Material(**{name: read[name] for name in read.files})
    missed = each * len(rows) - len(found)
    if missed:
        print(f"{missed} of {each * len(rows)} faces not found by MTCNN", file=sys.stderr)
    return found


def _made(task: tuple[Pixels, Places, tuple[int, ...], int, int]) -> list[Material]:
    """The rows of some photos, none where no face is found; runs in a process of its own."""
    from facial.detection import Detector

    squares, landmarks, rows, each, seed = task
    detector = Detector.open()
    made = []
    for square, mesh, row in zip(squares, landmarks, rows, strict=True):
        for number, (picture, truth) in enumerate(pictures(square, mesh, row, each, seed)):
            faces = detector.faces(picture)
            if len(faces) == 1:
                made.append(_row(row, number, picture, truth, faces[0].points))
            elif number == 0:
                break  # without the photo as it is nothing can be told of its changes
    return [Material(*(np.array(column) for column in zip(*made, strict=True)))] if made else []


def pictures(square: Pixels, mesh: Places, row: int, each: int, seed: int) -> Iterator[tuple[Pixels, Places]]:
    """The photo as it is, then changed at random: pictures, and where their landmarks truly are (478, 2)."""
    generator = np.random.default_rng([seed, row])
    yield square, np.asarray(mesh[:, :2], float)
    for _ in range(each - 1):
        moved = changed(mesh, drawn(generator))
        yield warped(square, mesh, moved), mesh[:, :2] + moved


def _row(row: int, number: int, picture: Pixels, truth: Places, points: Places) -> tuple[object, ...]:
    chip = align(picture, points)
    places = chip.in_chip(truth[list(LANDMARKS)])
    return row, number, chip.rgb, chip.in_chip(points), np.array(list(measured(truth).values())), places, chip.to_photo
