"""The optional prior and the confidence in the first disease, over the API."""

from __future__ import annotations

import pytest

FEATURES = {"features": [{"id": "HP:0001166"}, {"id": "HP:0001083"}], "limit": 3}


@pytest.mark.parametrize("path", ["/api/v1/rank", "/api/v1/assess"])
def test_a_prior_is_shown_where_it_is_asked_for_and_nowhere_else(client, path):
    plain, weighed = (client.post(path, json=FEATURES | more).json() for more in ({}, {"prior": "prevalence"}))
    assert all("prior" not in disease for disease in plain["diseases"])
    for disease in weighed["diseases"]:
        parts = sum(part["shown"] for part in disease["contributions"])
        assert parts + disease["prior"]["shown"] == pytest.approx(disease["shown"])


def test_a_prior_for_similarities_is_one_clear_fault(client, problem):
    answer = client.post("/api/v1/rank", json={**FEATURES, "ranker": "lin", "prior": "prevalence"})
    problem(answer, 422)
    (fault,) = answer.json()["errors"]
    assert fault["field"] == "prior"


@pytest.mark.parametrize("path", ["/api/v1/rank", "/api/v1/assess"])
def test_confidence_is_the_belief_in_the_first(client, path):
    answer = client.post(path, json=FEATURES).json()
    assert answer["confidence"] == answer["diseases"][0]["probability"]
    assert answer["stands_out"]


def test_flat_belief_is_said_in_one_sentence(client, monkeypatch):
    monkeypatch.setattr("matching.posterior.STANDS_OUT", 1.1)
    answer = client.post("/api/v1/rank", json=FEATURES).json()
    assert answer["stands_out"] is False
    (words,) = [notice["words"] for notice in answer["notices"] if notice["kind"] == "none_stands_out"]
    assert words.startswith("None stands out")
