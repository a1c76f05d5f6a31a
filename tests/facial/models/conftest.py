"""A face network of random weights in dlib's layout, and its file, written by the rules of the format."""

from __future__ import annotations

import hashlib
import io
import json
import math
import struct
import tarfile
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

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


@dataclass(frozen=True)
class Pinned:
    """A source distribution as the real one, of random weights."""

    weights: bytes
    archive: Path
    dlibs_own: Path

    @staticmethod
    def archived(weights: bytes, member: str) -> bytes:
        content = io.BytesIO()
        with tarfile.open(fileobj=content, mode="w:gz", compresslevel=1) as tar:
            for name, held in ((member, weights), ("another/licence.dat", b"not to be read")):
                about = tarfile.TarInfo(name)
                about.size = len(held)
                tar.addfile(about, io.BytesIO(held))
        return content.getvalue()


@pytest.fixture(scope="session")
def layer_by_layer() -> Callable[[Network, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """Embedding and features by torch, as dlib has the layers: nothing is folded, nothing computed ahead."""
    return by_torch


def by_torch(network: Network, chips: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    import torch

    f = torch.nn.functional
    x = (torch.from_numpy(chips).permute(0, 3, 1, 2).double() - torch.tensor(network.mean).view(1, 3, 1, 1)) / 256
    blocks, before, summed = [], None, False
    for layer in network.layers:
        match layer:
            case Convolution(filters, bias, stride, padding):
                before = x if before is None else before
                weights = torch.from_numpy(filters).double()
                x = f.conv2d(x, weights, torch.from_numpy(bias).double(), stride, padding)
            case Affine(gamma, beta):
                x = x * torch.from_numpy(gamma).view(1, -1, 1, 1) + torch.from_numpy(beta).view(1, -1, 1, 1)
            case Rectifier():
                x = f.relu(x)
                if summed:  # the rectifier behind a sum ends a block
                    blocks.append(x)
                    before, summed = None, False
            case Pool("max", window, stride):
                x, before = f.max_pool2d(x, window, stride), None
            case Pool("average", 0, _):
                x = x.mean((2, 3), keepdim=True)
            case Pool("average", window, stride):
                before = f.avg_pool2d(before, window, stride)
            case Linear(weights):
                x = x.flatten(1) @ torch.from_numpy(weights).double()
            case _:  # Sum: both sides padded with zeros behind the last channel, row and column
                shape = [max(a, b) for a, b in zip(x.shape[1:], before.shape[1:], strict=True)]
                both = torch.zeros(len(x), *shape, dtype=torch.float64)
                for part in (x, before):
                    both[:, : part.shape[1], : part.shape[2], : part.shape[3]] += part
                x, summed = both, True
    grids = [f.adaptive_avg_pool2d(blocks[6], 6).flatten(1), f.adaptive_avg_pool2d(blocks[9], 4).flatten(1)]
    return x.numpy(), torch.cat(grids, 1).numpy()


@pytest.fixture(scope="session")
def drawn_ranges(network: Network) -> dict[str, tuple[float, float]]:
    """Ranges of the activations of the random network, over drawn faces and the generated chips."""
    from facial.models.generated_chips import drawn_face, generated_chips
    from facial.models.graph import whole_graph
    from facial.models.onnx_session import OnnxSession
    from facial.models.quantise import ranged_values, with_outputs

    model = whole_graph(network)
    names = ranged_values(model)
    chips = np.stack([*(drawn_face(seed) for seed in range(12)), *generated_chips()])
    values = OnnxSession(with_outputs(model, names).SerializeToString()).run_all(names, chips)
    return {name: (min(0.0, float(v.min())), float(v.max())) for name, v in zip(names, values, strict=True)}


@pytest.fixture(scope="session")
def source(
    network: Network,
    drawn_ranges: dict[str, tuple[float, float]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Pinned:
    """The archive, and beside it what the build of such a network is compared with and quantised by."""
    from facial.models import fetch, verify
    from facial.models.generated_chips import SEED, generated_chips

    folder = tmp_path_factory.mktemp("source")
    weights, chips = network_bytes(network), generated_chips()
    archive = folder / fetch.ARCHIVE
    archive.write_bytes(Pinned.archived(weights, fetch.MEMBER))
    reference = {
        "weights_sha256": hashlib.sha256(weights).hexdigest(),
        "seed": SEED,
        "chips_sha256": hashlib.sha256(chips.tobytes()).hexdigest(),
        "embeddings": by_torch(network, chips)[0].tolist(),
    }
    (folder / "reference.json").write_text(json.dumps(reference))
    (folder / "ranges.json").write_text(json.dumps({"ranges": drawn_ranges}))
    return Pinned(weights, archive, verify.REFERENCE)


@pytest.fixture(scope="module")
def pinned(source: Pinned) -> Iterator[Pinned]:
    """The random network in the place of dlib's, for one module."""
    from facial.models import build, fetch, verify

    folder = source.archive.parent
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fetch, "ARCHIVE_SHA256", hashlib.sha256(source.archive.read_bytes()).hexdigest())
        patch.setattr(fetch, "WEIGHTS_SHA256", hashlib.sha256(source.weights).hexdigest())
        patch.setattr(fetch, "WEIGHTS_BYTES", len(source.weights))
        patch.setattr(verify, "REFERENCE", folder / "reference.json")
        patch.setattr(verify, "LARGEST_DIFFERENCE", 1e-4)
        patch.setattr(verify, "LEAST_INT8_COSINE", 0.98)  # random weights are not made to be rounded
        patch.setattr(build, "RANGES", folder / "ranges.json")
        yield source


@pytest.fixture(scope="module")
def built(pinned: Pinned, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the model that was built of it."""
    from facial.models.build import build

    folder = tmp_path_factory.mktemp("models")
    build(folder, lambda message: None, pinned.archive)
    return folder
