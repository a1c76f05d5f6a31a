"""Age and sex over the API: what they take from a disease, in words, and that the parts shown still add up."""

from __future__ import annotations

import pytest

from ontology.natural_histories import DAYS_A_YEAR
from service.wording import Wording

FINDINGS = [{"id": "HP:0007359"}, {"id": "HP:0001166"}]
PATIENT = {"sex": "female", "age": "P40D"}


def diseases(client, path, language="en", **more):
    answer = client.post(path, json={"features": FINDINGS, "limit": 20, **more}, headers={"Accept-Language": language})
    return {disease["id"]: disease for disease in answer.json()["diseases"]}


@pytest.mark.parametrize("path", ["/api/v1/rank", "/api/v1/assess"])
def test_what_contradicts_is_said_and_adds_up(client, path):
    # See tests/matching/test_circumstances.py for what is stated of the two.
    found = diseases(client, path, **PATIENT)
    said = {id: [part["words"] for part in found[id]["circumstances"]] for id in ("OMIM:900001", "OMIM:900003")}
    assert said["OMIM:900001"] == ["Onset from 12 months on (Childhood onset); the patient is 40 days old."]
    assert said["OMIM:900003"][0] == "Onset from 2 years on (ORPHA:900102); the patient is 40 days old."
    assert said["OMIM:900003"][1] == "ORPHA:900102; the patient is female."
    for disease in found.values():
        shown = sum(part["shown"] for part in (*disease["contributions"], *disease["circumstances"]))
        assert shown == pytest.approx(disease["shown"])


def test_the_statement_behind_it_is_shown_with_its_paper(client):
    (onset,) = diseases(client, "/api/v1/rank", **PATIENT)["OMIM:900001"]["circumstances"]
    assert [row["references"] for row in onset["rows"]] == [["PMID:9000011"]]


def test_nothing_is_taken_where_nothing_is_given(client):
    assert not any(disease["circumstances"] for disease in diseases(client, "/api/v1/rank").values())


def test_in_chinese(client):
    (onset,) = diseases(client, "/api/v1/rank", "zh", **PATIENT)["OMIM:900001"]["circumstances"]
    assert onset["words"] == "12 个月起病或更晚（儿童期起病）；患者年龄 40 天。"


def test_tests_follow_the_circumstances(client):
    plain, told = (
        client.post("/api/v1/suggest", json={"features": FINDINGS[:1], **more}).json() for more in ({}, PATIENT)
    )
    assert plain["tests"] != told["tests"] or plain["panel"] != told["panel"]


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "0 days"),
        (60, "60 days"),
        (61, "2 months"),
        (365, "12 months"),  # a year is 365.2425 days: its first whole day counts as the birthday
        (730, "2 years"),
        (729, "23 months"),
        (round(16 * DAYS_A_YEAR), "16 years"),
        (round(3.9 * DAYS_A_YEAR), "3 years"),
    ],
)
def test_ages_in_words(small_knowledge, days, words):
    assert Wording.of(small_knowledge).age(days) == words
