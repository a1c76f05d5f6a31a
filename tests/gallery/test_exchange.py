"""A gallery travels as numbers, whole or not at all, and only as far as was consented to."""

from __future__ import annotations

import json

import numpy as np
import pytest
from sqlalchemy import update

from facial.likeness.gallery import GalleryMixed, GalleryUnusable
from service.gallery.enrolling import AlreadyEnrolled, OfCase, enrol_case
from service.gallery.exchange import FileDamaged, export_gallery, import_gallery, read_file
from service.gallery.rows import faces, rows
from service.gallery.showing import remove_faces
from service.store.tables import enrolled

DISEASE, OTHER = "OMIM:900001", "OMIM:900002"


@pytest.fixture
def other_hospital(hospital_with):
    return hospital_with()


def held(hospital):
    return hospital.keeping.database.read(rows)


def test_what_is_imported_is_what_was_exported(filled, hospital, other_hospital, links):
    filled((DISEASE, 2), (OTHER, 1))
    file = export_gallery(hospital.keeping, "operator").content.encode()
    assert import_gallery(other_hospital.keeping, file, "North General", "operator") == 3
    assert {row.origin for row in held(other_hospital)} == {"North General"}
    before, after = (
        h.keeping.database.read(lambda c, h=h: faces(c, h.keeping.vault)) for h in (hospital, other_hospital)
    )
    for id, face in before.items():
        assert np.array_equal(face.portrait.embedding, after[id].portrait.embedding)
        assert face.disease == after[id].disease
    assert [action for action, _ in links("gallery")] == ["export"]


def test_a_file_holds_no_case_no_name_and_no_consent(filled, hospital, signed_case, desk, reader, small_knowledge):
    case = signed_case(purposes=("photo", "gallery", "federation"), seed=77)
    enrol_case(desk(), lambda department: reader, small_knowledge, case, OfCase())
    filled((DISEASE, 1))
    content = export_gallery(hospital.keeping, "operator").content
    consents = {row.consent for row in held(hospital) if row.consent}
    departments = set(hospital.departments.values())
    for secret in (case, '"p0"', '"c0"', *consents, *departments):
        assert secret not in content
    of_face = {"id", "person", "disease", "sex", "age_band", "embedding", "measures"}
    assert set().union(*json.loads(content)["faces"]) == of_face


def test_persons_stay_apart_and_are_named_anew_each_time(filled, hospital):
    filled((DISEASE, 2))
    people = [
        {face["person"] for face in json.loads(export_gallery(hospital.keeping, "o").content)["faces"]} for _ in "ab"
    ]
    assert [len(each) for each in people] == [2, 2]
    assert not people[0] & people[1]


def test_what_was_not_consented_to_be_given_stays(filled, hospital, signed_case, desk, reader, small_knowledge):
    kept = signed_case(seed=50)
    enrol_case(desk(), lambda department: reader, small_knowledge, kept, OfCase())
    filled((DISEASE, 1))
    filled((DISEASE, 1), shareable=False, first=500)
    found = export_gallery(hospital.keeping, "operator")
    assert (found.faces, found.not_consented, found.imported) == (1, 2, 0)


def test_what_came_from_others_is_not_passed_on(filled, hospital, other_hospital):
    filled((DISEASE, 1))
    import_gallery(other_hospital.keeping, export_gallery(hospital.keeping, "o").content.encode(), "North", "o")
    with pytest.raises(GalleryUnusable, match="No face may be given"):
        export_gallery(other_hospital.keeping, "o")


def test_the_same_file_is_not_imported_twice_and_can_be_replaced(filled, hospital, other_hospital):
    filled((DISEASE, 2))
    file = export_gallery(hospital.keeping, "o").content.encode()
    import_gallery(other_hospital.keeping, file, "North", "o")
    with pytest.raises(AlreadyEnrolled):
        import_gallery(other_hospital.keeping, file, "North", "o")
    assert len(held(other_hospital)) == 2
    assert remove_faces(other_hospital.keeping, "o", origin="North") == 2
    assert import_gallery(other_hospital.keeping, file, "North", "o") == 2


def test_a_file_of_another_model_is_refused_whole(filled, hospital, other_hospital):
    filled((DISEASE, 1), keeping=other_hospital.keeping, first=900)
    filled((DISEASE, 2))
    hospital.keeping.database.write(lambda c: c.execute(update(enrolled).values(model="b" * 64)).rowcount)
    with pytest.raises(GalleryMixed):
        import_gallery(other_hospital.keeping, export_gallery(hospital.keeping, "o").content.encode(), "North", "o")
    assert len(held(other_hospital)) == 1


def test_a_synthetic_gallery_is_not_exported(filled, hospital):
    filled((DISEASE, 2), synthetic=True)
    with pytest.raises(GalleryUnusable):
        export_gallery(hospital.keeping, "o")


def altered(content, change):
    whole = json.loads(content)
    change(whole)
    return json.dumps(whole).encode()


@pytest.mark.parametrize(
    "change",
    [
        lambda whole: whole["faces"][0].update(disease="OMIM:900002"),
        lambda whole: whole["faces"].pop(),
        lambda whole: whole.update(model="c" * 63),
        lambda whole: whole.pop("sha256"),
        lambda whole: whole.update(phenomap_gallery=2),
        lambda whole: whole.update(note="a name"),
        lambda whole: whole.update(faces=[]),
    ],
)
def test_an_altered_file_is_refused(filled, hospital, change):
    filled((DISEASE, 2))
    content = export_gallery(hospital.keeping, "o").content
    assert len(read_file(content.encode())) == 2
    with pytest.raises(FileDamaged):
        read_file(altered(content, change))


@pytest.mark.parametrize(
    "field",
    [
        {"embedding": "AAAA"},
        {"embedding": "AADAfw=="},  # one float32, which is NaN
        {"embedding": "AAAAAA=="},  # one, 0
        {"sex": "f"},
        {"disease": "Marfan"},
        {"id": "../../etc"},
        {"name": "Li"},
    ],
)
def test_a_file_made_by_hand_with_a_right_checksum_is_refused_for_what_it_holds(filled, hospital, field):
    from service.cases.sealing import digest_of

    def change(whole):
        whole["faces"][0].update(field)
        whole["sha256"] = digest_of(whole["faces"])

    filled((DISEASE, 1))
    with pytest.raises(FileDamaged):
        read_file(altered(export_gallery(hospital.keeping, "o").content, change))


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"\xff", b"[" * 100_000, b"null", b"1"])
def test_what_is_no_gallery_is_refused(content):
    with pytest.raises(FileDamaged):
        read_file(content)
