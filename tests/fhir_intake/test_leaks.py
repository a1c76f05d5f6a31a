"""Marked records sent as FHIR, taken and refused in every way: no trace of one in logs, answers, headers or files."""

from __future__ import annotations

import base64
import copy
import json
import logging

import pytest
from sqlalchemy import select

from benchmarks.canaries import canaries, traces
from service.store.tables import audit
from tests.fhir_intake.conftest import bundle, document, observation, patient

(RECORD,) = canaries(1)
FHIR = {"Content-Type": "application/fhir+json"}


def marked():
    """A Bundle that holds the record wherever words or numbers may stand."""
    name = RECORD.name
    who = patient(
        "p-" + RECORD.phone,
        name=[{"text": name}],
        identifier=[{"system": "urn:x", "value": RECORD.number}, {"value": RECORD.card}],
    )
    subject = "Patient/" + who["id"]
    words = {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10", "code": "M41", "display": name}], "text": name}
    condition = {"resourceType": "Condition", "id": "c", "subject": {"reference": subject}, "code": words}
    told = observation(subject=subject, valueString=name, note=[{"text": RECORD.chinese}])
    narrative = {"status": "generated", "div": f"<div>{RECORD.english}</div>"}
    relative = {
        "resourceType": "FamilyMemberHistory",
        "id": "f",
        "status": "completed",
        "patient": {"reference": subject},
        "relationship": {"text": name},
        "condition": [{"code": words}],
    }
    report = {
        "resourceType": "DiagnosticReport",
        "id": "r",
        "status": "final",
        "code": words,
        "subject": {"reference": subject},
        "text": narrative,
    }
    return bundle(who, document(RECORD.english, subject=subject), condition, told, relative, report)


def places(value, path=()):
    """Every text, number and object in a body, by its path."""
    yield path
    for key, each in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from places(each, (*path, key))


def broken():
    """The marked Bundle, with one thing in it after another put in the place of another kind of value."""
    whole = marked()
    for path in list(places(whole))[1:]:
        for wrong in (RECORD.name, {"reference": RECORD.name, "system": RECORD.number}, [RECORD.chinese], 7):
            body = copy.deepcopy(whole)
            inner = body
            for key in path[:-1]:
                inner = inner[key]
            inner[path[-1]] = wrong
            yield body


@pytest.fixture
def lines(caplog):
    caplog.set_level(logging.DEBUG)
    for noisy in ("httpx", "httpcore"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    return caplog


def test_nothing_of_a_record_that_is_taken_is_told(ehr, hospital, lines):
    answer = ehr.post("/fhir", content=json.dumps(marked()), headers=FHIR)
    assert answer.status_code == 200, answer.text
    assert traces(answer.content + json.dumps(dict(answer.headers)).encode()) == []
    assert traces(lines.text.encode()) == []
    links = hospital.keeping.database.read(lambda c: [str(row) for row in c.execute(select(audit)).all()])
    assert traces("\n".join(links).encode()) == []
    for file in hospital.folder.iterdir():
        if file.is_file():
            assert traces(file.read_bytes()) == [], file.name


def test_nothing_of_a_record_that_is_refused_is_told(ehr, lines):
    """Every place of the Bundle broken in four ways; one in five of them, so that it does not take minutes."""
    statuses = set()
    for at, body in enumerate(broken()):
        if at % 5:
            continue
        answer = ehr.post("/fhir", content=json.dumps(body), headers=FHIR)
        statuses.add(answer.status_code)
        assert answer.status_code < 500, (answer.text, body)
        assert traces(answer.content + json.dumps(dict(answer.headers)).encode()) == [], answer.text
    assert statuses >= {200, 422}
    assert traces(lines.text.encode()) == []


def test_nothing_of_a_document_that_cannot_be_read_is_told(ehr, lines):
    for content in (b"%PDF-1.7 ", b"{\\rtf1 ", b"PK\x03\x04", b"\xff\xfe", b"\x00"):
        data = document(content + RECORD.english.encode(), kind="application/octet-stream")
        answer = ehr.post("/fhir/DocumentReference", content=json.dumps(data), headers=FHIR)
        assert answer.status_code < 500
        assert traces(answer.content) == []
    assert traces(lines.text.encode()) == []


def test_a_name_in_base64_that_is_none_is_not_repeated(ehr):
    data = document()
    data["content"][0]["attachment"]["data"] = RECORD.name
    answer = ehr.post("/fhir/DocumentReference", content=json.dumps(data), headers=FHIR)
    assert answer.status_code == 422
    assert traces(answer.content) == []
    assert base64.b64encode(RECORD.name.encode()) not in answer.content
