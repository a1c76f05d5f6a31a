"""What dlib itself makes of the generated chips: the reference that each conversion of its network is compared with.

Run where dlib is installed (`pip install dlib-bin==20.0.1.post1 numpy`, in an environment of its own), from the root:

    python -m benchmarks.face_reference dlib_face_recognition_resnet_model_v1.dat > facial/models/reference.json
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

from facial.models.generated_chips import SEED, generated_chips


def main() -> None:
    """Write the embeddings with what they were made of, as one JSON object."""
    import dlib

    arguments = argparse.ArgumentParser(description="dlib's own embeddings of the generated chips")
    arguments.add_argument("weights", type=Path)
    weights: Path = arguments.parse_args().weights
    chips = generated_chips()
    network: Any = dlib.face_recognition_model_v1(str(weights))
    told = {
        "made_by": f"dlib {dlib.__version__}",
        "weights_sha256": hashlib.sha256(weights.read_bytes()).hexdigest(),
        "seed": SEED,
        "chips_sha256": hashlib.sha256(chips.tobytes()).hexdigest(),
        "embeddings": [[round(float(x), 8) for x in network.compute_face_descriptor(chip)] for chip in chips],
    }
    sys.stdout.write(json.dumps(told).replace("], [", "],\n [") + "\n")


if __name__ == "__main__":
    main()
