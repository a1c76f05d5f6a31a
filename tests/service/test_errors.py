"""Every bad input gets a 4xx in the one shape, with every fault named."""

from __future__ import annotations

import json

import pytest

ARACHNODACTYLY, SEIZURE, SEIZURE_ALTERNATIVE = "HP:0001166", "HP:0001250", "HP:9000003"
DOMINANT, WITHDRAWN, UNKNOWN = "HP:0000006", "HP:9000002", "HP:7777777"


def fields_of(problem: dict) -> list[str]:
    return sorted(fault["field"] for fault in problem["errors"])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"{'text': 1}",
        b'{"text": "tall", "text": "short"}',
        b'{"text": NaN}',
        b'{"text": "a", "age": Infinity}',
        b'{"text": 1e999}',
        b'{"text": ' + b"9" * 5000 + b"}",
        b'{"text": "\xff\xfe"}',
        b"[" * 100_000,
        b'{"text": ' + b"[" * 100 + b"]" * 100 + b"}",
        b'\xef\xbb\xbf{"text": "a byte order mark first"}',
    ],
    ids=lambda body: repr(body[:24]),
)
@pytest.mark.parametrize("path", ["/api/v1/extract", "/api/v1/rank", "/api/v1/assess", "/api/v1/photos:describe"])
def test_what_is_no_json_is_a_400(client, problem, path, body):
    answer = client.post(path, content=body, headers={"Content-Type": "application/json"})
    assert problem(answer, 400)["errors"][0]["mend"]


def test_a_body_of_too_many_values_is_refused_at_once(client, problem):
    for content in (
        b"[" + b"0," * 30_000 + b"0]",
        b'{"text":"a"' + b"".join(b',"k%d":0' % i for i in range(30_000)) + b"}",
    ):
        answer = client.post("/api/v1/extract", content=content, headers={"Content-Type": "application/json"})
        assert "more than 20,000 values" in problem(answer, 400)["detail"]


def test_many_faults_are_counted_and_the_first_are_listed(client, problem):
    body = {"text": "a", **{f"k{i}": 0 for i in range(500)}}
    answer = problem(client.post("/api/v1/extract", json=body), 422)
    assert answer["detail"].startswith("There are 500 faults")
    assert len(answer["errors"]) == 100


def test_a_large_body_is_read_as_a_small_one_is(client, problem):
    text = "Scoliosis. " * 50_000
    answer = client.post("/api/v1/extract", json={"text": text, "language": "en"})
    assert len(answer.json()["features"]) == 50_000
    large = (json.dumps({"text": text})[:-1] + ", ").encode()
    problem(client.post("/api/v1/extract", content=large, headers={"Content-Type": "application/json"}), 400)


@pytest.mark.parametrize("text", ['"\\ud800"', '"a\\u0000b"', '"\\udfff tall"'])
@pytest.mark.parametrize(
    "template", ['{"text": %s}', '{"text": "a", "id": %s}', '{"text": "a", %s: 1}', '{"x": [{"y": %s}]}']
)
def test_broken_text_anywhere_is_refused_by_field(client, problem, text, template):
    answer = client.post(
        "/api/v1/extract", content=(template % text).encode(), headers={"Content-Type": "application/json"}
    )
    assert problem(answer, 422)["errors"]


@pytest.mark.parametrize("media_type", [None, "text/plain", "application/x-www-form-urlencoded", "application/jsonx"])
def test_another_content_type_is_a_415(client, problem, media_type):
    headers = {"Content-Type": media_type} if media_type else {}
    assert fields_of(problem(client.post("/api/v1/extract", content=b'{"text":"a"}', headers=headers), 415)) == [
        "Content-Type"
    ]


def test_another_charset_is_a_415(client, problem):
    headers = {"Content-Type": "application/json; charset=latin-1"}
    problem(client.post("/api/v1/extract", content=b'{"text":"a"}', headers=headers), 415)


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"text": ""}, ["text"]),
        ({"text": " \n\t"}, ["text"]),
        ({}, ["text"]),
        ({"text": 5}, ["text"]),
        ({"text": None}, ["text"]),
        ({"text": "a" * 1_000_001}, ["text"]),
        ({"text": "a", "langauge": "en"}, ["langauge"]),
        ({"text": "a", "language": "fr"}, ["language"]),
        ({"text": "a", "sex": "F", "age": "3 years"}, ["age", "sex"]),
        ({"text": "a", "age": "P"}, ["age"]),
        ({"text": "a", "age": "P999Y"}, ["age"]),
        ({"text": "a", "id": "Jane Doe"}, ["id"]),
        ([], [""]),
        ("text", [""]),
    ],
)
def test_extract_names_every_field_at_fault(client, problem, body, fields):
    assert fields_of(problem(client.post("/api/v1/extract", json=body), 422)) == fields


@pytest.mark.parametrize(
    ("features", "fields"),
    [
        ([], ["features"]),
        ({}, ["features"]),
        ([{}], ["features[0].id"]),
        ([{"id": "seizure"}], ["features[0].id"]),
        ([{"id": "HP:1250"}], ["features[0].id"]),
        ([{"id": "hp:0001250"}], ["features[0].id"]),
        ([{"id": UNKNOWN}], ["features[0].id"]),
        ([{"id": WITHDRAWN}], ["features[0].id"]),
        ([{"id": DOMINANT}], ["features[0].id"]),
        ([{"id": SEIZURE, "excluded": 0}], ["features[0].excluded"]),
        ([{"id": SEIZURE, "excluded": "false"}], ["features[0].excluded"]),
        ([{"id": SEIZURE, "assertion": "maybe"}], ["features[0].assertion"]),
        ([{"id": SEIZURE, "assertion": "observed", "excluded": True}], ["features[0].excluded"]),
        ([{"id": SEIZURE, "onset": SEIZURE}], ["features[0].onset"]),
        ([{"id": SEIZURE, "onset": UNKNOWN}], ["features[0].onset"]),
        ([{"id": SEIZURE, "severity": SEIZURE}], ["features[0].severity"]),
        ([{"id": SEIZURE}, {"id": SEIZURE, "excluded": True}], ["features[1].id"]),
        ([{"id": SEIZURE, "excluded": True}, {"id": SEIZURE_ALTERNATIVE}], ["features[1].id"]),
        ([{"id": UNKNOWN}, {"id": DOMINANT}, {"id": WITHDRAWN}], [f"features[{i}].id" for i in range(3)]),
        ([{"id": SEIZURE}] * 501, ["features"]),
    ],
    ids=str,
)
@pytest.mark.parametrize("path", ["rank", "suggest"])
def test_findings_at_fault_are_named_one_by_one(client, problem, path, features, fields):
    assert fields_of(problem(client.post(f"/api/v1/{path}", json={"features": features}), 422)) == fields


def test_faults_of_form_and_of_meaning_come_in_one_answer(client, problem):
    body = {"notes": [{"text": ""}], "features": [{"id": UNKNOWN}, {"id": SEIZURE, "excluded": 0}], "extra": 1}
    found = fields_of(problem(client.post("/api/v1/assess", json=body), 422))
    assert found == ["extra", "features[0].id", "features[1].excluded", "notes[0].text"]


def test_a_withdrawn_term_comes_with_what_its_editors_suggest(client, problem):
    # obsolete Floppiness says: consider HP:0001252 (Hypotonia)
    answer = problem(client.post("/api/v1/rank", json={"features": [{"id": WITHDRAWN}]}), 422)
    assert "HP:0001252" in answer["errors"][0]["mend"]


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, [""]),
        ({"notes": [{"text": "a", "id": "n"}, {"text": "b", "id": "n"}]}, ["notes[1].id"]),
        ({"notes": [{"text": "a", "date": "2025-02-30"}]}, ["notes[0].date"]),
        ({"notes": [{"text": "a", "date": 20250101}]}, ["notes[0].date"]),
        ({"notes": [{"text": "a"}], "limit": 0}, ["limit"]),
        ({"notes": [{"text": "a"}], "limit": True}, ["limit"]),
        ({"notes": [{"text": "a"}], "limit": 10.0}, ["limit"]),
        ({"photos": [{"content": "%%%"}]}, ["photos[0].content"]),
        ({"photos": [{"content": "bm8gcGhvdG8="}]}, ["photo"]),
        ({"notes": [{"text": "a"}] * 51}, ["notes"]),
    ],
    ids=str,
)
def test_a_case_at_fault_is_told_where(client, problem, body, fields):
    assert fields_of(problem(client.post("/api/v1/assess", json=body), 422)) == fields


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/nowhere", 404),
        ("/api/v1/nowhere", 404),
        ("/static/../app.py", 404),
        ("/static/app.py", 404),
        ("/api/v1/diseases/OMIM:999999", 404),
        ("/api/v1/diseases/HP:0001250", 422),
        ("/api/v1/diseases/OMIM:1%00", 422),
        ("/api/v1/terms", 422),
        ("/api/v1/terms?q=", 422),
        ("/api/v1/terms?q=a&limit=0", 422),
        ("/api/v1/terms?q=a&limit=x", 422),
        ("/api/v1/terms?q=a&qq=b", 422),
        ("/api/v1/rank", 405),
    ],
)
def test_paths_and_queries_at_fault(client, problem, path, status):
    problem(client.get(path), status)


def test_a_wrong_method_says_which_is_right(client, problem):
    answer = client.put("/api/v1/rank", json={})
    problem(answer, 405)
    assert answer.headers["allow"] == "POST"


def test_no_error_repeats_what_was_sent(client):
    marker = "Zebulon Q. Patient"
    bodies = [
        {"text": marker, "language": marker},
        {"text": marker, marker: marker},
        {"text": [marker]},
        {"text": "a", "age": marker, "sex": marker, "id": marker},
    ]
    for body in bodies:
        answer = client.post("/api/v1/extract", json=body)
        assert answer.status_code == 422
        assert "Zebulon" not in answer.text
    answer = client.post("/api/v1/rank", json={"features": [{"id": marker}, {"id": SEIZURE, marker: 1}]})
    assert "Zebulon" not in answer.text
    answer = client.post(
        "/api/v1/extract", content=json.dumps(marker)[:-1], headers={"Content-Type": "application/json"}
    )
    assert "Zebulon" not in answer.text
