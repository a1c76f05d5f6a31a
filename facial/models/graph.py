"""The face network as an ONNX graph.

Input `rgb`: uint8 (n, 150, 150, 3). Outputs: `embedding` float32 (n, 128), as dlib computes it, not yet of unit length;
`features` float32 (n, 4352), the maps of blocks 7 and 10 averaged over 6 x 6 and 4 x 4 places. The trunk ends after
block 10 and gives the features and the maps themselves: block03 (n, 32, 35, 35), block07 (n, 64, 17, 17) and block10
(n, 128, 8, 8); its maps keep where in the face something is, which the embedding forgets.

What is the same for every photo is computed here, once: the subtraction of the mean colour and the division by 256 go
into the first convolution (it is not padded), each affine layer into the convolution before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from facial.models.dlib_weights import Affine, Convolution, Linear, Network, Pool, Rectifier, Sum
from facial.models.errors import ModelDamaged
from facial.models.grid import average_grid

#: Raised by one whenever the same weights would give other embeddings or features.
VERSION = 1
INPUT, EMBEDDING, FEATURES = "rgb", "embedding", "features"
#: dlib divides pixels by this (`input_rgb_image_sized` in dlib/dnn/input.h).
_PIXELS = 256.0
#: Opset 17 and IR 8 are read by every onnxruntime since 1.12.
_OPSET, _IR = 17, 8
#: Blocks whose maps make the features, and the side of the grid that each is averaged over.
GRIDS = {7: 6, 10: 4}
#: Blocks whose maps the trunk gives.
MAPS = (3, 7, 10)
BLOCKS = 14

_L = TypeVar("_L", Convolution, Affine, Rectifier, Pool, Sum, Linear)


def whole_graph(network: Network) -> onnx.ModelProto:
    """The network with outputs `embedding` and `features`; raises ModelDamaged where its layers are of another kind."""
    return _Graph(network).model((FEATURES, EMBEDDING), BLOCKS)


def trunk_graph(network: Network) -> onnx.ModelProto:
    """The network up to block 10, with outputs `features`, `block03`, `block07` and `block10`; raises ModelDamaged."""
    return _Graph(network).model((FEATURES, *(_block(number) for number in MAPS)), max(MAPS))


def _block(number: int) -> str:
    return f"block{number:02}"


class _Graph:
    """Nodes and constants, written layer by layer; `_value` is the name of what was computed last."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._layers = list(network.layers)
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []
        self._value = INPUT
        self._channels = 3
        self._side = network.size

    def model(self, outputs: Sequence[str], blocks: int) -> onnx.ModelProto:
        """The checked model with the named outputs, computed up to the block of that number."""
        self._stem()
        for number in range(1, blocks + 1):
            self._residual(_block(number))
            if number in GRIDS:
                self._pooled(number)
        if EMBEDDING in outputs:
            self._end()
        self._add("Concat", [f"{_block(number)}_grid" for number in GRIDS], FEATURES, axis=1)
        declared = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs]
        size = self._network.size
        source = helper.make_tensor_value_info(INPUT, TensorProto.UINT8, ["n", size, size, 3])
        graph = helper.make_graph(self._nodes, "face", [source], declared, self._constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=_IR)
        model = onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
        onnx.checker.check_model(model, full_check=True)
        return model

    def _stem(self) -> None:
        self._add("Transpose", [self._value], "planes", perm=[0, 3, 1, 2])
        self._add("Cast", [self._value], "pixels", to=TensorProto.FLOAT)
        self._convolve("stem", pixels=True)
        self._take(Rectifier)
        self._add("Relu", [self._value], "stem_relu")
        pool = self._take(Pool)
        self._add("MaxPool", [self._value], "stem_pool", kernel_shape=[pool.window] * 2, strides=[pool.stride] * 2)
        self._side = (self._side - pool.window) // pool.stride + 1

    def _residual(self, name: str) -> None:
        """Two convolutions, and what came before them added; both sides are padded with zeros to the larger."""
        before, channels, side = self._value, self._channels, self._side
        self._convolve(f"{name}_first")
        self._take(Rectifier)
        self._add("Relu", [self._value], f"{name}_relu")
        self._convolve(f"{name}_second")
        if self._layers and isinstance(self._layers[0], Pool):
            pool = self._take(Pool)
            window = {"kernel_shape": [pool.window] * 2, "strides": [pool.stride] * 2}
            after = self._value
            self._add("AveragePool", [before], f"{name}_halved", **window)
            before, side, self._value = self._value, (side - pool.window) // pool.stride + 1, after
        self._take(Sum)
        after = self._padded(self._value, self._channels, self._side, max(self._side, side))
        before = self._padded(before, channels, side, max(self._side, side))
        self._side = max(self._side, side)
        self._take(Rectifier)
        self._add("Add", [before, after], f"{name}_sum")
        self._add("Relu", [self._value], name)

    def _padded(self, value: str, channels: int, side: int, wanted: int) -> str:
        """Zeros behind the last channel, row and column, as dlib adds tensors of unequal sizes."""
        lacking = [0, self._channels - channels, wanted - side, wanted - side]
        if not any(lacking):
            return value
        if min(lacking) < 0:
            raise _foreign("a block with fewer channels than the one before")
        ends = self._constant(f"{value}_ends", np.array([0, 0, 0, 0, *lacking], dtype=np.int64))
        self._nodes.append(helper.make_node("Pad", [value, ends], [f"{value}_padded"]))
        return f"{value}_padded"

    def _convolve(self, name: str, pixels: bool = False) -> None:
        """A convolution and the affine layer behind it, as one."""
        layer, affine = self._take(Convolution), self._take(Affine)
        filters, bias = layer.filters.astype(np.float64), layer.bias.astype(np.float64)
        if pixels:
            if layer.padding:
                raise _foreign("a padded first convolution")
            bias -= np.einsum("oirc,i->o", filters, np.array(self._network.mean)) / _PIXELS
            filters = filters / _PIXELS
        filters = filters * affine.gamma[:, None, None, None]
        bias = bias * affine.gamma + affine.beta
        inputs = [self._value, self._constant(f"{name}_filters", filters), self._constant(f"{name}_bias", bias)]
        window = layer.filters.shape[2]
        strides, pads = [layer.stride] * 2, [layer.padding] * 4
        self._add("Conv", inputs, name, kernel_shape=[window] * 2, strides=strides, pads=pads)
        self._channels = len(bias)
        self._side = (self._side + 2 * layer.padding - window) // layer.stride + 1

    def _pooled(self, number: int) -> None:
        value, places, grid = self._value, self._side, GRIDS[number]
        flat = self._constant(f"{value}_flat", np.array([0, self._channels, places * places], dtype=np.int64))
        share = self._constant(f"{value}_shares", average_grid(places, grid))
        self._add("Reshape", [value, flat], f"{value}_places")
        self._add("MatMul", [self._value, share], f"{value}_cells")
        self._add("Flatten", [self._value], f"{value}_grid", axis=1)
        self._value = value

    def _end(self) -> None:
        pool, linear = self._take(Pool), self._take(Linear)
        if pool.window or pool.kind != "average" or self._layers:
            raise _foreign("another end")
        self._add("GlobalAveragePool", [self._value], "mean")
        self._add("Flatten", [self._value], "mean_flat", axis=1)
        self._add("MatMul", [self._value, self._constant("last", linear.weights)], EMBEDDING)

    def _take(self, kind: type[_L]) -> _L:
        if not self._layers or not isinstance(self._layers[0], kind):
            raise _foreign(f"no {kind.__name__.lower()} where one belongs")
        layer = self._layers.pop(0)
        assert isinstance(layer, kind)
        return layer

    def _add(self, kind: str, inputs: list[str], output: str, **attributes: int | list[int]) -> None:
        self._nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))  # type: ignore[arg-type]
        self._value = output

    def _constant(self, name: str, values: NDArray[np.float32] | NDArray[np.float64] | NDArray[np.int64]) -> str:
        kept = values.astype(np.float32) if values.dtype.kind == "f" else values
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(kept), name))
        return name


def _foreign(what: str) -> ModelDamaged:
    return ModelDamaged(f"The network has {what}: it is not dlib's face network.", "Bring dlib's file.")
