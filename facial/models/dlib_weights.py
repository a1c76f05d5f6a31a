"""Reads a network as dlib saves it: every byte is accounted for, nothing is searched for and nothing is run.

dlib writes a network from the outside in, and what each layer holds from the inside out. So the file is: the loss;
one version number for each layer; the input; then each layer in the order in which it is computed. Whole numbers have
a byte that counts their bytes (its top bit is the sign), then those bytes, the lowest first; a single float is a whole
number times a power of two; a tensor is a version, four sizes and its floats, little-endian.
The format: `dlib/serialize.h`, `dlib/dnn/core.h`, `dlib/dnn/layers.h` and `dlib/dnn/tensor.h` of davisking/dlib.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from facial.models.errors import ModelDamaged
from ontology.arrays import Floats

#: The face network has 108 layers and 5.6 million numbers; these bounds only keep a foreign file from taking memory.
MAX_BYTES = 64 * 2**20
MAX_LAYERS = 512
_MAX_NAME = 64
_TENSOR_VERSION = 2
_ALIAS_VERSION = 1
_INNERMOST_VERSION = 3
_FEW = range(1, 4)
_NO_BIAS = 1


@dataclass(frozen=True, slots=True)
class Convolution:
    """`filters` float32 (out, in, rows, columns), `bias` float32 (out,), the same stride and padding both ways."""

    filters: Floats
    bias: Floats
    stride: int
    padding: int


@dataclass(frozen=True, slots=True)
class Affine:
    """x times `gamma` plus `beta`, both float32 (channels,)."""

    gamma: Floats
    beta: Floats


@dataclass(frozen=True, slots=True)
class Rectifier:
    """The greater of x and 0."""


@dataclass(frozen=True, slots=True)
class Pool:
    """Greatest or mean of a square window without padding; a window of 0 is the whole map."""

    kind: Literal["max", "average"]
    window: int
    stride: int


@dataclass(frozen=True, slots=True)
class Sum:
    """Adds what came before the block (halved by a Pool in between, where there is one), padded with zeros."""


@dataclass(frozen=True, slots=True)
class Linear:
    """`weights` float32 (in, out), without bias."""

    weights: Floats


Layer = Convolution | Affine | Rectifier | Pool | Sum | Linear


@dataclass(frozen=True, slots=True)
class Network:
    """Layers in the order of computing. From each pixel `mean` (red, green, blue) is taken; chips are `size` square."""

    mean: tuple[float, float, float]
    size: int
    layers: tuple[Layer, ...]


def read_network(content: bytes) -> Network:
    """Read the face network; raises ModelDamaged where the bytes are not one, with the place."""
    if len(content) > MAX_BYTES:
        raise ModelDamaged(f"The weights have {len(content):,} bytes, more than {MAX_BYTES:,}.", "Bring dlib's file.")
    reader = _Reader(content)
    try:
        return _network(reader)
    except (ValueError, IndexError, OverflowError) as error:
        raise ModelDamaged(
            f"The weights are no network of dlib's (byte {reader.at:,}: {error}).", "Bring dlib's file."
        ) from error


class _Reader:
    """A place in the bytes; every read is bounded by what is left."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self.at = 0

    def done(self) -> bool:
        return self.at == len(self._content)

    def take(self, count: int) -> bytes:
        if count < 0 or count > len(self._content) - self.at:
            raise ValueError(f"{count:,} bytes are wanted and {len(self._content) - self.at:,} are left")
        self.at += count
        return self._content[self.at - count : self.at]

    def whole(self) -> int:
        head = self.take(1)[0]
        if head & 0x70 or head & 0x0F > 8:
            raise ValueError("no whole number")
        value = int.from_bytes(self.take(head & 0x0F), "little")
        return -value if head & 0x80 else value

    def wholes(self, count: int) -> list[int]:
        return [self.whole() for _ in range(count)]

    def float(self) -> float:
        mantissa, exponent = self.whole(), self.whole()
        return math.ldexp(mantissa, exponent)

    def name(self) -> str:
        length = self.whole()
        if not 0 < length <= _MAX_NAME:
            raise ValueError("no name of a layer")
        return self.take(length).decode("ascii")

    def expect(self, *values: int) -> None:
        found = tuple(self.wholes(len(values)))
        if found != values:
            raise ValueError(f"{found} stand where {values} should")

    def tensor(self, count: int) -> Floats:
        """One column of `count` finite numbers."""
        self.expect(_TENSOR_VERSION)
        sizes = self.wholes(4)
        if math.prod(sizes) != count or min(sizes) < 0:
            raise ValueError(f"a tensor of {sizes} stands where {count} numbers should")
        values = np.frombuffer(self.take(4 * count), dtype="<f4").astype(np.float32)
        if not np.isfinite(values).all():
            raise ValueError("a weight is not finite")
        return values

    def flags(self) -> None:
        """Whether the layer was set up, whether its gradient is stale, and whether its output is kept."""
        if not set(self.take(3)) <= set(b"01"):
            raise ValueError("no flags of a layer")


def _network(reader: _Reader) -> Network:
    reader.expect(1)
    if reader.name() != "loss_metric_2":
        raise ValueError("the loss is not that of a face network")
    reader.float(), reader.float()  # margin and threshold, of use in training only
    versions = _versions(reader)
    if reader.name() != "input_rgb_image_sized":
        raise ValueError("the input is no image of one size")
    red, green, blue = reader.float(), reader.float(), reader.float()
    rows, columns = reader.whole(), reader.whole()
    if rows != columns:
        raise ValueError("the input is not square")
    layers: list[Layer] = []
    channels = 3
    while not reader.done():
        layer = _layer(reader, channels)
        if isinstance(layer, Convolution):
            channels = len(layer.bias)
        layers.append(layer)
        reader.flags()
        for _ in range(3):  # gradients and the last output: empty, as the network was saved after `clean()`
            reader.tensor(0)
        if len(layers) == 1:
            reader.expect(1)  # how many samples an input makes
    if not layers or not isinstance(layers[-1], Linear):
        raise ValueError("the last layer is not there")
    if len(layers) > len(versions):  # tags and skips have a version and nothing else
        raise ValueError("there are more layers than were announced")
    return Network((red, green, blue), rows, tuple(layers))


def _versions(reader: _Reader) -> list[int]:
    versions: list[int] = []
    while not versions or versions[-1] != _INNERMOST_VERSION:
        versions.append(reader.whole())
        if versions[-1] not in _FEW or len(versions) > MAX_LAYERS:
            raise ValueError("no version of a layer")
    return versions


def _layer(reader: _Reader, channels: int) -> Layer:
    match reader.name():
        case "con_4":
            return _convolution(reader, channels)
        case "affine_":
            return _affine(reader, channels)
        case "relu_":
            return Rectifier()
        case "max_pool_2":
            return _pool(reader, "max")
        case "avg_pool_2":
            return _pool(reader, "average")
        case "add_prev_":
            return Sum()
        case "fc_2":
            return _linear(reader, channels)
        case _:
            raise ValueError("a layer of a kind that face networks do not have")


def _convolution(reader: _Reader, channels: int) -> Convolution:
    """The numbers come before the sizes that shape them."""
    reader.expect(_TENSOR_VERSION)
    count, *ones = reader.wholes(4)
    if ones != [1, 1, 1] or count < 0:
        raise ValueError("no numbers of a convolution")
    numbers = np.frombuffer(reader.take(4 * count), dtype="<f4").astype(np.float32)
    out, rows, columns, stride, stride_x, padding, padding_x = reader.wholes(7)
    if (stride, padding, rows) != (stride_x, padding_x, columns) or min(out, rows, stride) < 1 or padding < 0:
        raise ValueError("a convolution that is not square")
    reader.expect(_ALIAS_VERSION, out, channels, rows, columns)
    reader.expect(_ALIAS_VERSION, 1, out, 1, 1)
    for _ in range(4):
        reader.float()  # multipliers of learning rate and weight decay
    cut = out * channels * rows * columns
    if count != cut + out or not np.isfinite(numbers).all():
        raise ValueError("the numbers of a convolution are too few, too many or not finite")
    return Convolution(numbers[:cut].reshape(out, channels, rows, columns), numbers[cut:], stride, padding)


def _affine(reader: _Reader, channels: int) -> Affine:
    numbers = reader.tensor(2 * channels)
    reader.expect(_ALIAS_VERSION, 1, channels, 1, 1)
    reader.expect(_ALIAS_VERSION, 1, channels, 1, 1)
    reader.expect(0)  # one pair of numbers for each channel
    return Affine(numbers[:channels], numbers[channels:])


def _pool(reader: _Reader, kind: Literal["max", "average"]) -> Pool:
    rows, columns, stride, stride_x, *padding = reader.wholes(6)
    if (rows, stride) != (columns, stride_x) or padding != [0, 0] or stride < 1 or rows < 0:
        raise ValueError("a pool that is not square, or padded")
    return Pool(kind, rows, stride)


def _linear(reader: _Reader, channels: int) -> Linear:
    out = reader.whole()
    reader.expect(channels)
    weights = reader.tensor(channels * out).reshape(channels, out)
    reader.expect(_ALIAS_VERSION, channels, out, 1, 1)
    reader.expect(_ALIAS_VERSION, 0, 0, 0, 0)
    reader.expect(_NO_BIAS)
    for _ in range(4):
        reader.float()
    return Linear(weights)
