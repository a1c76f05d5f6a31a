"""Age and sex of published cases in the benchmark: read as published, used when asked, their own papers left out."""

from __future__ import annotations

import json

import numpy as np
import pytest

from benchmarks.cases import Question, read_cases
from benchmarks.evaluate import Bench
from benchmarks.ranking import leaving_out
from matching.circumstances import NOT_GIVEN, Circumstances
from ontology.features import PatientSex


@pytest.mark.parametrize(
    ("said", "patient"),
    [
        ({"sex": "FEMALE", "age": "P2Y"}, Circumstances(PatientSex.FEMALE, 730)),
        ({"sex": "UNKNOWN_SEX", "age": "soon"}, NOT_GIVEN),
        ({"sex": None, "age": None}, NOT_GIVEN),
        ({}, NOT_GIVEN),
    ],
)
def test_what_a_case_line_says_of_the_patient(tmp_path, said, patient):
    path = tmp_path / "cases.jsonl"
    path.write_text(json.dumps({"id": "c", "diseases": ["OMIM:900001"], **said}))
    assert read_cases(path)[0].patient == patient


def test_age_takes_from_the_score_but_not_by_a_row_of_the_cases_own_paper(small_knowledge):
    disease = small_knowledge.diseases.position("OMIM:900001")
    present = {small_knowledge.terms.position("HP:0001166"): 1.0}

    def taken(pmids, leave_out):
        question = Question("q", frozenset(pmids), present, (disease,), (disease,), Circumstances(age_days=40))
        score = []
        for circumstances in (False, True):
            bench = Bench(small_knowledge, "lm", "all", leave_out, circumstances=circumstances)
            ((_, scores, _),) = bench.scored([question])
            score.append(float(scores[disease]))
        return score[1] - score[0]

    leave_out = leaving_out(small_knowledge, [])
    # Childhood onset, 1 year, is PMID:9000011's; without it Orphanet's adolescence, 12 years, costs the bound.
    assert taken([], leave_out) == pytest.approx(-np.log(1.99932 / 1.10952), abs=1e-3)
    assert taken(["PMID:9000011"], leave_out) == pytest.approx(-1, abs=1e-5)
