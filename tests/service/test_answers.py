"""What the routes answer, over the hand-made release."""

from __future__ import annotations

import base64

import pytest

NOTE = "Boy with arachnodactyly and scoliosis. No seizures. His mother has myopia."
JPEG = b"\xff\xd8\xff\xe0" + b"0" * 100


def test_extract_gives_the_exact_words_of_each_finding(client):
    answer = client.post("/api/v1/extract", json={"text": NOTE, "id": "n1", "language": "en"}).json()
    assert answer["id"] == "n1"
    assert answer["language"] == "en"
    found = {feature["id"]: feature for feature in answer["features"]}
    assert found["HP:0001166"]["assertion"] == "observed"
    assert found["HP:0001250"]["assertion"] == "excluded"
    assert found["HP:0000545"]["assertion"] == "family"
    for feature in answer["features"]:
        assert NOTE[feature["start"] : feature["end"]] == feature["text"]


def test_extract_suggests_terms_for_unread_words_only_when_asked(client):
    asked = {"text": "Seizures. Her ears set by the neck.", "language": "en"}
    assert "suggestions" not in client.post("/api/v1/extract", json=asked).json()
    answer = client.post("/api/v1/extract", json={**asked, "suggestions": True}).json()
    (suggestion,) = answer["suggestions"]
    assert asked["text"][suggestion["start"] : suggestion["end"]] == suggestion["text"] == "ears set by the neck"
    assert suggestion["terms"][0]["id"] == "HP:0000369"
    assert [feature["id"] for feature in answer["features"]] == ["HP:0001250"]
    assert "suggestions_end" not in answer


def test_suggested_terms_are_named_in_the_readers_language_beside_the_english(client):
    asked = {"text": "Her ears set by the neck.", "suggestions": True}
    answer = client.post("/api/v1/extract", json=asked, headers={"Accept-Language": "zh-CN"}).json()
    first = answer["suggestions"][0]["terms"][0]
    assert (first["id"], first["label_en"]) == ("HP:0000369", "Low-set ears")
    assert "耳" in first["label"]


def test_a_note_that_no_terms_are_suggested_for_has_no_list_of_them(client):
    answer = client.post("/api/v1/extract", json={"text": "У ребёнка судороги.", "suggestions": True}).json()
    assert "suggestions" not in answer


def test_unread_words_of_a_chinese_note_get_terms_too(client):
    asked = {"text": "患儿来诊。😀全身力量偏低。抽搐。", "suggestions": True}
    answer = client.post("/api/v1/extract", json=asked, headers={"Accept-Language": "zh-CN"}).json()
    (suggestion,) = answer["suggestions"]
    assert asked["text"][suggestion["start"] : suggestion["end"]] == suggestion["text"] == "全身力量偏低"
    assert (suggestion["terms"][0]["id"], suggestion["terms"][0]["label_en"]) == ("HP:0001252", "Hypotonia")
    assert [feature["id"] for feature in answer["features"]] == ["HP:0001250"]
    assert client.post("/api/v1/extract", json={**asked, "text": "患儿来诊。"}).json()["suggestions"] == []


def test_offsets_count_characters_not_utf16_units(client):
    text = "😀😀 Arachnodactyly."
    (feature,) = client.post("/api/v1/extract", json={"text": text, "language": "en"}).json()["features"]
    assert (feature["start"], feature["end"]) == (3, 17)


def test_a_chinese_note_is_read_in_its_own_characters(client):
    text = "患儿身材高大，𠮷蜘蛛指，否认抽搐。"
    answer = client.post("/api/v1/extract", json={"text": text}).json()
    assert answer["language"] == "zh"
    assert "abstention" not in answer
    found = {feature["id"]: feature for feature in answer["features"]}
    assert found["HP:0001166"]["assertion"] == "observed"
    assert found["HP:0001250"]["assertion"] == "excluded"
    for feature in answer["features"]:
        assert text[feature["start"] : feature["end"]] == feature["text"]
    # asked in English: labels are English, and nothing is said of names
    assert found["HP:0001166"]["label"] == "Arachnodactyly"
    assert "label_en" not in found["HP:0001166"]
    assert "notices" not in answer


def test_a_note_in_a_script_that_is_not_read_is_declined_with_a_reason(client):
    answer = client.post("/api/v1/extract", json={"text": "У ребёнка судороги."}).json()
    assert answer["features"] == []
    assert answer["abstention"]["reason"]
    assert answer["abstention"]["mend"]


def test_a_chinese_reader_gets_chinese_labels_beside_the_english(client):
    chinese = {"Accept-Language": "zh-CN"}
    answer = client.post("/api/v1/extract", json={"text": NOTE}, headers=chinese).json()
    (finding,) = (feature for feature in answer["features"] if feature["id"] == "HP:0001166")
    assert "指" in finding["label"]
    assert finding["label_en"] == "Arachnodactyly"
    assert {notice["kind"] for notice in answer["notices"]} == {"names_in_english", "names_unchecked"}


def test_rank_names_the_disease_and_its_reasons(client):
    body = {"features": [{"id": "HP:0001166"}, {"id": "HP:0001083"}], "sex": "male", "age": "P7Y", "limit": 3}
    answer = client.post("/api/v1/rank", json=body).json()
    first = answer["diseases"][0]
    assert first["id"] == "OMIM:900001"
    assert first["rank"] == 1
    exact = {part["feature"]: part for part in first["contributions"]}["HP:0001166"]
    assert exact["match"] == "exact"
    assert exact["words"] == "Annotated with exactly this. Frequency: 9 of 10 patients (90 %)."
    # phenotype.hpoa: HP:0001166 in 9/10, PMID:9000011
    row = exact["rows"][0]
    assert (row["affected"], row["examined"], row["references"]) == (9, 10, ["PMID:9000011"])
    assert (row["record"], row["relation"]) == ("OMIM:900001", "own")
    assert len(answer["diseases"]) == 3
    assert answer["knowledge"]["release"]


def test_the_contributions_shown_add_up_to_the_score_shown(client):
    body = {"features": [{"id": "HP:0001166"}, {"id": "HP:0002650"}, {"id": "HP:0001250", "excluded": True}]}
    for disease in client.post("/api/v1/rank", json=body).json()["diseases"]:
        assert sum(part["nats"] for part in disease["contributions"]) == pytest.approx(disease["score"], abs=1e-3)
        shown = [round(100 * part["shown"]) for part in disease["contributions"]]
        assert sum(shown) == round(100 * disease["shown"])
        assert disease["shown"] == pytest.approx(disease["score"], abs=0.00501)


def test_what_to_look_for_is_told_with_its_frequency_and_reference(client):
    answer = client.post("/api/v1/rank", json={"features": [{"id": "HP:0001166"}], "limit": 1}).json()
    listed = {feature["label"]: feature for feature in answer["diseases"][0]["look_for"]}
    # phenotype.hpoa: Aortic root aneurysm in 8/10, PMID:9000012
    aorta = listed["Aortic root aneurysm"]
    assert aorta["frequency"] == {
        "share": 0.8, "affected": 8, "examined": 10, "words": "8 of 10 patients (80 %)"
    }  # fmt: skip
    assert aorta["rows"][0]["references"] == ["PMID:9000012"]
    assert "Arachnodactyly" not in listed


def test_contradictions_are_listed_with_how_frequent_they_are(client):
    features = [{"id": "HP:0001166"}, {"id": "HP:0002616", "excluded": True}, {"id": "HP:0001249"}]
    diseases = client.post("/api/v1/rank", json={"features": features}).json()["diseases"]
    limb = next(disease for disease in diseases if disease["id"] == "OMIM:900001")
    told = {found["feature"]: found for found in limb["contradictions"]}
    assert (told["HP:0002616"]["match"], told["HP:0002616"]["frequent"]) == ("excluded_meets_present", True)
    assert told["HP:0002616"]["words"] == (
        "Absent in the patient; Aortic root aneurysm is annotated. Frequency: 8 of 10 patients (80 %)."
    )
    assert told["HP:0001249"]["match"] == "present_meets_excluded"
    assert told["HP:0001249"]["words"].endswith("Frequency: 0 of 10 patients (0 %).")
    assert told["HP:0001249"]["frequent"] is False


def test_questions_and_genes_come_with_rank_and_assess_alike(client):
    body = {"features": [{"id": "HP:0001252"}]}
    ranked = client.post("/api/v1/rank", json=body).json()
    report = client.post("/api/v1/assess", json=body).json()
    for key in ("next_features", "genes"):
        assert ranked[key]
        assert report[key] == ranked[key]
    question = ranked["next_features"][0]
    assert question["question"] == f"Is there {question['label']}?"
    assert question["bits"] == pytest.approx(question["nats"] / 0.693147, rel=1e-5)
    gene = ranked["genes"][0]
    assert {"association", "source", "dated", "inheritance", "inheritance_of"} <= set(gene["diseases"][0])


def test_a_gene_says_how_its_disease_is_inherited_and_by_whose_word(client):
    genes = client.post("/api/v1/rank", json={"features": [{"id": "HP:0001166"}]}).json()["genes"]
    disease = next(gene for gene in genes if gene["symbol"] == "LIMB1")["diseases"][0]
    assert disease["inheritance"] == [
        {"id": "HP:0000006", "label": "Autosomal dominant inheritance", "references": ["PMID:9000011"]}
    ]
    assert (disease["association"], disease["inheritance_of"]) == ("MENDELIAN", "disease")


def test_accept_language_chooses_the_sentences_and_the_names(client):
    body = {"features": [{"id": "HP:0001166"}]}
    english = client.post("/api/v1/rank", json=body).json()
    chinese = client.post("/api/v1/rank", json=body, headers={"Accept-Language": "zh-CN,zh;q=0.9"}).json()
    assert (english["language"], chinese["language"]) == ("en", "zh")
    first, same = chinese["diseases"][0], english["diseases"][0]
    # no disease of the hand-made release has a Chinese name, and its terms have
    assert first["name"] == same["name"]
    assert "name_en" not in first
    reason, told = first["contributions"][0], same["contributions"][0]
    assert (told["label"], reason["label_en"]) == ("Arachnodactyly", "Arachnodactyly")
    assert "指" in reason["label"]
    assert "label_en" not in told
    assert reason["rows"][0]["label"] == reason["label"]
    assert first["contributions"][0]["words"] == "该病的注释中正有此表型。频率：10 例中 9 例（90 %）。"
    kinds = [[notice["kind"] for notice in answer["notices"]] for answer in (english, chinese)]
    for kind in ("names_in_english", "names_unchecked"):
        assert [told.count(kind) for told in kinds] == [0, 1]
    assert [d["score"] for d in chinese["diseases"]] == [d["score"] for d in english["diseases"]]


def test_an_excluded_finding_lowers_the_disease_that_has_it(client):
    def score(*features):
        diseases = client.post("/api/v1/rank", json={"features": features}).json()["diseases"]
        return {disease["id"]: disease["score"] for disease in diseases}["OMIM:900002"]

    delay = {"id": "HP:0001263"}
    assert score(delay, {"id": "HP:0001250", "excluded": True}) < score(delay)


def test_few_findings_come_with_a_warning(client):
    notices = client.post("/api/v1/rank", json={"features": [{"id": "HP:0001166"}]}).json()["notices"]
    assert [notice["kind"] for notice in notices] == ["too_few_findings"]
    assert notices[0]["words"]


@pytest.mark.parametrize("old", ["HP:9000001", "HP:9000003"])
def test_an_outdated_id_is_mapped_and_said(client, old):
    answer = client.post("/api/v1/rank", json={"features": [{"id": old}]}).json()
    (notice,) = [notice for notice in answer["notices"] if notice["kind"] == "term_mapped"]
    assert notice["terms"] == [old, "HP:0001250"]
    assert notice["words"] == f"{old} is not a current term; it was read as Seizure (HP:0001250)."
    current = client.post("/api/v1/rank", json={"features": [{"id": "HP:0001250"}]}).json()
    assert answer["diseases"] == current["diseases"]
    report = client.post("/api/v1/assess", json={"features": [{"id": old}]}).json()
    assert report["features"][0]["replaces"] == old


def test_ties_are_told_as_ties(client):
    # Level syndrome 1 and 2 have the same two annotations.
    body = {"features": [{"id": "HP:0001629"}, {"id": "HP:0000256"}]}
    level = [d for d in client.post("/api/v1/rank", json=body).json()["diseases"] if d["name"].startswith("Level")]
    assert [(d["rank"], d["tied_with"]) for d in level] == [(1.5, 1), (1.5, 1)]


def test_the_universe_omim_leaves_the_others_out(client):
    body = {"features": [{"id": "HP:0001263"}], "limit": 100}
    whole = client.post("/api/v1/rank", json=body).json()
    omim = client.post("/api/v1/rank", json={**body, "universe": "omim"}).json()
    assert "DECIPHER:900" in {disease["id"] for disease in whole["diseases"]}
    assert "DECIPHER:900" not in {disease["id"] for disease in omim["diseases"]}
    assert omim["considered"] < whole["considered"]


def test_suggest_orders_tests_and_says_what_they_cannot_see(client):
    body = {"features": [{"id": "HP:0001249"}, {"id": "HP:0000256"}, {"id": "HP:0001263"}]}
    answer = client.post("/api/v1/suggest", json=body).json()
    assert answer["tests"]
    for test in answer["tests"]:
        assert test["cannot_see"]
        assert test["reason"]
    assert set(answer["panel"]) == {"genes", "mass"}


def test_assess_is_a_draft_of_the_whole(client):
    body = {
        "id": "case-1",
        "notes": [{"id": "n1", "text": NOTE, "date": "2026-01-31"}],
        "features": [{"id": "HP:0001083"}, {"id": "HP:0002616", "excluded": True}],
        "photos": [{"content": base64.b64encode(JPEG).decode()}],
        "sex": "male",
        "age": "P7Y2M",
    }
    report = client.post("/api/v1/assess", json=body).json()
    assert (report["case"], report["status"]) == ("case-1", "draft")
    found = {feature["id"]: feature for feature in report["features"]}
    assert found["HP:0001083"]["mentions"][0]["evidence"] == {"by": "demonstration"}
    assert found["HP:0002616"]["excluded"] is True
    span = found["HP:0001166"]["mentions"][0]["evidence"]
    assert (span["note"], NOTE[span["start"] : span["end"]]) == ("n1", "arachnodactyly")
    assert report["diseases"][0]["id"] == "OMIM:900001"
    assert [abstention["reader"] for abstention in report["abstentions"]] == ["facial"]


def test_a_clinicians_word_beats_the_note_and_the_note_is_shown(client):
    body = {"notes": [{"text": "There is scoliosis."}], "features": [{"id": "HP:0002650", "excluded": True}]}
    (feature,) = client.post("/api/v1/assess", json=body).json()["features"]
    assert feature["excluded"] is True
    assert [mention["evidence"]["text"] for mention in feature["conflicts"]] == ["scoliosis"]


def test_findings_stated_alone_rank_as_those_read(client):
    report = client.post("/api/v1/assess", json={"notes": [{"text": NOTE}]}).json()
    stated = [{"id": feature["id"], "assertion": feature["assertion"]} for feature in report["features"]]
    ranked = client.post("/api/v1/rank", json={"features": stated, "limit": 10}).json()
    assert ranked["diseases"] == report["diseases"]


@pytest.mark.parametrize("media_type", ["image/jpeg", "application/octet-stream", "application/json"])
def test_a_photo_is_declined_honestly(client, media_type):
    as_json = {"json": {"content": base64.b64encode(JPEG).decode()}}
    as_bytes = {"content": JPEG, "headers": {"Content-Type": media_type}}
    answer = client.post("/api/v1/photos:describe", **(as_json if media_type == "application/json" else as_bytes))
    assert answer.status_code == 200
    assert "face" not in answer.json()
    assert answer.json()["abstention"]["reader"] == "facial"


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"<svg/>"])
def test_what_is_no_photo_is_refused(client, problem, content):
    answer = client.post("/api/v1/photos:describe", content=content, headers={"Content-Type": "image/png"})
    assert problem(answer, 422)["errors"][0]["field"] == "photo"


@pytest.mark.parametrize("media_type", ["image/gif", "text/plain", "multipart/form-data"])
def test_a_photo_of_another_type_is_a_415(client, problem, media_type):
    problem(client.post("/api/v1/photos:describe", content=JPEG, headers={"Content-Type": media_type}), 415)
