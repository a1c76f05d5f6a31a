"""The hospital's own reference: bands of enough people, kept without any of them, refused under another model."""

import json
from math import sqrt

import numpy as np
import pytest

from facial.norms.reference import LEAST_PEOPLE, MeasuredPerson, Reference, ReferenceUnusable, widened
from facial.reading import Caution, FacePatient, Norm, WithoutNorm
from ontology.features import PatientSex

GIRL = PatientSex.FEMALE


def people(n: int, years: float, mean: float = 0.5, sex: PatientSex = GIRL, ancestry: str = "han"):
    # mean, then pairs at equal distance: the mean is exact, the SD near .02
    values = [mean + 0.02 * float(z) for z in np.random.default_rng(n).normal(size=n)]
    return [MeasuredPerson({"ipd_fw": value}, int(years * 366), sex, ancestry) for value in values]


def reference(*groups: list[MeasuredPerson]) -> Reference:
    return Reference.of([person for group in groups for person in group], "Our hospital", "2026-11", "model", "head")


def girl(years: float, ancestry: str | None = "han") -> FacePatient:
    return FacePatient(int(years * 366), GIRL, ancestry)


def test_thirty_girls_of_one_age_are_a_norm_for_a_girl_of_it():
    ours = reference(people(LEAST_PEOPLE, 8.5))
    norm = ours.norm("ipd_fw", girl(9))
    assert isinstance(norm, Norm)
    assert (norm.own, norm.n, norm.age_from, norm.age_to) == (True, 30, 8, 10)
    assert norm.mean == pytest.approx(0.5, abs=0.015)


def test_twenty_nine_are_none_and_are_counted():
    ours = reference(people(LEAST_PEOPLE - 1, 8.5))
    assert ours.norm("ipd_fw", girl(9)) is WithoutNorm.NONE_FITS
    (band,) = ours.bands
    assert (band.n, band.measures) == (29, {})


def test_bands_of_too_few_are_joined_with_the_next_but_not_across_eighteen():
    ours = reference(people(20, 8.5), people(20, 10.5), people(20, 17), people(20, 20))
    assert [(band.age_from, band.age_to, band.n) for band in ours.bands] == [(8, 12, 40), (16, 18, 20), (18, 130, 20)]


def test_a_childs_band_spans_no_more_than_four_years():
    ours = reference(people(5, 4.5), people(5, 9), people(5, 13))
    assert all(band.age_to - band.age_from <= 4 for band in ours.bands)


@pytest.mark.parametrize(
    ("patient", "why"),
    [
        (FacePatient(9 * 366, GIRL, None), WithoutNorm.NO_ANCESTRY),
        (FacePatient(None, GIRL, "han"), WithoutNorm.NO_AGE),
        (FacePatient(9 * 366, PatientSex.UNKNOWN, "han"), WithoutNorm.NO_SEX),
        (FacePatient(9 * 366, PatientSex.MALE, "han"), WithoutNorm.NONE_FITS),
        (FacePatient(9 * 366, GIRL, "european"), WithoutNorm.NONE_FITS),
    ],
)
def test_people_of_another_kind_are_no_norm(patient, why):
    assert reference(people(40, 8.5)).norm("ipd_fw", patient) is why


def test_the_nearest_ancestry_is_taken():
    ours = reference(people(40, 8.5, 0.5), people(40, 8.5, 0.6, ancestry="han_taiwan"))
    taiwanese, northern = ours.norm("ipd_fw", girl(9, "han_taiwan")), ours.norm("ipd_fw", girl(9, "han_north"))
    assert isinstance(taiwanese, Norm)
    assert isinstance(northern, Norm)
    assert (taiwanese.ancestry, northern.ancestry) == ("han_taiwan", "han")


def test_few_people_widen_their_sd():
    # t with 29 degrees of freedom has 2.090 where a normal law has 2 (tables: 2.045 at .975, 2.150 at .98)
    assert widened(30) == pytest.approx(2.090 / 2 * sqrt(31 / 30), abs=0.002)
    assert widened(10_000) == pytest.approx(1, abs=0.001)


def test_values_far_out_are_told():
    far = [*people(40, 8.5), MeasuredPerson({"ipd_fw": 3.0}, 3111, GIRL, "han")]
    norm = reference(far).norm("ipd_fw", girl(9))
    assert isinstance(norm, Norm)
    assert norm.cautions == (Caution.FAR_OUT,)


def test_it_is_written_whole_and_read_again(tmp_path):
    ours, file = reference(people(40, 8.5)), tmp_path / "reference.json"
    ours.write(file)
    assert Reference.open(file, "model", "head") == ours
    assert [path.name for path in tmp_path.iterdir()] == ["reference.json"]


def test_nothing_of_a_person_is_in_the_file(tmp_path):
    ours, file = reference(people(40, 8.5)), tmp_path / "reference.json"
    ours.write(file)
    values = {str(person.values["ipd_fw"]) for person in people(40, 8.5)}
    assert not any(value in file.read_text() for value in values)


@pytest.mark.parametrize("damage", ["changed", "cut", "absent", "other_format"])
def test_a_damaged_file_is_refused(tmp_path, damage):
    file = tmp_path / "reference.json"
    reference(people(40, 8.5)).write(file)
    given = json.loads(file.read_text())
    if damage == "changed":
        given["reference"]["bands"][0]["n"] = 4000
        file.write_text(json.dumps(given))
    elif damage == "cut":
        file.write_text(file.read_text()[:100])
    elif damage == "other_format":
        file.write_text(json.dumps({**given, "format": 2}))
    else:
        file.unlink()
    with pytest.raises(ReferenceUnusable):
        Reference.open(file, "model", "head")


def test_another_model_is_refused(tmp_path):
    file = tmp_path / "reference.json"
    reference(people(40, 8.5)).write(file)
    with pytest.raises(ReferenceUnusable):
        Reference.open(file, "model", "another head")
