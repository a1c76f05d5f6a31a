"""A finding weighs by how seldom it is among the archive's own patients."""

from __future__ import annotations

import math

import pytest

from screening.evidence import LEAST_SHARE, MIX, NO_RATES, PRIOR_PATIENTS, Evidence, Rates, rare_shares, summed
from screening.weighing import Weigher

ARACHNODACTYLY, SEIZURE, SCOLIOSIS = "HP:0001166", "HP:0001250", "HP:0002650"


def row(*ids: str, **more: object) -> dict:
    features = [{"id": id, "label": "", "assertion": "observed", "weight": 1.0} for id in ids]
    return {"sex": "unknown", "age_days": None, "why_not": None, "features": features, **more}


def test_how_often_rare_patients_have_a_finding_is_the_mean_over_diseases(small_knowledge):
    """Of the eleven diseases nine have a phenotype of their own (not a kin's, nor inheritance alone).

    Arachnodactyly: 9/10 in Long-limb syndrome, of which the Orphanet entry is a part.
    """
    shares = rare_shares(small_knowledge)
    described = round(0.9 / (shares[small_knowledge.terms.position(ARACHNODACTYLY)] - 5e-5))
    assert described == len(
        {
            disease
            for disease in range(len(small_knowledge.diseases))
            for annotation in small_knowledge.annotations.of_disease(disease)
            if not annotation.excluded
            and small_knowledge.terms.is_phenotype[annotation.term]
            and small_knowledge.annotations.relations[annotation.row] == 0
        }
    )


def test_the_formula(small_knowledge):
    rare = float(rare_shares(small_knowledge)[small_knowledge.terms.position(SEIZURE)])
    here = (3 + PRIOR_PATIENTS * rare) / (1000 + PRIOR_PATIENTS)
    mixed = 1 - MIX + MIX * rare / here
    found = Evidence.of(small_knowledge, Rates(1000, {SEIZURE: 3})).weighed(SEIZURE, 0.5)
    assert mixed > 1
    assert found.nats == pytest.approx(0.5 * math.log(mixed))
    assert found.share == pytest.approx(max(LEAST_SHARE, MIX * rare / here / mixed))


def test_what_is_frequent_here_speaks_less_than_what_is_seldom(small_knowledge):
    evidence = Evidence.of(small_knowledge, Rates(10_000, {SEIZURE: 5000, ARACHNODACTYLY: 2}))
    common, seldom = evidence.weighed(SEIZURE, 1.0), evidence.weighed(ARACHNODACTYLY, 1.0)
    assert common.nats == 0 < seldom.nats
    assert LEAST_SHARE <= common.share < seldom.share < 1


def test_an_archive_of_nobody_says_nothing(small_knowledge):
    assert Evidence.of(small_knowledge, NO_RATES).weighed(SEIZURE, 1.0).nats == pytest.approx(0)


def test_a_long_record_of_what_is_common_takes_nothing_from_what_is_seldom(assessor):
    rates = Rates(10_000, {SEIZURE: 5000, "HP:0001263": 4000, ARACHNODACTYLY: 2})
    weigher = Weigher(assessor, Evidence.of(assessor.knowledge, rates), of_best=0.0)
    short, long = weigher.weighed(row(ARACHNODACTYLY)), weigher.weighed(row(ARACHNODACTYLY, SEIZURE, "HP:0001263"))
    assert long["score"] == short["score"] > 0


def test_rates_of_parts_are_summed():
    assert summed([Rates(3, {"a": 1, "b": 2}), Rates(4, {"a": 5})]) == Rates(7, {"a": 6, "b": 2})


def test_a_patient_with_what_is_seldom_stands_before_one_with_as_much_that_is_common(assessor):
    rates = Rates(10_000, {SEIZURE: 5000, "HP:0001263": 4000, ARACHNODACTYLY: 2, "HP:0001083": 1})
    weigher = Weigher(assessor, Evidence.of(assessor.knowledge, rates))
    common, seldom = weigher.weighed(row(SEIZURE, "HP:0001263")), weigher.weighed(row(ARACHNODACTYLY, "HP:0001083"))
    assert common["score"] < seldom["score"]
    assert seldom["diseases"][0]["id"] == "OMIM:900001"
    assert [feature["nats"] > 0 for feature in seldom["features"]] == [True, True]


def test_who_is_not_ranked_has_no_score(assessor):
    weigher = Weigher(assessor, Evidence.of(assessor.knowledge, NO_RATES))
    weighed = weigher.weighed(row(SCOLIOSIS, why_not="too_few_findings"))
    assert (weighed["score"], weighed["diseases"]) == (None, [])
