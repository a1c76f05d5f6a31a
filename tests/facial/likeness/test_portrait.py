"""What is compared of a face: always the embedding, the measures only where all of them were read by known weights."""

from __future__ import annotations

import numpy as np

from facial.likeness.portrait import MEASURES, Portrait
from facial.reading import Face, Measurement


def face(codes, measured_by="w"):
    measured = tuple(Measurement(code, at, at, at, "ratio", ()) for at, code in enumerate(codes))
    return Face((0, 0, 1, 1), (), "m", np.ones(3, np.float32), measured, measured_by=measured_by)


def test_measures_stand_in_one_order_whatever_order_they_were_read_in():
    assert Portrait.of(face(reversed(MEASURES))).measures.tolist() == list(range(len(MEASURES)))[::-1]


def test_other_weights_make_another_model():
    models = {Portrait.of(face(MEASURES, by)).model for by in ("w", "v", None)}
    assert len(models) == 3
    assert "m" in models  # nothing said what measured: the embedding alone


def test_a_missing_measure_leaves_the_embedding_alone():
    portrait = Portrait.of(face(MEASURES[1:]))
    assert (portrait.model, len(portrait.measures), portrait.embedding.tolist()) == ("m", 0, [1, 1, 1])
