"""What a face adds: bounded, once, only where it weighs, and shown so that the addends sum to the score."""

from __future__ import annotations

import numpy as np
import pytest

from facial.likeness.calibrate import MOST_AGAINST_NATS, MOST_FOR_NATS
from facial.reading import Face, Likeness, PhotoReading
from matching.assess import Assessor
from matching.case import Case, Photo
from matching.likeness import FaceLikeness
from matching.prevalence import Prior
from ontology.features import Abstention, Assertion, Mention, PatientSex, Statement, Unread

ARACHNODACTYLY, SCOLIOSIS = "HP:0001166", "HP:0002650"


@pytest.fixture(scope="module")
def assessor(small_knowledge):
    return Assessor.open(small_knowledge)


def seen(*told):
    face = Face((0, 0, 9, 9), (), "m", np.zeros(2, np.float32))
    return PhotoReading(face, likenesses=told)


def like(disease, nats, weighs=True, rank=1, cases=7):
    return Likeness(disease, rank, nats, cases, weighs, None if weighs else "few_cases", "2026-11-23")


def case(*types, **given):
    stated = tuple(Mention(type, Assertion.OBSERVED, Statement("dr.li")) for type in types)
    return Case("c", stated=stated, **given)


def scores(report):
    return {disease.id: disease.score for disease in report.ranking.diseases}


def test_a_likeness_is_one_addend_with_its_cases_and_day(assessor):
    told = case(ARACHNODACTYLY, SCOLIOSIS)
    plain = assessor.assess(told, tests=False)
    found = assessor.assess(told, tests=False, seen=[seen(like("OMIM:900002", 1.5))])
    first = {disease.id: disease for disease in found.ranking.diseases}
    assert scores(found)["OMIM:900002"] - scores(plain)["OMIM:900002"] == pytest.approx(1.5)
    assert scores(found)["OMIM:900001"] == scores(plain)["OMIM:900001"]
    addend = first["OMIM:900002"].likeness
    assert (addend.nats, addend.rank, addend.cases, addend.photos, addend.evaluated) == (1.5, 1, 7, 1, "2026-11-23")
    assert first["OMIM:900001"].likeness is None


def test_addends_sum_to_the_score_beside_age_and_prior(assessor):
    told = case(ARACHNODACTYLY, "HP:0007359", sex=PatientSex.FEMALE, age_days=40)
    report = assessor.assess(told, prior=Prior.PREVALENCE, seen=[seen(like("OMIM:900001", 1.25))])
    (with_face,) = (disease for disease in report.ranking.diseases if disease.likeness)
    assert with_face.circumstances
    assert with_face.prior
    for disease in report.ranking.diseases:
        assert sum(disease.addends) == pytest.approx(disease.score, abs=1e-4)


def test_it_moves_the_belief_and_the_order(assessor):
    told = case(ARACHNODACTYLY)
    last = assessor.assess(told, tests=False).ranking.diseases[-1].id
    before = {d.id: d.probability for d in assessor.assess(told, tests=False).ranking.diseases}
    after = assessor.assess(told, tests=False, seen=[seen(like(last, 2.0))]).ranking.diseases
    assert {d.id: d.probability for d in after}[last] > before[last]


@pytest.mark.parametrize(("nats", "added"), [(50.0, MOST_FOR_NATS), (-50.0, -MOST_AGAINST_NATS)])
def test_it_is_bounded_whatever_a_gallery_says(small_knowledge, nats, added):
    (addend,) = FaceLikeness.of(small_knowledge, [seen(like("OMIM:900001", nats))]).addends.values()
    assert addend.nats == added


def test_several_photos_of_a_patient_count_once(small_knowledge):
    # the mean of 2 and 1
    photos = [seen(like("OMIM:900001", 2.0, rank=1)), seen(like("OMIM:900001", 1.0, rank=3))]
    (addend,) = FaceLikeness.of(small_knowledge, photos).addends.values()
    assert (addend.nats, addend.rank, addend.photos) == (1.5, 1, 2)


def test_two_ids_of_one_disease_count_once(small_knowledge):
    ids = next(ids for p in range(len(small_knowledge.diseases)) if len(ids := small_knowledge.diseases.ids(p)) > 1)
    told = seen(like(ids[0], 2.0, cases=5), like(ids[1], 1.0, cases=9))
    (addend,) = FaceLikeness.of(small_knowledge, [told]).addends.values()
    assert (addend.nats, addend.cases) == (1.0, 9)


@pytest.mark.parametrize(
    "told", [like("OMIM:900001", 2.0, weighs=False), like("OMIM:900001", None), like("OMIM:999999", 2.0)]
)
def test_what_does_not_weigh_or_is_not_known_changes_nothing(assessor, told):
    findings = case(ARACHNODACTYLY)
    assert assessor.assess(findings, seen=[seen(told)]) == assessor.assess(findings)


def test_a_face_alone_ranks_nothing(assessor):
    report = assessor.assess(case(), seen=[seen(like("OMIM:900001", 2.0))])
    assert not report.ranking.diseases


def test_photos_that_were_seen_are_not_described_again_and_abstain_for_themselves(assessor):
    photographed = case(ARACHNODACTYLY, photos=(Photo("p", b"\xff\xd8\xff"),))
    declined = Abstention("facial", Unread.NO_FACE_MODEL)
    assert assessor.assess(photographed).abstentions == (declined,)
    assert assessor.assess(photographed, seen=[seen()]).abstentions == ()
    assert assessor.assess(photographed, seen=[PhotoReading(abstention=declined)]).abstentions == (declined,)
