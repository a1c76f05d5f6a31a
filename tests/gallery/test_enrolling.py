"""A face is enrolled once its diagnosis is signed and its consents stand, and leaves with consent or with the case."""

from __future__ import annotations

import pytest

from facial.likeness.gallery import GalleryMixed
from facial.likeness.portrait import Portrait
from service.audit.trail import verify
from service.cases.consents import withdraw_consent
from service.cases.desk import operator_desk
from service.cases.erasing import erase_case
from service.cases.rules import CaseRules
from service.consent.consent import Purpose
from service.gallery.enrolling import AlreadyEnrolled, OfCase, enrol_case, enrol_photo, remove_case
from service.gallery.reading import DiseaseUnstated, FaceRefused
from service.gallery.rows import NewFace, age_band, faces, rows
from service.models.stored import ErasureInput, ErasureReason
from service.problems import ProblemError
from service.store.tables import enrolled, enrolled_key

MODEL, MARFAN_LIKE, OTHER = "a" * 64, "OMIM:900001", "OMIM:900002"
NOTHING_SAID = OfCase()


@pytest.fixture
def enrol(desk, reader, small_knowledge):
    def enrolled_one(case_id, given=NOTHING_SAID, by="clinician north", reader=reader):
        return enrol_case(desk(by), lambda department: reader, small_knowledge, case_id, given)

    return enrolled_one


@pytest.fixture
def held(hospital):
    return lambda: hospital.keeping.database.read(rows)


def test_a_signed_case_with_both_consents_is_enrolled(enrol, signed_case, held, hospital, links):
    id = signed_case()
    enrol(id, OfCase(ancestry="han"))
    (row,) = held()
    assert (row.case, row.disease, row.age_band, row.sex, row.ancestry) == (id, MARFAN_LIKE, "4-7", "female", "han")
    assert (row.model, row.origin, row.synthetic) == (MODEL, None, False)
    assert links("enrolled") == [
        ("create", {"case": id, "disease": MARFAN_LIKE, "model": MODEL[:16], "synthetic": False})
    ]
    assert hospital.keeping.database.read(verify).sound


def test_what_is_kept_is_sealed_under_the_key_of_the_case(enrol, signed_case, hospital):
    enrol(signed_case())
    vault, read = hospital.keeping.vault, hospital.keeping.database.read
    (face,) = read(lambda c: faces(c, vault)).values()
    sealed = read(lambda c: c.execute(enrolled.select()).mappings().one()["sealed"])
    assert face.portrait.embedding.tobytes()[:8] not in sealed
    assert read(lambda c: c.execute(enrolled_key.select()).all()) == []


@pytest.mark.parametrize("purposes", [("photo",), ("photo", "assessment"), ("photo", "federation")])
def test_consent_to_a_photo_is_none_to_the_gallery(enrol, signed_case, held, purposes):
    with pytest.raises(ProblemError) as refused:
        enrol(signed_case(purposes=purposes))
    assert refused.value.status == 409
    assert "gallery" in refused.value.detail
    assert not held()


def test_a_child_does_not_consent_to_the_gallery_alone(hospital, signed_case):
    id = signed_case(purposes=("photo",), giver="guardian")
    given = {"purpose": "gallery", "given_by": "patient"}
    answer = hospital.client("clinician north").post(f"/api/v1/cases/{id}/consents", json=given)
    assert answer.status_code == 422
    assert "given_by" in answer.text


@pytest.mark.parametrize("decision", [None, "none", "more_data"])
def test_a_case_without_a_signed_diagnosis_is_refused(enrol, signed_case, held, decision):
    with pytest.raises(DiseaseUnstated, match="not signed"):
        enrol(signed_case(decision=decision))
    assert not held()


def test_another_diagnosis_than_the_signed_one_is_refused(enrol, signed_case):
    with pytest.raises(DiseaseUnstated, match="another disease"):
        enrol(signed_case(), OfCase(disease=OTHER))


def test_an_exact_other_id_of_the_disease_is_the_same_disease(enrol, signed_case, held, small_knowledge):
    ids = small_knowledge.diseases.ids(small_knowledge.diseases.position(MARFAN_LIKE))
    enrol(signed_case(disease=ids[-1]), OfCase(disease=ids[0]))
    assert held()[0].disease == ids[0]


def test_one_photo_is_enrolled_once(enrol, signed_case, held):
    enrol(signed_case(seed=5))
    with pytest.raises(AlreadyEnrolled):
        enrol(signed_case(seed=5, disease=OTHER))
    assert len(held()) == 1


def test_faces_of_two_models_do_not_mix(enrol, signed_case, held, reader_of):
    enrol(signed_case(seed=1))
    with pytest.raises(GalleryMixed):
        enrol(signed_case(seed=2), reader=reader_of("b" * 64))
    assert len(held()) == 1


def test_a_photo_without_a_face_is_refused(enrol, signed_case, reader):
    class Blind:
        def describe(self, photo_id, content, patient):
            return reader.describe(photo_id, b"\xff\xd8\xff\xe0nobody", patient)

    with pytest.raises(FaceRefused):
        enrol(signed_case(), reader=Blind())


@pytest.mark.parametrize("who", ["clinician south", "second_reader north", "administrator north", "auditor north"])
def test_who_may_not_write_the_case_may_not_enrol_it(enrol, signed_case, held, who):
    with pytest.raises(ProblemError) as refused:
        enrol(signed_case(), by=who)
    assert refused.value.status in {403, 404}
    assert not held()


def consent_of(hospital, id, purpose):
    kept = hospital.client("clinician north").get(f"/api/v1/cases/{id}").json()
    return next(each["id"] for each in kept["consents"] if each["purpose"] == purpose)


def test_the_face_leaves_with_its_consent_and_others_stay(enrol, signed_case, held, hospital, desk, links):
    gone, stays = signed_case(seed=1), signed_case(seed=2)
    enrol(gone)
    enrol(stays)
    withdraw_consent(desk(), gone, consent_of(hospital, gone, "gallery"))
    assert [row.case for row in held()] == [stays]
    assert ("erase", {"enrolled": 1}) in links("case")


def test_withdrawing_another_consent_leaves_the_face(enrol, signed_case, held, hospital, desk):
    id = signed_case(purposes=("photo", "gallery", "federation"))
    enrol(id)
    withdraw_consent(desk(), id, consent_of(hospital, id, Purpose.FEDERATION))
    assert len(held()) == 1


def test_the_face_leaves_with_the_case(enrol, signed_case, held, desk, hospital):
    id = signed_case()
    enrol(id)
    erase_case(desk("administrator north"), id, ErasureInput(reason=ErasureReason.REQUEST))
    assert not held()


def test_a_face_is_taken_out_while_its_case_stays(enrol, signed_case, held, desk, hospital):
    id = signed_case()
    enrol(id)
    assert remove_case(desk(), id) == 1
    assert remove_case(desk(), id) == 0
    assert not held()
    assert hospital.client("clinician north").get(f"/api/v1/cases/{id}").json()["photos"]


def test_a_photo_with_a_consent_on_paper_has_a_key_of_its_own(hospital, reader, small_knowledge, held, photo):
    keeping = hospital.keeping
    operator = keeping.database.read(lambda c: operator_desk(c, keeping, CaseRules()))
    about = NewFace(Portrait.empty(), OTHER, "p1", "male", "0", paper="2026/17")
    id = enrol_photo(operator, reader, small_knowledge, photo(9), about)
    assert held()[0].case is None
    keys = keeping.database.read(lambda c: c.execute(enrolled_key.select()).mappings().all())
    assert [key["enrolled"] for key in keys] == [id]
    (face,) = keeping.database.read(lambda c: faces(c, keeping.vault)).values()
    assert (face.disease, face.person) == (OTHER, "p1")


@pytest.mark.parametrize(
    ("days", "band"),
    [(None, None), (0, "0"), (365, "0"), (366, "1-3"), (6574, "13-17"), (6575, "18-39"), (30000, "65+")],
)
def test_ages_are_kept_as_bands(days, band):
    # 18 years are 18 * 365.25 = 6574.5 days
    assert age_band(days) == band
