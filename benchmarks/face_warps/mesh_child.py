"""Lays MediaPipe's mesh of 478 landmarks on images; run by the interpreter of an environment of its own (see mesh.py).

    python mesh_child.py IMAGES.npy LANDMARKS.npy

IMAGES is uint8 (n, h, w, 3); LANDMARKS becomes float32 (n, 478, 3) in pixels, NaN where no face is found.
"""

import sys

import mediapipe  # type: ignore[import-not-found]
import numpy as np


def main() -> None:
    """Read, lay, write."""
    images = np.load(sys.argv[1], mmap_mode="r")
    found = np.full((len(images), 478, 3), np.nan, np.float32)
    height, width = images.shape[1:3]
    with mediapipe.solutions.face_mesh.FaceMesh(
        static_image_mode=True, refine_landmarks=True, max_num_faces=1, min_detection_confidence=0.5
    ) as mesh:
        for at, image in enumerate(images):
            faces = mesh.process(np.ascontiguousarray(image)).multi_face_landmarks
            if faces:
                found[at] = [[mark.x * width, mark.y * height, mark.z * width] for mark in faces[0].landmark]
    np.save(sys.argv[2], found)


if __name__ == "__main__":
    main()
