"""From a photo to a reading, with the real models: what a clinician is shown, and what is never claimed."""

from __future__ import annotations

import io
import json
import os
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from facial.likeness.portrait import Portrait
from facial.measures.definitions import DEFINITIONS, Kind
from facial.models.manifest import FILE_NAME, models_folder
from facial.norms.reference import MeasuredPerson, Reference, ReferenceUnusable
from facial.reading import FacePatient, WithoutNorm
from ontology.errors import InputError
from ontology.features import PatientSex, Unread

pytestmark = pytest.mark.real
WOMAN = FacePatient(40 * 366, PatientSex.FEMALE, "european")


@pytest.fixture(scope="module")
def models():
    found = models_folder() if "PHENOMAP_MODELS" in os.environ else Path(__file__).parents[2] / "models"
    if not (found / FILE_NAME).is_file():
        if os.environ.get("CI"):
            pytest.fail("no face model was built")
        pytest.skip("no face model has been built: run `make`")
    return found


@pytest.fixture(scope="module")
def reader(models):
    pytest.importorskip("torch", reason="the extra `facial` is not installed")
    from facial.face_reader import FaceReader

    return FaceReader.open(models)


@pytest.fixture(scope="module")
def reading(reader, astronaut):
    return reader.describe("photo", astronaut, WOMAN)


def test_a_face_is_measured_and_each_measure_has_its_interval_and_its_line(reading):
    called = {each.code for each in DEFINITIONS if each.kind is Kind.TERM}
    found = {each.code: each for each in reading.face.measurements}
    assert called <= set(found)
    left, top, right, bottom = reading.face.box
    for each in found.values():
        assert each.low < each.value < each.high
        assert len(each.line) >= 2
        for point in each.line:
            assert left - 60 < point.x < right + 60
            assert top - 80 < point.y < bottom + 80


def test_the_pupils_line_joins_the_eyes_that_were_found(reading):
    line = next(each.line for each in reading.face.measurements if each.code == "ipd_fw")
    eyes = reading.face.points[:2]
    apart = eyes[1].x - eyes[0].x
    for end, eye in zip(sorted(line, key=lambda point: point.x), eyes, strict=True):
        assert abs(end.x - eye.x) < 0.12 * apart
        assert abs(end.y - eye.y) < 0.12 * apart


def test_without_a_norm_no_term_is_suggested_and_it_is_said_why(reading):
    # the photo has 50 pixels between the eyes: no ruler, and there is no reference
    assert reading.face.suggestions == ()
    reasons = {each.code: each.without for each in reading.face.measurements}
    assert reasons["ipd_fw"] is WithoutNorm.NO_SCALE
    assert reasons["brow_arch"] is WithoutNorm.NONE_FITS


def test_a_reading_is_the_same_each_time(reader, reading, astronaut):
    again = reader.describe("another name", astronaut, WOMAN)
    assert again.face.measurements == reading.face.measurements
    assert np.array_equal(again.face.embedding, reading.face.embedding)


def test_the_same_photo_twice_as_large_reads_alike(reader, reading, astronaut):
    image = Image.open(io.BytesIO(astronaut))
    larger = io.BytesIO()
    image.resize((image.width * 2, image.height * 2), Image.Resampling.BICUBIC).save(larger, "PNG")
    again = reader.describe("photo", larger.getvalue(), WOMAN)
    # half an interval is 1.6 errors: another size is far less than that
    for one, other in zip(reading.face.measurements, again.face.measurements, strict=False):
        assert abs(one.value - other.value) < (one.high - one.low) / 4
    assert float(again.face.embedding @ reading.face.embedding) > 0.98


def test_the_hospitals_own_reference_suggests_a_term_and_shows_where_it_was_read(
    reader, reading, astronaut, models, tmp_path
):
    from facial.face_reader import FaceReader

    # people whose brows are far less arched: the astronaut's z is +5
    brow = next(each for each in reading.face.measurements if each.code == "brow_arch")
    values = [brow.value - 0.05 + 0.01 * float(z) for z in np.random.default_rng(0).normal(size=60)]
    people = [MeasuredPerson({"brow_arch": value}, 40 * 366, PatientSex.FEMALE, "european") for value in values]
    file = tmp_path / "reference.json"
    Reference.of(people, "Ours", "2026-11", reader.model.sha256, reader.head.sha256).write(file)
    ours = FaceReader.open(models, file)
    (term,) = ours.describe("photo", astronaut, WOMAN).face.suggestions
    assert (term.type, term.measurement, term.objective) == ("HP:0002553", "brow_arch", False)
    assert term.confidence > 0.9
    assert ours.describe("photo", astronaut, FacePatient(None, PatientSex.FEMALE, "european")).face.suggestions == ()
    explained = ours.explain_measure(astronaut, "brow_arch", 1)
    image = Image.open(io.BytesIO(explained.png))
    assert image.format == "PNG"
    assert image.info == {}


def test_a_reference_of_another_model_is_refused(models, tmp_path):
    from facial.face_reader import FaceReader

    file = tmp_path / "reference.json"
    Reference.of([], "Ours", "2026-11", "another model", "head").write(file)
    with pytest.raises(ReferenceUnusable):
        FaceReader.open(models, file)


def test_weights_that_the_hospital_brings_make_the_embedding_and_leave_the_measures(
    reading, astronaut, models, irv1_weights
):
    from facial.face_reader import FaceReader

    brought = FaceReader.open(models, irv1=irv1_weights)
    face = brought.describe("photo", astronaut, WOMAN).face
    assert (face.model, face.embedding.shape) == (irv1_weights.sha256, (512,))
    assert face.measurements == reading.face.measurements
    assert face.measured_by == reading.face.measured_by
    png = brought.explain_direction(astronaut, face.embedding).png
    assert Image.open(io.BytesIO(png)).format == "PNG"


def test_the_demonstrations_gallery_was_made_with_the_model_and_the_head_of_this_release(reading):
    file = files("service.gallery").joinpath("synthetic.json")
    assert json.loads(file.read_text("utf-8"))["model"] == Portrait.of(reading.face).model


def test_a_photo_without_a_face_is_refused_and_not_explained(reader):
    wall = io.BytesIO()
    Image.new("RGB", (400, 400), (180, 170, 160)).save(wall, "PNG")
    reading = reader.describe("photo", wall.getvalue(), WOMAN)
    assert reading.face is None
    assert reading.abstention.reason is Unread.PHOTO_NOT_USABLE
    assert (reading.width, reading.height) == (400, 400)
    with pytest.raises(InputError):
        reader.explain_measure(wall.getvalue(), "ipd_fw", 1)


def test_what_is_no_photo_and_a_measure_of_none_are_faults(reader, astronaut):
    with pytest.raises(InputError):
        reader.describe("photo", b"GIF89a", WOMAN)
    with pytest.raises(InputError):
        reader.explain_measure(astronaut, "no_such", 1)
