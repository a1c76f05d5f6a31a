"""The worked example of docs/ranking.md: its sums are right, and its results are the code's."""

from __future__ import annotations

import math
import re
from pathlib import Path

import numpy as np
import pytest

from matching.lm.query import WEIGHT_OF, Query
from matching.lm.ranker import Ranker
from matching.lm.score import add_up
from matching.lm.workshop import Workshop
from matching.report import PhenotypicFeature
from ontology.features import Assertion

PAGE = Path(__file__).parents[2] / "docs" / "ranking.md"
SUM = re.compile(r"^    (\S.*?) += (.+) = (-?[.\d]+)$", re.MULTILINE)
RANKED = re.compile(r"^\| ([.\d]+) \| (\S+) \| −([.\d]+) \|$", re.MULTILINE)
DISEASE, NEITHER = "OMIM:900004", "OMIM:900007"  # NEITHER has no phenotype, and is not ranked
TERM = {
    "hypertelorism": "HP:0000316",
    "septal defect": "HP:0001631",
    "defect": "HP:0001631",
    "ears": "HP:0000369",
    "heart": "HP:0001627",
    "face": "HP:0000271",
    "head or neck": "HP:0000152",
    "head": "HP:0000152",
    "eye": "HP:0000478",
    "cardiovascular": "HP:0001626",
    "seizure": "HP:0001250",
}


def example():
    text = PAGE.read_text(encoding="utf-8")
    return text[text.index("\n## A worked example") : text.index("\n## Fast")]


def sums():
    return {label: (sum_, result) for label, sum_, result in SUM.findall(example())}


@pytest.fixture(scope="module")
def workshop(small_knowledge):
    return Workshop.build(small_knowledge)


@pytest.fixture(scope="module")
def ours(small_knowledge, workshop):
    """What the code says, by the page's labels; sums in between that have no place of their own are left out."""
    terms, background, lattice = small_knowledge.terms, workshop.background, workshop.lattice
    at = {name: terms.position(id) for name, id in TERM.items()}
    disease = small_knowledge.diseases.position(DISEASE)
    rows = dict(zip(*(column.tolist() for column in workshop.own(disease)), strict=True))
    postings = workshop.model.postings

    def g(feature, superterm):
        start = int(lattice.pointers[at[feature]])
        return float(background.spread[start + lattice.row(at[feature]).tolist().index(at[superterm])])

    def held(values, term):
        row = postings.row(term)
        return float(values[row][postings.diseases[row] == disease].sum())

    def ratio(name):
        return sum(held(postings.spread, a) for a in lattice.row(at[name]).tolist()) + held(postings.own, at[name])

    query = Query.at(
        dict.fromkeys((at["hypertelorism"], at["cardiovascular"], at["seizure"]), 1.0), [at["ears"]], terms
    )
    addends = add_up(workshop.model, terms, query)
    nats = dict(zip(query.present.tolist(), addends.present[:, disease].tolist(), strict=True))
    return {
        **{f"m({name})": rows[at[name]] for name in ("hypertelorism", "septal defect", "ears")},
        "m(heart), m(face)": rows[at["heart"]],
        "known": sum(rows.values()),
        **{f"p0({name})": background.exact[at[name]] for name in ("hypertelorism", "face", "ears", "septal defect")},
        **{
            f"P0({name})": background.general[at[name]]
            for name in ("face", "head or neck", "eye", "heart", "cardiovascular")
        },
        "sum, with itself": 1 / g("hypertelorism", "hypertelorism"),
        "to the face": g("hypertelorism", "face") / g("hypertelorism", "hypertelorism"),
        "to head or neck": g("hypertelorism", "head or neck") / g("hypertelorism", "hypertelorism"),
        "to the eye": g("hypertelorism", "eye") / g("hypertelorism", "hypertelorism"),
        **{
            f"g({feature}, {superterm})": g(feature, superterm)
            for feature, superterm in (
                ("face", "face"),
                ("ears", "face"),
                ("ears", "head"),
                ("heart", "cardiovascular"),
                ("defect", "cardiovascular"),
            )
        },
        "as a neighbour": sum(held(postings.spread, a) for a in lattice.row(at["hypertelorism"]).tolist()),
        "LR(hypertelorism)": ratio("hypertelorism"),
        "LR(cardiovascular)": ratio("cardiovascular"),
        **{f"nats, {name}": nats[at[name]] for name in ("hypertelorism", "cardiovascular", "seizure")},
        "nats, no low-set ears": float(addends.excluded[0, disease]),
        "score": float(addends.scores[disease]),
    }


def test_each_sum_of_the_example_is_right():
    assert len(sums()) > 30
    for label, (sum_, result) in sums().items():
        assert re.fullmatch(r"(?:[-+*/^() .\d]|ln)+", sum_), label
        worked_out = eval(sum_.replace("^", "**"), {"ln": math.log, "__builtins__": {}})
        assert float(result) == pytest.approx(worked_out, rel=2e-4, abs=6e-6), label


def test_each_result_of_the_example_is_what_the_code_says(ours):
    printed = sums()
    assert set(ours) <= set(printed)
    for label, value in ours.items():
        assert float(printed[label][1]) == pytest.approx(value, rel=3e-4, abs=6e-6), label


def test_what_the_kin_adds_and_the_total_are_the_codes(small_knowledge, workshop):
    disease = small_knowledge.diseases.position(DISEASE)
    assert workshop.model.expected[disease].tolist() == sorted(
        small_knowledge.terms.position(TERM[name]) for name in ("heart", "face")
    )
    # At a term that is its own only superterm, own = .40 * share / P0 for what is at or below: the share of the heart.
    cardiovascular = small_knowledge.terms.position(TERM["cardiovascular"])
    row = workshop.model.postings.row(cardiovascular)
    own = float(workshop.model.postings.own[row][workshop.model.postings.diseases[row] == disease].sum())
    printed = {label: float(result) for label, (_, result) in sums().items()}
    below = printed["heart, face"] + printed["m(septal defect)"]
    assert own == pytest.approx(0.40 * below / printed["total"] / printed["P0(cardiovascular)"], rel=3e-4)
    assert printed["heart, face"] == pytest.approx(printed["m(heart), m(face)"] + printed["by kin, each"], abs=1e-5)


def test_the_ranks_and_ties_of_the_example_are_the_codes(small_knowledge, workshop):
    findings = [
        PhenotypicFeature(TERM[name], "", assertion, WEIGHT_OF[assertion], ())
        for name, assertion in (
            ("hypertelorism", Assertion.OBSERVED),
            ("cardiovascular", Assertion.OBSERVED),
            ("seizure", Assertion.OBSERVED),
            ("ears", Assertion.EXCLUDED),
        )
    ]
    ranking = Ranker(small_knowledge, workshop.model).rank(findings, limit=50)
    ours = {disease.id: (disease.rank, disease.score) for disease in ranking.diseases}
    assert len(ours) == 10
    assert NEITHER not in ours
    printed = RANKED.findall(example())
    assert len(printed) == 5
    for rank, id, score in printed:
        assert ours[id] == (float(rank), pytest.approx(-float(score), abs=6e-5)), id


def test_what_the_example_says_of_subtree_credit(small_knowledge, workshop):
    # The same postings without their own worth: what the neighbourhood alone gives.
    (without,) = re.findall(r"would add −([.\d]+) nats", example())
    disease = small_knowledge.diseases.position(DISEASE)
    row = workshop.model.postings.row(small_knowledge.terms.position(TERM["cardiovascular"]))
    spread = float(workshop.model.postings.spread[row][workshop.model.postings.diseases[row] == disease].sum())
    assert -float(without) == pytest.approx(np.log(0.05 + 0.95 * spread), abs=0.006)
