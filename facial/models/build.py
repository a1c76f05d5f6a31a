"""Set-up of the default face model: fetched, converted, compared with the original, and only then put in use.

The files carry the model's sum in their names and are written first; the manifest is replaced last, in one step. So an
interrupted build leaves what was in use, and one that finds its work done does nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from facial.models import fetch, quantise, verify
from facial.models.dlib_resnet import DIMENSIONS, EXACT, INT8, NAME, TRUNK
from facial.models.dlib_weights import read_network
from facial.models.errors import ModelDamaged, ModelError
from facial.models.fetch import Progress
from facial.models.graph import VERSION, trunk_graph, whole_graph
from facial.models.manifest import FILE_NAME, SCHEMA, ModelManifest
from facial.models.onnx_session import OnnxSession

#: The ranges of the quantisation, by benchmarks.face_ranges.
RANGES = Path(__file__).with_name("ranges.json")


@dataclass(frozen=True, slots=True)
class BuiltModel:
    """What is in use, and whether it had to be made."""

    manifest: ModelManifest
    fresh: bool


def build(folder: Path, progress: Progress, source: Path | None = None, downloads: Path | None = None) -> BuiltModel:
    """Make the model in `folder` from `source`, or from the archive kept in `downloads` (beside `folder`).

    Raises ModelError, SourceError or OSError.
    """
    ready = _ready(folder)
    if ready:
        return BuiltModel(ready, fresh=False)
    content = fetch.read_weights(source) if source else fetch.fetch_weights(downloads or _downloads(folder), progress)
    progress("converting the face network")
    network = read_network(content)
    whole, trunk = whole_graph(network), trunk_graph(network)
    contents = {name: model.SerializeToString() for name, model in ((EXACT, whole), (TRUNK, trunk))}
    progress("comparing it with the original")
    exact = OnnxSession(contents[EXACT])
    checks = verify.against_dlib(exact, fetch.WEIGHTS_SHA256)
    verify.same_trunk(exact, OnnxSession(contents[TRUNK]))
    progress("quantising it")
    small = quantise.quantised(whole, read_ranges()).SerializeToString()
    checks["int8_cosine"] = verify.in_8_bits(exact, OnnxSession(small))
    fine = checks["int8_cosine"] >= verify.LEAST_INT8_COSINE
    if fine:
        contents[INT8] = small
    else:
        progress(f"8 bits are too coarse on this processor (cosine {checks['int8_cosine']:.5f}): exact network is used")
    return BuiltModel(_put(folder, contents, INT8 if fine else EXACT, checks), fresh=True)


def read_ranges() -> dict[str, quantise.Range]:
    """The committed ranges of activations; raises ModelDamaged."""
    try:
        return {name: (low, high) for name, (low, high) in json.loads(RANGES.read_bytes())["ranges"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelDamaged(f"{RANGES.name} cannot be read.", "Install Phenomap again.") from error


def identity(serving: str) -> str:
    """The sum that names the embeddings: of the weights, the conversion, and the ranges where it is in 8 bits.

    Not of the file: that differs with the release of onnx, and galleries of two hospitals could not be joined.
    """
    parts = [NAME, fetch.WEIGHTS_SHA256, f"graph {VERSION}"]
    if serving == INT8:
        parts += [f"quantised {quantise.VERSION}", json.dumps(sorted(read_ranges().items()))]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _downloads(folder: Path) -> Path:
    return folder.resolve().parent / "downloads"


def _ready(folder: Path) -> ModelManifest | None:
    """The sound model of today's identity, where there is one."""
    try:
        manifest = ModelManifest.read(folder)
        manifest.verify(folder)
    except ModelError:
        return None
    return manifest if manifest.sha256 in {identity(INT8), identity(EXACT)} else None


def _put(folder: Path, contents: dict[str, bytes], serving: str, checks: dict[str, float]) -> ModelManifest:
    """Write the files, then the manifest, then remove the files of the one before."""
    sha256 = identity(serving)
    names = {name: f"{Path(name).stem}-{sha256[:8]}.onnx" for name in contents}
    manifest = ModelManifest(
        schema=SCHEMA,
        name=NAME,
        sha256=sha256,
        dimensions=DIMENSIONS,
        licence=fetch.LICENCE,
        source={
            "origin": fetch.ORIGIN,
            "archive_sha256": fetch.ARCHIVE_SHA256,
            "weights_sha256": fetch.WEIGHTS_SHA256,
        },
        embeddings=names[serving],
        maps=names[TRUNK],
        exact=names[EXACT],
        files={names[name]: hashlib.sha256(content).hexdigest() for name, content in contents.items()},
        versions={package: version(package) for package in ("onnx", "onnxruntime", "phenomap")},
        checks=checks,
    )
    folder.mkdir(parents=True, exist_ok=True)
    before = _files_before(folder)
    for name, content in contents.items():
        _replace(folder / names[name], content)
    _replace(folder / FILE_NAME, manifest.as_json().encode())
    for name in before - set(manifest.files):
        (folder / name).unlink(missing_ok=True)
    return manifest


def _files_before(folder: Path) -> set[str]:
    try:
        named = ModelManifest.read(folder).files
    except ModelError:
        return set()
    return {name for name in named if Path(name).name == name}


def _replace(path: Path, content: bytes) -> None:
    """Write beside it and rename; what was written is on the disk before it gets its name."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with beside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
