"""From scores to shares of belief."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from matching.posterior import posterior


def test_shares_by_hand():
    # n = 4: scores times 1.2 / 2; the first is ln(3) / .6 ahead of the second: three times as likely.
    shares = posterior(np.array([np.log(3) / 0.6, 0.0, -np.inf], np.float32), 4)
    assert shares == pytest.approx([0.75, 0.25, 0.0])


def test_more_findings_of_the_same_lead_claim_less():
    lead = np.array([5.0, 0.0], np.float32)
    assert posterior(lead, 2)[0] > posterior(lead, 8)[0]


def test_belief_without_findings_is_even_over_what_is_considered():
    assert posterior(np.array([0.0, -np.inf, 0.0], np.float32), 0) == pytest.approx([0.5, 0.0, 0.5])


def test_nothing_considered_is_no_belief():
    assert posterior(np.array([-np.inf], np.float32), 3).tolist() == [0.0]


@given(arrays(np.float32, st.integers(1, 30), elements=st.floats(-500, 500, width=32)), st.integers(1, 40))
def test_shares_sum_to_one_and_keep_the_order(scores, findings):
    shares = posterior(scores, findings)
    assert shares.sum() == pytest.approx(1, abs=1e-4)
    order = np.argsort(scores, kind="stable")
    assert (np.diff(shares[order]) >= 0).all()
