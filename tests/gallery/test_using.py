"""Likeness weighs once it was evaluated on this very gallery, and every use is a link of the trail."""

from __future__ import annotations

import pytest

from facial.likeness.gallery import GalleryUnusable
from facial.reading import FacePatient, PhotoReading
from service.audit.trail import verify
from service.gallery.evaluating import evaluate_gallery
from service.gallery.showing import remove_faces, summary
from service.gallery.using import GalleryInUse

DISEASES = ("OMIM:900001", "OMIM:900002", "OMIM:900003", "OMIM:900004")
GROUPS = tuple((disease, 6) for disease in DISEASES)


@pytest.fixture
def in_use(hospital, small_knowledge):
    return GalleryInUse(hospital.keeping, small_knowledge)


@pytest.fixture
def asked(reader, photo):
    """The reading of a new patient of the group `towards`."""
    return lambda towards=0, seed=5000: reader.describe("p", photo(seed, towards), FacePatient())


def why(readings):
    return {each.why_not for reading in readings for each in reading.likenesses}


def test_an_empty_gallery_likens_to_nothing_and_records_nothing(in_use, asked, links):
    (found,) = in_use.compared([asked()], "someone")
    assert found.likenesses == ()
    assert links("gallery") == []


def test_likeness_is_shown_and_weighs_nothing_until_it_was_evaluated(in_use, asked, filled, hospital, small_knowledge):
    filled(*GROUPS)
    (before,) = in_use.compared([asked(2)], "someone")
    assert before.likenesses[0].disease == DISEASES[2]
    assert why([before]) == {"not_evaluated"}
    found = evaluate_gallery(hospital.keeping, small_knowledge, "operator")
    assert all(each.passed for each in found.diseases)
    (after,) = in_use.compared([asked(2)], "someone")
    assert all(each.weighs for each in after.likenesses)
    assert after.likenesses[0].nats > 0


def test_a_change_of_the_gallery_voids_the_evaluation(in_use, asked, filled, hospital, small_knowledge):
    ids = filled(*GROUPS)
    evaluate_gallery(hospital.keeping, small_knowledge, "operator")
    remove_faces(hospital.keeping, "operator", id=ids[0])
    assert why(in_use.compared([asked()], "someone")) == {"not_evaluated"}
    assert summary(hospital.keeping, small_knowledge, "operator").evaluation is None
    evaluate_gallery(hospital.keeping, small_knowledge, "operator")
    filled((DISEASES[0], 1), first=7000)
    assert why(in_use.compared([asked()], "someone")) == {"not_evaluated"}


def test_what_is_unchanged_is_fitted_once(in_use, filled, hospital, small_knowledge):
    filled(*GROUPS)
    assert in_use.fitted() is in_use.fitted()
    evaluate_gallery(hospital.keeping, small_knowledge, "operator")
    assert in_use.fitted().verdict is not None


def test_a_synthetic_gallery_never_weighs(in_use, asked, filled, hospital, small_knowledge):
    filled(*GROUPS, synthetic=True)
    evaluate_gallery(hospital.keeping, small_knowledge, "operator")
    assert why(in_use.compared([asked()], "someone")) == {"synthetic"}


def test_a_face_of_another_model_is_told_so(in_use, filled, reader_of, photo):
    filled(*GROUPS)
    reading = reader_of("b" * 64).describe("p", photo(1), FacePatient())
    assert why(in_use.compared([reading], "someone")) == {"other_model"}


def test_every_use_is_recorded_without_a_word_about_the_patient(in_use, asked, filled, links, hospital):
    filled(*GROUPS)
    in_use.compared([asked(), PhotoReading(), asked(1, 6000)], "someone", case="0" * 32)
    assert links("gallery") == [("view", {"photos": 2, "weighing": 0, "case": "0" * 32})]
    assert hospital.keeping.database.read(verify).sound


def test_an_empty_gallery_cannot_be_evaluated(hospital, small_knowledge):
    with pytest.raises(GalleryUnusable):
        evaluate_gallery(hospital.keeping, small_knowledge, "operator")


def test_counts_are_told_with_what_was_found(filled, hospital, small_knowledge, links):
    filled(*GROUPS)
    evaluate_gallery(hospital.keeping, small_knowledge, "operator")
    found = summary(hospital.keeping, small_knowledge, "operator")
    assert [(each.disease, each.persons, each.imported) for each in found.diseases] == [(d, 6, 0) for d in DISEASES]
    assert all(each.found["gain_at_least"] > 0 for each in found.diseases)
    assert ("assess", {"persons": 24, "diseases": 4, "passed": 4}) in links("gallery")
