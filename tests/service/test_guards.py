"""Headers, host and origin, body size, and what happens when something breaks."""

from __future__ import annotations

import asyncio
import logging

import pytest
from fastapi.testclient import TestClient

from service.app import Limits, create_app
from service.guards import CONTENT_SECURITY_POLICY, BodyLimit

RANK = {"features": [{"id": "HP:0001166"}]}
MARKER = "Zebulon Q. Patient"


class Breaking:
    """An Assessor whose reader fails, with the note in its message, as careless code would."""

    def __init__(self, assessor):
        self.knowledge = assessor.knowledge

    def read(self, note, patient=None):
        raise RuntimeError(f"cannot read {note.text}")


@pytest.mark.parametrize(
    "path", ["/", "/docs", "/openapi.json", "/static/main.js", "/static/page.css", "/livez", "/readyz", "/nowhere"]
)
def test_every_answer_carries_the_security_headers(client, path):
    headers = client.get(path).headers
    assert headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cache-control"] in {"no-store", "no-cache"}


def test_answers_about_patients_are_kept_by_no_cache(client):
    assert client.post("/api/v1/rank", json=RANK).headers["cache-control"] == "no-store"
    assert client.post("/api/v1/rank", json={}).headers["cache-control"] == "no-store"
    assert client.get("/api/v1/terms?q=fit").headers["cache-control"] == "no-store"


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "10.0.0.5:8000", "[::2]", "[bad"])
def test_another_host_name_is_refused(client, problem, host):
    problem(client.get("/livez", headers={"Host": host}), 403)


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "LOCALHOST:9", "[::1]:8000"])
def test_loopback_names_are_served(client, host):
    assert client.get("/livez", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:9999"},
        {"Origin": "https://127.0.0.1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_other_sites_may_not_post(client, problem, headers):
    problem(client.post("/api/v1/rank", json=RANK, headers=headers), 403)


@pytest.mark.parametrize(
    "headers", [{}, {"Origin": "http://127.0.0.1", "Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}]
)
def test_the_page_and_programs_may_post(client, headers):
    assert client.post("/api/v1/rank", json=RANK, headers=headers).status_code == 200


def test_no_origin_is_granted_anything(client):
    answer = client.options(
        "/api/v1/rank", headers={"Origin": "http://127.0.0.1", "Access-Control-Request-Method": "POST"}
    )
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_a_declared_length_is_refused_at_once(assessor, problem):
    client = TestClient(create_app(assessor, limits=Limits(body=100)), base_url="http://127.0.0.1")
    problem(client.post("/api/v1/extract", json={"text": "a" * 100}), 413)
    assert client.post("/api/v1/extract", json={"text": "a" * 50}).status_code == 200
    for length in ("9" * 30, "-1", "x"):
        headers = {"Content-Type": "application/json", "Content-Length": length}
        problem(client.post("/api/v1/extract", content=b"{}", headers=headers), 413)


def test_a_stream_without_length_is_cut_at_the_limit():
    # Chunks of 10 bytes against a limit of 25: the third goes over, and a fourth is never asked for.
    asked, sent = [], []

    async def receive():
        asked.append(1)
        return {"type": "http.request", "body": b"0123456789", "more_body": True}

    async def send(message):
        sent.append(message)

    async def app(scope, receive, send):
        raise AssertionError("the application must not see it")

    scope = {"type": "http", "method": "POST", "path": "/", "headers": [(b"transfer-encoding", b"chunked")]}
    asyncio.run(BodyLimit(app, 25, {})(scope, receive, send))
    assert len(asked) == 3
    assert sent[0]["status"] == 413


def test_photos_may_be_larger_than_notes(assessor, problem):
    limits = Limits(body=100, body_with_photos=1000)
    client = TestClient(create_app(assessor, limits=limits), base_url="http://127.0.0.1")
    jpeg = b"\xff\xd8\xff" + b"0" * 500
    headers = {"Content-Type": "image/jpeg"}
    assert client.post("/api/v1/photos:describe", content=jpeg, headers=headers).status_code == 200
    problem(client.post("/api/v1/photos:describe", content=jpeg * 2, headers=headers), 413)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/photos:describe", 200),
        ("/api/v1/cases/0123/photos", 200),
        ("/api/v1/cases/0123/photos/", 413),
        ("/api/v1/cases/0123/45/photos", 413),
        ("/api/v1/cases//photos", 413),
        ("/api/v1/cases/0123/photos/4567", 413),
        ("/api/v1/cases", 413),
    ],
)
def test_paths_with_ids_in_them_may_take_more(path, status):
    sent = []

    async def receive():
        return {"type": "http.request", "body": b"0" * 50, "more_body": False}

    async def send(message):
        sent.append(message["status"]) if "status" in message else None

    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})

    larger = {"/api/v1/photos:describe": 50, "/api/v1/cases/{id}/photos": 50}
    scope = {"type": "http", "method": "POST", "path": path, "headers": []}
    asyncio.run(BodyLimit(app, 25, larger)(scope, receive, send))
    assert sent == [status]


def test_an_unforeseen_fault_is_a_500_that_tells_nothing(assessor, problem, caplog):
    client = TestClient(create_app(Breaking(assessor)), base_url="http://127.0.0.1")
    with caplog.at_level(logging.DEBUG):
        answer = client.post("/api/v1/extract", json={"text": MARKER})
    content = problem(answer, 500)
    assert "Zebulon" not in answer.text
    assert "Zebulon" not in caplog.text
    ours = [record for record in caplog.records if record.name == "phenomap.service"]
    assert content["instance"] in ours[0].getMessage()
    assert "RuntimeError at service/test_guards.py" in ours[0].getMessage()
    assert answer.headers["content-security-policy"] == CONTENT_SECURITY_POLICY


def test_nothing_of_a_patient_reaches_the_log(client, caplog):
    with caplog.at_level(logging.DEBUG):
        client.post("/api/v1/extract", json={"text": f"{MARKER} has seizures."})
        client.post("/api/v1/assess", json={"notes": [{"text": f"{MARKER} has seizures."}]})
        client.post("/api/v1/extract", json={"text": MARKER, "sex": MARKER})
        client.post("/api/v1/extract", content=f'{{"text": "{MARKER}', headers={"Content-Type": "application/json"})
        client.get("/api/v1/diseases/Zebulon")
    # httpx, the test's own client, logs the addresses it asks; the service itself has no access log.
    ours = [record.getMessage() for record in caplog.records if record.name != "httpx"]
    assert not [message for message in ours if "Zebulon" in message]
