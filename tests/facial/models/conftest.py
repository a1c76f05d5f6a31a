"""A face network of random weights in dlib's layout, and its file, written by the rules of the format."""

from __future__ import annotations

import math
import struct
import warnings
from collections.abc import Callable

import numpy as np
import pytest

from facial.models.dlib_weights import Affine, Convolution, Layer, Linear, Network, Pool, Rectifier, Sum
from facial.models.extra import lacking

if absent := lacking():  # `make test` installs the extra; a bare checkout tests the rest
    warnings.warn(f"face models are not tested: {', '.join(absent)} not installed", stacklevel=1)
    collect_ignore_glob = ["test_*.py"]

#: Channels of the 14 blocks, and which of them halve the map: as dlib's face network has them.
BLOCKS = [(32, False)] * 3 + [(64, True)] + [(64, False)] * 3 + [(128, True)] + [(128, False)] * 2
BLOCKS += [(256, True), (256, False), (256, False), (256, True)]


def random_network(seed: int = 1, blocks: list[tuple[int, bool]] = BLOCKS) -> Network:
    random = np.random.default_rng(seed)

    def floats(*shape: int, scale: float = 1.0, about: float = 0.0) -> np.ndarray:
        return (random.standard_normal(shape) * scale + about).astype(np.float32)

    def convolved(out: int, into: int, side: int, stride: int, loud: float) -> list[Layer]:
        filters = floats(out, into, side, side, scale=math.sqrt(2 / (into * side * side)))
        padding = 0 if stride == 2 else side // 2
        affine = Affine(floats(out, scale=0.1, about=loud), floats(out, scale=0.1))
        return [Convolution(filters, floats(out, scale=0.1), stride, padding), affine]

    channels = blocks[0][0]
    layers = [*convolved(channels, 3, 7, 2, 3.0), Rectifier(), Pool("max", 3, 2)]
    for out, halved in blocks:
        layers += [*convolved(out, channels, 3, 2 if halved else 1, 1.0), Rectifier()]
        layers += convolved(out, out, 3, 1, 0.4)
        layers += [Pool("average", 2, 2)] if halved else []
        layers += [Sum(), Rectifier()]
        channels = out
    layers += [Pool("average", 0, 1), Linear(floats(channels, 128, scale=0.2))]
    return Network((122.782, 117.001, 104.298), 150, tuple(layers))


def whole(value: int) -> bytes:
    size = (abs(value).bit_length() + 7) // 8
    size = max(size, 1)
    return bytes([size | (0x80 if value < 0 else 0)]) + abs(value).to_bytes(size, "little")


def wholes(*values: int) -> bytes:
    return b"".join(map(whole, values))


def floating(value: float) -> bytes:
    mantissa, exponent = math.frexp(value)
    return whole(int(mantissa * 2**53)) + whole(exponent - 53)


def named(name: str) -> bytes:
    return whole(len(name)) + name.encode()


def tensor(*parts: np.ndarray) -> bytes:
    values = np.concatenate([part.ravel() for part in parts]) if parts else np.empty(0, np.float32)
    sizes = (len(values), 1, 1, 1) if parts else (0, 0, 0, 0)
    return wholes(2, *sizes) + struct.pack(f"<{len(values)}f", *values)


def layer_bytes(layer: Layer, rates: bytes) -> bytes:
    match layer:
        case Convolution(filters, bias, stride, padding):
            out, into, rows, columns = filters.shape
            sizes = wholes(out, rows, columns, stride, stride, padding, padding)
            aliases = wholes(1, out, into, rows, columns) + wholes(1, 1, out, 1, 1)
            return named("con_4") + tensor(filters, bias) + sizes + aliases + rates
        case Affine(gamma, beta):
            alias = wholes(1, 1, len(gamma), 1, 1)
            return named("affine_") + tensor(gamma, beta) + alias + alias + whole(0)
        case Rectifier():
            return named("relu_")
        case Pool(kind, window, stride):
            return named("max_pool_2" if kind == "max" else "avg_pool_2") + wholes(window, window, stride, stride, 0, 0)
        case Sum():
            return named("add_prev_")
        case Linear(weights):
            into, out = weights.shape
            sizes = wholes(out, into) + tensor(weights)
            return named("fc_2") + sizes + wholes(1, into, out, 1, 1) + wholes(1, 0, 0, 0, 0) + whole(1) + rates


def network_bytes(network: Network) -> bytes:
    rates = b"".join(map(floating, (1.0, 1.0, 1.0, 0.0)))
    said = wholes(1) + named("loss_metric_2") + floating(0.04) + floating(0.6)
    said += wholes(*[2] * (len(network.layers) + 20), 3)  # a version for each layer, tags and skips included
    said += named("input_rgb_image_sized") + b"".join(map(floating, network.mean)) + wholes(network.size, network.size)
    for place, layer in enumerate(network.layers):
        said += layer_bytes(layer, rates) + b"110" + tensor() * 3 + (whole(1) if place == 0 else b"")
    return said


@pytest.fixture(scope="session")
def network() -> Network:
    """Random weights in the sizes of dlib's network."""
    return random_network()


@pytest.fixture(scope="session")
def written() -> Callable[[Network], bytes]:
    """Writes a network as dlib would."""
    return network_bytes


@pytest.fixture(scope="session")
def small_network() -> Network:
    """A stem and one block, to be read only."""
    return random_network(2, [(2, False)])
