"""A case told by one site and sent to another as it is: the other holds what the first does, and nothing twice."""

from __future__ import annotations

import json

import pytest

from benchmarks.cases import PublishedCase
from benchmarks.fhir_round_trip import desk_of, differing, held, run, sent
from benchmarks.hospital import hospital
from ontology.features import Assertion, Mention, Statement, TextSpan
from service.actors import Permission
from service.cases.features import keep
from service.cases.mentions import Said
from service.cases.rules import CaseRules
from service.store.tables import new_id
from service.store.tables import note as note_rows

FHIR = {"Content-Type": "application/fhir+json"}
NOTE = "Boy with arachnodactyly.\r\nNo seizures. His mother has myopia."
#: Every field of a case, each with what is hard to tell in FHIR.
FIELDS = {
    "sex": {"sex": "female"},
    "age_days": {"age": "P400D"},
    "number": {"patient": {"number": "H-778899"}},
    "number like that of an identity card": {"patient": {"number": "11010519491231002X"}},
    "name": {"patient": {"name": "欧阳小明"}},
    "notes": {"notes": [{"text": NOTE, "date": "2026-03-04", "language": "en"}, {"text": "<html> 患儿蜘蛛指。"}]},
    "observed": {"features": [{"id": "HP:0001166"}]},
    "excluded": {"features": [{"id": "HP:0001250", "excluded": True}]},
    "uncertain": {"features": [{"id": "HP:0002650", "assertion": "uncertain"}]},
    "historical": {"features": [{"id": "HP:0001083", "assertion": "historical", "severity": "HP:0012828"}]},
    "family": {"features": [{"id": "HP:0000545", "assertion": "family", "onset": "HP:0003577"}]},
    "hypothetical": {"features": [{"id": "HP:0002616", "assertion": "hypothetical"}]},
    "onset and severity": {"features": [{"id": "HP:0001083", "onset": "HP:0003577", "severity": "HP:0012825"}]},
    "two words about one term": {
        "features": [{"id": "HP:0001250"}, {"id": "HP:0001250", "assertion": "historical", "onset": "HP:0003577"}]
    },
    "consanguinity": {"family_history": {"consanguineous": True}},
    "family history": {
        "family_history": {
            "affected_parent": False,
            "affected_siblings": True,
            "affected_children": False,
            "affected_maternal_males": True,
            "affected_maternal_line": False,
        }
    },
    "diagnosis": {"diagnoses": [{"id": "OMIM:900001", "gene": "FBN1", "onset": "HP:0011463", "confirmed": False}]},
    "diagnosis in words of its own": {"diagnoses": [{"id": "OMIM:900001", "label": "  Marfan-like, mild"}]},
    "diagnosis of another system": {"diagnoses": [{"id": "icd10:E75.2"}, {"id": "OMIM:PS154700"}]},
    "diagnosis ruled out": {"diagnoses": [{"id": "ORPHA:99", "excluded": True, "confirmed": False}]},
    "test done": {"tests_done": [{"modality": "gene_panel", "genes": ["FBN1", "COL3A1"], "year": 2021}]},
    "test at a locus": {"tests_done": [{"modality": "repeat_pcr", "result": "uncertain", "target": "FMR1 CGG"}]},
    "acutely ill": {"acutely_ill": True},
    "ancestry": {"ancestry": "han"},
}


@pytest.fixture(scope="module")
def sites(tmp_path_factory, assessor):
    """Two hospitals that know nothing of each other."""
    with (
        hospital(tmp_path_factory.mktemp("first"), assessor) as first,
        hospital(tmp_path_factory.mktemp("second"), assessor) as second,
    ):
        yield first, second


@pytest.fixture
def opened(sites):
    """Keeps a case at the first; its id."""

    def keep(given):
        answer = sites[0].client("clinician north").post("/api/v1/cases", json=given)
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    return keep


@pytest.fixture
def post(sites):
    """Sends to one of the sites."""

    def send(body, at=1, path="/fhir"):
        return sites[at].client("clinician north").post(path, content=json.dumps(body), headers=FHIR)

    return send


def told_by(site, id):
    return site.client("clinician north").get(f"/fhir/Patient/{id}/$everything").json()


def everything_of(given):
    """One case with all of FIELDS that a case can have together, of a patient with a number of their own."""
    merged = {}
    for each in given.values():
        for name, value in each.items():
            if isinstance(value, list):
                merged.setdefault(name, []).extend(value)
            elif isinstance(value, dict):
                merged.setdefault(name, {}).update(value)
            else:
                merged[name] = value
    merged["patient"] = {"number": new_id(), "name": "欧阳小明"}
    seen = {}
    merged["features"] = [seen.setdefault(each["id"], each) for each in merged["features"] if each["id"] not in seen]
    return merged


@pytest.mark.parametrize("field", FIELDS)
def test_each_field_comes_back(sites, opened, field):
    id = opened(FIELDS[field])
    before = held(sites[0], id)
    assert before != held(sites[0], opened({}))  # the field is one that is compared
    there, _, issues = sent(*sites, id)
    assert differing(before, held(sites[1], there)) == []
    assert {issue["severity"] for issue in issues} <= {"information"}


def test_a_case_with_a_signed_report_comes_back_and_nothing_of_the_report_is_stated(sites, opened, valid):
    id = opened(everything_of(FIELDS))
    client = sites[0].client("clinician north")
    report = client.post(f"/api/v1/cases/{id}/assess").json()["id"]
    signed = {"report": report, "decision": "agree", "disease": "OMIM:900001", "reason": "Seen."}
    assert client.post(f"/api/v1/cases/{id}/sign-off", json=signed).status_code == 201
    for purpose in ("photo", "federation"):
        given = {"purpose": purpose, "given_by": "guardian"}
        assert client.post(f"/api/v1/cases/{id}/consents", json=given).status_code == 201
    there, told, issues = sent(*sites, id)
    valid(told)
    assert differing(held(sites[0], id), held(sites[1], there)) == []
    made = [each for each in told if "tag" in each["meta"]]
    assert {"RiskAssessment", "DiagnosticReport", "Observation", "Provenance", "ServiceRequest"} <= {
        each["resourceType"] for each in made
    }
    words = [issue["diagnostics"] for issue in issues]
    assert sum(each.startswith("This is part of a report made by this software") for each in words) == len(made)


def test_a_report_is_known_without_its_tag_where_its_codes_say_so(sites, opened, post):
    id = opened({"notes": [{"text": "A boy with arachnodactyly."}]})
    sites[0].client("clinician north").post(f"/api/v1/cases/{id}/assess")
    told = told_by(sites[0], id)
    for entry in told["entry"]:
        entry["resource"]["meta"].pop("tag", None)
    answer = post(told).json()
    there = next(e["response"]["location"] for e in answer["entry"] if "Patient/" in e["response"].get("location", ""))
    assert differing(held(sites[0], id), held(sites[1], there.split("/")[1])) == []


def test_quoted_words_are_found_again_and_struck_readings_stay_struck(sites, opened):
    id = opened({"notes": [{"text": NOTE}]})
    desk = desk_of(sites[0])

    def state(connection):
        row = desk.case(connection, id, Permission.WRITE_CASES)
        (note,) = (each["id"] for each in desk.parts(connection, note_rows, id))
        span = TextSpan(note, 9, 23, NOTE[9:23], "history")
        keep(desk, connection, row, Said("HP:0001166", Mention("HP:0001166", Assertion.OBSERVED, Statement("x", span))))
        keep(desk, connection, row, Said("HP:0001250", None, struck=True))
        relative = Mention("HP:0000545", Assertion.FAMILY, Statement("x"))
        keep(desk, connection, row, Said("HP:0000545", relative, struck=True))

    desk.write(state)
    there, _, _ = sent(*sites, id)
    assert held(sites[1], there)["features"] == [
        ("HP:0000545", "family", True, None, None, (), None),
        ("HP:0001166", "observed", False, None, None, (), (0, 9, 23, "arachnodactyly", "history")),
        ("HP:0001250", None, True),
    ]


def test_consents_come_back_and_one_that_ended_has_ended_there_too(sites, opened):
    id = opened({"age": "P7Y"})
    client = sites[0].client("clinician north")
    for purpose in ("assessment", "photo"):
        given = {"purpose": purpose, "given_by": "guardian"}
        assert client.post(f"/api/v1/cases/{id}/consents", json=given).status_code == 201
    first = client.get(f"/api/v1/cases/{id}").json()["consents"][0]
    assert client.delete(f"/api/v1/cases/{id}/consents/{first['id']}").status_code in (200, 204)
    there, _, _ = sent(*sites, id)
    assert held(sites[1], there)["consents"] == [("assessment", "guardian", True), ("photo", "guardian", False)]


def test_what_is_sent_twice_is_kept_once(sites, opened):
    id = opened(everything_of(FIELDS))
    there, _, _ = sent(*sites, id)
    before = held(sites[1], there)
    again, _, _ = sent(*sites, id)
    assert again == there
    assert held(sites[1], there) == before


def test_a_case_that_comes_back_to_its_own_site_is_not_doubled(sites, opened, post):
    id = opened(everything_of(FIELDS))
    before = held(sites[0], id)
    kept = len(sites[0].client("clinician north").get("/api/v1/cases?limit=100").json()["cases"])
    assert post(told_by(sites[0], id), at=0).status_code == 200
    assert differing(before, held(sites[0], id)) == []
    listed = sites[0].client("clinician north").get("/api/v1/cases?limit=100").json()["cases"]
    assert len(listed) == kept


def test_a_word_that_was_taken_back_is_taken_back_there_when_it_is_deleted(sites, opened):
    id = opened({"features": [{"id": "HP:0001166"}, {"id": "HP:0001083"}]})
    there, told, _ = sent(*sites, id)
    one = next(each["id"] for each in told if each["resourceType"] == "Observation")
    answer = sites[1].client("clinician north").delete(f"/fhir/Observation/{one}")
    assert answer.status_code == 200
    assert len(held(sites[1], there)["features"]) == 1


def test_what_someone_has_changed_since_counts_and_not_our_extension(sites, opened, post):
    id = opened({"features": [{"id": "HP:0001166"}]})
    told = told_by(sites[0], id)
    found = next(e["resource"] for e in told["entry"] if e["resource"]["resourceType"] == "Observation")
    found["valueCodeableConcept"] = {"coding": [{"system": "http://snomed.info/sct", "code": "2667000"}]}
    found["interpretation"][0]["coding"][0]["code"] = "NEG"
    answer = post(told).json()
    there = answer["entry"][0]["response"]["location"].split("/")[1]
    assert [each[1] for each in held(sites[1], there)["features"]] == ["excluded"]


def test_generated_cases_come_back(small_knowledge):
    published = [
        PublishedCase("a", (), ("HP:0001166", "HP:0002650", "HP:0001083"), ("HP:0001250",), ("OMIM:900001",)),
        PublishedCase("b", (), ("HP:0001250", "HP:0000545"), (), ("ORPHA:900101", "DECIPHER:900")),
    ]
    found = run(small_knowledge, published, 8)
    assert (found["losses"], found["by_field"], found["told"].keys()) == (0, {}, {"information"})
    assert found["reports"] > 0


def test_where_names_are_masked_words_are_quoted_only_where_they_still_stand(sites, opened, tmp_path, assessor):
    text = "李雷，男。蜘蛛指。"
    id = opened({"patient": {"number": new_id(), "name": "李雷"}, "notes": [{"text": text}]})
    desk = desk_of(sites[0])

    def state(connection):
        row = desk.case(connection, id, Permission.WRITE_CASES)
        (note,) = (each["id"] for each in desk.parts(connection, note_rows, row["id"]))
        by = Statement("x", TextSpan(note, 5, 8, text[5:8]))
        keep(desk, connection, row, Said("HP:0001166", Mention("HP:0001166", Assertion.OBSERVED, by)))

    desk.write(state)
    with hospital(tmp_path, assessor, CaseRules(deidentify=True)) as masking:
        there, _, _ = sent(sites[0], masking, id)
        kept = held(masking, there)
    masked = kept["notes"][0][0]
    assert "李雷" not in masked
    (word,) = kept["features"]
    assert word[:2] == ("HP:0001166", "observed")
    assert word[6] == ((0, 5, 8, "蜘蛛指", None) if masked[5:8] == "蜘蛛指" else None)
