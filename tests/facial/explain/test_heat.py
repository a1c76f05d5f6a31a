"""Heat lies where the answer is read, on answers whose weights are known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facial.alignment import SIDE
from facial.explain.heat import explain, explain_likeness, explain_term, explain_terms
from facial.explain.remembering import Remembering
from tests.facial.explain.conftest import CELLS, CellModel, cells, frame_of, reads_spot, spotted

HERE, THERE = (45, 60), (105, 95)


def peak(heat):
    y, x = np.unravel_index(int(heat.map.argmax()), heat.map.shape)
    return x, y


@pytest.mark.parametrize("spot", [HERE, THERE, (75, 120)])
def test_heat_lies_where_the_weights_are_and_the_face_is_unusual(flat, spot):
    (heat,) = explain(reads_spot(*spot), frame_of(spotted(HERE, THERE, (75, 120))), flat)

    assert np.hypot(*np.subtract(peak(heat), spot)) < 12  # covers lie 19.5 apart
    left, top, right, bottom = heat.regions[0].box
    assert left <= spot[0] < right
    assert top <= spot[1] < bottom


def test_what_carries_the_answer_moves_it_and_as_much_elsewhere_does_not(flat):
    (heat,) = explain(reads_spot(*HERE), frame_of(spotted(HERE)), flat)

    # the spot of 220 becomes the light about it: 100 and what a blur of SD 20 keeps of 13 x 13 bright pixels, under 9
    assert 220 - 109 <= heat.reach <= 120
    assert heat.whole == pytest.approx(heat.reach, abs=3)
    assert abs(heat.elsewhere) < 1
    assert heat.holds


def test_a_face_without_what_is_asked_for_has_no_heat(flat):
    """The spot speaks for more; asked for less, nothing speaks."""
    (heat,) = explain(lambda chips: -reads_spot(*HERE)(chips), frame_of(spotted(HERE)), flat)

    assert heat.map.max() == 0
    assert heat.regions == ()
    assert not heat.holds


def test_two_places_share_the_heat_by_what_they_carry(flat):
    (heat,) = explain(
        lambda chips: 2 * reads_spot(*HERE)(chips) + reads_spot(*THERE)(chips), frame_of(spotted(HERE, THERE)), flat
    )

    assert [
        left <= x < right
        for (left, _, right, _), (x, _) in zip((region.box for region in heat.regions), (HERE, THERE), strict=True)
    ] == [True, True]
    assert heat.regions[0].share > heat.regions[1].share


def test_what_is_added_to_an_answer_does_not_move_its_heat(flat):
    frame = frame_of(spotted(HERE, THERE))
    (plain,), (raised,) = (
        explain(lambda chips, more=more: reads_spot(*HERE)(chips) + np.float32(more), frame, flat) for more in (0, 64)
    )

    assert np.allclose(plain.map, raised.map, atol=1e-4)
    assert [each.box for each in plain.regions] == [each.box for each in raised.regions]
    assert plain.reach == pytest.approx(raised.reach, abs=1e-3)


@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 2**16),
    shift=st.tuples(st.floats(-60, 60), st.floats(-60, 60)),
    turn=st.floats(-3, 3),
    scale=st.floats(0.3, 4),
)
def test_heat_is_bounded_and_its_regions_lie_in_the_photo(seed, shift, turn, scale):
    generator = np.random.default_rng(seed)
    chip = generator.integers(0, 256, (SIDE, SIDE, 3), np.uint8)
    weights = generator.normal(size=(CELLS**2, 1)).astype("f4")
    turned = scale * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    to_photo = np.column_stack([turned, np.add(shift, 100)])

    (heat,) = explain(lambda chips: cells(chips) @ weights, frame_of(chip, to_photo, (200, 160)))

    assert heat.map.shape == (SIDE, SIDE)
    assert heat.map.dtype == np.float32
    assert heat.map.min() >= 0
    assert heat.map.max() == pytest.approx(1)
    assert sum(region.share for region in heat.regions) <= 1 + 1e-6
    for left, top, right, bottom in (region.box for region in heat.regions):
        assert 0 <= left < right <= 200
        assert 0 <= top < bottom <= 160


def test_a_measure_is_explained_over_the_views_it_is_read_from(model, head):
    """Measures are means over a face and its mirror image: row 6, column 4 is read at x 45 and at x 149 - 45 = 104."""
    chip = spotted((45, 65), (104, 65))
    heat = explain_term(model, head, frame_of(chip), "6.4", 1)

    sides = sorted((left + right) / 2 for left, _, right, _ in (region.box for region in heat.regions))
    assert sides == [pytest.approx(45, abs=12), pytest.approx(104, abs=12)]


def test_several_measures_are_explained_as_each_alone_with_the_covered_faces_computed_once(model, head):
    frame = frame_of(spotted((45, 65), (105, 105)))
    alone = [explain_term(CellModel(), head, frame, code, way) for code, way in (("6.4", 1), ("10.10", 1))]
    together = explain_terms(model, head, frame, (("6.4", 1), ("10.10", 1)))

    assert [np.allclose(a.map, b.map) for a, b in zip(alone, together, strict=True)] == [True, True]
    assert [each.reach for each in together] == pytest.approx([each.reach for each in alone])
    single = CellModel()
    explain_term(single, head, frame, "6.4", 1)
    assert model.shown < 1.3 * single.shown


def test_a_likeness_is_explained_by_its_direction(model):
    direction = np.zeros(CELLS**2)
    direction[6 * CELLS + 4] = 1
    heat = explain_likeness(model, frame_of(spotted((45, 65))), direction)

    assert peak(heat) == (pytest.approx(45, abs=12), pytest.approx(65, abs=12))


def test_a_model_without_features_explains_no_measure(head):
    class Blind(CellModel):
        def features(self, chips):
            return None

    with pytest.raises(ValueError, match="no mid-layer features"):
        explain_term(Blind(), head, frame_of(spotted(HERE)), "6.4", 1)


def test_a_remembering_model_says_what_the_model_says_and_asks_once(model):
    first, second = spotted(HERE), spotted(THERE)
    remembering = Remembering(model)
    shown = np.stack([first, second, first])

    assert np.array_equal(remembering.features(shown), CellModel().features(shown))
    assert np.array_equal(remembering.features(shown[1:]), CellModel().features(shown[1:]))
    assert model.shown == 2
