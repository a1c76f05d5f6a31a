"""The OpenAPI document says what is true, and /docs shows it without any other host."""

from __future__ import annotations

import re

from service.problems import KINDS

SAMPLES = {
    "/api/v1/extract": {"json": {"text": "Scoliosis."}},
    "/api/v1/rank": {"json": {"features": [{"id": "HP:0001166"}]}},
    "/api/v1/suggest": {"json": {"features": [{"id": "HP:0001166"}]}},
    "/api/v1/assess": {"json": {"features": [{"id": "HP:0001166"}]}},
    "/api/v1/photos:describe": {"content": b"\xff\xd8\xff", "headers": {"Content-Type": "image/jpeg"}},
    "/api/v1/photos:explain": {"json": {"content": "/9j/", "measurement": "ipd_fw"}},
    "/api/v1/documents:read": {"content": b"Seizures.", "headers": {"Content-Type": "application/octet-stream"}},
    "/api/v1/terms": {"params": {"q": "fit"}},
}


def document(client) -> dict:
    return client.get("/openapi.json").json()


def test_every_documented_operation_answers(client):
    for path, methods in document(client)["paths"].items():
        for method in methods:
            sample = SAMPLES.get(path, {})
            answer = client.request(method.upper(), path.replace("{id}", "OMIM:900001"), **sample)
            assert answer.status_code == 200, (path, answer.text)


def test_every_error_answer_is_documented_in_the_one_shape(client):
    for path, methods in document(client)["paths"].items():
        for operation in methods.values():
            errors = {status: given for status, given in operation["responses"].items() if status != "200"}
            assert errors, path
            for status, given in errors.items():
                assert int(status) in KINDS
                schema = given["content"]["application/problem+json"]["schema"]
                assert schema == {"$ref": "#/components/schemas/Problem"}, (path, status)


def test_every_reference_in_the_document_leads_somewhere(client):
    content = document(client)
    for reference in re.findall(r"'\$ref': '#/components/schemas/(\w+)'", str(content)):
        assert reference in content["components"]["schemas"]
    assert "HTTPValidationError" not in content["components"]["schemas"]


def test_every_input_is_closed_to_unknown_fields(client):
    schemas = document(client)["components"]["schemas"]
    inputs = [name for name in schemas if name.endswith("Input")] + ["StatedFeature"]
    assert len(inputs) >= 6
    for name in inputs:
        assert schemas[name]["additionalProperties"] is False, name


def test_the_docs_page_lists_every_operation_and_problem(client):
    page = client.get("/docs").text
    for path in document(client)["paths"]:
        assert path in page
    for kind in KINDS.values():
        assert f'id="problem-{kind.slug}"' in page


def test_links_inside_the_docs_page_lead_somewhere(client):
    page = client.get("/docs").text
    for target in re.findall(r'href="#([^"]+)"', page):
        assert f'id="{target}"' in page, target
