"""Photos of ordinary people out of an archive: FOLDER/IDENTITY_NUMBER.EXTENSION, as that of the AT&T faces."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path, PurePosixPath

import numpy as np
from PIL import Image

from facial.alignment import Pixels

#: Width to which a photo is brought before a mesh is laid on it: AT&T's have 92 pixels, where none is found.
WIDTH = 276
#: Pixels added at each edge, each like the one beside it: AT&T's faces fill their photo, and detectors want room.
BORDER = 60


@dataclass(frozen=True, slots=True)
class Photograph:
    """`rgb` uint8 (h, w, 3), enlarged and with a border; `identity` tells whose it is."""

    name: str
    identity: str
    rgb: Pixels


def photographs(archive: Path) -> Iterator[Photograph]:
    """The photos in `archive` (a tar file), by name; what is no image is passed over."""
    with tarfile.open(archive) as tar:
        members = {member.name: member for member in tar.getmembers() if member.isfile()}
        for name in sorted(members):
            path = PurePosixPath(name)
            if path.suffix.lower() in {".pgm", ".png", ".jpg", ".jpeg"} and "_" in path.stem:
                file = tar.extractfile(members[name])
                assert file is not None  # a regular file has content
                yield Photograph(path.stem, path.stem.split("_")[0], _prepared(Image.open(BytesIO(file.read()))))


def _prepared(image: Image.Image) -> Pixels:
    size = (WIDTH, round(image.height * WIDTH / image.width))
    pixels = np.asarray(image.convert("RGB").resize(size, Image.Resampling.BICUBIC))
    return np.pad(pixels, ((BORDER, BORDER), (BORDER, BORDER), (0, 0)), mode="edge")
