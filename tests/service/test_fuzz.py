"""What schemathesis makes of the OpenAPI document: whatever is sent, never a 5xx, always an answer as documented."""

from __future__ import annotations

import json

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from service.app import create_app

CHECKS = (
    not_a_server_error,
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)


@pytest.fixture
def document(assessor):
    app = create_app(assessor, hosts=frozenset({"testserver"}))  # schemathesis's own name for an app in process
    return schemathesis.openapi.from_asgi("/openapi.json", app)


@pytest.mark.parametrize("mode", list(schemathesis.GenerationMode))
def test_every_operation_answers_as_documented(document, mode):
    operations = [found.ok() for found in document.get_all_operations()]
    assert len(operations) == 12

    for operation in operations:

        @settings(
            max_examples=20, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def answered(case):
            response = case.call()
            # what is wrong and too large besides is refused before it is read
            refused = () if response.status_code != 413 else (negative_data_rejection,)
            case.validate_response(response, checks=[check for check in CHECKS if check not in refused])

        if mode is schemathesis.GenerationMode.POSITIVE or takes_anything(operation):
            answered()


def takes_anything(operation) -> bool:
    """Whether an operation has an input that can be wrong."""
    return bool(list(operation.iter_parameters())) or bool(len(operation.body))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
FIELDS = st.sampled_from(["text", "features", "notes", "photos", "id", "sex", "age", "limit", "language", "universe"])
IDS = st.sampled_from(
    ["HP:0001250", "HP:9000001", "HP:9000002", "HP:9000003", "HP:0000118", "HP:0000001", "HP:7777777"]
)
FEATURE = st.fixed_dictionaries(
    {"id": IDS},
    optional={
        "excluded": st.booleans() | st.integers(0, 1),
        "assertion": st.sampled_from(["observed", "excluded", "uncertain", "family", "historical", "hypothetical"]),
        "onset": st.sampled_from(["HP:0003577", "HP:0003674", "HP:0001250"]),
    },
)


@pytest.mark.parametrize("path", ["extract", "rank", "suggest", "assess", "photos:describe"])
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.dictionaries(FIELDS, JSON, max_size=4) | JSON)
def test_no_json_of_any_kind_breaks_the_service(client, path, body):
    content = json.dumps(body).encode()
    answer = client.post(f"/api/v1/{path}", content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code < 500


@pytest.mark.parametrize("path", ["rank", "suggest", "assess"])
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(features=st.lists(FEATURE, min_size=1, max_size=6))
def test_findings_of_any_mixture_are_answered_or_refused(client, path, features):
    answer = client.post(f"/api/v1/{path}", json={"features": features})
    assert answer.status_code in {200, 422}
    for disease in answer.json().get("diseases", []):
        assert sum(part["nats"] for part in disease["contributions"]) == pytest.approx(disease["score"], abs=1e-3)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(min_size=1, max_size=300))
def test_the_words_of_a_finding_are_always_where_it_says(client, text):
    note = f"{text} Scoliosis, no seizures. {text}"
    answer = client.post("/api/v1/extract", json={"text": note, "language": "en"})
    if "\x00" in text:
        assert answer.status_code == 422
        return
    assert answer.status_code == 200
    for feature in answer.json()["features"]:
        assert note[feature["start"] : feature["end"]] == feature["text"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.text(min_size=1, max_size=40))
def test_no_search_breaks_the_service(client, query):
    assert client.get("/api/v1/terms", params={"q": query}).status_code in {200, 422}
