"""The ranking benchmark, run on the hand-made release."""

from __future__ import annotations

import gzip
import json

import numpy as np
import pytest

from benchmarks import ranking
from benchmarks.cases import Perturbation, drawn, read_cases
from benchmarks.evaluate import Outcome, calibration, figures, measure_named
from benchmarks.families import FamilyMembers
from benchmarks.organ_systems import OrganSystems
from matching.lm.profile import stated_rows
from ontology.terms import PHENOTYPIC_ABNORMALITY

CASES = [
    {"id": "a", "pmid": ["PMID:9000011"], "observed": ["HP:0001166", "HP:0000545"], "diseases": ["OMIM:900001"]},
    {"id": "b", "pmid": ["PMID:9000021"], "observed": ["HP:0001250", "HP:0001263"], "diseases": ["OMIM:900002"]},
    {"id": "c", "pmid": [], "observed": ["HP:0001629", "HP:0000256"], "diseases": ["OMIM:900005"]},
    {"id": "d", "pmid": [], "observed": ["HP:0001250"], "diseases": ["OMIM:1"]},
]


@pytest.fixture
def run(tmp_path, small_root, capsys):
    path = tmp_path / "cases.jsonl.gz"
    path.write_bytes(gzip.compress("\n".join(json.dumps(case) for case in CASES).encode()))

    def benchmark(*arguments):
        ranking.main([str(path), "--knowledge", str(small_root), *arguments])
        return json.loads(capsys.readouterr().out.splitlines()[-1])

    return benchmark


def test_as_released(run):
    result = run()
    assert (result["n"], result["not_in_release"]) == (3, 1)
    # a and b are first; c is level with OMIM:900006 at rank 1.5.
    assert (result["top1"], result["top3"]) == (66.7, 100.0)
    assert result["mrr"] == pytest.approx((1 + 1 + 1 / 1.5) / 3, abs=1e-3)


def test_leaving_the_papers_out_makes_it_harder(run):
    result = run("--leave-publication-out", "--universe", "omim")
    assert result["answerable_n"] == 3  # Orphanet still lends a seizure to OMIM:900002
    assert result["mrr"] < run("--universe", "omim")["mrr"]


def test_limit_and_calibration(run):
    result = run("--limit", "2", "--calibration")
    assert result["n"] == 2
    assert 0 <= result["calibration"]["ece"] <= 1


def test_a_constant_can_have_another_value(run):
    result = run("--set", "floor=0.5", "--set", "kin_share=0")
    assert result["set"] == {"floor": 0.5, "kin_share": 0.0}
    assert result["n"] == run()["n"]


@pytest.mark.parametrize("wrong", [("--set", "flour=1"), ("--ranker", "lin", "--set", "floor=0.5")])
def test_what_is_no_constant_is_refused(run, wrong):
    with pytest.raises(SystemExit):
        run(*wrong)


def test_without_words_and_kin_only_rows_speak(small_knowledge):
    profiles = measure_named(small_knowledge, "lm-rows").workshop.model
    assert len(profiles.expected.values) > 0  # kin is known of, but weighs nothing
    fit, kin_only = (small_knowledge.diseases.position("OMIM:900002"), small_knowledge.terms.position("HP:0000252"))
    assert fit not in profiles.postings.diseases[profiles.postings.row(kin_only)]
    whole = measure_named(small_knowledge, "lm").workshop.model.postings
    assert fit in whole.diseases[whole.row(kin_only)]


def test_figures_by_hand():
    outcomes = [
        Outcome(1, 1, True, True, 0.9, True, 1, 1),
        Outcome(4, 10, True, True, 0.5, False, 2, 3),
        Outcome(8, 8, False, True, 0.5, False, 8, 1),  # no row left, but its kin speaks of it
        Outcome(100, 100, False, False, 0.5, False, 11, 5),
    ]
    found = figures(outcomes)
    assert (found["top1"], found["top5"], found["top10"], found["median"]) == (25.0, 50.0, 75.0, 6)
    assert found["mrr"] == pytest.approx((1 + 1 / 4 + 1 / 8 + 1 / 100) / 4, abs=1e-4)
    assert (found["answerable_n"], found["answerable_top1"], found["answerable_mrr"]) == (2, 50.0, 0.625)
    assert (found["by_words_or_kin_n"], found["by_words_or_kin_mrr"]) == (1, 0.125)
    assert found["strict_top10"] == 75.0
    assert found["family_mrr"] == pytest.approx((1 + 1 / 2 + 1 / 8 + 1 / 11) / 4, abs=1e-4)
    assert (found["family_top1"], found["family_top10"], found["family_median_size"]) == (25.0, 75.0, 2)


def test_calibration_by_hand():
    # Two bins of one: claimed .9 and right, claimed .5 and wrong: (.1 + .5) / 2.
    outcomes = [Outcome(1, 1, True, True, 0.9, True, 1, 1), Outcome(4, 4, True, True, 0.5, False, 4, 1)]
    assert calibration(outcomes, bins=2) == {"ece": 0.3, "mean_confidence": 0.7, "right_first": 0.5}


def test_draws_are_few_and_the_same_for_a_seed(tmp_path):
    path = tmp_path / "cases.jsonl"
    lines = [{"id": str(i), "diseases": [f"OMIM:{i % 2}"]} for i in range(10)]
    path.write_text("\n".join(map(json.dumps, lines)))
    cases = read_cases(path)
    assert len(drawn(cases, 2, 1)) == 4
    assert drawn(cases, 2, 1) == drawn(cases, 2, 1)
    assert drawn(cases, None, 1) == cases


def test_perturbations(small_knowledge):
    terms = small_knowledge.terms
    found = [terms.position(id) for id in ("HP:0007359", "HP:0001166", "HP:0001629", "HP:0000256")]
    assert Perturbation(None, terms, 1)(found) == found
    assert len(Perturbation("keep3", terms, 1)(found)) == 3
    assert len(Perturbation("noise50", terms, 1)(found)) in (5, 6)
    parents = Perturbation("parent", terms, 1)(found)
    expected = ["HP:0001250", "HP:0000924", "HP:0001627", "HP:0000152"]
    assert [terms.id(t) for t in parents] == expected
    organ = terms.position("HP:0000924")  # its only parent is Phenotypic abnormality, so it stays
    assert Perturbation("parent", terms, 1)([organ]) == [organ]
    assert terms.position(PHENOTYPIC_ABNORMALITY) not in parents


def test_without_cases_figures_are_null_and_the_json_is_valid():
    assert figures([])["mrr"] is None
    assert calibration([]) is None
    json.dumps(figures([]), allow_nan=False)


def test_the_family_of_a_disease_is_its_series_and_the_diseases_of_its_gene(small_knowledge):
    position = small_knowledge.diseases.position
    rows = stated_rows(small_knowledge.annotations, small_knowledge.terms.is_phenotype)
    known = np.isin(np.arange(len(small_knowledge.diseases)), rows.owners)
    families = FamilyMembers.of(small_knowledge, known)
    fit = {position(id) for id in ("OMIM:900002", "OMIM:900003", "ORPHA:900102")}  # the last bears the series' name
    assert set(families.of_any([position("OMIM:900002")])) == fit
    assert families.of_any([position("OMIM:300624")]) == (position("OMIM:300624"),)


def test_a_case_is_placed_where_the_best_of_its_family_is(run, tmp_path, small_root, capsys):
    # Focal seizures, microcephaly and hypotonia are those of Fit syndrome 2; the case has Fit syndrome 1.
    path = tmp_path / "kin.jsonl"
    findings = ["HP:0007359", "HP:0000252", "HP:0001252"]
    path.write_text(json.dumps({"id": "k", "pmid": [], "observed": findings, "diseases": ["OMIM:900002"]}))
    ranking.main([str(path), "--knowledge", str(small_root)])
    result = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (result["top1"], result["family_top1"], result["family_mrr"]) == (0.0, 100.0, 1.0)
    assert result["family_median_size"] == 3


def test_organ_systems_by_most_terms(small_knowledge):
    systems = OrganSystems.of(small_knowledge)

    def of(id):
        return systems.labels[systems.of_disease[small_knowledge.diseases.position(id)]]

    assert of("OMIM:900001") == "Abnormality of the skeletal system"  # 3 terms of 6, against 2 of the eye
    assert of("OMIM:900002") == "Abnormality of the nervous system"
    assert systems.of_disease[small_knowledge.diseases.position("OMIM:900007")] == -1  # inheritance alone
    assert not systems.metabolic.any()


def test_figures_by_system_hold_every_case(run):
    result = run("--by-system")
    systems = result["by_system"]
    assert sum(figures["n"] for figures in systems.values()) == result["n"] == 3
    assert systems["Abnormality of the nervous system"]["mrr"] == 1.0
    assert "by_system" not in run()


@pytest.mark.real
def test_metabolic_diseases_of_the_real_release(real_knowledge):
    metabolic = OrganSystems.of(real_knowledge).metabolic
    position = real_knowledge.diseases.position
    assert metabolic[[position(id) for id in ("OMIM:261600", "OMIM:251000", "OMIM:230800", "OMIM:606054")]].all()
    assert not metabolic[[position(id) for id in ("OMIM:154700", "OMIM:607432", "OMIM:616409")]].any()
