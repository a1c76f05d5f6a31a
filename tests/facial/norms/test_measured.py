"""From measures to suggested terms: by the hospital's own reference, or in mm by a published norm, never by neither."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facial.norms.choose import Norms
from facial.norms.compare import called, compared, probability
from facial.norms.measured import Estimate, Ruler, measurements, suggestions
from facial.reading import FacePatient, Norm, Point, WithoutNorm
from ontology.features import PatientSex

NORMS = Norms.open()
LINE = {"ipd_fw": (Point(100, 50), Point(160, 50)), "icd_ipd": (Point(115, 50), Point(145, 50))}


def norm(mean: float = 10.0, sd: float = 1.0, n: int | None = None, own: bool = False) -> Norm:
    return Norm("p", "han", None, 4, 18, n, mean, sd, "photo", "s", "table", own)


@dataclass(frozen=True)
class Own:
    by: Norm

    def norm(self, measure: str, patient: FacePatient) -> Norm | WithoutNorm:
        return self.by if measure == "ipd_fw" else WithoutNorm.NONE_FITS


def adult(ancestry: str) -> FacePatient:
    return FacePatient(30 * 366, PatientSex.MALE, ancestry)


def test_without_a_ruler_and_a_reference_there_are_ratios_and_no_term():
    values = {"ipd_fw": Estimate(0.6, 0.01), "nasw_fw": Estimate(0.3, 0.01), "brow_arch": Estimate(0.2, 0.01)}
    found = measurements(values, LINE, None, adult("han"), NORMS)
    # a norm in mm exists for the pupils, none that fits for the nose, none at all for the brows
    assert [(each.code, each.without) for each in found] == [
        ("ipd_fw", WithoutNorm.NO_SCALE),
        ("nasw_fw", WithoutNorm.NONE_FITS),
        ("brow_arch", WithoutNorm.NONE_FITS),
    ]
    assert suggestions(found) == ()


def test_the_average_hong_kong_adult_is_not_flagged_where_a_european_rule_flags_them():
    # published means: pupils of Asian soldiers 64.17 mm, inner canthi of Hong Kong men 40.61 mm; the European rule for
    # these, 33.1 (2.6), gives z = +2.9
    values = {"ipd_fw": Estimate(0.47, 0.01), "icd_ipd": Estimate(40.61 / 64.17, 0.01), "icd_ocd": Estimate(0.44, 0.01)}
    ruler = Ruler(Estimate(64.17, 2.0))
    as_told = measurements(values, LINE, ruler, adult("han_hong_kong"), NORMS)
    assert suggestions(as_told) == ()
    canthi = next(each for each in as_told if each.code == "icd_mm")
    assert canthi.compared is None
    assert canthi.without is WithoutNorm.NONE_FITS
    assert canthi.spread is not None
    as_european = measurements(values, LINE, Ruler(Estimate(64.17, 0.1)), adult("european"), NORMS)
    assert "HP:0000506" in {term.type for term in suggestions(as_european)}


def test_pupils_far_apart_are_hypertelorism_with_a_likelihood_and_a_place():
    # (75 - 63.3) / 3.12 = 3.75; the ruler's error is 2.4 / 3.12 = .77; P(true > 2) = Phi(1.75 / .77) = .99
    found = measurements({"ipd_fw": Estimate(0.55, 0.01)}, LINE, Ruler(Estimate(75, 2.4)), adult("european"), NORMS)
    (term,) = suggestions(found)
    assert (term.type, term.measurement, term.objective) == ("HP:0000316", "ipd_mm", True)
    assert term.confidence == pytest.approx(0.988, abs=0.002)
    left, top, right, bottom = term.box
    assert left < 100 < 160 < right
    assert top < 50 < bottom


def test_an_error_of_the_ruler_asks_for_more():
    # z = 2.3: beyond 2, but ordinary people measured with an error of .77 SD scatter by 1.26
    value = 63.3 + 2.3 * 3.12
    sure = measurements({"ipd_fw": Estimate(0.5, 0.01)}, LINE, Ruler(Estimate(value, 0.1)), adult("european"), NORMS)
    unsure = measurements({"ipd_fw": Estimate(0.5, 0.01)}, LINE, Ruler(Estimate(value, 2.4)), adult("european"), NORMS)
    assert len(suggestions(sure)) == 1
    assert suggestions(unsure) == ()


def test_the_hospitals_own_reference_is_used_first_and_needs_no_ruler():
    own = Own(norm(mean=0.45, sd=0.02, n=60, own=True))
    found = measurements({"ipd_fw": Estimate(0.51, 0.01)}, LINE, None, adult("han"), NORMS, own)
    (term,) = suggestions(found)
    assert (term.type, term.measurement) == ("HP:0000316", "ipd_fw")  # z = +3
    with_ruler = measurements(
        {"ipd_fw": Estimate(0.51, 0.01)}, LINE, Ruler(Estimate(80, 1)), adult("european"), NORMS, own
    )
    assert [each.measurement for each in suggestions(with_ruler)] == ["ipd_fw"]


@given(value=st.floats(-50, 50), error=st.floats(0, 10), sd=st.floats(0.1, 10), n=st.none() | st.integers(2, 5000))
def test_an_interval_holds_its_z_and_a_call_is_never_nearer_than_the_criterion(value, error, sd, n):
    found = compared(value, error, norm(sd=sd, n=n))
    assert found.low <= found.z <= found.high
    assert 0 <= probability(found) <= 1
    if called(found):
        assert abs(found.z) >= 2
        assert probability(found) >= 0.5


def test_an_own_reference_holds_the_error_of_measuring_already():
    # z = 2.2 with a measure's error of .8 SD: a published norm is of true values, an own one of measured ones
    assert called(compared(12.2, 0.8, norm(own=True)))
    assert not called(compared(12.2, 0.8, norm(own=False)))
