"""Faces of a picture with MTCNN: where each is, how sure that is, and five points of it.

Zhang K, Zhang Z, Li Z, Qiao Y. Joint face detection and alignment using multitask cascaded convolutional networks.
2016. arXiv:1604.02878 (unverified). The networks and their weights are facenet-pytorch's, carried by its wheel.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from facial.alignment import Pixels, Places
from facial.torchvision_stand_in import import_facenet

if TYPE_CHECKING:
    from facenet_pytorch import MTCNN

#: Longer side, in pixels, at which faces are looked for; the search takes most of a photo's time.
SEARCH_SIDE = 320
#: A face that takes less than this share of the shorter side is passed over: a photo is of one face, and nearby.
SMALLEST_SHARE = 1 / 8
#: Probability from which a face counts.
CERTAIN = 0.9


@dataclass(frozen=True, slots=True)
class Detected:
    """One face: `box` (left, top, right, bottom), and `points` float64 (5, 2), both in pixels of the picture.

    The points are the eye at the left of the *image*, that at its right, the tip of the nose, and the corners of the
    mouth, left and right.
    """

    box: tuple[float, float, float, float]
    probability: float
    points: Places


class Detector:
    """Finds faces; holds the networks, nothing of any photo."""

    def __init__(self, mtcnn: MTCNN) -> None:
        self._mtcnn = mtcnn

    @classmethod
    def open(cls) -> Detector:
        """Load the networks, about 2 MB; raises ImportError where the extra `facial` is not installed."""
        import torch

        torch.set_num_threads(1)  # a photo is read on one core: the others serve other requests
        mtcnn = import_facenet().MTCNN(keep_all=True, select_largest=True)
        return cls(mtcnn.eval())

    def faces(self, rgb: Pixels) -> tuple[Detected, ...]:
        """Faces in `rgb`, uint8 (h, w, 3), the largest first; none where none is likely enough."""
        height, width = rgb.shape[:2]
        shrink = min(1.0, SEARCH_SIDE / max(height, width))
        size = (max(1, round(width * shrink)), max(1, round(height * shrink)))
        small = Image.fromarray(rgb) if shrink == 1 else Image.fromarray(rgb).resize(size, Image.Resampling.BOX)
        self._mtcnn.min_face_size = max(20.0, min(size) * SMALLEST_SHARE)
        boxes, probabilities, points = self._detect(small)
        back = np.array([width / size[0], height / size[1]])
        return tuple(
            Detected(
                tuple(float(edge) for edge in (box.reshape(2, 2) * back).ravel()),  # type: ignore[arg-type]
                float(probability),
                np.asarray(marks, float) * back,
            )
            for box, probability, marks in zip(boxes, probabilities, points, strict=True)
            if probability >= CERTAIN
        )

    def _detect(self, image: Image.Image) -> tuple[Any, Any, Any]:
        boxes, probabilities, points = self._mtcnn.detect(image, landmarks=True)
        return ((), (), ()) if boxes is None else (boxes, probabilities, points)
