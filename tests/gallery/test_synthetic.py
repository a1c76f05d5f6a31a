"""The made-up faces of a demonstration: there to be seen, said to be made up, and never among real ones."""

from __future__ import annotations

import pytest

from facial.likeness.gallery import GalleryMixed, GalleryUnusable
from service.gallery.exchange import export_gallery, read_file
from service.gallery.showing import remove_faces
from service.gallery.synthetic import _FILE, ORIGIN, keep_synthetic_gallery


def test_they_are_enrolled_once_and_said_to_be_synthetic(hospital, links):
    enrolled = keep_synthetic_gallery(hospital.keeping, "someone")
    assert enrolled == len(read_file(_FILE.read_bytes())) > 20
    assert keep_synthetic_gallery(hospital.keeping, "someone") == 0
    assert links("gallery") == [("import", {"faces": enrolled, "synthetic": True})]


def test_they_stay_out_of_real_galleries_and_leave_by_their_name(hospital, filled):
    count = keep_synthetic_gallery(hospital.keeping, "someone")
    with pytest.raises(GalleryUnusable):
        export_gallery(hospital.keeping, "someone")
    with pytest.raises(GalleryMixed):
        filled(("OMIM:900001", 1))
    assert remove_faces(hospital.keeping, "someone", origin=ORIGIN) == count
    filled(("OMIM:900001", 1))
    assert keep_synthetic_gallery(hospital.keeping, "someone") == 0  # the hospital has its own now
