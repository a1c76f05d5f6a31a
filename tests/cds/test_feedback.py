"""What became of cards is kept, once, and counted; a comment is sealed."""

from __future__ import annotations

from sqlalchemy import select

from service.store.tables import card_feedback

VIEW = "patient-view"
NOW = "2026-11-23T08:00:00Z"


def rows(hospital):
    return hospital.keeping.database.read(lambda c: c.execute(select(card_feedback)).mappings().all())


def counted(hospital):
    told = hospital.client("clinician north").get("/api/v1/cds/feedback").json()["services"]
    (view,) = [each for each in told if each["service"] == "phenomap-patient-view"]
    return {name: view[name] for name in ("cards", "accepted", "overridden", "unanswered", "reasons")}


def accepted(card):
    suggestion = {"id": card["suggestions"][0]["uuid"]}
    return {"card": card["uuid"], "outcome": "accepted", "acceptedSuggestions": [suggestion], "outcomeTimestamp": NOW}


def overridden(card, code="does-not-fit", comment=None):
    reason = {"reason": {"code": code, "system": card["overrideReasons"][0]["system"]}}
    reason |= {"userComment": comment} if comment else {}
    return {"card": card["uuid"], "outcome": "overridden", "overrideReason": reason, "outcomeTimestamp": NOW}


def test_an_accepted_suggestion_is_counted_once_however_often_it_is_told(client, chart, hospital):
    (card,) = client.call(VIEW)
    for _ in range(2):
        assert client.tell(VIEW, accepted(card)).status_code == 200
    assert len(rows(hospital)) == 1
    assert counted(hospital) == {"cards": 1, "accepted": 1, "overridden": 0, "unanswered": 0, "reasons": {}}


def again(hospital, chart, term):
    """Something new is known, and the case is ranked anew."""
    clinician = hospital.client("clinician north")
    assert clinician.post(f"/api/v1/cases/{chart}/features", json={"features": [{"id": term}]}).status_code == 201
    assert clinician.post(f"/api/v1/cases/{chart}/assess").status_code == 201


def test_a_dismissed_card_is_not_shown_again_by_this_service_for_the_same_report(client, chart, hospital):
    (card,) = client.call(VIEW)
    assert client.tell(VIEW, overridden(card, "not-now", comment="Vornak is asleep.")).status_code == 200
    assert client.call(VIEW) == []
    assert client.call("encounter-discharge", context={"encounterId": "1"})
    assert counted(hospital)["reasons"] == {"not-now": 1}
    (row,) = rows(hospital)
    assert b"Vornak" not in row["sealed"]
    again(hospital, chart, "HP:0002650")
    assert client.call(VIEW)


def test_a_disease_that_is_known_is_not_brought_up_again(client, chart, hospital):
    (card,) = client.call(VIEW)
    assert client.tell(VIEW, overridden(card, "known-diagnosis")).status_code == 200
    first = leading(hospital, chart)
    again(hospital, chart, "HP:0002650")
    assert leading(hospital, chart) == first
    assert client.call(VIEW) == []
    assert client.call("encounter-discharge", context={"encounterId": "1"}) == []


def leading(hospital, chart):
    return hospital.client("clinician north").get(f"/api/v1/cases/{chart}").json()["reports"][-1]["leading"][0]


def test_a_clients_own_reason_is_counted_as_another_and_a_dismissal_needs_none(client, chart, hospital):
    (one,), (two,) = client.call(VIEW), client.call(VIEW)
    own = overridden(one, code="not-now")
    own["overrideReason"]["reason"]["system"] = "https://his.example/reasons"
    bare = {"card": two["uuid"], "outcome": "overridden", "outcomeTimestamp": NOW}
    assert client.tell(VIEW, own, bare).status_code == 200
    assert counted(hospital)["reasons"] == {"other": 1}
    assert counted(hospital)["overridden"] == 2


def test_a_card_that_is_gone_is_named_and_holds_nothing_back(client, chart, hospital):
    (card,) = client.call(VIEW)
    strange = {**accepted(card), "card": "4e0a3a1e-3283-4575-ab82-028d55fe2719"}
    answer = client.tell(VIEW, accepted(card), strange)
    assert (answer.status_code, answer.json()) == (200, {"kept": 1, "unknown": ["feedback[1].card"]})
    assert client.tell(VIEW, strange).status_code == 404
    assert len(rows(hospital)) == 1


def test_what_cannot_be_about_a_card_is_refused_whole(client, chart, hospital):
    (card,) = client.call(VIEW)
    assert client.tell("order-select", accepted(card)).status_code == 404  # another service's
    foreign = accepted(card) | {"acceptedSuggestions": [{"id": "e56e1945-20b3-4393-8503-a1a20fd73152"}]}
    assert client.tell(VIEW, foreign).status_code == 422
    assert client.tell(VIEW, accepted(card) | {"acceptedSuggestions": []}).status_code == 422
    assert client.tell(VIEW, {"card": card["uuid"], "outcome": "ignored", "outcomeTimestamp": NOW}).status_code == 422
    for moment in ("2026-02-30T00:00:00Z", "9999-12-31T23:59:59-12:00", "2026-11-23", 5, "2026-11-23T08:00:00"):
        assert client.tell(VIEW, accepted(card) | {"outcomeTimestamp": moment}).status_code == 422
    assert client.tell(VIEW).status_code == 422
    assert rows(hospital) == []


def test_a_hundred_tellings_of_one_card_take_no_longer_than_a_few(client, chart, hospital):
    (card,) = client.call(VIEW)
    many = [overridden(card, comment=f"{at}") for at in range(100)]
    assert client.tell(VIEW, *many).json()["kept"] == 20  # and no more


def test_another_department_neither_counts_nor_answers_them(client, chart, hospital):
    client.call(VIEW)
    told = hospital.client("clinician south").get("/api/v1/cds/feedback").json()["services"]
    assert {each["cards"] for each in told} == {0}
