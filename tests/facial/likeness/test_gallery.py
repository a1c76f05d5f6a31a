"""A gallery is of one model and of one kind of face, and its digest is of what is in it."""

from __future__ import annotations

import numpy as np
import pytest

from facial.likeness.gallery import Enrolled, GalleryMixed, GalleryUnusable, gathered
from facial.likeness.portrait import Portrait


def face(x, y, disease="OMIM:1", person="a", model="m", synthetic=False, measures=()):
    portrait = Portrait(np.array([x, y], np.float32), np.array(measures, np.float32), model)
    return Enrolled(portrait, disease, person, synthetic)


def test_models_do_not_mix():
    with pytest.raises(GalleryMixed, match="different models"):
        gathered([face(1, 0), face(0, 1, model="another")])


def test_synthetic_and_real_faces_do_not_mix():
    with pytest.raises(GalleryMixed, match="Synthetic"):
        gathered([face(1, 0), face(0, 1, synthetic=True)])


@pytest.mark.parametrize("vector", [[np.nan, 1], [0, 0]])
def test_what_is_no_embedding_is_refused(vector):
    with pytest.raises(GalleryUnusable):
        gathered([face(*vector)])


def test_measured_and_unmeasured_faces_are_not_put_together():
    with pytest.raises(GalleryUnusable, match="differ"):
        gathered([face(1, 0), face(0, 1, measures=[0.5])])


def test_no_face_is_no_gallery():
    with pytest.raises(GalleryUnusable):
        gathered([])


def test_vectors_are_of_unit_length_and_cannot_be_changed():
    gallery = gathered([face(3, 4)])
    assert gallery.vectors.tolist() == [[pytest.approx(0.6), pytest.approx(0.8)]]
    with pytest.raises(ValueError, match="read-only"):
        gallery.vectors[0, 0] = 1


def test_the_digest_knows_no_order_and_every_change():
    one, two = face(1, 0), face(0, 1, disease="OMIM:2", person="b")
    digest = gathered([one, two]).digest
    assert gathered([two, one]).digest == digest
    changes = (face(1, 0.01), face(1, 0, disease="OMIM:3"), face(1, 0, person="c"))
    assert len({digest, *(gathered([changed, two]).digest for changed in changes)}) == 4
    measured = [gathered([face(1, 0, measures=[value])]).digest for value in (1, 2)]
    assert len({gathered([one]).digest, *measured}) == 3
    assert gathered([face(1, 0, model="n"), face(0, 1, "OMIM:2", "b", "n")]).digest != digest


def test_several_photos_of_a_person_are_one_face():
    # (1, 0) and (0, 1) of one person with one disease: their mean at unit length
    people = gathered([face(1, 0), face(0, 1), face(0, 1, person="b")]).one_a_person()
    assert people.persons == ("a", "b")
    assert people.vectors[0].tolist() == pytest.approx([0.5**0.5, 0.5**0.5])


def test_a_person_is_taken_out_with_every_face():
    gallery = gathered([face(1, 0), face(0, 1, disease="OMIM:2"), face(0, 1, person="b")])
    assert gallery.without(["a"]).persons == ("b",)
    assert gallery.persons_of("OMIM:1") == 2
