"""Serving on loopback, beyond it only with what that needs, and quickly."""

from __future__ import annotations

import statistics
import time

import pytest
from fastapi.testclient import TestClient

from service.serve import NotLoopback, refuse_open_address, serve
from service.settings import Settings

OUTSIDE = ["0.0.0.0", "::", "192.168.1.4", "hospital.example", "", "127.0.0.1.evil.example"]
TLS = {"certificate": "chain.pem", "key": "key.pem"}


@pytest.mark.parametrize("host", OUTSIDE)
def test_an_address_that_others_can_reach_needs_tls_or_a_proxy(host, tmp_path):
    with pytest.raises(NotLoopback, match="TLS"):
        refuse_open_address(host, Settings())
    with pytest.raises(NotLoopback):  # before the knowledge is looked for
        serve(tmp_path, host, 8000, Settings())
    named = {"hosts": {"phenomap.hospital.example"}}
    refuse_open_address(host, Settings.model_validate({"tls": TLS} | named))
    refuse_open_address(host, Settings.model_validate({"trusted_proxies": ["10.0.0.1"]} | named))


@pytest.mark.parametrize("host", ["0.0.0.0", "::", ""])
def test_every_address_needs_names_to_be_reached_by(host):
    with pytest.raises(NotLoopback, match="names"):
        refuse_open_address(host, Settings.model_validate({"tls": TLS}))


@pytest.mark.parametrize(("host", "more"), [*((host, {}) for host in OUTSIDE), ("127.0.0.1", {"tls": TLS})])
def test_a_demonstration_is_for_this_machine_alone(host, more):
    with pytest.raises(NotLoopback, match="this machine alone"):
        refuse_open_address(host, Settings.model_validate({"demonstration": True, **more}))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
@pytest.mark.parametrize("demonstration", [False, True])
def test_loopback_is_accepted(host, demonstration):
    refuse_open_address(host, Settings(demonstration=demonstration))


def test_without_an_account_nobody_beyond_this_machine_is_served(small_root, tmp_path, monkeypatch):
    monkeypatch.setattr("uvicorn.run", lambda *args, **given: pytest.fail("it serves"))
    settings = site(tmp_path, tls=TLS, hosts={"phenomap.hospital.example"})
    with pytest.raises(NotLoopback, match="no account"):
        serve(small_root, "0.0.0.0", 8000, settings, lambda words: None)


def test_a_demonstration_is_one_command_and_its_link_works_once(small_root, tmp_path, monkeypatch):
    said, answers = [], []

    def run(app, **given):
        client = TestClient(app, base_url="http://127.0.0.1:8000", client=("127.0.0.1", 50000))
        link = next(words for words in said if "#once=" in words)
        secret = link.partition("#once=")[2]
        assert "?" not in link
        answers.append(client.post("/api/v1/rank", json={"features": [{"id": "HP:0001166"}]}).status_code)
        answers.append(client.post("/api/v1/sessions:link", json={"secret": secret}).status_code)
        answers.append(client.get("/api/v1/me").json()["memberships"][0]["role"])
        answers.append(client.post("/api/v1/sessions:link", json={"secret": secret}).status_code)
        assert given["proxy_headers"] is False

    monkeypatch.setattr("uvicorn.run", run)
    for _ in range(2):  # the second start finds what the first one made
        serve(small_root, "127.0.0.1", 8000, site(tmp_path, demonstration=True), said.append)
        assert answers == [200, 200, "clinician", 401]
        said.clear(), answers.clear()


def site(folder, **given):
    places = {"database": f"sqlite:///{folder / 'phenomap.db'}", "keys": f"file:{folder / 'key'}"}
    return Settings.model_validate(places | {"blobs": folder / "blobs"} | given)


@pytest.mark.real
@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("rank", {"features": [{"id": f"HP:{n}"} for n in ("0001642", "0004322", "0000316", "0000494")], "limit": 10}),
        ("extract", {"text": "Short stature, hypertelorism, no seizures. " * 20, "language": "en"}),
    ],
)
def test_an_answer_takes_well_under_a_second(real_client, path, body):
    def once() -> float:
        before = time.perf_counter()
        assert real_client.post(f"/api/v1/{path}", json=body).status_code == 200
        return time.perf_counter() - before

    # About 20 ms on two idle cores; the bound leaves room for a machine that is busy with other tests.
    assert statistics.median(once() for _ in range(9)) < 0.5
