"""Discovery, hook, card, feedback: as a client that was written from the standard meets them."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from service.store.tables import audit, card, card_feedback

VIEW, SELECT, DISCHARGE = "patient-view", "order-select", "encounter-discharge"
NOW = "2026-11-23T08:00:00Z"


def rows(hospital, table):
    return hospital.keeping.database.read(lambda c: c.execute(select(table)).mappings().all())


def draft(id, text, *codings):
    code = {"text": text} | ({"coding": list(codings)} if codings else {})
    told = {"resourceType": "ServiceRequest", "id": id, "status": "draft", "intent": "order", "code": code}
    return told | {"subject": {"reference": "Patient/4711"}}


def selecting(*drafts, selections=None):
    chosen = selections or [f"ServiceRequest/{each['id']}" for each in drafts]
    orders = {"resourceType": "Bundle", "entry": [{"resource": each} for each in drafts]}
    return {"context": {"selections": chosen, "draftOrders": orders}}


def test_three_services_are_discovered_without_a_token(client):
    assert set(client.discover()) == {VIEW, SELECT, DISCHARGE}
    told = client.http.get("/cds-services", headers={"Accept-Language": "zh"}).json()
    assert "罕见病" in told["services"][0]["title"]


def test_a_chart_is_opened_and_a_card_tells_why(client, chart, hospital):
    (shown,) = client.call(VIEW)
    clinician = hospital.client("clinician north")
    (report,) = clinician.get(f"/api/v1/cases/{chart}").json()["reports"]
    first = clinician.get(f"/api/v1/cases/{chart}/reports/{report['id']}").json()["shown"]["diseases"][0]
    assert first["name"] in shown["summary"]
    assert "Arachnodactyly" in shown["detail"]
    assert "clinician decides" in shown["detail"]
    assert ". " not in shown["summary"]  # one sentence
    assert shown["links"][0]["url"] == f"http://127.0.0.1/cases/{chart}"
    (kept,) = rows(hospital, card)
    assert (kept["service"], kept["disease"], kept["case"]) == ("phenomap-patient-view", first["id"], chart)
    assert kept["id"] == shown["uuid"].replace("-", "")
    assert [link["action"] for link in rows(hospital, audit) if link["object_id"] == kept["id"]] == ["view"]


def test_suggestions_are_drafts_for_the_clients_own_record(client, chart, valid):
    (shown,) = client.call(VIEW, context={"encounterId": "89284"})
    resources = [action["resource"] for each in shown["suggestions"] for action in each["actions"]]
    assert resources
    for each in resources:
        assert (each["resourceType"], each["status"], each["intent"]) == ("ServiceRequest", "draft", "proposal")
        assert each["subject"] == {"reference": "Patient/4711"}
        assert each["encounter"] == {"reference": "Encounter/89284"}
        assert chart not in json.dumps(each)
    valid(resources)
    assert [each.get("isRecommended") for each in shown["suggestions"]][:1] == [True]


def test_a_patient_is_found_by_their_number_where_the_id_is_another(client, chart):
    """The EHR's FHIR server may call them otherwise than the system that sent the notes."""
    other = {
        "resourceType": "Patient",
        "id": "fhir-1",
        "identifier": [{"system": "urn:oid:2.999.1", "value": "mrn-778899"}],
    }
    assert client.call(VIEW, context={"patientId": "fhir-1"}, prefetch={"patient": other})
    unknown = other | {"identifier": [{"system": "urn:oid:2.999.1", "value": "MRN-1"}]}
    assert client.call(VIEW, context={"patientId": "fhir-1"}, prefetch={"patient": unknown}) == []


def test_without_any_way_to_tell_the_patient_the_precondition_failed(client, chart):
    for prefetch in (None, {}, {"patient": {"resourceType": "OperationOutcome"}}, {"patient": 4}):
        answer = client.send(VIEW, context={"patientId": "nobody"}, **({"prefetch": prefetch} if prefetch else {}))
        assert answer.status_code == 412, answer.text
        assert answer.json()["errors"][0]["field"] == "prefetch.patient"
    assert client.call(VIEW, context={"patientId": "nobody"}, prefetch={"patient": None}) == []  # "no data": asked for


def test_it_is_silent_below_the_threshold(record_system, client, chart):
    from fastapi.testclient import TestClient

    client.http = TestClient(record_system(thresholds={"patient_view": 1.0}), base_url="http://127.0.0.1")
    assert client.call(VIEW) == []


def test_it_is_silent_while_the_case_is_made_anew_and_once_it_is_signed(client, chart, hospital):
    clinician = hospital.client("clinician north")
    added = clinician.post(f"/api/v1/cases/{chart}/features", json={"features": [{"id": "HP:0002650"}]})
    assert added.status_code == 201
    assert client.call(VIEW) == []
    report = clinician.post(f"/api/v1/cases/{chart}/assess").json()["id"]
    assert client.call(VIEW)
    body = {"report": report, "decision": "more_data", "reason": "To be seen again."}
    assert clinician.post(f"/api/v1/cases/{chart}/sign-off", json=body).status_code == 201
    assert client.call(VIEW) == []


def test_a_patient_of_another_department_is_not_there(client, hospital, sender):
    """Sent by another system to the south: the northern account learns nothing, not even that there is one."""
    south = hospital.client("clinician south")
    given = {"resourceType": "Patient", "id": "4711", "gender": "male"}
    assert south.put("/fhir/Patient/4711", json=given).status_code in (200, 201)
    known = {"resourceType": "Patient", "id": "4711", "identifier": [{"system": "x", "value": "1"}]}
    assert client.call(VIEW, prefetch={"patient": known}) == []


def test_an_erased_case_is_silent_and_its_cards_say_nothing_of_it(client, chart, hospital):
    (shown,) = client.call(VIEW)
    assert (
        client.tell(VIEW, {"card": shown["uuid"], "outcome": "overridden", "outcomeTimestamp": NOW}).status_code == 200
    )
    erased = hospital.client("administrator north").post(f"/api/v1/cases/{chart}/erase", json={"reason": "request"})
    assert erased.status_code in (200, 204), erased.text
    assert client.send(VIEW).status_code == 412
    assert [(each["disease"], each["hook"]) for each in rows(hospital, card)] == [(None, "")]
    assert [each["sealed"] for each in rows(hospital, card_feedback)] in ([b""], [None])


def test_an_order_of_another_kind_than_the_first_proposed_is_told_of(client, chart, hospital):
    (shown,) = client.call(VIEW)
    proposed = shown["suggestions"][0]["actions"][0]["resource"]["code"]
    same = draft("a", "anything", *proposed["coding"])
    other = draft("b", "染色体核型分析")
    blood = draft("c", "Full blood count")
    assert client.call(SELECT, **selecting(same)) == []
    assert client.call(SELECT, **selecting(blood)) == []
    (better,) = client.call(SELECT, **selecting(other, blood))
    assert "染色体核型分析" in better["summary"]
    assert client.call(SELECT, **selecting(other, blood, selections=["ServiceRequest/c"])) == []  # not the one selected
    assert client.call(SELECT, **selecting(other, same, selections=["ServiceRequest/b"])) == []  # drafted already


@pytest.mark.parametrize(
    ("words", "kinds"),
    [
        ("家系WES检测", {"exome"}),
        ("Trio whole-genome sequencing", {"exome"}),
        ("CMA检测", {"microarray"}),
        ("Chromosomal microarray", {"microarray"}),
        ("染色体核型分析", {"karyotype"}),
        ("Chromosome analysis", {"karyotype"}),
        ("Gene panel: epilepsy", {"gene_panel"}),
        ("遗传性耳聋基因包", {"gene_panel"}),
        ("Inherited arrhythmia panel", {"gene_panel"}),
        ("MLPA检测", {"mlpa"}),
        ("Multiplex ligation-dependent probe amplification", {"mlpa"}),
        ("Fragile X CGG repeat analysis", {"repeat_pcr"}),
        ("SNRPN 甲基化", {"methylation"}),
        ("单基因遗传病基因检测", set()),
        ("Sanger sequencing of FBN1", set()),
        ("Comprehensive metabolic panel", None),
        ("Lipid panel", None),
        ("Respiratory viral panel", None),
        ("乙肝病毒DNA拷贝数", None),
        ("HPV基因分型", None),
        ("过敏原芯片", None),
        ("HBV DNA quantification", None),
        ("anti-DNA antibody", None),
        ("Gene Xpert MTB/RIF", None),
        ("mNGS 测序", None),
        ("Fish (f3) IgE", None),
        ("遗传咨询门诊", None),
        ("Referral to genetic counselling", None),
        ("Full blood count", None),
        ("血常规", None),
    ],
)
def test_which_orders_are_genetic_tests_and_of_which_kind(words, kinds):
    from service.cds.orders import kinds_of

    assert kinds_of(words) == (None if kinds is None else frozenset(kinds))


def test_before_discharge_a_card_is_a_warning(client, chart):
    (shown,) = client.call(DISCHARGE, context={"encounterId": "456"})
    assert shown["indicator"] == "warning"


@pytest.mark.parametrize(
    ("hook", "changed", "field"),
    [
        (VIEW, {"hookInstance": "1"}, "hookInstance"),
        (VIEW, {"context": {"patientId": "a b"}}, "context.patientId"),
        (VIEW, {"context": {"userId": ""}}, "context.userId"),
        (VIEW, {"prefetch": {"patient": {"resourceType": "Patient", "id": "4712"}}}, "prefetch.patient"),
        (SELECT, {}, "context.selections"),
        (DISCHARGE, {}, "context.encounterId"),
    ],
)
def test_a_call_that_is_none_of_the_hook_is_told_where(client, chart, hook, changed, field):
    answer = client.send(hook, **changed)
    assert answer.status_code == 422, answer.text
    assert field in {fault["field"] for fault in answer.json()["errors"]}


def test_a_call_of_another_hook_and_of_no_service(client):
    body = client.body(SELECT)
    assert client.send(VIEW, json=body).status_code == 422
    client.services["x"] = {"id": "phenomap-nothing"}
    assert client.send("x").status_code == 404


def test_hostile_bodies_are_refused(client, chart):
    url = f"/cds-services/{client.services[VIEW]['id']}"

    def send(content, kind="application/json"):
        given = {"Authorization": f"Bearer {client.token(f'http://127.0.0.1{url}')}", "Content-Type": kind}
        return client.http.post(url, content=content, headers=given).status_code

    assert send(b"") == 400
    assert send(b"[" * 100_000) == 400
    assert send(b"null") == 422
    assert send(json.dumps(client.body(VIEW)).encode(), "text/plain") == 415
    assert send(b'{"hook": "' + b"x" * 14_000_000) == 413
    deep = client.body(VIEW, prefetch={"patient": {"resourceType": "Patient", "identifier": [[], {"value": 3}, None]}})
    assert send(json.dumps(deep).encode()) == 200


def test_what_a_client_adds_under_extension_is_passed_over(client, chart):
    assert client.call(VIEW, extension={"com.example.x": 1}, fhirServer="https://his.example/fhir")


def test_a_smart_client_gets_a_link_that_launches(record_system, client, chart):
    from fastapi.testclient import TestClient

    launch = {"client_id": "phenomap", "redirect": "http://127.0.0.1/smart/callback"}
    client.http = TestClient(record_system(launch=launch), base_url="http://127.0.0.1")
    (shown,) = client.call(VIEW)
    (link,) = shown["links"]
    assert (link["type"], link["appContext"]) == ("smart", chart)


def test_a_long_name_is_cut_so_that_the_summary_fits():
    from service.cds.cards import MOST_SUMMARY, _fitted

    said = _fitted("Findings resemble {name} ({percent} %).", "x" * 300, {"percent": "45"})
    assert len(said) == MOST_SUMMARY
    assert said.endswith("… (45 %).")


def test_markdown_shows_names_as_they_are():
    from service.cds.cards import _plain

    assert _plain("a *b*\n[c](d) <e> `f`") == r"a \*b\* \[c\](d) \<e\> \`f\`"
    assert _plain("http://x.example www.x.example a@x.example") == r"http\://x.example www\.x.example a\@x.example"
