"""The iris as a ruler: on drawn eyes, whose scale is known; refused where it cannot be read."""

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from facial.norms.ruler import find_irises, ruler
from facial.reading import FacePatient
from ontology.features import PatientSex

ADULT, CHILD = 30 * 366, 8 * 366
BROWN, GREY, BLACK = (70, 50, 35), (110, 130, 150), (40, 30, 25)


def eyes(apart: float, radius: float, iris: tuple[int, int, int] = BROWN, seed: int = 0):
    """Two eyes `apart` pixels with irises of `radius`, under lids, blurred and noisy; and their centres."""
    random, fine = np.random.default_rng(seed), 4
    width, height = int(apart * 2.4) * fine, int(apart * 1.2) * fine
    face, centres = Image.new("RGB", (width, height), (200, 160, 130)), []
    for side in (-1, 1):
        x, y = width / 2 + side * apart * fine / 2, height / 2
        centres.append((x / fine - 0.5, y / fine - 0.5))
        long, high, r = 0.235 * apart * fine, 0.095 * apart * fine * random.uniform(0.75, 1.1), radius * fine
        opening = Image.new("L", face.size, 0)
        ImageDraw.Draw(opening).ellipse((x - long, y - high, x + long, y + high), fill=255)
        eye = Image.new("RGB", face.size, (225, 222, 220))
        draw = ImageDraw.Draw(eye)
        draw.ellipse((x - r, y - r, x + r, y + r), fill=iris)
        draw.ellipse((x - 0.4 * r, y - 0.4 * r, x + 0.4 * r, y + 0.4 * r), fill=(15, 12, 12))
        draw.ellipse((x - 0.3 * r, y - 0.5 * r, x - 0.1 * r, y - 0.3 * r), fill=(250, 250, 250))
        face.paste(eye, mask=opening)
    small = face.resize((width // fine, height // fine), Image.Resampling.BOX)
    blurred = np.asarray(small.filter(ImageFilter.GaussianBlur(random.uniform(0.4, 1.6) * apart / 160)), float)
    noisy = np.clip(blurred + random.normal(0, 4, blurred.shape), 0, 255).astype(np.uint8)
    points = np.array([*centres, *[(width / 8, height / 8)] * 3])
    points[:2] += random.normal(0, 0.02 * apart, (2, 2))  # a detector's points are not the pupils
    return noisy, points


def patient(age_days: int | None = ADULT, ancestry: str | None = "han") -> FacePatient:
    return FacePatient(age_days, PatientSex.FEMALE, ancestry)


@pytest.mark.parametrize("iris", [BROWN, GREY, BLACK])
@pytest.mark.parametrize("apart", [120, 160, 240])
def test_pupils_in_irises_are_measured_to_two_per_cent(iris, apart):
    errors = []
    for seed in range(6):
        radius = apart * np.random.default_rng(seed).uniform(0.083, 0.105)
        rgb, points = eyes(apart, radius, iris, seed)
        found = find_irises(rgb, points)
        assert found is not None
        left, right = found
        errors.append(abs((right.x - left.x) / (left.radius + right.radius) / (apart / 2 / radius) - 1))
    assert max(errors) < 0.04
    assert np.median(errors) < 0.02


def test_the_pupils_are_told_in_mm_with_the_error_of_the_iris():
    # 64 mm apart with irises of 11.65 mm, as Han adults have: 160 pixels are 64 mm, an iris 29.1 pixels wide
    rgb, points = eyes(160, 11.65 / 64 * 160 / 2)
    found = ruler(rgb, points, patient())
    assert found is not None
    assert found.ipd.value == pytest.approx(64, rel=0.02)
    # 3.3 % of people's irises alone is 2.1 mm; the rest is the circle's and convergence
    assert 2.1 < found.ipd.error < 3.2


def test_a_han_childs_iris_is_taken_for_wider_than_an_adults():
    rgb, points = eyes(160, 14.5)
    child, adult = ruler(rgb, points, patient(CHILD)), ruler(rgb, points, patient())
    assert child is not None
    assert adult is not None
    assert child.ipd.value / adult.ipd.value == pytest.approx(12.02 / 11.65)


@pytest.mark.parametrize("age_days", [None, 0, 3 * 365])
def test_under_four_years_and_without_an_age_there_is_no_ruler(age_days):
    rgb, points = eyes(160, 14.5)
    assert ruler(rgb, points, patient(age_days)) is None


def test_eyes_of_a_small_photo_are_no_ruler():
    rgb, points = eyes(60, 5.5)
    assert ruler(rgb, points, patient()) is None


def test_where_no_irises_are_there_is_no_ruler():
    random = np.random.default_rng(0)
    skin = np.clip(random.normal(170, 6, (300, 400, 3)), 0, 255).astype(np.uint8)
    assert find_irises(skin, np.array([[120.0, 150], [280, 150], [200, 200], [150, 250], [250, 250]])) is None


def test_closed_eyes_are_no_ruler():
    rgb, points = eyes(160, 0.5)  # the white of two eyes, and no iris
    assert find_irises(rgb, points) is None


def test_an_eye_at_the_edge_of_the_photo_is_not_read():
    rgb, points = eyes(160, 14.5)
    assert find_irises(rgb[:, 80:], points - [80, 0]) is None
