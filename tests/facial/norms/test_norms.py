"""Published norms: which one a patient is compared with, and when none."""

import pytest

from facial.norms.ancestry import ANCESTRIES, checked, widening
from facial.norms.choose import Norms
from facial.norms.fits import METHODS, PUBLISHED
from facial.norms.table import CAUTION, SPREAD, YES
from facial.reading import Caution, FacePatient, Norm, WithoutNorm
from ontology.errors import InputError
from ontology.features import PatientSex

YEAR = 366


def patient(ancestry: str | None = "european", years: int | None = 30, sex: PatientSex = PatientSex.FEMALE):
    return FacePatient(None if years is None else years * YEAR, sex, ancestry)


@pytest.fixture(scope="module")
def norms() -> Norms:
    return Norms.open()


def test_every_row_has_its_source_and_how_its_values_were_seen(norms):
    assert len(norms.rows) > 300
    for row in norms.rows:
        assert row.source
        assert row.seen in {"table", "abstract", "raw_data", "secondary"}
        assert row.use in {YES, CAUTION, SPREAD}
        assert row.ancestry in {*ANCESTRIES, "mixed_european"}
        assert row.age_from < row.age_to


def test_a_row_that_is_compared_with_has_a_spread_and_a_method_that_fits(norms):
    for row in norms.rows:
        if row.use != SPREAD:
            assert row.sd is not None
            assert row.sd > 0
            assert row.method in METHODS[row.measure]
            assert row.age_from >= 4  # under four years a photo has no ruler


def test_a_european_woman_is_compared_with_women_of_her_ancestry(norms):
    norm = norms.choose("ipd", patient())
    assert isinstance(norm, Norm)
    assert (norm.ancestry, norm.sex, norm.mean, norm.cautions) == ("european", PatientSex.FEMALE, 60.22, ())


@pytest.mark.parametrize(
    ("missing", "why"),
    [
        (patient(ancestry=None), WithoutNorm.NO_ANCESTRY),
        (patient(years=None), WithoutNorm.NO_AGE),
        (patient(sex=PatientSex.UNKNOWN), WithoutNorm.NO_SEX),
        (patient(ancestry="other"), WithoutNorm.NONE_FITS),
        (patient(years=2), WithoutNorm.NONE_FITS),
    ],
)
def test_what_is_not_told_is_not_guessed(norms, missing, why):
    assert norms.choose("ipd", missing) is why


def test_a_han_child_has_no_norm_of_any_measure_and_is_shown_what_others_have(norms):
    child = patient("han", 8)
    assert {norms.choose(each.measure, child) for each in PUBLISHED} == {WithoutNorm.NONE_FITS}
    spread = norms.spread("icd", child)
    assert spread is not None
    assert [mean for _, mean in spread.populations] == sorted(mean for _, mean in spread.populations)


def test_a_han_adults_pupils_are_compared_with_asian_soldiers_and_it_is_said(norms):
    norm = norms.choose("ipd", patient("han_hong_kong"))
    assert isinstance(norm, Norm)
    assert (norm.ancestry, norm.mean) == ("east_asian", 61.68)
    assert norm.cautions == (Caution.WIDER_ANCESTRY,)


def test_a_wider_ancestry_stands_in_for_no_other_measure(norms):
    assert norms.choose("lower_lip", patient("han_hong_kong")) is WithoutNorm.NONE_FITS
    assert norms.choose("icd", patient("han_hong_kong")) is WithoutNorm.NONE_FITS


def test_a_measure_that_this_pipeline_makes_in_another_way_has_no_published_norm(norms):
    for measure in ("nose_width", "nose_length", "philtrum", "mouth", "upper_lip"):
        assert norms.choose(measure, patient()) is WithoutNorm.NONE_FITS
        assert norms.spread(measure, patient()) is not None


def test_an_ancestry_is_one_of_a_closed_list():
    assert checked(None) is None
    assert checked("han") == "han"
    with pytest.raises(InputError):
        checked("Han")
    assert widening("han_taiwan") == ("han_taiwan", "han", "east_asian")
    assert all(parent is None or parent in ANCESTRIES for parent in ANCESTRIES.values())
