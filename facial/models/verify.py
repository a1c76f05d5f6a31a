"""Is the converted network dlib's? Compared with what dlib itself made of the generated chips, before it may serve."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np

from facial.models.errors import ModelDamaged
from facial.models.generated_chips import generated_chips
from facial.models.model import Chips, unit
from facial.models.onnx_session import OnnxSession
from ontology.arrays import Floats

#: What dlib made of the chips, by benchmarks.face_reference.
REFERENCE = Path(__file__).with_name("reference.json")
#: Rounding gives 3e-7. Pixels divided by 255 for 256, or a mean colour off by .5, give 5e-4 and a cosine of .999999:
#: the difference tells them, the cosine alone would not.
LARGEST_DIFFERENCE = 1e-5
LEAST_COSINE = 0.99999
#: In 8 bits; products overflow on x86 processors without VNNI, where a network may need to stay exact.
LEAST_INT8_COSINE = 0.999


def against_dlib(network: OnnxSession, weights_sha256: str) -> dict[str, float]:
    """Greatest difference and least cosine to dlib's own embeddings; raises ModelDamaged where they are too far."""
    chips, expected = _reference(weights_sha256)
    found = network.run("embedding", chips)
    difference, cosine = float(np.abs(found - expected).max()), _least_cosine(found, expected)
    if not (difference <= LARGEST_DIFFERENCE and cosine >= LEAST_COSINE):
        raise ModelDamaged(
            f"The converted network is not dlib's (difference {difference:.2g}, cosine {cosine:.6f}).",
            "Report this with the versions of onnx and onnxruntime.",
        )
    return {"difference_to_dlib": difference, "cosine_to_dlib": cosine}


def in_8_bits(exact: OnnxSession, small: OnnxSession) -> float:
    """Least cosine of the two networks, to be at least LEAST_INT8_COSINE; it depends on the processor, too."""
    chips = generated_chips()
    return _least_cosine(small.run("embedding", chips), exact.run("embedding", chips))


def same_trunk(exact: OnnxSession, trunk: OnnxSession) -> None:
    """The trunk computes the features of the whole network; raises ModelDamaged where it does not."""
    chips = generated_chips()
    one, two = (session.run("features", chips) for session in (exact, trunk))
    if one.shape != two.shape or not np.allclose(one, two, atol=1e-4):
        raise ModelDamaged("The trunk of the network is not part of it.", "Report this.")


def _reference(weights_sha256: str) -> tuple[Chips, Floats]:
    told = json.loads(REFERENCE.read_text(encoding="utf-8"))
    chips = generated_chips(told["seed"])
    if told["weights_sha256"] != weights_sha256 or hashlib.sha256(chips.tobytes()).hexdigest() != told["chips_sha256"]:
        raise ModelDamaged(
            "The reference is of other weights or chips.", "Make it anew with benchmarks.face_reference."
        )
    return chips, np.array(told["embeddings"], dtype=np.float32)


def _least_cosine(one: Floats, two: Floats) -> float:
    return float((unit(one).astype(np.float64) * unit(two)).sum(1).min())
