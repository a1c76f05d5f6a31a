from __future__ import annotations

import io
import json

import numpy as np
import pytest

from facial.alignment import TEMPLATE
from facial.measures.definitions import CODES, LANDMARKS
from facial.measures.head import SCHEMA, MeasurementHead
from facial.measures.views import BLOCKS
from facial.models.errors import ModelDamaged

DRAWN = 20


def written(**changed):
    """A head that reads `chin` as twice feature 0 plus .5, and places every landmark at feature (last of the face)."""
    weights = np.zeros((sum(BLOCKS) + 10, len(CODES)), np.float16)
    weights[0, CODES.index("chin")] = 1
    drawn = np.zeros((DRAWN + 10, 2 * len(LANDMARKS)), np.float16)
    drawn[DRAWN - 1] = 1
    arrays = {
        "manifest": np.array(json.dumps({"schema": SCHEMA, "codes": list(CODES), "landmarks": list(LANDMARKS)})),
        "weights": weights,
        "weights_scale": np.full(len(CODES), 2, np.float32),
        "offset": np.full(len(CODES), 0.5),
        "sd": np.full(len(CODES), 0.1),
        "ninety": np.full(len(CODES), 0.2),
        "drawn": drawn,
        "drawn_scale": np.ones(2 * len(LANDMARKS), np.float32),
        "drawn_offset": np.zeros(2 * len(LANDMARKS)),
    } | changed
    content = io.BytesIO()
    np.savez(content, allow_pickle=False, **{name: array for name, array in arrays.items() if array is not None})
    return content.getvalue()


@pytest.fixture
def features():
    found = np.zeros(sum(BLOCKS), np.float32)
    found[0], found[BLOCKS[0] - 1] = 3, 70
    return found


def test_a_measure_is_read_with_the_error_found_on_people_left_out(features):
    found = {each.code: each for each in MeasurementHead.read(written()).measure(features, TEMPLATE)}
    chin = found["chin"]
    assert (chin.value, chin.sd) == (6.5, 0.1)  # 2 * 3 + .5
    assert (chin.low, chin.high) == pytest.approx((6.3, 6.7))
    assert found["slant"].value == 0.5
    assert tuple(found) == CODES


def test_lines_come_as_pairs_of_ends(features):
    found = {each.code: each for each in MeasurementHead.read(written()).measure(features, TEMPLATE)}
    assert found["chin"].line.tolist() == [[70, 70], [70, 70]]
    assert found["pfl_fw"].line.shape == (4, 2)  # both eyes
    assert found["brow_arch"].line.shape == (8, 2)


def test_other_features_are_refused(features):
    with pytest.raises(ValueError, match="features are"):
        MeasurementHead.read(written()).values(features[None, :-1], TEMPLATE[None])


@pytest.mark.parametrize(
    "changed",
    [
        {"manifest": np.array(json.dumps({"schema": SCHEMA + 1, "codes": [*CODES], "landmarks": [*LANDMARKS]}))},
        {"manifest": np.array(json.dumps({"schema": SCHEMA, "codes": ["chin"], "landmarks": [*LANDMARKS]}))},
        {"manifest": np.array("{}")},
        {"sd": None},
        {"weights": np.zeros((7, len(CODES)), np.float16)},
    ],
)
def test_a_head_of_another_layout_is_refused(changed):
    with pytest.raises(ModelDamaged):
        MeasurementHead.read(written(**changed))


def test_bytes_that_are_no_head_are_refused():
    for content in (b"", b"PK\x03\x04 and no more", written()[:1000]):
        with pytest.raises(ModelDamaged):
            MeasurementHead.read(content)


def test_weights_cannot_be_written_to():
    with pytest.raises(ValueError, match="read-only"):
        MeasurementHead.read(written()).weights[0] = 1
