"""The ranges of activations that the 8-bit face network is made with, and how well it then agrees with the exact one.

    python -m benchmarks.face_ranges FACES.tar.gz [--write]

Ranges are the least and greatest value of each layer over the faces, each as it is and once in another light, spread by
a margin. AT&T's photos are grey, and of mostly light-skinned people: fitted on half of the identities without margin,
the network cut off what it saw in a dark-skinned man of the other half, and agreed least on him. So the figures are
cross-fitted by identity, and the lowest mean of any identity is among them.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray

from benchmarks.face_warps.photographs import photographs
from facial.alignment import align
from facial.detection import Detector
from facial.models.build import RANGES
from facial.models.dlib_weights import read_network
from facial.models.fetch import fetch_weights
from facial.models.graph import whole_graph
from facial.models.model import Chips, batches, unit
from facial.models.onnx_session import OnnxSession
from facial.models.quantise import Range, quantised, ranged_values, with_outputs
from ontology.arrays import Floats

SEED = 618
#: By how much ranges exceed what was seen: the least agreement of cross-fitted faces is highest at 1.2 to 1.3.
MARGIN = 1.2
CREDIT = "AT&T Laboratories Cambridge, The Database of Faces (1992-1994); numbers only, no picture is part of them"


def main() -> None:
    """Print the agreement as one JSON object; write the ranges where asked."""
    chosen = _arguments()
    exact = whole_graph(read_network(fetch_weights(chosen.downloads, _progress)))
    chips, identities = _chips(chosen.faces)
    every = sorted(set(identities.tolist()))
    halves = np.isin(identities, every[::2])
    told: dict[str, Any] = {"faces": len(chips), "identities": len(every), "margin": chosen.margin}
    found = [_agreement(exact, chips, identities, fitted, chosen.margin) for fitted in (halves, ~halves)]
    told |= {name: round(min(half[name] for half in found), 5) for name in found[0]}
    told |= _times(exact, chips, chosen.margin)
    if chosen.write:
        ranges = _ranges(exact, _with_light(chips), chosen.margin)
        written = {
            "data_sha256": hashlib.sha256(chosen.faces.read_bytes()).hexdigest(),
            "credit": CREDIT,
            "faces": len(chips),
            "seed": SEED,
            "margin": chosen.margin,
            "ranges": {name: [round(low, 4), round(high, 4)] for name, (low, high) in ranges.items()},
        }
        RANGES.write_text(re.sub(r"\[\s+(\S+)\s+(\S+)\s+\]", r"[\1 \2]", json.dumps(written, indent=1)) + "\n")
    print(json.dumps(told))


def _progress(message: str) -> None:
    sys.stderr.write(f"{message}\n")


def _arguments() -> argparse.Namespace:
    arguments = argparse.ArgumentParser(description="ranges of activations for the 8-bit face network")
    arguments.add_argument("faces", type=Path)
    arguments.add_argument("--downloads", type=Path, metavar="DIR", default=Path("downloads"))
    arguments.add_argument("--margin", type=float, default=MARGIN)
    arguments.add_argument("--write", action="store_true", help="write facial/models/ranges.json")
    return arguments.parse_args()


def _chips(archive: Path) -> tuple[Chips, NDArray[np.str_]]:
    detector = Detector.open()
    chips, identities = [], []
    for photo in photographs(archive):
        faces = detector.faces(photo.rgb)
        if not faces:
            sys.stderr.write(f"no face found in {photo.name}\n")
            continue
        chips.append(align(photo.rgb, faces[0].points).rgb)
        identities.append(photo.identity)
    return np.stack(chips), np.array(identities)


def _with_light(chips: Chips) -> Chips:
    """The chips, and each once more in another light: brighter or darker, of other contrast, tinted by a lamp."""
    random = np.random.default_rng(SEED)
    lit = [chips]
    for chip in chips:
        light = (chip / 255.0) ** random.uniform(0.6, 1.8)
        light = (light - 0.5) * random.uniform(0.6, 1.3) + 0.5 + random.uniform(-0.12, 0.12)
        tint = 1 - random.uniform() * (1 - np.array([1, 0.78, 0.62]) * random.uniform(0.85, 1.1, 3))
        lit.append((np.clip(np.clip(light, 0, 1) * tint, 0, 1) * 255).round().astype(np.uint8)[None])
    return np.concatenate(lit)


def _ranges(exact: onnx.ModelProto, chips: Chips, margin: float) -> dict[str, Range]:
    names = ranged_values(exact)
    session = OnnxSession(with_outputs(exact, names).SerializeToString())
    low, high = np.zeros(len(names)), np.zeros(len(names))
    for batch in batches(chips):
        values = session.run_all(names, batch)
        low = np.minimum(low, [value.min() for value in values])
        high = np.maximum(high, [value.max() for value in values])
    return {name: (a * margin, b * margin) for name, a, b in zip(names, low.tolist(), high.tolist(), strict=True)}


def _agreement(
    exact: onnx.ModelProto, chips: Chips, identities: NDArray[np.str_], fitted: NDArray[np.bool_], margin: float
) -> dict[str, float]:
    """Agreement on the faces that the ranges were not fitted on: cosines, and correlations of the features."""
    small = quantised(exact, _ranges(exact, _with_light(chips[fitted]), margin))
    seen, whose = chips[~fitted], identities[~fitted]
    (one, one_features), (two, two_features) = (_computed(model, seen) for model in (exact, small))
    cosines = (unit(one) * unit(two)).sum(1)
    correlations = _correlations(one_features, two_features)
    return {
        "cosine_mean": float(cosines.mean()),
        "cosine_least": float(cosines.min()),
        "cosine_least_of_identities": min(float(cosines[whose == who].mean()) for who in set(whose.tolist())),
        "features_correlation_1_percentile": float(np.quantile(correlations, 0.01)),
        "features_correlation_median": float(np.median(correlations)),
    }


def _computed(model: onnx.ModelProto, chips: Chips) -> tuple[Floats, Floats]:
    session = OnnxSession(model.SerializeToString())
    found = [session.run_all(("embedding", "features"), batch) for batch in batches(chips)]
    return np.concatenate([one for one, _ in found]), np.concatenate([two for _, two in found])


def _correlations(one: Floats, two: Floats) -> Floats:
    """Of each feature that varies at all."""
    a, b = one - one.mean(0), two - two.mean(0)
    scale = np.sqrt((a**2).sum(0) * (b**2).sum(0))
    varies = scale > 0
    return np.asarray((a * b).sum(0)[varies] / scale[varies], dtype=np.float32)


def _times(exact: onnx.ModelProto, chips: Chips, margin: float) -> dict[str, float]:
    """Milliseconds for one face on one thread, medians of turns taken side by side."""
    small = quantised(exact, _ranges(exact, chips[:20], margin))
    sessions = [OnnxSession(model.SerializeToString()) for model in (exact, small)]
    took: Sequence[list[float]] = ([], [])
    for _ in range(60):
        for session, times in zip(sessions, took, strict=True):
            start = perf_counter()
            session.run("embedding", chips[:1])
            times.append((perf_counter() - start) * 1_000)
    one, two = (float(np.median(times)) for times in took)
    return {"exact_ms": round(one, 2), "int8_ms": round(two, 2), "times_faster": round(one / two, 2)}


if __name__ == "__main__":
    main()
