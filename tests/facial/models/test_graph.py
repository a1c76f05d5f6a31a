"""The graph computes what the layers say, and the 8-bit one nearly the same."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import numpy as np
import pytest

from facial.models import verify
from facial.models.errors import ModelDamaged
from facial.models.generated_chips import drawn_face, generated_chips
from facial.models.graph import trunk_graph, whole_graph
from facial.models.grid import average_grid
from facial.models.model import unit
from facial.models.onnx_session import OnnxSession
from facial.models.quantise import quantised, ranged_values


@pytest.fixture(scope="module")
def whole(network):
    return whole_graph(network)


def test_the_graph_computes_the_layers(network, whole, layer_by_layer):
    chips = generated_chips()[:3]
    embedding, features = OnnxSession(whole.SerializeToString()).run_all(("embedding", "features"), chips)
    expected, expected_features = layer_by_layer(network, chips)
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


def test_in_8_bits_the_embedding_is_nearly_the_same_and_the_file_a_quarter(whole, drawn_ranges):
    small = quantised(whole, drawn_ranges).SerializeToString()
    exact = OnnxSession(whole.SerializeToString())
    chips = np.stack([drawn_face(seed) for seed in range(40, 48)])
    one, two = (unit(session.run("embedding", chips)) for session in (exact, OnnxSession(small)))
    assert (one * two).sum(1).min() > 0.99
    assert len(small) < 0.28 * len(whole.SerializeToString())
    assert not np.array_equal(one, two)


def test_ranges_that_cut_off_what_is_seen_are_noticed(whole, drawn_ranges):
    narrow = {name: (low / 4, high / 4) for name, (low, high) in drawn_ranges.items()}
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
