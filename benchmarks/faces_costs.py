"""What a photo costs on one thread: the embedding in 8 bits beside 32, a whole photo beside MTCNN alone, memory.

    python -m benchmarks.faces_costs FACES.tar.gz [--photos N] [--models DIR]

Each figure is a median over photos of one longer side, SIDE pixels, read one after the other by the reader that the
service runs. What is compared is timed side by side, photo by photo, so that a busy machine slows both. The last line
of standard output is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from io import BytesIO
from itertools import islice
from pathlib import Path
from time import perf_counter

import numpy as np
from PIL import Image

from benchmarks.face_warps.photographs import photographs
from facial.alignment import Pixels, align
from facial.face_reader import FaceReader
from facial.models.dlib_resnet import NAME
from facial.models.manifest import ModelManifest, models_folder
from facial.models.model import unit
from facial.models.onnx_session import OnnxSession
from facial.reading import FacePatient

#: Longer side of the photos, in pixels.
SIDE = 640


def cost_figures(archive: Path, models: Path | None, photos: int) -> dict[str, object]:
    """The figures, measured in a process of their own, so that memory is that of reading photos alone."""
    command = [sys.executable, "-m", "benchmarks.faces_costs", str(archive), "--photos", str(photos)]
    models_given = [] if models is None else ["--models", str(models)]
    done = subprocess.run([*command, *models_given], check=True, capture_output=True, text=True)
    found: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return found


def measured_costs(archive: Path, models: Path | None, photos: int) -> dict[str, object]:
    """Every figure, in this process."""
    taken = list(islice(photographs(archive), 0, None, 7))[:photos]
    pictures = [_enlarged(each.rgb) for each in taken]
    files = [_jpeg(each) for each in pictures]
    reader = FaceReader.open(models)
    patient = FacePatient()
    whole, finding, chips = [], [], []
    for file, picture in zip(files, pictures, strict=True):
        whole.append(_seconds(partial(reader.describe, "photo", file, patient)))
        finding.append(_seconds(partial(reader.detector.faces, picture)))
        faces = reader.detector.faces(picture)
        if faces:
            chips.append(align(picture, faces[0].points).rgb)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    folder = models_folder(models)
    manifest = ModelManifest.read(folder)
    exact = OnnxSession(manifest.content(folder, manifest.exact))
    eight, thirty_two = [], []
    for chip in chips:
        eight.append(_seconds(partial(reader.model.embed, chip[None])))
        thirty_two.append(_seconds(partial(exact.run, "embedding", chip[None])))
    vectors = unit(np.concatenate([exact.run("embedding", chip[None]) for chip in chips]))
    agreement = (vectors * reader.model.embed(np.stack(chips))).sum(1)
    return {
        "model": NAME,
        "embedding_ms": _milliseconds(eight),
        "embedding_fp32_ms": _milliseconds(thirty_two),
        "embedding_ratio_to_fp32": round(float(np.median(np.array(eight) / thirty_two)), 3),
        "photo_ms": _milliseconds(whole),
        "detection_ms": _milliseconds(finding),
        "photo_ratio_to_detection": round(float(np.median(np.array(whole) / finding)), 3),
        "agreement_with_fp32_least": round(float(agreement.min()), 5),
        "agreement_with_fp32_mean": round(float(agreement.mean()), 5),
        "peak_rss_mb": round(memory),
        "photos_timed": len(files),
    }


def _seconds(call: Callable[[], object]) -> float:
    began = perf_counter()
    call()
    return perf_counter() - began


def _milliseconds(seconds: list[float]) -> float:
    return round(float(np.median(seconds)) * 1000, 2)


def _enlarged(rgb: Pixels) -> Pixels:
    image = Image.fromarray(rgb)
    scale = SIDE / max(image.size)
    size = (round(image.width * scale), round(image.height * scale))
    return np.asarray(image.resize(size, Image.Resampling.BICUBIC))


def _jpeg(rgb: Pixels) -> bytes:
    content = BytesIO()
    Image.fromarray(rgb).save(content, "JPEG", quality=92)
    return content.getvalue()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("faces", type=Path)
    parser.add_argument("--photos", type=int, default=40)
    parser.add_argument("--models", type=Path)
    chosen = parser.parse_args()
    print(json.dumps(measured_costs(chosen.faces, chosen.models, chosen.photos)))


if __name__ == "__main__":
    main()
