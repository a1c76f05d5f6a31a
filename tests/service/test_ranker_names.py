"""A ranker chosen by name, over the API."""

from __future__ import annotations

import pytest

from matching.rankers import RANKERS
from service.models.inputs import RankerName

BODY = {"features": [{"id": "HP:0001166"}, {"id": "HP:0001083"}, {"id": "HP:0001250", "excluded": True}], "limit": 3}


def test_the_service_offers_every_ranker():
    assert tuple(name.value for name in RankerName) == RANKERS


@pytest.mark.parametrize("name", RANKERS)
def test_the_answer_names_its_ranker_and_only_lm_gives_probabilities(client, name):
    answer = client.post("/api/v1/rank", json={**BODY, "ranker": name}).json()
    assert answer["ranker"] == name
    assert answer["diseases"][0]["id"] == "OMIM:900001"
    assert {"probability" in disease for disease in answer["diseases"]} == {name == "lm"}
    assert ("no_probability" in {notice["kind"] for notice in answer["notices"]}) == (name != "lm")
    for disease in answer["diseases"]:
        assert sum(part["nats"] for part in disease["contributions"]) == pytest.approx(disease["score"], abs=1e-5)


def test_without_a_name_it_is_lm(client):
    plain, named = (client.post("/api/v1/rank", json=body).json() for body in (BODY, {**BODY, "ranker": "lm"}))
    assert plain == named


def test_an_unknown_ranker_is_one_clear_fault(client, problem):
    answer = client.post("/api/v1/rank", json={**BODY, "ranker": "jaccard"})
    problem(answer, 422)
    (fault,) = answer.json()["errors"]
    assert fault["field"] == "ranker"
    assert "phenodigm" in fault["what"] + fault["mend"]
