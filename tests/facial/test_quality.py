"""The verdict: each fault by its own measure, refused or warned of at its limit."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("PIL", reason="the extra `facial` is not installed")

from facial import quality
from facial.alignment import SIDE, TEMPLATE, Chip, align
from facial.appearance import AHEAD, OVAL, lighting, outside, pose
from facial.detection import Detected
from facial.photo import Picture, read_photo
from facial.quality import judge
from facial.reading import Check, Fault
from facial.regions import regions
from service.catalogues import DICTIONARIES
from service.face_faults import fault_told, verdict_told

#: Eyes one apart, the nose where it is on a face that looks ahead, the mouth one below.
LEVEL = np.array([[-0.5, 0], [0.5, 0], [0, AHEAD], [-0.4, 1], [0.4, 1]])


def picture(rgb, frames=1) -> Picture:
    return Picture(rgb, rgb.shape[1], rgb.shape[0], 1.0, frames)


def found(points, turned=0, width=100.0) -> Detected:
    return Detected((0.0, 0.0, width, width), 0.99, np.asarray(points, float), turned)


def chip_of(grey) -> Chip:
    rgb = np.repeat(np.asarray(grey, np.uint8)[:, :, None], 3, axis=2)
    return Chip(rgb, np.array([[1.0, 0, 0], [0, 1, 0]]))


def faults(verdict) -> dict[Fault, bool]:
    return {finding.fault: finding.refused for finding in verdict.findings}


@pytest.fixture(scope="module")
def usual(astronaut, detector):
    """A photo of a face, and how it is found."""
    read = read_photo(astronaut)
    (face,) = detector.faces(read.rgb)
    return read, face


def verdict(read, *faces):
    return judge(read, faces, align(read.rgb, faces[0].points))


def test_a_face_that_looks_ahead_is_level():
    held = pose(LEVEL)
    assert (held.turn, held.tilt, held.roll) == pytest.approx((0, 0, 0), abs=1e-9)


@pytest.mark.parametrize("roll", [-40, 0, 90, 170])
def test_pose_is_told_apart_from_roll_and_size(roll):
    # .2 beside the line from eyes to mouth is 94 x .2 degrees; .1 higher than ahead 89 x .1 up
    nose = LEVEL + np.array([[0, 0], [0, 0], [0.2, -0.1], [0, 0], [0, 0]])
    angle = np.radians(roll)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    held = pose(nose @ turn.T * 37 + 12)
    assert (held.turn, held.tilt, held.roll) == pytest.approx((18.8, 8.9, roll))


def test_points_of_which_none_is_below_the_eyes_have_a_pose():
    held = pose(np.array([[0, 0], [1, 0], [0, 0], [0, 0], [1, 0]], float))
    assert np.isfinite([held.turn, held.tilt, held.roll]).all()


def test_light_is_that_of_the_lightest_parts_so_that_dark_skin_is_no_dark_photo():
    grey = np.full((SIDE, SIDE), 55.0)
    grey[60:100, 60:75] = 150  # a forehead or cheek that catches the light: 600 of 7,741 pixels
    assert lighting(chip_of(grey).rgb).lightest == pytest.approx(150)
    assert lighting(chip_of(np.full((SIDE, SIDE), 40)).rgb).lightest == pytest.approx(40)


def test_sharpness_is_that_of_edges_whatever_the_light():
    down, across = np.mgrid[:SIDE, :SIDE]
    waves = 128 + 60 * np.sin(across * np.pi / 4)
    fine, dim = lighting(chip_of(waves).rgb), lighting(chip_of(128 + (waves - 128) / 2).rgb)
    # the Laplacian of a wave of 8 pixels is the wave times 2 cos(pi / 4) - 2 = -.586, squared .343
    assert fine.sharpness == pytest.approx(0.343, rel=0.03)
    assert dim.sharpness == pytest.approx(fine.sharpness, rel=0.03)
    assert (fine.range, dim.range) == pytest.approx((119, 59), abs=3)
    assert lighting(chip_of(128 + 60 * np.sin(down * np.pi / 32)).rgb).sharpness < 0.001


def test_a_chip_of_one_grey_is_neither_sharp_nor_an_error():
    assert lighting(chip_of(np.full((SIDE, SIDE), 90)).rgb).sharpness == 0


def test_what_of_the_face_is_outside_is_counted():
    whole = chip_of(np.zeros((SIDE, SIDE)))
    assert outside(whole, SIDE, SIDE) == 0
    assert outside(whole, SIDE, round(OVAL[0, 1])) == pytest.approx(0.5, abs=0.03)
    assert outside(whole, round(OVAL[0, 0]), round(OVAL[0, 1])) == pytest.approx(0.75, abs=0.03)
    assert outside(Chip(whole.rgb, np.array([[1.0, 0, 900], [0, 1, 0]])), SIDE, SIDE) == 1


def test_a_usual_photo_is_accepted(usual):
    assert faults(verdict(*usual)) == {Fault.NOT_AT_REST: False}  # she smiles


def test_no_face_is_refused():
    assert faults(judge(picture(np.zeros((9, 9, 3), np.uint8)), (), None)) == {Fault.NO_FACE: True}


@pytest.mark.parametrize(("width", "refused"), [(60.0, True), (49.0, False), (26.0, False), (24.0, None)])
def test_a_second_face_counts_by_its_width(usual, width, refused):
    read, face = usual
    # the first is 100 wide
    told = faults(verdict(read, found(face.points), found(LEVEL, width=width)))
    assert told.get(Fault.SEVERAL_FACES) is refused


def test_a_face_that_is_not_upright_is_judged_no_further(usual):
    read, face = usual
    assert faults(verdict(read, found(face.points, turned=180))) == {Fault.UPSIDE_DOWN: True}
    assert faults(verdict(read, found(face.points, turned=270))) == {Fault.ROLLED: True}


@pytest.mark.parametrize(
    ("fault", "aside", "up"), [(Fault.TURNED, 15 / 94, 0), (Fault.TURNED, -15 / 94, 0), (Fault.TILTED, 0, 0.35)]
)
def test_how_the_head_is_held_is_judged(usual, fault, aside, up):
    read, face = usual
    moved = face.points.copy()
    apart, low = face.points[1] - face.points[0], face.points[3:].mean(0) - face.points[:2].mean(0)
    straight = face.points[:2].mean(0) + low * AHEAD
    moved[2] = straight + apart * aside - low * up
    assert faults(verdict(read, found(moved)))[fault] is (fault is Fault.TILTED)  # 31 degrees up, 15 to the side


def test_frames_are_told(usual):
    read, face = usual
    assert faults(verdict(picture(read.rgb, frames=7), face))[Fault.ANIMATED] is False


def test_in_the_dark_contrast_is_not_told_as_well(usual):
    read, face = usual
    dark = picture((read.rgb * 0.2).astype(np.uint8))
    assert Fault.FLAT not in faults(verdict(dark, face))
    assert faults(verdict(dark, face))[Fault.TOO_DARK] is True


def test_eyes_and_mouth_are_told_apart(usual):
    read, face = usual
    rgb = align(read.rgb, face.points).rgb
    eyes, mouth = rgb.copy(), rgb.copy()
    eyes[36:58, 30:66] = 20
    mouth[88:118, 40:110] = 128
    assert regions(rgb).eye < 0 > regions(rgb).mouth
    assert regions(eyes).eye > quality.COVERED.warn > regions(eyes).mouth
    assert regions(mouth).mouth > quality.COVERED.refuse > regions(mouth).eye


def test_a_mirrored_face_is_seen_alike(usual):
    read, face = usual
    rgb = align(read.rgb, face.points).rgb
    # mirrored about the middle of the template, so that the eyes change places
    across = 2 * TEMPLATE[2, 0] - np.arange(SIDE)
    mirrored = rgb[:, np.clip(np.round(across).astype(int), 0, SIDE - 1)]
    assert regions(mirrored).eye == pytest.approx(regions(rgb).eye, abs=3)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_fault_is_told_in_words_with_its_numbers(language):
    words = DICTIONARIES[language]
    for fault in Fault:
        told = fault_told(quality.QualityFinding(Check.SIZE, fault, True, 12.4, 20.0, "pixels"), words)
        assert told.what
        assert told.mend
        assert "{" not in told.what + told.mend
    finding = quality.QualityFinding(Check.EDGE, Fault.CUT_OFF, False, 0.083, 0.05, "share")
    assert "8" in fault_told(finding, words).what
    verdicts = {verdict_told(quality.Quality(each), words) for each in ((), (finding,))}
    assert len(verdicts) == 2
