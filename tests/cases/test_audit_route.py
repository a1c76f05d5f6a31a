"""The trail as an auditor sees it."""

from __future__ import annotations


def links(client, **query):
    answer = client.get("/api/v1/audit", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_an_auditor_sees_what_was_done_to_a_case_and_by_whom(hospital, clinician, open_case):
    id = open_case(notes=[{"text": "Tall."}])
    clinician.get(f"/api/v1/cases/{id}")
    seen = links(hospital.client("auditor north"), object_id=id)["links"]
    assert [link["action"] for link in seen] == ["view", "create"]
    assert {link["actor"] for link in seen} == {hospital.actors["clinician north"].id}


def test_the_trail_is_paged_from_its_end(hospital, clinician, open_case):
    for _ in range(5):
        open_case()
    auditor = hospital.client("auditor north")
    first = links(auditor, action="create", limit=3)
    rest = links(auditor, action="create", limit=3, before=first["next"])
    numbers = [link["seq"] for page in (first, rest) for link in page["links"]]
    assert numbers == sorted(numbers, reverse=True)
    assert (len(numbers), rest["next"]) == (5, None)


def test_reading_the_trail_is_in_the_trail(hospital, open_case):
    open_case()
    auditor = hospital.client("auditor north")
    links(auditor)
    last = links(auditor, action="list")["links"][0]
    assert (last["actor"], last["object_kind"]) == (hospital.actors["auditor north"].id, "trail")


def test_other_departments_links_are_not_shown(hospital, clinician, open_case):
    id = open_case()
    south = hospital.client("auditor south")
    assert links(south, object_id=id)["links"] == []
    assert all(link["department"] in {None, hospital.departments["south"]} for link in links(south)["links"])


def test_only_auditors_read_the_trail(hospital, problem):
    for role in ("clinician", "second_reader", "screening_analyst", "administrator"):
        problem(hospital.client(f"{role} north").get("/api/v1/audit"), 403)
