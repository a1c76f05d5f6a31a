"""What hospital systems send is read and ranked behind their backs, and they see and are told how far it has come."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from sqlalchemy import select

from service.settings import Settings
from service.settings_ehr import Ehr
from service.store.database import StoreError
from service.store.tables import case, consent, note, now, task
from service.tasks import line
from service.tasks.queue import enqueue
from service.tasks.worker import Worker

NOTE = {
    "resourceType": "Bundle",
    "type": "transaction",
    "entry": [
        {
            "fullUrl": "urn:uuid:5a1f3c9e-2f0b-4b6e-9a51-000000000001",
            "resource": {"resourceType": "Patient", "id": "p1", "gender": "female", "birthDate": "2020-03-01"},
            "request": {"method": "PUT", "url": "Patient/p1"},
        },
        {
            "fullUrl": "urn:uuid:5a1f3c9e-2f0b-4b6e-9a51-000000000002",
            "resource": {
                "resourceType": "Observation",
                "id": "o1",
                "status": "final",
                "code": {"coding": [{"system": "http://human-phenotype-ontology.org", "code": "HP:0001166"}]},
                "subject": {"reference": "Patient/p1"},
            },
            "request": {"method": "PUT", "url": "Observation/o1"},
        },
    ],
}


@pytest.fixture
def ehr(hospital):
    return hospital.client("clinician north")


@pytest.fixture
def sent(ehr):
    """The address of the task of a case that was sent."""
    answer = ehr.post("/fhir", json=NOTE, headers={"Prefer": "respond-async"})
    assert answer.status_code == 202, answer.text
    return answer.headers["content-location"]


def worker_of(hospital, **settings):
    services = hospital.app.state.services
    return Worker(hospital.keeping, Settings(**settings), services.knowing, services.translator, services.faces)


def rows(hospital, table=task):
    return hospital.keeping.database.read(lambda c: c.execute(select(table)).mappings().all())


def change(hospital, **values):
    hospital.keeping.database.write(lambda c: c.execute(task.update().values(**values)))


def test_a_case_that_was_sent_is_ranked_before_anyone_opens_it(hospital, ehr, sent):
    waiting = ehr.get(sent)
    assert (waiting.json()["status"], waiting.headers["retry-after"]) == ("requested", "1")
    assert worker_of(hospital).step()
    done = ehr.get(sent).json()
    assert done["status"] == "completed"
    (risk, report) = [each["valueReference"]["reference"] for each in done["output"]]
    assert ehr.get(f"/fhir/{risk}").json()["prediction"]
    assert ehr.get(f"/fhir/{report}").json()["status"] == "preliminary"
    assert not worker_of(hospital).step()


def test_the_server_itself_does_it(hospital, ehr, sent):
    with hospital.client("clinician north") as running:  # with a lifespan, unlike the others
        for _ in range(200):
            if running.get(sent).json()["status"] == "completed":
                break
            threading.Event().wait(0.05)
        else:
            pytest.fail("the task was not done within ten seconds")


def test_what_is_sent_again_meanwhile_waits_once(hospital, ehr, sent):
    more = json.loads(json.dumps(NOTE).replace("HP:0001166", "HP:0001250").replace("o1", "o2"))
    assert ehr.post("/fhir", json=more, headers={"Prefer": "respond-async"}).headers["content-location"] == sent
    assert len(rows(hospital)) == 1


def test_two_processes_do_not_take_one_task(hospital, sent):
    database = hospital.keeping.database
    assert database.write(line.claim) is not None
    assert database.write(line.claim) is None


def test_what_a_dead_process_left_is_taken_up_again(hospital, ehr, sent):
    database = hospital.keeping.database
    assert database.write(line.claim)
    assert database.write(line.requeue_lost) == 0
    change(hospital, changed=now() - line.LOST_AFTER - timedelta(seconds=1))
    assert database.write(line.requeue_lost) == 1
    assert worker_of(hospital).step()
    assert ehr.get(sent).json()["status"] == "completed"


def test_a_case_that_changes_meanwhile_is_read_again_later(hospital, ehr, sent, monkeypatch):
    from service.tasks import worker

    def overtaken(*_):
        raise StoreError("The database is busy.", "Try again.")

    with monkeypatch.context() as patched:
        patched.setattr(worker, "assess_case", overtaken)
        assert worker_of(hospital).step()
    (row,) = rows(hospital)
    assert (row["state"], row["fault"], row["attempts"]) == ("queued", "busy", 1)
    assert timedelta(seconds=3) < row["after"] - now() < timedelta(seconds=6)
    assert not worker_of(hospital).step()
    change(hospital, after=now())
    assert worker_of(hospital).step()
    assert ehr.get(sent).json()["status"] == "completed"


def test_what_fails_every_time_is_given_up_and_told_by_a_word(hospital, ehr, sent, monkeypatch):
    from service.tasks import worker

    def broken(*_):
        raise RuntimeError("Jane Doe")

    monkeypatch.setattr(worker, "assess_case", broken)
    for _ in range(line.MOST_ATTEMPTS):
        change(hospital, after=now())
        assert worker_of(hospital).step()
    told = ehr.get(sent)
    assert (told.json()["status"], told.json()["statusReason"]["text"]) == ("failed", "internal")
    assert "Jane" not in told.text


def test_without_the_consent_that_the_site_asks_for_nothing_is_read(hospital_with):
    hospital = hospital_with(assessment_consent=True)
    ehr = hospital.client("clinician north")
    at = ehr.post("/fhir", json=NOTE, headers={"Prefer": "respond-async"}).headers["content-location"]
    assert worker_of(hospital, cases={"assessment_consent": True}).step()
    assert ehr.get(at).json()["statusReason"]["text"] == "no consent"
    assert rows(hospital, consent) == []


def test_an_account_that_lost_its_roles_reads_nothing_more(hospital, ehr, sent):
    from service.store.tables import membership

    hospital.keeping.database.write(lambda c: c.execute(membership.delete()))
    assert worker_of(hospital).step()
    (row,) = rows(hospital)
    assert (row["state"], row["fault"]) == ("failed", "no such case")


def test_another_departments_task_is_none(hospital, sent):
    assert hospital.client("clinician south").get(sent).status_code == 404
    assert hospital.client("clinician north").get("/fhir/Task/" + "0" * 32).json()["resourceType"] == "OperationOutcome"


@pytest.fixture
def system():
    """A hospital system that is called: what it was sent, and the status that it answers with."""
    heard = []

    class Handler(BaseHTTPRequestHandler):
        status = 204

        def do_POST(self):
            heard.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(self.status)
            self.send_header("Location", "http://127.0.0.1:9/elsewhere")
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/told", heard, Handler
    server.shutdown()
    server.server_close()


def queue(hospital, url):
    """One more task of the case that is kept, with an address to be told."""
    from service.cases.desk import Desk

    desk = Desk(hospital.actors["clinician north"], hospital.keeping)
    (kept,) = rows(hospital, case)
    return hospital.keeping.database.write(lambda c: enqueue(desk, c, kept, "his", url))


def test_a_system_is_told_that_its_task_has_ended_and_nothing_of_the_patient(hospital, ehr, sent, system):
    url, heard, _ = system
    id = queue(hospital, url)
    worker = worker_of(hospital, ehr=(Ehr(name="his", account="his", callbacks=(url,)),))
    assert worker.step()
    assert worker.step()
    assert worker.call()
    assert not worker.call()
    (told,) = heard
    assert (told["resourceType"], told["id"], told["status"]) == ("Task", id, "completed")
    assert told == ehr.get(f"/fhir/Task/{id}").json()


@pytest.mark.parametrize("status", [500, 307])
def test_a_system_that_does_not_answer_well_is_called_again_for_an_hour(hospital, ehr, sent, system, status):
    url, heard, handler = system
    handler.status = status
    queue(hospital, url)
    worker = worker_of(hospital, ehr=(Ehr(name="his", account="his", callbacks=(url,)),))
    while worker.step():
        pass
    assert worker.call()
    assert not worker.call()  # for half a minute
    assert {row["told"] for row in rows(hospital)} == {None, "waiting"}
    change(hospital, after=now(), changed=now() - timedelta(hours=2))
    assert worker.call()
    assert {row["told"] for row in rows(hospital)} == {None, "failed"}
    assert len(heard) == 2


def test_an_address_that_was_taken_out_of_the_settings_is_not_called(hospital, ehr, sent, system):
    url, heard, _ = system
    queue(hospital, url)
    worker = worker_of(hospital)
    while worker.step():
        pass
    worker.call()
    assert heard == []


def test_another_address_is_a_task_of_its_own(hospital, sent):
    assert queue(hospital, "http://127.0.0.1/one") != queue(hospital, "http://127.0.0.1/two")
    assert queue(hospital, "http://127.0.0.1/one") in {row["id"] for row in rows(hospital)}
    assert len(rows(hospital)) == 3
    assert rows(hospital, note) == []
