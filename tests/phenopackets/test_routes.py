"""Phenopackets in and out, as JSON and as protobuf: taken whole or refused with every fault, and told as they were."""

from __future__ import annotations

import copy
import json

import pytest
from google.protobuf.json_format import MessageToDict, ParseDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from phenopackets import Cohort, Family, Phenopacket
from sqlalchemy import select

from service.phenopackets.decoding import packet_in, to_bytes
from service.store.tables import case

META = {"created": "2026-01-01T00:00:00Z", "createdBy": "a laboratory", "phenopacketSchemaVersion": "2.0"}
PROTOBUF = "application/x-protobuf"


def term(id, label="x"):
    return {"id": id, "label": label}


def packet(id="p1", *features, **more):
    told = {"id": id, "subject": {"id": "s", "sex": "FEMALE"}, "metaData": dict(META)}
    return told | {"phenotypicFeatures": list(features) or [{"type": term("HP:0001166")}]} | more


FULL = packet(
    "full",
    {"type": term("HP:0001166"), "onset": {"ontologyClass": term("HP:0003577")}, "severity": term("HP:0012828")},
    {"type": term("HP:0001250"), "excluded": True},
    {"type": term("HP:0002650"), "description": "historical"},
    diseases=[{"term": term("OMIM:900001")}],
    subject={"id": "s", "sex": "MALE", "timeAtLastEncounter": {"age": {"iso8601duration": "P7Y"}}},
    measurements=[
        {
            "assay": {"id": "LOINC:8302-2", "label": "height"},
            "value": {"quantity": {"unit": {"id": "UCUM:cm", "label": "cm"}, "value": 110}},
            "timeObserved": {"age": {"iso8601duration": "P6Y2M"}},
        }
    ],
)


@pytest.fixture
def post(clinician):
    def send(content, path="/phenopackets", kind="application/json", **query):
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        return clinician.post(f"/api/v1{path}", content=body, headers={"Content-Type": kind}, params=query)

    return send


@pytest.fixture
def told(clinician):
    def tell(id, accept="application/json"):
        return clinician.get(f"/api/v1/cases/{id}/phenopacket", headers={"Accept": accept})

    return tell


def count(hospital):
    return hospital.keeping.database.read(lambda c: len(c.execute(select(case.c.id)).all()))


def faults(answer):
    return {fault["field"] for fault in answer.json()["errors"]}


def test_a_packet_becomes_a_case_and_is_told_again(post, told):
    kept = post(FULL)
    assert kept.status_code == 201, kept.text
    assert (kept.json()["packet"], kept.json()["features"]) == ("full", 3)
    again = told(kept.json()["id"]).json()
    found = {each["type"]["id"]: each for each in again["phenotypicFeatures"]}
    assert found["HP:0001166"]["onset"]["ontologyClass"]["id"] == "HP:0003577"
    assert found["HP:0001166"]["severity"]["id"] == "HP:0012828"
    assert found["HP:0001250"]["excluded"] is True
    assert found["HP:0002650"]["description"] == "historical"
    assert again["diseases"][0]["term"]["id"] == "OMIM:900001"
    assert again["subject"]["sex"] == "MALE"
    assert again["measurements"][0]["value"]["quantity"]["value"] == 110
    assert again["measurements"][0]["timeObserved"] == {"age": {"iso8601duration": "P6Y2M"}}
    assert again["metaData"]["phenopacketSchemaVersion"] == "2.0"
    ParseDict(again, Phenopacket())  # the schema's own library takes it


def test_protobuf_says_the_same_as_json(post, told):
    in_json, in_bytes = (post(FULL).json()["id"], post(to_bytes(FULL), kind=PROTOBUF).json()["id"])

    def without_ids(id):
        return json.loads(told(id).text.replace(id, "…")) | {"metaData": None}

    assert without_ids(in_bytes) == without_ids(in_json)
    answer = told(in_json, PROTOBUF)
    assert answer.headers["content-type"] == PROTOBUF
    message = Phenopacket()
    message.ParseFromString(answer.content)
    assert MessageToDict(message)["subject"]["sex"] == "MALE"


def test_what_has_no_place_in_a_case_is_named(post):
    more = packet("p", files=[{"uri": "file:///a"}], biosamples=[{"id": "b"}], medicalActions=[{"treatment": {}}])
    more["subject"]["karyotypicSex"] = "XX"
    left = {each["path"]: each["why"] for each in post(more).json()["left_out"]}
    assert left["subject.karyotypicSex"] == "not_held"
    assert {"files", "biosamples", "medicalActions"} <= set(left)


def test_what_of_a_case_has_no_place_in_a_packet_is_counted(clinician, told):
    given = {"notes": [{"text": "Scoliosis."}], "features": [{"id": "HP:0001166"}]}
    id = clinician.post("/api/v1/cases", json=given).json()["id"]
    assert told(id).headers["phenomap-left-out"] == "notes=1"


def test_every_fault_is_told_with_its_path_and_nothing_is_kept(post, hospital):
    wrong = packet(
        "p",
        {"type": term("HP:9999999")},
        {"type": term("HP:0001166"), "severity": term("HP:0001166")},
        {"type": {"label": "no id"}},
        subject={"id": "s", "timeAtLastEncounter": {"age": {"iso8601duration": "-P3Y"}}},
    )
    del wrong["metaData"]["createdBy"]
    answer = post(wrong)
    assert answer.status_code == 422
    assert {
        "phenotypicFeatures[0].type.id",
        "phenotypicFeatures[2].type.id",
        "subject.timeAtLastEncounter.age.iso8601duration",
        "metaData.createdBy",
    } <= faults(answer)
    assert count(hospital) == 0


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"phenotypicFeature": []}, "phenotypicFeature"),
        ({"subject": {"sex": "woman"}}, "subject.sex"),
        ({"subject": []}, "subject"),
        ({"metaData": META | {"created": "yesterday"}}, "metaData.created"),
        ({"metaData": META | {"created": "2199-01-01T00:00:00Z"}}, "metaData.created"),
        ({"metaData": META | {"phenopacketSchemaVersion": "1.0.0"}}, "metaData.phenopacketSchemaVersion"),
        ({"id": ""}, "id"),
        ({"subject": {"taxonomy": {"id": "NCBITaxon:10090", "label": "mouse"}}}, "subject.taxonomy.id"),
        ({"members": []}, "members"),
    ],
)
def test_a_packet_that_is_none_of_version_2_is_told_where(post, changed, field):
    answer = post(packet() | changed)
    assert answer.status_code == 422, answer.text
    assert field in faults(answer)


def test_a_term_said_to_be_there_and_not_there_is_refused(post):
    both = packet("p", {"type": term("HP:0001166")}, {"type": term("HP:0001166"), "excluded": True})
    assert post(both).status_code == 422


def test_said_twice_is_taken_once(post):
    twice = packet("p", {"type": term("HP:0001166")}, {"type": term("HP:0001166")})
    answer = post(twice).json()
    assert (answer["features"], answer["left_out"]) == (1, [{"path": "phenotypicFeatures[1]", "why": "repeated"}])


def test_an_outdated_id_is_mapped_and_told(post):
    answer = post(packet("p", {"type": term("HP:9000003")})).json()
    assert [each["told"] for each in answer["renamed"]] == ["HP:9000003"]


def test_validating_keeps_nothing(post, hospital):
    assert post(FULL, "/phenopackets:validate").json()["features"] == 3
    assert post(packet() | {"id": ""}, "/phenopackets:validate").status_code == 422
    assert count(hospital) == 0


def test_a_family_gives_its_proband(post, told):
    family = {"id": "f", "proband": packet(), "consanguinousParents": True, "metaData": META}
    for content, kind in ((family, "application/json"), (ParseDict(family, Family()).SerializeToString(), PROTOBUF)):
        kept = post(content, kind=kind, family=True)
        assert kept.status_code == 201, kept.text
        own = told(kept.json()["id"]).json()["metaData"]["externalReferences"]
        assert own == [{"id": "phenomap:family_history.consanguineous", "description": "true"}]


@pytest.mark.parametrize("content", [b"", b"\xff" * 40, b"\x0a\xff\xff\xff\xff\x0f", b"{", b"[" * 10_000, b"null"])
@pytest.mark.parametrize("kind", ["application/json", PROTOBUF])
def test_rubbish_is_refused(post, content, kind):
    assert post(content, kind=kind).status_code in {400, 422}


def test_what_is_too_large_or_of_another_kind_is_refused(post):
    assert post(packet("x" * 1_000_001)).status_code == 413
    assert post(packet(), kind="text/plain").status_code == 415


def test_a_number_of_no_word_is_a_fault_and_not_ours(post, hospital):
    message = ParseDict(packet(), Phenopacket())
    message.subject.sex = 99
    answer = post(message.SerializeToString(), kind=PROTOBUF)
    assert (answer.status_code, faults(answer)) == (422, {"subject.sex"})
    cohort = Cohort(id="c", members=[ParseDict(packet("sound"), Phenopacket()), message])
    both = post(cohort.SerializeToString(), "/cohorts", kind=PROTOBUF).json()
    assert (both["kept"], both["refused"]) == (1, 1)


def test_a_cohort_that_was_cut_off_or_is_too_large_keeps_nothing(post, hospital):
    cohort = ParseDict({"id": "c", "members": [packet("a"), packet("b")], "metaData": META}, Cohort())
    cut = Cohort(members=cohort.members).SerializeToString()[:-3]
    assert post(cut, "/cohorts", kind=PROTOBUF).status_code == 400
    assert post(b"{}\n" * 5_001, "/cohorts", kind="application/x-ndjson").status_code == 413
    bomb = b'{"members": [' + b"{}," * 1_000_001 + b"{}]}"
    assert post(bomb, "/cohorts").status_code == 413
    assert count(hospital) == 0


def test_a_value_too_small_to_be_written_is_left_out_and_not_nought(post):
    tiny = copy.deepcopy(FULL)
    tiny["measurements"][0] |= {"assay": {"id": "LOINC:2160-0", "label": "creatinine"}}
    tiny["measurements"][0]["value"]["quantity"] = {"unit": {"id": "UCUM:mg/dL", "label": "mg/dL"}, "value": 1e-12}
    left = {each["path"]: each["why"] for each in post(tiny).json()["left_out"]}
    assert left["measurements[0]"] == "not_held"


def test_the_members_of_a_cohort_are_kept_each_by_itself_and_once(post, hospital):
    members = [packet(f"m{at}") for at in range(3)] + [packet("bad", {"type": term("HP:9999999")})]
    cohort = {"id": "c", "members": members, "metaData": META}
    first = post(cohort, "/cohorts").json()
    assert (first["kept"], first["known"], first["refused"]) == (3, 0, 1)
    assert first["members"][3]["errors"][0]["field"] == "phenotypicFeatures[0].type.id"
    lines = b"\n".join(json.dumps(each).encode() for each in members)
    again = post(lines, "/cohorts", kind="application/x-ndjson").json()
    assert (again["kept"], again["known"], again["refused"]) == (0, 3, 1)
    message = ParseDict(cohort, Cohort()).SerializeToString()
    assert post(message, "/cohorts", kind=PROTOBUF).json()["known"] == 3
    assert count(hospital) == 3


def test_a_cohort_is_told_a_page_at_a_time_and_only_what_one_may_read(post, clinician, hospital):
    post({"id": "c", "members": [packet(f"m{at}") for at in range(5)], "metaData": META}, "/cohorts")
    ids, after = [], None
    while True:
        query = {"limit": 2} | ({"after": after} if after else {})
        page = clinician.get("/api/v1/cohorts", params=query)
        ids += [member["id"] for member in page.json()["members"]]
        after = page.headers.get("phenomap-next")
        if after is None:
            break
    assert len(set(ids)) == len(ids) == 5
    lines = clinician.get("/api/v1/cohorts", headers={"Accept": "application/x-ndjson"}).text.splitlines()
    assert [json.loads(line)["id"] for line in lines] == sorted(ids)
    message = Cohort()
    message.ParseFromString(clinician.get("/api/v1/cohorts", headers={"Accept": PROTOBUF}).content)
    assert len(message.members) == 5
    assert hospital.client("clinician south").get("/api/v1/cohorts").json()["members"] == []


features = st.lists(
    st.tuples(
        st.sampled_from(["HP:0001166", "HP:0001083", "HP:0002650", "HP:0002616"]),
        st.booleans(),
        st.sampled_from([None, "HP:0003577", "HP:0011463"]),
        st.sampled_from([None, "HP:0012828"]),
    ),
    unique_by=lambda each: each[0],
    min_size=1,
)


@settings(max_examples=60)
@given(features=features)
def test_json_and_protobuf_are_one_packet(features):
    made = []
    for id, excluded, onset, severity in features:
        one = {"type": term(id)} | ({"excluded": True} if excluded else {})
        one |= {"onset": {"ontologyClass": term(onset)}} if onset else {}
        made.append(one | ({"severity": term(severity)} if severity else {}))
    given = packet("p", *made)
    from service.phenopackets.names import Form

    assert packet_in(to_bytes(copy.deepcopy(given)), Form.PROTOBUF) == packet_in(json.dumps(given).encode())


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    features=features, age=st.none() | st.integers(0, 30_000), sex=st.sampled_from(["FEMALE", "MALE", "UNKNOWN_SEX"])
)
def test_what_is_posted_is_told_again(post, told, features, age, sex):
    made = []
    for id, excluded, onset, severity in features:
        one = {"type": term(id)} | ({"excluded": True} if excluded else {})
        one |= {"onset": {"ontologyClass": term(onset)}} if onset and not excluded else {}
        made.append(one | ({"severity": term(severity)} if severity and not excluded else {}))
    subject = {"id": "s", "sex": sex}
    subject |= {"timeAtLastEncounter": {"age": {"iso8601duration": f"P{age}D"}}} if age is not None else {}
    kept = post(packet("p", *made, subject=subject))
    assert kept.status_code == 201, kept.text
    again = told(kept.json()["id"]).json()

    def plain(each):
        parts = (each.get("onset", {}).get("ontologyClass", {}).get("id"), each.get("severity", {}).get("id"))
        return each["type"]["id"], each.get("excluded", False), *parts

    assert sorted(map(plain, again["phenotypicFeatures"]), key=str) == sorted(map(plain, made), key=str)
    assert {name: value for name, value in again["subject"].items() if name != "id"} == {
        name: value for name, value in subject.items() if name != "id"
    }
