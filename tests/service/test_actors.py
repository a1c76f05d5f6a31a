"""Every route declares who may use it, and the declaration holds."""

from __future__ import annotations

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from service.actors import Actor, Needs, Permission, anyone
from service.app import create_app

#: Made by FastAPI itself, with nothing of a patient in it.
OF_THE_FRAMEWORK = {"/openapi.json"}


def declared(dependant):
    calls = [dependency.call for dependency in dependant.dependencies]
    return calls + [call for dependency in dependant.dependencies for call in declared(dependency)]


def declares(route) -> bool:
    calls = declared(route.dependant) + [dependency.dependency for dependency in route.dependencies]
    return any(isinstance(call, Needs) or call is anyone for call in calls)


def test_every_route_declares_a_permission_or_that_it_is_public(app, routes_of):
    routes = routes_of(app)
    assert {"/api/v1/rank", "/api/v1/assess", "/livez", "/"} <= {route.path for route in routes}
    for route in routes:
        if route.path in OF_THE_FRAMEWORK:
            continue
        assert isinstance(route, APIRoute), f"{route.path} is no route whose declaration can be seen"
        assert declares(route), f"{route.path} declares no permission"


@pytest.mark.parametrize(
    ("permission", "allowed", "refused"),
    [
        (Permission.ASSESS, ("POST", "/api/v1/rank"), ("GET", "/api/v1/terms?q=fit")),
        (Permission.READ_KNOWLEDGE, ("GET", "/api/v1/terms?q=fit"), ("POST", "/api/v1/rank")),
    ],
)
def test_an_actor_may_do_what_they_are_permitted(assessor, problem, permission, allowed, refused):
    app = create_app(assessor, actor_of=lambda request: Actor("a", frozenset({permission})))
    client = TestClient(app, base_url="http://127.0.0.1")
    body = {"json": {"features": [{"id": "HP:0001166"}]}}
    assert client.request(*allowed, **(body if allowed[0] == "POST" else {})).status_code == 200
    problem(client.request(*refused, **(body if refused[0] == "POST" else {})), 403)


def test_without_permissions_only_public_paths_answer(assessor, problem):
    client = TestClient(
        create_app(assessor, actor_of=lambda request: Actor("a", frozenset())), base_url="http://127.0.0.1"
    )
    for path in ("/livez", "/readyz", "/", "/docs", "/static/bench.js"):
        assert client.get(path).status_code == 200
    for path in ("extract", "rank", "suggest", "assess"):
        bodies = {"extract": {"text": "a"}, "assess": {"notes": [{"text": "a"}]}}
        problem(client.post(f"/api/v1/{path}", json=bodies.get(path, {"features": [{"id": "HP:0001166"}]})), 403)
    photo = {"content": b"\xff\xd8\xff", "headers": {"Content-Type": "image/jpeg"}}
    problem(client.post("/api/v1/photos:describe", **photo), 403)
    for path in ("terms?q=fit", "diseases/OMIM:900001"):
        problem(client.get(f"/api/v1/{path}"), 403)
