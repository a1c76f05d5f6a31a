"""The graph computes what the layers say, and the 8-bit one nearly the same."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import numpy as np
import pytest
import torch

from facial.models import verify
from facial.models.dlib_weights import Affine, Convolution, Linear, Network, Pool, Rectifier
from facial.models.errors import ModelDamaged
from facial.models.generated_chips import drawn_face, generated_chips
from facial.models.graph import average_grid, trunk_graph, whole_graph
from facial.models.model import unit
from facial.models.onnx_session import OnnxSession
from facial.models.quantise import quantised, ranged_values, with_outputs


def by_torch(network: Network, chips: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Embedding and features, layer by layer as dlib has them: nothing is folded, nothing computed ahead."""
    f = torch.nn.functional
    x = (torch.from_numpy(chips).permute(0, 3, 1, 2).double() - torch.tensor(network.mean).view(1, 3, 1, 1)) / 256
    blocks, before, after_pool = [], None, None
    in_block = False
    for layer in network.layers:
        match layer:
            case Convolution(filters, bias, stride, padding):
                if before is None and blocks is not None and in_block:
                    before = x
                weights = torch.from_numpy(filters).double()
                x = f.conv2d(x, weights, torch.from_numpy(bias).double(), stride, padding)
            case Affine(gamma, beta):
                x = x * torch.from_numpy(gamma).view(1, -1, 1, 1) + torch.from_numpy(beta).view(1, -1, 1, 1)
            case Rectifier():
                x = f.relu(x)
                if after_pool:  # the rectifier behind a sum ends a block
                    blocks.append(x)
                    after_pool, before = None, None
            case Pool("max", window, stride):
                x = f.max_pool2d(x, window, stride)
                in_block = True
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
                x, after_pool = both, True
    grids = [f.adaptive_avg_pool2d(blocks[6], 6).flatten(1), f.adaptive_avg_pool2d(blocks[9], 4).flatten(1)]
    return x.numpy(), torch.cat(grids, 1).numpy()


@pytest.fixture(scope="module")
def whole(network):
    return whole_graph(network)


def test_the_graph_computes_the_layers(network, whole):
    chips = generated_chips()[:3]
    embedding, features = OnnxSession(whole.SerializeToString()).run_all(("embedding", "features"), chips)
    expected, expected_features = by_torch(network, chips)
    assert np.allclose(embedding, expected, atol=1e-4 * np.abs(expected).max())
    assert np.allclose(features, expected_features, atol=1e-4 * np.abs(expected_features).max())


def test_the_trunk_is_the_part_that_gives_the_features(network, whole):
    chips = generated_chips()[:2]
    trunk = OnnxSession(trunk_graph(network).SerializeToString())
    assert trunk.outputs == ("features", "block03", "block07", "block10")
    maps = dict(zip(trunk.outputs, trunk.run_all(trunk.outputs, chips), strict=True))
    assert [maps[name].shape[1:] for name in trunk.outputs[1:]] == [(32, 35, 35), (64, 17, 17), (128, 8, 8)]
    assert np.allclose(maps["features"], OnnxSession(whole.SerializeToString()).run("features", chips), atol=1e-5)
    # 8 places to 4: each cell is the mean of 2 x 2
    cells = maps["block10"].reshape(2, 128, 4, 2, 4, 2).mean((3, 5)).reshape(2, -1)
    assert np.allclose(maps["features"][:, 64 * 36 :], cells, atol=1e-5)


@pytest.mark.parametrize(("side", "grid"), [(17, 6), (8, 4), (35, 35), (5, 3)])
def test_a_coarser_grid_keeps_the_mean_of_a_flat_map(side, grid):
    assert np.allclose(average_grid(side, grid).sum(0), 1)


def test_neighbouring_cells_share_the_place_that_lies_in_both():
    # 3 places in 2 cells: 0 to ceil(1.5) = 2 and floor(1.5) = 1 to 3
    assert np.allclose(average_grid(3, 2)[:, 0].reshape(3, 3), [[0.25, 0.25, 0], [0.25, 0.25, 0], [0, 0, 0]])


@pytest.mark.parametrize("change", ["order", "end", "padded"])
def test_a_network_of_other_layers_is_refused(network, change):
    layers = list(network.layers)
    if change == "order":
        layers[0], layers[1] = layers[1], layers[0]
    elif change == "end":
        del layers[-2]
    else:
        layers[0] = replace(layers[0], padding=3)
    with pytest.raises(ModelDamaged, match="not dlib's face network"):
        whole_graph(replace(network, layers=tuple(layers)))


def drawn_ranges(whole):
    names = ranged_values(whole)
    chips = np.stack([*(drawn_face(seed) for seed in range(12)), *generated_chips()])
    values = OnnxSession(with_outputs(whole, names).SerializeToString()).run_all(names, chips)
    return {name: (min(0.0, float(v.min())), float(v.max())) for name, v in zip(names, values, strict=True)}


def test_in_8_bits_the_embedding_is_nearly_the_same_and_the_file_a_quarter(whole):
    small = quantised(whole, drawn_ranges(whole)).SerializeToString()
    exact = OnnxSession(whole.SerializeToString())
    chips = np.stack([drawn_face(seed) for seed in range(40, 48)])
    one, two = (unit(session.run("embedding", chips)) for session in (exact, OnnxSession(small)))
    assert (one * two).sum(1).min() > 0.99
    assert len(small) < 0.28 * len(whole.SerializeToString())
    assert not np.array_equal(one, two)


def test_ranges_that_cut_off_what_is_seen_are_noticed(whole):
    narrow = {name: (low / 4, high / 4) for name, (low, high) in drawn_ranges(whole).items()}
    exact, small = (OnnxSession(model.SerializeToString()) for model in (whole, quantised(whole, narrow)))
    assert verify.in_8_bits(exact, small) < verify.LEAST_INT8_COSINE


@pytest.mark.parametrize("bad", [None, (0.0, 0.0), (1.0, 2.0), (float("nan"), 1.0)])
def test_a_range_that_is_absent_or_empty_is_refused(whole, bad):
    ranges = dict.fromkeys(ranged_values(whole), (0.0, 1.0))
    if bad is None:
        del ranges["block05"]
    else:
        ranges["block05"] = bad
    with pytest.raises(ModelDamaged, match="No range is known of block05"):
        quantised(whole, ranges)


def test_generated_chips_are_the_same_on_every_machine():
    # the sum that benchmarks.face_reference wrote, where dlib ran
    assert hashlib.sha256(generated_chips().tobytes()).hexdigest().startswith("6bdf0a54442fd170bf79911bb46ee477")
