"""The face network in 8 bits: whole numbers between Q and DQ nodes (QuantizeLinear, DequantizeLinear).

onnxruntime turns each layer between DQ and Q into one on whole numbers. Weights are int8, symmetric, one scale for each
output channel; activations uint8, one scale for each tensor, from ranges that were measured once (ranges.json), so that
set-up needs no faces. Pixels are whole numbers as they come. A rectifier needs no layer of its own: where the least
value is 0, uint8 ends there. The last product (256 x 128) stays as it is. See Jacob et al. 2018, arXiv:1712.05877.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper

from facial.models.errors import ModelDamaged
from facial.models.generated_chips import drawn_face
from facial.models.model import batches
from facial.models.onnx_session import OnnxSession
from ontology.arrays import Floats

#: Raised by one whenever the same ranges would give other embeddings.
VERSION = 1
Range = tuple[float, float]
#: Layers that move values about and keep their range.
_SAME_RANGE = ("MaxPool", "AveragePool", "Pad")
#: Layers after which values have a range of their own.
_NEW_RANGE = ("Conv", "Relu", "GlobalAveragePool")


def ranged_values(model: onnx.ModelProto) -> tuple[str, ...]:
    """Names of the values that a range must be known of."""
    rectified = {node.input[0] for node in model.graph.node if node.op_type == "Relu"}
    return tuple(
        node.output[0] for node in model.graph.node if node.op_type in _NEW_RANGE and node.output[0] not in rectified
    )


def drawn_means(model: onnx.ModelProto, faces: int = 20) -> dict[str, Floats]:
    """Mean of each channel (float32) of what comes into each convolution, over drawn faces."""
    names = tuple(dict.fromkeys(node.input[0] for node in model.graph.node if node.op_type == "Conv"))
    session = OnnxSession(with_outputs(model, names).SerializeToString())
    chips = np.stack([drawn_face(number) for number in range(faces)])
    found = [session.run_all(names, batch) for batch in batches(chips)]
    return {
        name: np.concatenate([values[place].mean((2, 3)) for values in found]).mean(0)
        for place, name in enumerate(names)
    }


def with_outputs(model: onnx.ModelProto, names: Sequence[str]) -> onnx.ModelProto:
    """`model` with further values among its outputs."""
    watched = onnx.ModelProto()
    watched.CopyFrom(model)
    watched.graph.output.extend(helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None) for name in names)
    return watched


def quantised(
    model: onnx.ModelProto, ranges: Mapping[str, Range], means: Mapping[str, Floats] | None = None
) -> onnx.ModelProto:
    """`model` in 8 bits; raises ModelDamaged where a range is absent or empty.

    `means` are those of what comes into each convolution (`drawn_means`, where they are not given).
    """
    for name in ranged_values(model):
        low, high = ranges.get(name, (0.0, 0.0))
        if not (low <= 0 <= high and high > low):
            raise ModelDamaged(f"No range is known of {name}.", "Measure ranges anew: see docs/faces_models.md.")
    return _Quantiser(model, ranges, drawn_means(model) if means is None else means).model()


@dataclass(frozen=True, slots=True)
class _Scale:
    """float = (whole - zero) * step."""

    step: np.float32
    zero: np.uint8

    @classmethod
    def spanning(cls, low: float, high: float) -> _Scale:
        """256 steps from `low` to `high`, 0 being exactly one of them."""
        step = np.float32((high - low) / 255)
        return cls(step, np.uint8(np.clip(round(-low / float(step)), 0, 255)))


class _Quantiser:
    def __init__(self, model: onnx.ModelProto, ranges: Mapping[str, Range], means: Mapping[str, Floats]) -> None:
        self._source = model
        self._means = means
        self._ranges = ranges
        self._weights = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
        self._nodes: list[onnx.NodeProto] = []
        self._constants: dict[str, NDArray[np.generic]] = {}
        self._scales: dict[str, _Scale] = {}

    def model(self) -> onnx.ModelProto:
        rectified = {node.input[0]: node.output[0] for node in self._source.graph.node if node.op_type == "Relu"}
        for node in self._source.graph.node:
            if node.op_type == "Relu":
                continue
            self._node(node, rectified.get(node.output[0], node.output[0]))
        source = self._source.graph
        tensors = [numpy_helper.from_array(np.asarray(value), name) for name, value in self._constants.items()]
        graph = helper.make_graph(self._nodes, source.name, source.input, source.output, tensors)
        made = helper.make_model(graph, opset_imports=self._source.opset_import, ir_version=self._source.ir_version)
        onnx.checker.check_model(made, full_check=True)
        return made

    def _node(self, node: onnx.NodeProto, output: str) -> None:
        """The node as it was, on whole numbers where it can be, giving `output`."""
        if node.op_type == "Cast":  # pixels are uint8: steps of 1 from 0
            self._scales[output] = _Scale(np.float32(1), np.uint8(0))
            self._add("DequantizeLinear", [node.input[0], *self._scale_of(output)], output)
            return
        made = onnx.NodeProto()
        made.CopyFrom(node)
        inputs = self._convolved(node) if node.op_type == "Conv" else [self._kept(name) for name in node.input]
        del made.input[:], made.output[:]
        made.input.extend(inputs)
        ranged = node.op_type in _SAME_RANGE or output in self._ranges
        made.name = f"{output}_exact" if ranged else output
        made.output.append(made.name)
        self._nodes.append(made)
        if ranged:
            same = node.op_type in _SAME_RANGE
            self._scales[output] = self._scales[node.input[0]] if same else _Scale.spanning(*self._ranges[output])
            self._add("QuantizeLinear", [f"{output}_exact", *self._scale_of(output)], f"{output}_whole")
            self._add("DequantizeLinear", [f"{output}_whole", *self._scale_of(output)], output)

    def _convolved(self, node: onnx.NodeProto) -> list[str]:
        """Inputs of a convolution: its filters as int8, its bias as int32 in steps of input times filter."""
        value, filters, bias = node.input
        weights: Floats = self._weights[filters]
        steps = (np.abs(weights).reshape(len(weights), -1).max(1).clip(1e-12) / 127).astype(np.float32)
        self._constants[f"{filters}_steps"] = steps
        whole = np.rint(weights / steps[:, None, None, None])
        self._constants[f"{filters}_whole"] = whole.astype(np.int8)
        self._constants[f"{filters}_zeros"] = np.zeros(len(steps), dtype=np.int8)
        self._add("DequantizeLinear", [f"{filters}_{part}" for part in ("whole", "steps", "zeros")], filters, axis=0)
        fine = (self._scales[value].step * steps).astype(np.float32)
        self._constants[f"{bias}_steps"] = fine
        shift = np.einsum("oirc,i->o", whole * steps[:, None, None, None] - weights, self._means[value])
        self._constants[f"{bias}_whole"] = np.rint((self._weights[bias] - shift) / fine).astype(np.int32)
        self._constants[f"{bias}_zeros"] = np.zeros(len(steps), dtype=np.int32)
        self._add("DequantizeLinear", [f"{bias}_{part}" for part in ("whole", "steps", "zeros")], bias, axis=0)
        return [value, filters, bias]

    def _kept(self, name: str) -> str:
        if name in self._weights:
            self._constants[name] = self._weights[name]
        return name

    def _scale_of(self, name: str) -> list[str]:
        scale = self._scales[name]
        self._constants[f"{name}_step"] = np.array(scale.step, dtype=np.float32)
        self._constants[f"{name}_zero"] = np.array(scale.zero, dtype=np.uint8)
        return [f"{name}_step", f"{name}_zero"]

    def _add(self, kind: str, inputs: list[str], output: str, axis: int | None = None) -> None:
        node = helper.make_node(kind, inputs, [output], name=output)
        if axis is not None:
            node.attribute.append(helper.make_attribute("axis", axis))
        self._nodes.append(node)
