"""The optional prior: off by default, bounded, shown, and never more than a specific finding."""

from __future__ import annotations

import shutil
from math import log, sqrt
from pathlib import Path

import numpy as np
import pytest

from cli.companions import companions
from matching.assess import Assessor
from matching.case import Case
from matching.prevalence import PRIOR_BOUND_NATS, Prior, prior_nats
from ontology.compile.build import build
from ontology.errors import InputError
from ontology.features import Assertion, Mention, Statement
from ontology.knowledge import Knowledge

SMALL_RELEASE = Path(__file__).parent.parent / "small_release"
ARACHNODACTYLY, SEIZURE = "HP:0001166", "HP:0001250"


@pytest.fixture(scope="module")
def assessor(small_knowledge):
    return Assessor.open(small_knowledge)


def findings(assessor, *types):
    return assessor.reconcile([Mention(type, Assertion.OBSERVED, Statement("dr.li")) for type in types]).features


def test_prior_is_the_log_of_prevalence_over_the_median(small_knowledge):
    # Known: 3e-6 (OMIM:900001, ORPHA:900102), 1.5e-6 (OMIM:900002, OMIM:900003), 1e-6/sqrt(10) (OMIM:900004 and
    # ORPHA:900104): the median of six is (1.5e-6 + 1.5e-6) / 2.
    nats = prior_nats(small_knowledge)
    at = small_knowledge.diseases.position
    assert nats[at("OMIM:900001")] == pytest.approx(log(2))
    assert nats[at("OMIM:900003")] == pytest.approx(0)
    assert nats[at("OMIM:900004")] == pytest.approx(log(1e-6 / sqrt(10) / 1.5e-6))


def test_unknown_prevalence_counts_as_the_median(small_knowledge):
    assert prior_nats(small_knowledge)[small_knowledge.diseases.position("OMIM:900005")] == 0


def test_prior_is_bounded(small_knowledge, monkeypatch):
    people = np.array(small_knowledge.prevalences.people)
    people[:3] = (1e-3, 1e-9, 1e-3)
    monkeypatch.setattr(type(small_knowledge.prevalences), "people", people, raising=False)
    nats = prior_nats(small_knowledge)
    assert nats.max() == PRIOR_BOUND_NATS
    assert nats.min() == -PRIOR_BOUND_NATS


def test_no_prior_unless_asked_for(assessor):
    asked = findings(assessor, ARACHNODACTYLY)
    assert assessor.rank(asked) == assessor.rank(asked, prior=Prior.NONE)
    assert all(disease.prior is None for disease in assessor.rank(asked).diseases)


def test_contributions_and_prior_sum_to_the_score(assessor):
    ranking = assessor.rank(findings(assessor, ARACHNODACTYLY, SEIZURE), limit=50, prior=Prior.PREVALENCE)
    for disease in ranking.diseases:
        assert disease.prior is not None
        whole = sum(part.nats for part in disease.contributions) + disease.prior.nats
        assert disease.score == pytest.approx(whole, abs=1e-4)
    scores = [disease.score for disease in ranking.diseases]
    assert scores == sorted(scores, reverse=True)


def test_prior_is_shown_with_its_statement(assessor):
    (first, *_) = assessor.rank(findings(assessor, ARACHNODACTYLY), prior=Prior.PREVALENCE).diseases
    assert first.id == "OMIM:900001"
    assert first.prior is not None
    assert first.prior.people == pytest.approx(3e-6)
    assert first.prior.stated == "ORPHA:900101: Point prevalence, 1-9 / 1 000 000, Worldwide, Validated"


def test_the_common_gain_and_the_rare_lose(assessor):
    # OMIM:900001 is commoner than the median, nothing is known of OMIM:900005, OMIM:900004 is rarer.
    plain = assessor.rank(findings(assessor, ARACHNODACTYLY), limit=50).diseases
    weighed = assessor.rank(findings(assessor, ARACHNODACTYLY), limit=50, prior=Prior.PREVALENCE).diseases
    score = {disease.id: disease.score for disease in plain}
    moved = {disease.id: disease.score - score[disease.id] for disease in weighed}
    assert moved["OMIM:900001"] > moved["OMIM:900005"] > moved["OMIM:900004"]


def test_a_whole_report_takes_the_prior(assessor):
    case = Case("c1", stated=(Mention(ARACHNODACTYLY, Assertion.OBSERVED, Statement("dr.li")),))
    assert assessor.assess(case, prior=Prior.PREVALENCE).ranking.diseases[0].prior is not None


def test_similarities_take_no_prior(assessor):
    with pytest.raises(InputError, match="no prior"):
        assessor.rank(findings(assessor, ARACHNODACTYLY), ranker="resnik", prior=Prior.PREVALENCE)


def test_a_release_without_prevalences_says_how_to_bring_them(tmp_path):
    source = shutil.copytree(SMALL_RELEASE, tmp_path / "source")
    (source / "en_product9_prev.xml").unlink()
    build(tmp_path / "knowledge", companions(), lambda message: None, source=source)
    with pytest.raises(InputError) as caught:
        prior_nats(Knowledge.open(tmp_path / "knowledge"))
    assert "en_product9_prev.xml" in caught.value.mend
