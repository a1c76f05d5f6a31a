"""Faces of a picture with MTCNN: where each is, how sure that is, how the photo would have to be turned, five points.

Zhang K, Zhang Z, Li Z, Qiao Y. Joint face detection and alignment using multitask cascaded convolutional networks.
2016. arXiv:1604.02878 (unverified). The networks and their weights are facenet-pytorch's, carried by its wheel.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from facial.alignment import Pixels, Places
from facial.five_points import look_again
from facial.models.errors import ModelDamaged
from facial.torchvision_stand_in import import_facenet

if TYPE_CHECKING:
    from torch.nn import Module

#: Where faces are looked for until one is found: the picture turned by so many degrees, its longer side in pixels, and
#: the least share of that which a face takes. The search takes most of a photo's time: 35 to 65 ms at 480 pixels.
#: Of 400 AT&T faces the first search finds 399, the second the other; 90 degrees and more are beyond MTCNN.
SEARCHES = ((0, 480, 1 / 16), (0, 320, 1 / 10), (180, 480, 1 / 16), (90, 480, 1 / 16), (270, 480, 1 / 16))
#: The networks see faces from 12 pixels; below 20 they find them in anything.
SMALLEST = 20.0
#: What passes each network, as facenet-pytorch has it, and the step between the sizes that are looked at.
THRESHOLDS = (0.6, 0.7, 0.7)
STEP = 0.709
#: Probability from which a face counts, looked at upright. AT&T faces: .96 and more; photos of things: .06 and less.
CERTAIN = 0.9
#: How far the points of a face may still move (see facial.five_points). AT&T faces: .01, .06 at most where half covered
#: or turned by 45 degrees; parts of a face taken for one: .27 and more.
STEADY = 0.1
#: A face is upside down where turned it is likelier by this much (natural logarithm of odds). AT&T faces upright: -1.1
#: at most (199 faces); upside down and taken for upright: -.05 at least (28 faces).
LIKELIER = -0.5
#: Weights of facenet-pytorch 2.5.3 (MIT), as its wheel carries them.
WEIGHTS = {
    "pnet": "a2a71925e0b9996a42f63e47efc1ca19043e69558b5c523b978d611dfae49c8f",
    "rnet": "bbb937de72efc9ef83b186c49f5f558467a1d7e3453a8ece0d71a886633f6a86",
    "onet": "165bfbe42940416ccfb977545cf0e976d5bf321f67083ae2aaaa5c764280118d",
}


@dataclass(frozen=True, slots=True)
class Detected:
    """One face: `box` (left, top, right, bottom), and `points` float64 (5, 2), both in pixels of the picture.

    The points are the eye at the left of the *image*, that at its right, the tip of the nose, and the corners of the
    mouth, left and right, as seen once the picture is turned by `turned` degrees (0, 90, 180, 270, counterclockwise):
    a face is looked for on its side and upside down where none is found upright.
    """

    box: tuple[float, float, float, float]
    probability: float
    points: Places
    turned: int = 0


class Detector:
    """Finds faces; holds the networks (2 MB), nothing of any photo."""

    def __init__(self, search: Callable[[Pixels, float], tuple[Any, Any]], last: Module) -> None:
        self._search = search
        self._last = last

    @classmethod
    def open(cls) -> Detector:
        """Load the networks; raises ImportError without the extra `facial`, ModelDamaged where weights are others."""
        facenet = import_facenet()
        import torch
        from facenet_pytorch.models.utils.detect_face import detect_face

        torch.set_num_threads(1)  # a photo is read on one core: the others serve other requests
        folder = Path(str(facenet.__file__)).parent / "data"
        networks = [
            _load(network(pretrained=False), folder / f"{name}.pt", WEIGHTS[name])
            for name, network in (("pnet", facenet.PNet), ("rnet", facenet.RNet), ("onet", facenet.ONet))
        ]

        def search(rgb: Pixels, smallest: float) -> tuple[Any, Any]:
            with torch.inference_mode():
                boxes, points = detect_face(rgb, smallest, *networks, list(THRESHOLDS), STEP, torch.device("cpu"))
            return boxes[0], points[0]

        return cls(search, networks[2])

    def faces(self, rgb: Pixels) -> tuple[Detected, ...]:
        """Faces in `rgb`, uint8 (h, w, 3), the largest first; none where none is likely enough."""
        for turned, side, share in SEARCHES:
            found = sorted(self._found(rgb, turned, side, share), key=_size, reverse=True)
            if found:
                return tuple(self._righted(rgb, found) if turned == 0 else found)
        return ()

    def _found(self, rgb: Pixels, turned: int, side: int, share: float) -> Iterator[Detected]:
        """Faces of the picture turned by so many degrees, in the pixels of the picture as it is."""
        upright = np.ascontiguousarray(np.rot90(rgb, turned // 90))
        small, scale = _shrunk(upright, side)
        smallest = max(SMALLEST, max(small.shape[:2]) * share)
        if min(small.shape[:2]) <= smallest:
            return
        for box, points in zip(*self._search(small, smallest), strict=True):
            looked = look_again(self._last, upright, (np.asarray(points, float) + 0.5) * scale - 0.5)
            probability = 1 / (1 + np.exp(-looked.log_odds))
            if probability >= CERTAIN and looked.moved <= STEADY:
                corners = (np.asarray(box[:4], float).reshape(2, 2) + 0.5) * scale - 0.5
                there = _turn_back(np.concatenate([corners, looked.points]), turned, rgb.shape)
                (left, top), (right, bottom) = there[:2].min(0).tolist(), there[:2].max(0).tolist()
                yield Detected((left, top, right, bottom), float(probability), there[2:], turned)

    def _righted(self, rgb: Pixels, found: list[Detected]) -> list[Detected]:
        """The same faces, or the largest upside down: MTCNN takes some such for upright, with eyes where the mouth is.

        Its surroundings are searched once more, turned: where the face is as likely so, that is how it stands.
        """
        largest = found[0]
        left, top, right, bottom = largest.box
        reach = 0.6 * max(right - left, bottom - top)
        middle = np.array([left + right, top + bottom]) / 2
        corner = np.maximum(0, middle - 2 * reach).astype(int)
        part = rgb[corner[1] : int(middle[1] + 2 * reach) + 1, corner[0] : int(middle[0] + 2 * reach) + 1]
        other = max(self._found(part, 180, 192, 1 / 6), key=lambda face: face.probability, default=None)
        if other is None or _log_odds(other) - _log_odds(largest) < LIKELIER:
            return found
        shift = np.concatenate([corner, corner])
        box = tuple(float(edge) for edge in np.array(other.box) + shift)
        return [Detected(box, other.probability, other.points + corner, 180)]  # type: ignore[arg-type]


def _load(network: Module, file: Path, sha256: str) -> Module:
    content = file.read_bytes()
    if hashlib.sha256(content).hexdigest() != sha256:
        raise ModelDamaged(
            f"The weights {file.name} of facenet-pytorch are not those of release 2.5.3.",
            "Install facenet-pytorch 2.5.3 from the package index.",
        )
    import torch

    network.load_state_dict(torch.load(io.BytesIO(content), map_location="cpu", weights_only=True))
    return network.eval()


def _shrunk(rgb: Pixels, side: int) -> tuple[Pixels, Places]:
    """The picture with at most `side` pixels on its longer side, and what a pixel of it spans (across, down)."""
    height, width = rgb.shape[:2]
    factor = min(1.0, side / max(height, width))
    if factor == 1:
        return rgb, np.ones(2)
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    small = np.asarray(Image.fromarray(rgb).resize(size, Image.Resampling.BOX))
    return small, np.array([width / size[0], height / size[1]])


def _turn_back(places: Places, turned: int, shape: tuple[int, ...]) -> Places:
    """Places of the turned picture, in the picture as it is, of `shape` (h, w, ...)."""
    last = np.array([shape[1] - 1, shape[0] - 1])
    if turned == 90:
        return np.column_stack([last[0] - places[:, 1], places[:, 0]])
    if turned == 180:
        return last - places
    if turned == 270:
        return np.column_stack([places[:, 1], last[1] - places[:, 0]])
    return places


def _size(face: Detected) -> float:
    left, top, right, bottom = face.box
    return (right - left) * (bottom - top)


def _log_odds(face: Detected) -> float:
    return float(np.log(face.probability + 1e-9) - np.log(1 - face.probability + 1e-9))
