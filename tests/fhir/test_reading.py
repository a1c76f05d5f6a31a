"""Resources of a kept case: read, versioned, searched, and held to two validators that are not ours."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest

from service.cases.desk import Desk
from service.fhir.held import case_told
from service.fhir.telling.report import resources_of_report
from service.fhir.telling.told import Labels

FHIR = "application/fhir+json"


@pytest.fixture
def get(clinician):
    def read(path, status=200, **headers):
        answer = clinician.get(f"/fhir/{path}", headers=headers)
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"] == FHIR
        return answer.json()

    return read


def resources(bundle, kind=None):
    return [e["resource"] for e in bundle.get("entry", []) if kind in (None, e["resource"]["resourceType"])]


def extensions(resource, url):
    return [{p["url"]: p for p in e["extension"]} for e in resource["extension"] if e["url"] == url]


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_all_of_a_case_is_valid_unsigned_and_signed(clinician, case, get, sign, valid, language):
    for step in (lambda: None, sign):
        step()
        told = get(f"Patient/{case}/$everything", **{"Accept-Language": language})
        kinds = {each["resourceType"] for each in resources(told)}
        assert kinds == {
            "Patient",
            "Condition",
            "FamilyMemberHistory",
            "Observation",
            "DiagnosticReport",
            "DocumentReference",
            "RiskAssessment",
            "ServiceRequest",
            "Provenance",
        }
        valid([told, *resources(told), get("metadata")])


def test_a_ranking_tells_posteriors_as_percent_with_reasons_and_rests_on_the_findings(clinician, case, report, get):
    shown = clinician.get(f"/api/v1/cases/{case}/reports/{report}").json()["shown"]
    told = get(f"RiskAssessment/{report}")
    first = told["prediction"][0]
    assert first["outcome"]["coding"][0] == {
        "system": "https://omim.org",
        "code": "900001",
        "display": "Long-limb syndrome",
    }
    # RiskAssessment.prediction.probability of R4: decimal values are percentages
    assert first["probabilityDecimal"] == pytest.approx(100 * shown["diseases"][0]["probability"], abs=1e-3)
    assert "Arachnodactyly: Annotated with exactly this." in first["rationale"]
    findings = {each["reference"] for each in told["basis"]}
    assert all(get(each)["id"] in each for each in findings)
    assert told["status"] == "preliminary"
    assert "mitigation" not in told


def test_a_finding_tells_where_in_which_note_it_stands(case, report, get):
    found = resources(get(f"Observation?patient={case}&code=HP:0001166"), "Observation")
    (told,) = found
    place = extensions(told, "http://hl7.org/fhir/StructureDefinition/derivation-reference")[0]
    note = get(place["reference"]["valueReference"]["reference"])
    text = base64.b64decode(note["content"][0]["attachment"]["data"]).decode()
    start, length = place["offset"]["valueInteger"], place["length"]["valueInteger"]
    assert text[start : start + length] == "arachnodactyly"
    assert extensions(told, "urn:phenomap:evidence")[0]["text"]["valueString"] == "arachnodactyly"
    assert told["effectiveDateTime"] == "2026-03-04"


def test_what_is_there_absent_suspected_past_and_a_relatives_are_five_things(case, report, get):
    told = {each["code"]["coding"][0]["code"]: each for each in resources(get(f"Observation?patient={case}"))}
    flag = {id: one["interpretation"][0]["coding"][0]["code"] for id, one in told.items() if "interpretation" in one}
    assert flag["HP:0001166"] == "POS"
    assert flag["HP:0001250"] == "NEG"
    assert flag["HP:0002650"] == "IND"
    assert "HP:0000545" not in told
    relatives = resources(get(f"FamilyMemberHistory?patient={case}"))
    codes = [c["code"] for r in relatives for k in r["condition"] for c in k["code"].get("coding", [])]
    assert "HP:0000545" in codes
    onset = told["HP:0001083"]["component"][0]
    assert onset["code"]["coding"][0]["code"] == "HP:0003674"
    assert onset["valueCodeableConcept"]["coding"][0]["code"] == "HP:0003577"


def test_a_signature_makes_a_second_version_and_the_first_stays(clinician, case, report, get, sign):
    path = f"RiskAssessment/{report}"
    before = clinician.get(f"/fhir/{path}")
    assert before.headers["etag"] == 'W/"1"'
    sign()
    after = clinician.get(f"/fhir/{path}")
    assert after.headers["etag"] == 'W/"2"'
    assert after.json()["status"] == "final"
    assert get(f"{path}/_history/1") == before.json()
    assert [e["resource"]["status"] for e in get(f"{path}/_history")["entry"]] == ["final", "preliminary"]
    assert get(f"{path}/_history/3", 404)["resourceType"] == "OperationOutcome"
    signed = resources(get(f"Provenance?patient={case}&target=DiagnosticReport/{report}"))
    assert "verifier" in {a["type"]["coding"][0]["code"] for p in signed for a in p["agent"]}
    conclusion = get(f"DiagnosticReport/{report}")
    assert conclusion["conclusionCode"][0]["coding"][0]["code"] == "900001"


def test_who_has_a_version_is_told_that_it_is_the_same(clinician, case, report):
    path = f"/fhir/DiagnosticReport/{report}"
    tag = clinician.get(path).headers["etag"]
    again = clinician.get(path, headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    assert clinician.get(path, headers={"If-None-Match": 'W/"9"'}).status_code == 200


def test_a_case_whose_earlier_version_is_gone_says_so(clinician, case, get):
    version = get(f"Patient/{case}")["meta"]["versionId"]
    clinician.patch(f"/api/v1/cases/{case}", json={"sex": "female"}, headers={"If-Match": f'"{version}"'})
    assert get(f"Patient/{case}")["gender"] == "female"
    assert "not kept" in get(f"Patient/{case}/_history/{version}", 404)["issue"][0]["diagnostics"]


def test_proposals_are_drafts_that_say_what_they_cannot_see(case, report, get):
    told = resources(get(f"ServiceRequest?patient={case}"))
    assert {(each["intent"], each["status"]) for each in told} == {("proposal", "draft")}
    for each in told:
        assert each["reasonReference"] == [{"reference": f"DiagnosticReport/{report}"}]
        assert any(note["text"].startswith("It cannot see:") for note in each["note"])


def test_searching_by_day_counts_and_pages(case, report, get, clinician):
    day = get(f"RiskAssessment/{report}")["occurrenceDateTime"][:10]
    for asked, total in ((f"eq{day}", 1), (day, 1), (f"ge{day}", 1), (f"gt{day}", 0), (f"lt{day}", 0), ("le2100", 1)):
        assert get(f"RiskAssessment?patient=Patient/{case}&date={asked}")["total"] == total, asked
    assert get(f"RiskAssessment?date=ge{day}")["total"] == 1
    every = get(f"Observation?patient={case}&_count=2")
    seen, page = [*resources(every)], every
    while following := next((link["url"] for link in page["link"] if link["relation"] == "next"), None):
        page = clinician.get(following).json()
        seen += resources(page)
    assert len({each["id"] for each in seen}) == len(seen) == every["total"] > 2
    assert "entry" not in get(f"Observation?patient={case}&_summary=count")
    assert get("RiskAssessment?date=soon", 400)["issue"][0]["severity"] == "error"


def test_unknown_parameters_are_reported_or_refused_as_asked(case, report, get):
    told = get(f"RiskAssessment?patient={case}&shoe-size=extra-wide")
    assert told["entry"][-1]["search"]["mode"] == "outcome"
    assert "wide" not in next(link["url"] for link in told["link"])
    assert get(f"RiskAssessment?patient={case}&shoe-size=extra-wide", 400, Prefer="handling=strict")
    assert get(f"RiskAssessment?patient:missing={case}", 400)
    assert get("Basic/1", 404)
    assert get("metadata?_format=xml", 415)


def test_a_patients_number_is_searched_for_in_a_body_alone(clinician, hospital, case, get):
    assert "no place in a URL" in get("Patient?identifier=H-778899", 400)["issue"][0]["diagnostics"]
    clinician.post("/fhir", json=_sent(), headers={"Content-Type": FHIR})
    found = clinician.post("/fhir/Patient/_search", data={"identifier": "H-5"})
    assert found.status_code == 200, found.text
    (told,) = resources(found.json())
    assert told["name"][0]["text"] == "李雷"
    assert "H-5" not in " ".join(link["url"] for link in found.json()["link"])
    other = hospital.client("clinician south").post("/fhir/Patient/_search", data={"identifier": "H-5"})
    assert other.json()["total"] == 0


def _sent():
    patient = {"resourceType": "Patient", "id": "p5", "identifier": [{"value": "H-5"}], "name": [{"text": "李雷"}]}
    finding = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://human-phenotype-ontology.org", "code": "HP:0001166"}]},
        "subject": {"reference": "Patient/p5"},
    }
    sent = [("Patient", patient), ("Observation", finding)]
    entries = [{"resource": body, "request": {"method": "POST", "url": kind}} for kind, body in sent]
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}


def test_another_departments_case_is_there_for_nobody_else(hospital, case, report):
    stranger = hospital.client("clinician south")
    for path in (
        f"Patient/{case}",
        f"RiskAssessment/{report}",
        f"Observation/{report}-1",
        f"Patient/{case}/$everything",
    ):
        guessed = path.replace(case, "0" * 32).replace(report, "0" * 32)
        told, absent = stranger.get(f"/fhir/{path}"), stranger.get(f"/fhir/{guessed}")
        assert told.json() == absent.json()
        assert told.status_code == 404
        assert told.json()["issue"][0]["code"] == "not-found"
        assert absent.status_code == 404
    assert stranger.get(f"/fhir/RiskAssessment?patient={case}").json()["total"] == 0


def test_who_looked_is_an_auditors_to_read_and_names_no_patient(hospital, clinician, case, report, get, valid):
    get(f"RiskAssessment/{report}")
    auditor = hospital.client("auditor north")
    told = auditor.get(f"/fhir/AuditEvent?patient={case}").json()
    assert {each["action"] for each in resources(told)} >= {"C", "R", "E"}
    assert "H-778899" not in str(told)
    assert "王小明" not in str(told)
    valid([told, *resources(told)])
    one = auditor.get(f"/fhir/AuditEvent/{resources(told)[0]['id']}")
    assert one.json() == resources(told)[0]
    assert clinician.get(f"/fhir/AuditEvent?patient={case}").status_code == 403
    assert hospital.client("auditor south").get(f"/fhir/AuditEvent?patient={case}").json()["total"] == 0


def test_what_is_told_to_be_offered_is_what_is_offered(clinician, hospital, case, report, get):
    told = get("metadata")
    assert told["fhirVersion"] == "4.0.1"
    ids = {"Patient": case, "RiskAssessment": report, "DiagnosticReport": report, "Observation": f"{report}-1"}
    for each in told["rest"][0]["resource"]:
        kind, codes = each["type"], {code["code"] for code in each["interaction"]}
        if kind in ("AuditEvent", "Task"):  # who reads the trail reads no case
            continue
        searched = clinician.get(f"/fhir/{kind}?patient={case}" if kind != "Patient" else f"/fhir/{kind}?_id={case}")
        assert (searched.status_code == 200) == ("search-type" in codes), kind
        for name in [parameter["name"] for parameter in each.get("searchParam", [])]:
            if name == "identifier":
                continue
            value = "2026" if ("date" in name or name in ("authored", "issued", "recorded", "_lastUpdated")) else "x"
            strict = {"Prefer": "handling=strict"}
            scope = "" if kind == "Patient" or name in ("patient", "subject") else f"patient={case}&"
            answer = clinician.get(f"/fhir/{kind}?{scope}{name}={value}", headers=strict)
            assert answer.status_code == 200, (kind, name, answer.text)
        if kind in ids:
            assert ("read" in codes) == (clinician.get(f"/fhir/{kind}/{ids[kind]}").status_code == 200)
            assert clinician.get(f"/fhir/{kind}/{ids[kind]}/_history").status_code == 200
    assert hospital.client("nobody").get("/fhir/metadata").status_code == 200


def test_resources_are_found_by_their_patients_number_and_nobody_elses(clinician, case, report, get):
    def sent(id, number):
        patient = {"resourceType": "Patient", "id": id, "identifier": [{"system": "urn:x", "value": number}]}
        code = {"coding": [{"system": "http://human-phenotype-ontology.org", "code": "HP:0001166"}]}
        told = {"resourceType": "Observation", "id": f"o{id}", "status": "final", "code": code}
        told["subject"] = {"reference": f"Patient/{id}"}
        entries = [{"resource": each} for each in (patient, told)]
        body = {"resourceType": "Bundle", "type": "collection", "entry": entries}
        assert clinician.post("/fhir", json=body).status_code == 200

    sent("p5", "H-5")
    sent("p6", "H-6")

    def search(number, **more):
        asked = {"patient.identifier": f"urn:x|{number}", **more}
        answer = clinician.post("/fhir/Observation/_search", data=asked)
        assert answer.status_code == 200, answer.text
        return answer.json()

    five, six, nobody = search("H-5"), search("H-6"), search("H-7")
    subjects = [{each["subject"]["reference"] for each in resources(found)} for found in (five, six, nobody)]
    assert [len(each) for each in subjects] == [1, 1, 0]
    assert subjects[0] != subjects[1]
    # a patient who is named besides must be the same one
    assert search("H-5", patient=case)["total"] == 0
    assert "H-5" not in str(five["link"])
    again = clinician.get(five["link"][0]["url"].removeprefix("http://127.0.0.1"))
    assert again.json()["entry"] == five["entry"]
    assert clinician.get(nobody["link"][0]["url"].removeprefix("http://127.0.0.1")).json()["total"] == 0
    assert "no place in a URL" in get("Observation?patient.identifier=H-5", 400)["issue"][0]["diagnostics"]
    assert "chained" in get("Observation?patient.name=Li", 400)["issue"][0]["diagnostics"]


def test_what_the_words_beside_a_finding_add_is_told_with_it(clinician, case, get, report, valid, hospital):
    desk = Desk(hospital.actors["clinician north"], hospital.keeping)
    told = desk.read(lambda c: case_told(desk, c, desk.case(c, case)))
    (shown,) = told.reports
    features = [dict(each) for each in shown.shown["features"]]
    at = next(at for at, each in enumerate(features) if each["id"] == "HP:0001166")
    features[at]["mentions"] = [{**each, "modifiers": ["HP:0012832"]} for each in features[at]["mentions"]]
    changed = replace(shown, shown={**shown.shown, "features": features})
    made = resources_of_report(changed, Labels(lambda id: (id, None), lambda id: (id, None)))
    found = next(each for each in made if each["id"] == f"{report}-{at + 1}")
    (part,) = found["component"]
    assert part["code"]["coding"][0]["code"] == "HP:0012823"  # clinical modifier
    assert part["valueCodeableConcept"]["coding"][0]["code"] == "HP:0012832"
    valid(made)
