"""Ordinary faces made ready to be changed: upright squares with the mesh laid on them, kept between runs."""

from __future__ import annotations

import hashlib
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.face_warps.mesh import SIDE, Mesher, upright
from benchmarks.face_warps.photographs import photographs
from facial.alignment import Pixels, Places

#: Where environments and what was computed are kept, unless told otherwise.
WORK = Path("downloads/faces")
#: A photo counts as frontal where the tip of the nose is nearly as far from one side of the face as from the other.
FRONTAL_TURN = 0.13
#: Faces turned further are no part of what is taught: the service refuses them, and their measures are foreshortened.
TAUGHT_TURN = 0.25


@dataclass(frozen=True, slots=True)
class Sitters:
    """Photos of people, one row each: `squares` uint8 (n, 384, 384, 3), `landmarks` float32 (n, 478, 3) on them.

    `identities` tells who each is. `turn` float64 (n,): nearness of the nose to one side of the face, 0 seen straight
    on; `tilt` likewise up and down. `sha256` is that of the archive.
    """

    squares: Pixels
    landmarks: Places
    identities: tuple[str, ...]
    sha256: str

    @property
    def turn(self) -> Places:
        """How far each face is turned to the side: (a - b) / (a + b) of the nose's distances to the sides."""
        nose, *sides = (self.landmarks[:, at, :2].astype(float) for at in (1, 234, 454))
        a, b = (np.hypot(*(nose - side).T) for side in sides)
        turn: Places = (a - b) / (a + b)
        return turn

    @property
    def tilt(self) -> Places:
        """Depth between forehead and chin by the height of the face, the median face being 0."""
        top, chin = self.landmarks[:, 10].astype(float), self.landmarks[:, 152].astype(float)
        tilt: Places = (top - chin)[:, 2] / np.linalg.norm(top - chin, axis=1)
        return tilt - np.median(tilt)

    def facing(self, turn: float = TAUGHT_TURN) -> tuple[int, ...]:
        """Rows of the photos that are turned no further than so."""
        return tuple(int(row) for row in np.flatnonzero(np.abs(self.turn) < turn))

    def frontal(self) -> tuple[int, ...]:
        """The most frontal photo of each identity, where it is frontal enough; rows, by identity."""
        off = np.abs(self.turn) + np.abs(self.tilt) / 2
        chosen = []
        for identity in sorted(set(self.identities)):
            rows = [row for row, own in enumerate(self.identities) if own == identity]
            best = min(rows, key=lambda row: off[row])
            if abs(self.turn[best]) < FRONTAL_TURN:
                chosen.append(best)
        return tuple(chosen)


def sitters(archive: Path, work: Path = WORK, limit: int | None = None) -> Sitters:
    """The faces of `archive` on which the mesh finds one; the first `limit` identities only, where given.

    Kept in `work` by the archive's sha256. MediaPipe is installed into an environment there on the first call.
    """
    sha256 = hashlib.sha256(archive.read_bytes()).hexdigest()
    kept = work / f"sitters-{sha256[:16]}.npz"
    if not kept.is_file():
        work.mkdir(parents=True, exist_ok=True)
        _make(archive, work, kept)
    with np.load(kept) as read:
        squares, landmarks, identities = read["squares"], read["landmarks"], [str(name) for name in read["identities"]]
    wanted = set(sorted(set(identities))[:limit])
    rows = [row for row, identity in enumerate(identities) if identity in wanted]
    return Sitters(squares[rows], landmarks[rows], tuple(identities[row] for row in rows), sha256)


def _make(archive: Path, work: Path, kept: Path) -> None:
    mesher = Mesher.in_folder((work / "mediapipe").absolute())
    shots = list(photographs(archive))
    print(f"{len(shots)} photos; laying the mesh", file=sys.stderr)
    shapes = sorted({shot.rgb.shape for shot in shots})
    squares, identities = [], []
    for shape in shapes:  # the mesh is laid on photos of one size at a time
        group = [shot for shot in shots if shot.rgb.shape == shape]
        found = mesher.landmarks(np.stack([shot.rgb for shot in group]))
        for shot, landmarks in zip(group, found, strict=True):
            if np.isfinite(landmarks).all():
                squares.append(square(shot.rgb, landmarks))
                identities.append(shot.identity)
    landmarks = mesher.landmarks(np.stack(squares))
    seen = np.isfinite(landmarks).all((1, 2))
    print(f"{int(seen.sum())} faces with a mesh", file=sys.stderr)
    np.savez(kept, squares=np.stack(squares)[seen], landmarks=landmarks[seen], identities=np.array(identities)[seen])


def square(rgb: Pixels, landmarks: Places) -> Pixels:
    """The face upright in the square of SIDE, the edge's pixel beyond the photo's edge."""
    room = SIDE  # the square may reach beyond the photo on any side
    wide = np.pad(rgb, ((room, room), (room, room), (0, 0)), mode="edge")
    there = upright(landmarks)
    turn = np.linalg.inv(there[:, :2])
    move = -turn @ there[:, 2] + room + 0.5 - turn.sum(1) * 0.5  # Pillow takes the middle of a pixel to be at .5
    read = (*turn[0], move[0], *turn[1], move[1])
    drawn = Image.fromarray(wide).transform((SIDE, SIDE), Image.Transform.AFFINE, read, Image.Resampling.BICUBIC)
    return np.asarray(drawn)
