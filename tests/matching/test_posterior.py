"""From scores to shares of belief."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from matching.posterior import FITTED, STANDS_OUT, Calibration, posterior, stands_out

#: beta is 1 at 8 findings and 1/2 at 32; nothing follows the rank.
SCORES_ALONE = Calibration(sharpness=1.0, fading=-0.5, astray=0.0, decline=1.0)
#: The order alone counts, the second half as much as the first.
RANKS_ALONE = Calibration(sharpness=1.0, fading=-0.5, astray=1.0, decline=1.0)


def test_shares_by_hand():
    # 8 findings, beta 1: the first is ln(3) ahead of the second, three times as likely.
    shares = posterior(np.array([np.log(3), 0.0, -np.inf], np.float32), 8, SCORES_ALONE)
    assert shares == pytest.approx([0.75, 0.25, 0.0])


def test_more_findings_temper_the_scores():
    # 32 findings, beta 1/2: a lead of 2 ln(3) is again three times as likely.
    shares = posterior(np.array([2 * np.log(3), 0.0], np.float32), 32, SCORES_ALONE)
    assert shares == pytest.approx([0.75, 0.25])


def test_what_goes_astray_follows_the_rank_alone():
    # Ranks 1, 2, 3 weigh 1, 1/2, 1/3: of 11/6.
    shares = posterior(np.array([0.0, 90.0, 100.0], np.float32), 8, RANKS_ALONE)
    assert shares == pytest.approx([2 / 11, 3 / 11, 6 / 11])


def test_equal_scores_share_their_mean_rank():
    # Ranks 1.5, 1.5, 3 weigh 2/3, 2/3, 1/3: of 5/3.
    shares = posterior(np.array([1.0, 0.0, 1.0], np.float32), 8, RANKS_ALONE)
    assert shares == pytest.approx([0.4, 0.2, 0.4])


def test_a_mixture_adds_both_parts():
    half = Calibration(sharpness=1.0, fading=-0.5, astray=0.5, decline=1.0)
    # Scores say 3/4 and 1/4, ranks 2/3 and 1/3.
    shares = posterior(np.array([np.log(3), 0.0], np.float32), 8, half)
    assert shares == pytest.approx([(3 / 4 + 2 / 3) / 2, (1 / 4 + 1 / 3) / 2])


def test_no_lead_makes_a_disease_certain():
    # Annotations are incomplete: a share of the belief never leaves the other diseases.
    shares = posterior(np.array([1000.0, *np.zeros(99)], np.float32), 8)
    assert shares[0] < 1 - FITTED.astray / 2


def test_belief_without_findings_is_even_over_what_is_considered():
    assert posterior(np.array([0.0, -np.inf, 0.0], np.float32), 0) == pytest.approx([0.5, 0.0, 0.5])


def test_nothing_considered_is_no_belief():
    assert posterior(np.array([-np.inf], np.float32), 3).tolist() == [0.0]


@pytest.mark.parametrize(("highest", "named"), [(STANDS_OUT + 0.01, True), (STANDS_OUT - 0.01, False)])
def test_a_disease_stands_out_by_its_belief(highest, named):
    assert stands_out(np.array([0.01, highest], np.float32)) is named


def test_nothing_stands_out_of_nothing():
    assert not stands_out(np.zeros(0, np.float32))


def test_fitted_numbers_are_read_with_their_origin(tmp_path):
    file = tmp_path / "posterior.json"
    file.write_text(json.dumps({"fitted": {"sharpness": 0.3, "fading": -0.4, "astray": 0.2, "decline": 1.1}}))
    assert Calibration.read(file) == Calibration(0.3, -0.4, 0.2, 1.1)


@given(arrays(np.float32, st.integers(1, 30), elements=st.floats(-500, 500, width=32)), st.integers(1, 40))
def test_shares_sum_to_one_and_keep_the_order(scores, findings):
    shares = posterior(scores, findings)
    assert shares.sum() == pytest.approx(1, abs=1e-4)
    order = np.argsort(scores, kind="stable")
    assert (np.diff(shares[order]) >= 0).all()
    assert len(np.unique(shares)) <= len(np.unique(scores))
