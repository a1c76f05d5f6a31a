"""Tests already done, the family and acute illness: taken strictly, used, and told back in the reader's language."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import service.knowing
from matching.genetic_tests.catalogue import Catalogue, CatalogueTest
from matching.genetic_tests.known import FamilyHistory, TestDone, TestResult
from matching.genetic_tests.modalities import MODALITIES
from matching.genetic_tests.proposal import (
    BiochemicalTest,
    ConsentPoint,
    CoveredDisease,
    DoneEffect,
    DoneKind,
    FamilyEffect,
    FamilyKind,
    NextStep,
    Reason,
    Relatives,
    Sample,
    TestPlan,
    TestSource,
    TestSuggestion,
    Unread,
    VirtualPanel,
)
from matching.genetic_tests.rows import packaged_lesions
from service.app import create_app
from service.knowing import Knowing
from service.models.known import MOST_DONE, MOST_GENES, FamilyInput, KnownInput, ModalityWord
from service.translate_tests import PlanTranslator
from service.wording import Wording

LESION = packaged_lesions()[0]
SUGGEST, ASSESS = "/api/v1/suggest", "/api/v1/assess"
IN_CHINESE = {"Accept-Language": "zh-CN"}
FINDINGS = [{"id": "HP:0001249"}, {"id": "HP:0000256"}, {"id": "HP:0001263"}]
CATALOGUE = Catalogue(
    "laboratory",
    "2026",
    (
        CatalogueTest("FX1", "Fragile X (FMR1) repeat", "repeat_pcr", ("FMR1",), "FMR1", (), 0.99, 900.0, 7.0, "EDTA"),
        CatalogueTest("WES", "Exome", "exome", price=8000.0, days=40.0),
    ),
    "CNY",
)


def codes(answer):
    return [test["code"] for test in answer.json()["tests"]]


@pytest.fixture
def with_catalogue(assessor, monkeypatch):
    monkeypatch.setattr(service.knowing, "open_catalogue", lambda root: CATALOGUE)
    return TestClient(create_app(assessor), base_url="http://127.0.0.1")


@pytest.mark.parametrize("path", [SUGGEST, ASSESS])
def test_a_test_that_was_done_is_not_suggested_again(client, path):
    assert "repeat_pcr:FMR1" in codes(client.post(path, json={"features": FINDINGS}))
    done = [{"modality": "repeat_pcr", "target": "fmr1", "year": 2024}]
    answer = client.post(path, json={"features": FINDINGS, "tests_done": done})
    assert "repeat_pcr:FMR1" not in codes(answer)
    (told,) = answer.json()["tests_done"]
    assert (told["name"], told["kind"], told["result"]) == ("repeat PCR: FMR1 (2024)", "lowered", "negative")
    assert 0 < told["lowered"] < 1


def test_the_diseases_stay_as_they_are_whatever_tests_were_done(client):
    plain = client.post(ASSESS, json={"features": FINDINGS}).json()
    told = client.post(ASSESS, json={"features": FINDINGS, "tests_done": [{"modality": "exome"}]}).json()
    assert told["diseases"] == plain["diseases"]


def test_the_family_is_used_and_told_in_both_languages(client):
    body = {"features": FINDINGS, "family_history": {"affected_maternal_males": True, "affected_parent": None}}
    (english,) = client.post(SUGGEST, json=body).json()["family"]
    (chinese,) = client.post(SUGGEST, json=body, headers=IN_CHINESE).json()["family"]
    assert english["share"] > english["before"]
    assert english["words"].startswith("The family makes X-linked diseases likelier")
    assert chinese["words"].startswith("家族史使X连锁遗传病更有可能")
    assert {**english, "words": ""} == {**chinese, "words": ""}


def test_an_old_exome_is_worth_reading_again(client):
    year = datetime.now(UTC).year
    for years, kind in ((0, "lowered"), (6, "reanalyse")):
        body = {"features": FINDINGS, "tests_done": [{"modality": "exome", "year": year - years}]}
        assert client.post(SUGGEST, json=body).json()["tests_done"][0]["kind"] == kind


def test_what_says_nothing_is_told_with_the_reason(client):
    done = [
        {"modality": "gene_panel", "genes": ["NOSUCH1"]},
        {"modality": "mlpa"},
        {"modality": "exome", "result": "uncertain"},
    ]
    told = client.post(SUGGEST, json={"features": FINDINGS, "tests_done": done}).json()["tests_done"]
    assert [each["kind"] for each in told] == ["unread"] * 3
    assert told[0]["unknown_genes"] == ["NOSUCH1"]
    assert "Not known to this release: NOSUCH1." in told[0]["words"]
    assert "locus" in told[1]["words"]
    assert "uncertain significance" in told[2]["words"]


def test_a_code_of_the_catalogue_is_enough_and_orders_are_in_its_words(with_catalogue):
    plain = with_catalogue.post(SUGGEST, json={"features": FINDINGS}).json()
    repeat = next(test for test in plain["tests"] if test["code"] == "repeat_pcr:FMR1")
    assert repeat["ordered_as"] == {
        "code": "FX1",
        "name": "Fragile X (FMR1) repeat",
        "price": 900.0,
        "currency": "CNY",
        "days": 7.0,
        "sample": "EDTA",
    }
    assert repeat["offered"] is True
    assert plain["catalogue"] == "laboratory 2026"
    answer = with_catalogue.post(SUGGEST, json={"features": FINDINGS, "tests_done": [{"code": "FX1"}]})
    assert "repeat_pcr:FMR1" not in codes(answer)
    assert answer.json()["tests_done"][0]["name"] == "repeat PCR: FMR1"


def test_without_a_catalogue_nothing_is_said_of_one(client):
    answer = client.post(SUGGEST, json={"features": FINDINGS}).json()
    assert "catalogue" not in answer
    assert all("ordered_as" not in test and "offered" not in test for test in answer["tests"])


@pytest.mark.parametrize("path", [SUGGEST, ASSESS])
@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"tests_done": [{"modality": "crystal_ball"}]}, "tests_done[0].modality"),
        ({"tests_done": [{"modality": "exome", "result": "maybe"}]}, "tests_done[0].result"),
        ({"tests_done": [{"modality": "exome", "year": "2020"}]}, "tests_done[0].year"),
        ({"tests_done": [{"modality": "exome", "year": 2199}]}, "tests_done[0].year"),
        ({"tests_done": [{"modality": "exome", "year": 1200}]}, "tests_done[0].year"),
        ({"tests_done": [{"modality": "gene_panel", "genes": ["A B"]}]}, "tests_done[0].genes[0]"),
        ({"tests_done": [{"modality": "gene_panel", "genes": ["A"] * (MOST_GENES + 1)}]}, "tests_done[0].genes"),
        ({"tests_done": [{"modality": "mlpa", "target": "DMD\u0000"}]}, "tests_done[0].target"),
        ({"tests_done": [{"modality": "mlpa", "target": "D" * 101}]}, "tests_done[0].target"),
        ({"tests_done": [{}]}, "tests_done[0].modality"),
        ({"tests_done": [{"code": "FX1"}]}, "tests_done[0].code"),
        ({"tests_done": [{"modality": "exome", "patient": "Wei"}]}, "tests_done[0].patient"),
        ({"tests_done": [{"modality": "exome"}] * (MOST_DONE + 1)}, "tests_done"),
        ({"tests_done": {"modality": "exome"}}, "tests_done"),
        ({"family_history": {"affected_parent": 1}}, "family_history.affected_parent"),
        ({"family_history": {"uncle": True}}, "family_history.uncle"),
        ({"family_history": None}, "family_history"),
        ({"acutely_ill": "true"}, "acutely_ill"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(client, problem, path, told, field):
    faults = problem(client.post(path, json={"features": FINDINGS, **told}), 422)["errors"]
    assert [fault["field"] for fault in faults] == [field]


def test_every_fault_of_what_was_done_is_told_at_once(client, problem):
    done = [{"code": "X"}, {"modality": "exome"}, {"modality": "exome", "year": 2198}, {}]
    faults = problem(client.post(SUGGEST, json={"features": FINDINGS, "tests_done": done}), 422)["errors"]
    assert [fault["field"] for fault in faults] == [
        "tests_done[0].code",
        "tests_done[2].year",
        "tests_done[3].modality",
    ]


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "modality": st.sampled_from(sorted(MODALITIES)) | st.text(max_size=9) | st.none(),
            "result": st.sampled_from(sorted(TestResult)) | st.integers(-(10**18), 10**18),
            "genes": st.lists(st.text(max_size=8) | st.sampled_from(["FMR1", "fmr1", "1-Mar", "HGNC:1"]), max_size=4),
            "target": st.text(max_size=12),
            "code": st.text(max_size=12),
            "year": st.integers(-5, 3000) | st.floats() | st.none(),
        },
    )
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_told_of_a_test_is_answered_or_refused(client, done):
    """Neither a 5xx nor an answer without the test: what is taken is told back."""
    body = {"features": FINDINGS, "tests_done": [done]}
    try:
        answer = client.post(SUGGEST, json=body)
    except ValueError:  # not a number in JSON
        return
    assert answer.status_code in (200, 422)
    if answer.status_code == 200:
        assert len(answer.json()["tests_done"]) == 1


def test_the_words_taken_are_those_of_the_model():
    assert {word.value for word in ModalityWord} == set(MODALITIES)
    assert tuple(FamilyInput.model_fields) == FamilyHistory.__slots__


def test_what_callers_write_is_not_kept(assessor):
    knowing = Knowing.open(assessor)
    given = KnownInput.model_validate({"tests_done": [{"modality": "mlpa", "target": "Zqxvy"}]})
    assert knowing.known(given).done[0].target == "Zqxvy"
    assert not knowing._names._seen


def everything() -> TestPlan:
    """A plan in which every value that is put to words occurs."""
    covered = (CoveredDisease("OMIM:300624", "Fragile X syndrome", 0.5, ("FMR1",)),)
    tests = tuple(
        TestSuggestion(
            "exome:trio",
            "exome",
            (),
            covered,
            (),
            Reason.AFTER_NEGATIVE,
            samples=tuple(Sample),
            consent=tuple(ConsentPoint),
            relatives=tuple(Relatives),
            if_negative=step,
            lesion=LESION,
        )
        for step in NextStep
    )
    done = [DoneEffect(TestDone(each), DoneKind.LOWERED, 0.1) for each in MODALITIES]
    done += [DoneEffect(TestDone("exome", genes=("FMR1", "X1")), DoneKind.UNREAD, why=why) for why in Unread]
    done += [DoneEffect(TestDone("mlpa", TestResult.POSITIVE, target="DMD", year=2020), DoneKind.ANSWERED)]
    done += [DoneEffect(TestDone("exome", year=2020), DoneKind.REANALYSE, 0.2, 6)]
    family = tuple(FamilyEffect(kind, 0.4, 0.2) for kind in FamilyKind)
    fast = BiochemicalTest("x", "Serum transferrin isoforms", (), covered, 0.5, "", "", TestSource("a page", True))
    return TestPlan(tests, VirtualPanel((), 0.0), 0.0, (fast,), tuple(done), family)


def test_every_value_of_a_plan_has_words_in_both_languages(small_knowledge):
    wording = Wording.of(small_knowledge)
    symbols = frozenset(small_knowledge.genes.symbols)
    english = PlanTranslator.of(wording, symbols).plan(everything()).model_dump(mode="json")
    chinese = PlanTranslator.of(wording.into("zh"), symbols).plan(everything()).model_dump(mode="json")

    def said(answer):
        yield from (
            words for test in answer["tests"] for name in ("samples", "consent", "relatives") for words in test[name]
        )
        yield from (test["if_negative"] for test in answer["tests"])
        yield from (each["words"] for name in ("tests_done", "family") for each in answer[name])

    assert all(words and not re.search("[\u4e00-\u9fff{}]", words) for words in said(english))
    assert all(re.search("[\u4e00-\u9fff]", words) and "{" not in words for words in said(chinese))
