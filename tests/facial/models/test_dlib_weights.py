"""dlib's file is read to its last byte, or refused."""

from __future__ import annotations

import contextlib
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from facial.models.dlib_weights import Convolution, Network, read_network
from facial.models.errors import ModelDamaged


def same(one: Network, two: Network) -> bool:
    def values(layer):
        return {name: getattr(layer, name) for name in layer.__slots__}

    return (
        np.allclose(one.mean, two.mean, rtol=1e-7)
        and one.size == two.size
        and [type(layer) for layer in one.layers] == [type(layer) for layer in two.layers]
        and all(
            np.array_equal(value, values(b)[name])
            for a, b in zip(one.layers, two.layers, strict=True)
            for name, value in values(a).items()
        )
    )


def test_what_was_written_is_read(network, written):
    assert same(read_network(written(network)), network)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_a_file_that_ends_early_is_refused(small_network, written, data):
    content = written(small_network)
    with pytest.raises(ModelDamaged):
        read_network(content[: data.draw(st.integers(0, len(content) - 1))])


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(place=st.integers(0, 5_000), byte=st.integers(0, 255))
def test_a_changed_byte_gives_a_network_or_a_refusal(small_network, written, place, byte):
    content = bytearray(written(small_network))
    content[place % len(content)] = byte
    with contextlib.suppress(ModelDamaged):
        assert len(read_network(bytes(content)).layers) > 1


@pytest.mark.parametrize("content", [b"", b"\x01", b"GIF89a" * 20, b"\x08" + b"\xff" * 64])
def test_other_files_are_refused(content):
    with pytest.raises(ModelDamaged, match="no network of dlib's"):
        read_network(content)


def test_a_file_that_ends_between_two_layers_is_refused(small_network, written):
    content = written(small_network)
    with pytest.raises(ModelDamaged, match="the last layer is not there"):
        read_network(content[: content.rindex(b"\x01\x04fc_2")])


def test_bytes_behind_the_last_layer_are_refused(small_network, written):
    with pytest.raises(ModelDamaged):
        read_network(written(small_network) + b"\x01\x00")


def test_a_tensor_larger_than_the_file_takes_no_memory(small_network, written):
    content = written(small_network)
    name = content.index(b"con_4") + len(b"con_4")
    assert content[name : name + 3] == bytes([1, 2, 2])  # version 2, then the count, in 2 bytes
    forged = content[: name + 2] + b"\x08" + b"\xff" * 7 + b"\x0f" + content[name + 5 :]
    with pytest.raises(ModelDamaged, match="are left"):
        read_network(forged)


def test_a_weight_that_is_no_number_is_refused(small_network, written):
    first = small_network.layers[0]
    assert isinstance(first, Convolution)
    bias = first.bias.copy()
    bias[0] = np.nan
    damaged = replace(small_network, layers=(replace(first, bias=bias), *small_network.layers[1:]))
    with pytest.raises(ModelDamaged, match="not finite"):
        read_network(written(damaged))
