"""Search among the terms, a disease looked up, and the truth about readiness."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from matching.assess import Assessor
from service.app import create_app


def labels(client, query: str, **more: object) -> list[str]:
    answer = client.get("/api/v1/terms", params={"q": query, **more})
    assert answer.status_code == 200, answer.text
    return [term["label"] for term in answer.json()["terms"]]


def test_terms_are_found_by_the_beginnings_of_words(client):
    assert labels(client, "arachno") == ["Arachnodactyly"]
    assert labels(client, "septal atr") == ["Atrial septal defect"]
    assert labels(client, "SEIZURE")[0] == "Seizure"


def test_terms_are_found_by_id_and_old_ids_lead_on(client):
    assert labels(client, "HP:0001250") == ["Seizure"]
    assert labels(client, "hp:0001250") == ["Seizure"]
    (term,) = client.get("/api/v1/terms?q=HP:9000001").json()["terms"]
    assert (term["id"], term["replaces"]) == ("HP:0001250", "HP:9000001")
    (suggested,) = client.get("/api/v1/terms?q=HP:9000002").json()["terms"]
    assert (suggested["label"], suggested["near"]) == ("Hypotonia", True)


@pytest.mark.parametrize("query", ["肌张历低下", "肌張历低下", "jizanglidixia", "肌力张低下"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_slip_in_chinese_finds_what_is_near(client, query, language):
    terms = client.get("/api/v1/terms", params={"q": query, "language": language}).json()["terms"]
    assert ("HP:0001252", True) in [(term["id"], term["near"]) for term in terms]


def test_a_slip_of_the_pen_finds_what_is_near(client):
    (term,) = client.get("/api/v1/terms?q=arachnodactly").json()["terms"]
    assert (term["label"], term["near"]) == ("Arachnodactyly", True)


def test_only_phenotypic_abnormalities_are_offered(client):
    assert labels(client, "autosomal dominant") == []
    assert labels(client, "HP:0000006") == []


def test_a_cut_list_says_so(client):
    answer = client.get("/api/v1/terms?q=a&limit=2").json()
    assert answer["truncated"] is True
    assert answer["total"] > len(answer["terms"]) == 2


@pytest.mark.parametrize("query", ["眼距宽", "眼距寬", "yanjukuan", "yan ju kuan", "yǎn jù kuān", "yjk", "眼 宽"])
def test_terms_are_found_by_chinese_characters_pinyin_and_initials(client, query):
    assert labels(client, query)[0] == "Hypertelorism"


def test_letters_are_english_first_of_all_unless_chinese_is_asked_for(client):
    def ids(query: str, **more: object) -> list[str]:
        terms = client.get("/api/v1/terms", params={"q": query, "limit": 100, **more}).json()["terms"]
        return [term["id"] for term in terms]

    assert ids("jinshi") == ids("jinshi", language="zh") == ["HP:0000545"]  # 近视; no English word begins so
    # "ma" begins "Macrocephaly", and is also how wordings in pinyin begin
    assert ids("ma")[0] == ids("ma", language="zh")[0] == "HP:0000256"
    assert set(ids("ma")) < set(ids("ma", language="zh"))


def test_a_chinese_reader_searches_in_chinese_and_sees_both_labels(client):
    asked = client.get("/api/v1/terms?q=zhizhuzhi", headers={"Accept-Language": "zh"}).json()
    same = client.get("/api/v1/terms?q=zhizhuzhi&language=zh").json()
    assert asked == same
    term = asked["terms"][0]
    assert (term["id"], term["label_en"]) == ("HP:0001166", "Arachnodactyly")
    assert "指" in term["label"]
    assert any("未经临床医生核对" in notice for notice in asked["notices"])
    assert client.get("/api/v1/terms?q=seizure").json()["notices"] == []


def test_a_disease_is_told_in_the_language_asked_for(client):
    told = client.get("/api/v1/diseases/OMIM:900001", headers={"Accept-Language": "zh"}).json()
    row = next(row for row in told["annotations"] if row["id"] == "HP:0001166")
    assert row["label_en"] == "Arachnodactyly" != row["label"]
    assert [notice["kind"] for notice in told["notices"]] == ["names_in_english", "names_unchecked"]


def test_a_disease_is_found_by_each_of_its_ids(client):
    own = client.get("/api/v1/diseases/OMIM:900001").json()
    also = client.get("/api/v1/diseases/ORPHA:900101").json()
    assert own == also
    assert [record["id"] for record in own["records"]] == ["OMIM:900001", "ORPHA:900101"]
    assert [row["label"] for row in own["inheritance"]] == ["Autosomal dominant inheritance"]
    rows = {(row["id"], row["record"]): row for row in own["annotations"]}
    assert rows["HP:0001166", "OMIM:900001"]["frequency"] == 0.9
    assert rows["HP:0001166", "ORPHA:900101"]["references"] == ["ORPHA:900101"]


def test_a_feature_that_patients_lack_is_marked(client):
    # OMIM:900004 is annotated NOT HP:0002650.
    rows = client.get("/api/v1/diseases/OMIM:900004").json()["annotations"]
    assert [row["excluded"] for row in rows if row["id"] == "HP:0002650"] == [True]


def test_readiness_is_true(client, small_knowledge):
    answer = client.get("/readyz").json()
    assert answer["status"] == "ready"
    assert answer["knowledge"]["release"] == small_knowledge.manifest.release
    assert answer["counts"] == small_knowledge.counts()


def test_readiness_ends_when_the_knowledge_is_taken_away(assessor, problem, tmp_path):
    folder = tmp_path / "release"
    shutil.copytree(assessor.knowledge.folder, folder)
    moved = Assessor(replace(assessor.knowledge, folder=folder), assessor.readers, assessor.ranker, assessor.lesions)
    client = TestClient(create_app(moved), base_url="http://127.0.0.1")
    assert client.get("/readyz").status_code == 200
    shutil.rmtree(folder)
    answer = client.get("/readyz")
    problem(answer, 503)
    assert answer.headers["retry-after"]
    assert client.get("/livez").status_code == 200


@pytest.mark.real
def test_searches_of_the_real_release(real_client):
    assert labels(real_client, "long fing")[0] == "Long fingers"
    assert labels(real_client, "seiz")[0] == "Seizure"
    assert "Arachnodactyly" in labels(real_client, "arachnodactly")
    assert "Aortic root aneurysm" in labels(real_client, "dilatation aortic root")
