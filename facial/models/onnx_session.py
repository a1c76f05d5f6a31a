"""A network run by onnxruntime on one thread: the service runs several patients' photos one beside the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from facial.models.errors import REBUILD, ModelDamaged, ModelMissing
from facial.models.extra import INSTALL
from facial.models.model import Chips
from ontology.arrays import Floats

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

#: onnxruntime's own words are of no use to a hospital unless they are errors.
_ERRORS_ONLY = 3


class OnnxSession:
    """One network of uint8 chips, opened from its bytes; raises ModelMissing without onnxruntime, else ModelDamaged."""

    def __init__(self, content: bytes) -> None:
        self._session = _open(content)

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of what it computes."""
        return tuple(output.name for output in self._session.get_outputs())

    def run(self, output: str, chips: Chips) -> Floats:
        """One output for a batch of chips, float32 (n, ...)."""
        return self.run_all((output,), chips)[0]

    def run_all(self, outputs: Sequence[str], chips: Chips) -> list[Floats]:
        """Several outputs for a batch of chips, each float32 (n, ...)."""
        return [np.asarray(found, dtype=np.float32) for found in self._session.run(list(outputs), {"rgb": chips})]


def _open(content: bytes) -> InferenceSession:
    try:
        import onnxruntime
    except ImportError as error:
        raise ModelMissing("onnxruntime is not installed.", INSTALL) from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = _ERRORS_ONLY
    try:
        return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime raises classes of its own that share no other base
        raise ModelDamaged("A face network cannot be opened.", REBUILD) from error
