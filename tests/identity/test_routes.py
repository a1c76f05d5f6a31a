"""Every route of the whole service asks who it is, says so in its document, and the pages lead to the door."""

from __future__ import annotations

import re

import pytest
from fastapi.routing import APIRoute

from service.actors import Needs, Permission, anyone
from service.identity.roles import DEMONSTRATION
from service.problems import KINDS

#: Open to all, and why: health tells nothing of anyone; signing in comes before being known; pages hold no answers.
PUBLIC = {
    ("GET", "/livez"),
    ("GET", "/readyz"),
    ("GET", "/"),
    ("GET", "/cases"),
    ("GET", "/cases/{id}"),
    ("GET", "/cases/{id}/reports/{part}/print"),
    ("GET", "/cases/{id}/reports/{part}/order"),
    ("GET", "/oversight"),
    ("POST", "/language"),
    ("GET", "/sign-in"),
    ("GET", "/docs"),
    ("GET", "/static/{name:path}"),
    ("GET", "/openapi.json"),
    ("HEAD", "/openapi.json"),
    ("POST", "/api/v1/sessions"),
    ("POST", "/api/v1/sessions:link"),
    ("POST", "/api/v1/passwords"),
    ("GET", "/fhir/metadata"),
    ("GET", "/fhir/OperationDefinition/{id}"),
    ("GET", "/cds-services"),
}


def declared(route):
    calls, waiting = [dependency.dependency for dependency in route.dependencies], [route.dependant]
    while waiting:
        dependencies = waiting.pop().dependencies
        calls += [dependency.call for dependency in dependencies]
        waiting += dependencies
    return calls


def operations(app):
    """(method, path) of all that is documented, as a caller reaches it."""
    return {(method.upper(), path) for path, methods in app.openapi()["paths"].items() for method in methods}


def test_every_route_declares_who_may_use_it_and_few_are_public(app, routes_of):
    assert {("GET", "/api/v1/me"), ("POST", "/api/v1/accounts/{id}/keys")} <= operations(app)
    for route in routes_of(app):
        if not isinstance(route, APIRoute):
            assert route.path == "/openapi.json"
            continue
        calls = declared(route)
        if not any(isinstance(call, Needs) for call in calls):
            assert anyone in calls, route.path
            assert {(method, route.path) for method in route.methods} <= PUBLIC


def test_nobody_unknown_gets_beyond_what_is_public(app, client, problem):
    for method, path in operations(app) - PUBLIC:
        answer = client.request(method, re.sub(r"\{\w+\}", "0" * 32, path), json={})
        problem(answer, 401)


def test_every_route_that_asks_for_an_actor_documents_401_and_403(client):
    for path, methods in client.get("/openapi.json").json()["paths"].items():
        for method, operation in methods.items():
            expected = {"403"} if (method.upper(), path) in PUBLIC else {"401", "403"}
            assert expected <= set(operation["responses"]), (method, path)
            for status, given in operation["responses"].items():
                if not status.startswith("2"):
                    assert int(status) in KINDS
                    if path.startswith("/fhir"):
                        assert set(given["content"]) == {"application/fhir+json"}
                        continue
                    schema = given["content"]["application/problem+json"]["schema"]
                    assert schema == {"$ref": "#/components/schemas/Problem"}


def test_the_page_is_behind_the_door(client, person, signed_in):
    answer = client.get("/", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    door = client.get("/sign-in").text
    assert '<script type="module" src="/static/sign_in.js">' in door
    signed_in(person("ada"), client)
    page = client.get("/").text
    assert "Ada <button" in page
    assert f'content="{client.headers["X-CSRF-Token"]}"' in page


@pytest.fixture
def visitor(make_app, new_client):
    demonstrating = make_app(demonstration=True)
    return lambda **given: new_client(demonstrating, **{"client": ("127.0.0.1", 5), **given})


def test_a_visitor_of_a_demonstration_may_assess_and_nothing_else(visitor, app, problem):
    client = visitor()
    assert client.get("/", follow_redirects=False).status_code == 200
    assert client.post("/api/v1/rank", json={"features": [{"id": "HP:0001166"}]}).status_code == 200
    assert client.get("/api/v1/terms?q=fit").status_code == 200
    assert client.get("/api/v1/me").json()["permissions"] == sorted(DEMONSTRATION)
    allowed = {
        "POST /api/v1/" + path
        for path in ("extract", "rank", "suggest", "assess", "photos:describe", "photos:explain", "documents:read")
    }
    allowed |= {"POST /fhir/$match-rare-disease"}  # nothing is kept
    allowed |= {"GET /api/v1/terms", "GET /api/v1/diseases/{id}", "GET /api/v1/me", "DELETE /api/v1/sessions/current"}
    allowed |= {"GET /api/v1/knowledge"}  # how old it is, for the page
    allowed |= {"POST /api/v1/me/password"}  # asks for a session
    for method, path in operations(app) - PUBLIC:
        if f"{method} {path}" not in allowed:
            problem(client.request(method, re.sub(r"\{\w+\}", "0" * 32, path), json={}), 403)
    problem(client.delete("/api/v1/sessions/current"), 403)
    problem(client.post("/api/v1/me/password", json={"current": "a", "password": "b"}), 403)


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded"])
def test_a_visitor_from_elsewhere_is_none(visitor, problem, header):
    problem(visitor(client=("10.0.0.9", 5)).get("/api/v1/me"), 401)
    problem(visitor().get("/api/v1/me", headers={header: "for=10.0.0.9"}), 401)


def test_until_the_first_account_visitors_of_this_machine_may_assess(make_app, new_client, person, problem):
    app = make_app()
    client = new_client(app, client=("127.0.0.1", 5))
    assert client.get("/api/v1/me").json()["permissions"] == sorted(DEMONSTRATION)
    problem(new_client(app, client=("10.0.0.9", 5)).get("/api/v1/me"), 401)
    person("ada")
    problem(client.get("/api/v1/me"), 401)


def test_behind_a_proxy_nobody_is_a_visitor(make_app, new_client, problem):
    client = new_client(make_app(trusted_proxies=("127.0.0.1",)), client=("127.0.0.1", 5))
    problem(client.get("/api/v1/me"), 401)


def test_the_demonstrations_permissions_are_the_stateless_ones():
    assert {Permission.READ_KNOWLEDGE, Permission.ASSESS} == DEMONSTRATION
