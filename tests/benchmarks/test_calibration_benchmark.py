"""Judging and fitting the belief: condensed scores tell what whole ones tell, and the counts are right."""

from __future__ import annotations

import json

import numpy as np
import pytest

from benchmarks import calibration
from benchmarks.belief_fit import Beliefs, even_weights, fit, folds, lowest
from benchmarks.belief_samples import Samples, collect
from benchmarks.cases import Question
from benchmarks.evaluate import Bench
from benchmarks.reliability import error_by_chance, expected_error, log_loss, svg, table
from matching.posterior import Calibration, posterior
from matching.prevalence import prior_nats


class Scripted:
    """A bench that answers each question with scores given beforehand."""

    def __init__(self, rows):
        self.rows = rows

    def scored(self, questions):
        for at, question in enumerate(questions):
            yield at, self.rows[at], bool(np.isfinite(self.rows[at][list(question.true)]).any())


def _question(true, findings=5, papers=("PMID:1",)):
    return Question("case", frozenset(papers), dict.fromkeys(range(findings), 1.0), (true,), (true,))


def _samples(rows, questions):
    samples = collect(Scripted(np.array(rows, np.float32)), questions, "published")
    assert samples is not None
    return samples


def test_condensed_scores_give_the_belief_of_whole_ones():
    dice = np.random.default_rng(4)
    rows = dice.normal(0, 3, (3, 2000)).astype(np.float32)
    trues = [int(rows[0].argmax()), 7, 9]
    samples = _samples(rows, [_question(true, findings=n) for true, n in zip(trues, (1, 8, 30), strict=True)])
    beliefs = Beliefs.of(samples, Calibration(0.4, -0.4, 0.2, 1.2))
    for at, (true, n) in enumerate(zip(trues, (1, 8, 30), strict=True)):
        whole = posterior(rows[at], n, Calibration(0.4, -0.4, 0.2, 1.2))
        assert beliefs.truth[at] == pytest.approx(whole[true], rel=0.01)
        assert beliefs.first[at] == pytest.approx(whole.max(), rel=0.01)
        assert beliefs.before(samples)[at] == pytest.approx(whole[whole > whole[true]].sum(), abs=0.005)
        exact = int(np.searchsorted(np.cumsum(np.sort(whole)[::-1]), 0.5) + 1)
        assert beliefs.sizes(samples, 0.5)[at] == pytest.approx(exact, rel=0.02, abs=1)


def test_cases_of_which_nothing_is_left_are_no_samples():
    assert collect(Scripted(np.array([[1.0, -np.inf]], np.float32)), [_question(1)], "published") is None


def test_sets_of_other_sizes_join():
    small, large = _samples([[2.0, 1.0]], [_question(0)]), _samples([np.arange(400.0)], [_question(0)])
    joined = Samples.joined([small, large])
    beliefs = Beliefs.of(joined, Calibration(1.0, 0.0, 0.0, 1.0))
    # Two diseases a nat apart: 1 / (1 + exp(-1)).
    assert beliefs.first[0] == pytest.approx(0.7311, abs=1e-4)
    assert joined.rank.tolist() == [1.0, 400.0]


def test_cases_of_one_disease_or_paper_share_a_fold():
    questions = [_question(0, papers=("a",)), _question(1, papers=("a", "b")), _question(2, papers=("b",))]
    questions += [_question(3 + i, papers=(f"c{i}",)) for i in range(7)]
    fold = folds(_samples(np.zeros((10, 10)), questions), seed=1)
    assert len(set(fold[:3].tolist())) == 1
    assert len(set(fold.tolist())) == 5


def test_a_disease_of_four_cases_weighs_twice_one_of_one():
    samples = _samples(np.zeros((5, 3)), [_question(0)] * 4 + [_question(1)])
    weights = even_weights(samples, {})
    # 4 / sqrt(4) = 2 against 1, of 3.
    assert weights == pytest.approx([1 / 6] * 4 + [1 / 3])


def test_fit_finds_the_numbers_that_made_the_cases():
    dice = np.random.default_rng(8)
    made = Calibration(0.5, -0.4, 0.2, 1.2)
    rows = dice.normal(0, 6, (600, 50)).astype(np.float32)
    findings = dice.choice([2, 8, 32], 600)
    trues = [
        int(dice.choice(50, p=(p := posterior(row, int(n), made).astype(float)) / p.sum()))
        for row, n in zip(rows, findings, strict=True)
    ]
    samples = _samples(rows, [_question(t, findings=int(n)) for t, n in zip(trues, findings, strict=True)])
    found = fit(samples, np.ones(600))
    # In ten other draws the three were .50 to .03, -.39 to .04 and .18 to .04 (mean and standard deviation).
    assert found.astray == pytest.approx(0.2, abs=0.06)
    assert found.sharpness == pytest.approx(0.5, rel=0.25)
    assert found.fading == pytest.approx(-0.4, abs=0.2)


def test_simplex_search_finds_a_bowl():
    found = lowest(lambda point: float(((point - [1.0, -2.0]) ** 2).sum()), np.zeros(2))
    assert found == pytest.approx([1.0, -2.0], abs=0.01)


def test_error_and_loss_by_hand():
    claims, right = np.array([0.9, 0.9, 0.1, 0.1]), np.array([True, False, False, False])
    # Ten bins of four cases: one case each; |.9-1| + |.9-0| + .1 + .1 = 1.2, of 4.
    assert expected_error(claims, right) == pytest.approx(0.3)
    # -(ln .9 + ln .1 + 2 ln .9) / 4
    assert log_loss(claims, right) == pytest.approx(-(3 * np.log(0.9) + np.log(0.1)) / 4)
    assert [row.claimed for row in table(claims, right, bins=2)] == pytest.approx([0.1, 0.9])


def test_certain_claims_err_by_no_chance():
    assert error_by_chance(np.array([0.0, 1.0, 1.0])) == 0.0


def test_drawing_holds_every_bin():
    drawn = svg({"published": table(np.linspace(0, 1, 40), np.arange(40) % 2 == 0)})
    assert drawn.count("<circle") == 10
    assert drawn.startswith("<svg")


def test_benchmark_prints_its_figures_and_draws(small_root, tmp_path, capsys):
    cases = tmp_path / "cases.jsonl"
    lines = [
        {"id": "1", "pmid": ["PMID:1"], "observed": ["HP:0000098", "HP:0001166"], "diseases": ["OMIM:900001"]},
        {"id": "2", "pmid": ["PMID:2"], "observed": ["HP:0001250"], "diseases": ["OMIM:900002"]},
    ]
    cases.write_text("\n".join(json.dumps(line) for line in lines))
    drawing = tmp_path / "reliability.svg"
    calibration.main([str(cases), "--crossfit", "--svg", str(drawing), "--knowledge", str(small_root)])
    figures = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert set(figures["sets"]) == {"published", "noise50", "parent", "keep3"}
    assert figures["sets"]["published"]["n"] == 2
    assert 0 < figures["sets"]["published"]["mean_confidence"] < 1
    assert figures["sets"]["published"]["credible_sets"]["0.9"]["median_size"] >= 1
    assert len(figures["numbers"]["crossfitted"]) == 2
    assert "<polyline" in drawing.read_text()


def test_a_bench_adds_the_prior_to_every_score(small_knowledge):
    asked = [_question(0, findings=3)]
    ((_, plain, _),) = Bench(small_knowledge, "lm", "all", None).scored(asked)
    ((_, weighed, _),) = Bench(small_knowledge, "lm", "all", None, "prevalence").scored(asked)
    ranked = np.isfinite(plain)
    assert weighed[ranked] - plain[ranked] == pytest.approx(prior_nats(small_knowledge)[ranked], abs=1e-5)
    assert np.isinf(weighed[~ranked]).all()
