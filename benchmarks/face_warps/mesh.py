"""Landmarks to warp faces by: MediaPipe's mesh, in an environment of its own, for training and measuring alone.

MediaPipe 0.10.21 carries its models in its wheel; it wants a protobuf that the rest of the project does not have.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from facial.alignment import Pixels, Places

MEDIAPIPE = "mediapipe==0.10.21"
#: Side of the square that faces are brought to before they are warped.
SIDE = 384


@dataclass(frozen=True, slots=True)
class Mesher:
    """Runs the mesh with the interpreter `python`, which has MediaPipe."""

    python: Path

    @classmethod
    def in_folder(cls, folder: Path) -> Mesher:
        """The one whose environment lies in `folder`; made there when it is not yet."""
        python = folder / "bin" / "python"
        ready = folder / "ready"
        if not ready.is_file():
            print(f"installing {MEDIAPIPE} into an environment of its own", file=sys.stderr)
            subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
            subprocess.run([python, "-m", "pip", "install", "--quiet", MEDIAPIPE], check=True)
            ready.write_text(MEDIAPIPE, encoding="utf-8")
        return cls(python)

    def landmarks(self, images: Pixels) -> Places:
        """Landmarks float32 (n, 478, 3) of uint8 (n, h, w, 3), in pixels; NaN where no face was found."""
        with tempfile.TemporaryDirectory() as folder:
            given, found = Path(folder, "images.npy"), Path(folder, "landmarks.npy")
            np.save(given, images)
            command = [self.python, Path(__file__).with_name("mesh_child.py"), given, found]
            subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
            landmarks: Places = np.load(found)
            return landmarks


def upright(landmarks: Places) -> Places:
    """The similarity, float64 (2, 3), that takes a picture with this mesh to the square of SIDE.

    The eyes become level, forehead to chin takes .62 of the side, and the middle of the face lies a little below that
    of the square.
    """
    places = np.asarray(landmarks[:, :2], float)
    across = places[[362, 263]].mean(0) - places[[33, 133]].mean(0)
    scale = 0.62 * SIDE / np.hypot(*(places[152] - places[10]))
    cosine, sine = across / np.hypot(*across) * scale
    turn = np.array([[cosine, sine], [-sine, cosine]])
    middle = places[[10, 152, 234, 454]].mean(0)
    return np.hstack([turn, (np.array([SIDE / 2, SIDE * 0.52]) - turn @ middle)[:, None]])
