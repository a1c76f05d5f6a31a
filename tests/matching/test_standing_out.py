"""Whether the first disease is named as more than the first of a list."""

from __future__ import annotations

import numpy as np
import pytest

from matching.assess import Assessor
from matching.case import Case, Note
from matching.report import NoticeKind


@pytest.fixture(scope="module")
def assessor(small_knowledge):
    return Assessor.open(small_knowledge)


def _case(text):
    return Case("1", notes=(Note("n1", text),))


def test_confidence_is_the_belief_in_the_first(assessor):
    ranking = assessor.assess(_case("Arachnodactyly and ectopia lentis.")).ranking
    assert ranking.confidence == ranking.diseases[0].probability
    assert ranking.stands_out


def test_flat_belief_is_told(assessor, monkeypatch):
    # Twenty times flatter than any disease of eleven can be: the release is too small for a belief below a tenth.
    flat = np.full(len(assessor.knowledge.diseases), 1 / len(assessor.knowledge.diseases), np.float32) / 20
    monkeypatch.setattr(Assessor, "belief", lambda self, scored: flat)
    report = assessor.assess(_case("Arachnodactyly."), tests=False)
    assert not report.ranking.stands_out
    assert NoticeKind.NONE_STANDS_OUT in {notice.kind for notice in report.notices}


def test_nothing_is_said_of_standing_out_where_nothing_is_ranked(assessor):
    report = assessor.assess(_case("She feels well."))
    assert report.ranking.confidence is None
    assert NoticeKind.NONE_STANDS_OUT not in {notice.kind for notice in report.notices}


def test_measures_without_belief_claim_no_confidence(assessor):
    features = assessor.assess(_case("Arachnodactyly.")).features
    assert assessor.rank(features, ranker="resnik").confidence is None
