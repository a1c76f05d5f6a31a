"""Serving on loopback alone, and quickly."""

from __future__ import annotations

import statistics
import time

import pytest

from service.serve import NotLoopback, refuse_open_address, serve


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.4", "hospital.example", "", "127.0.0.1.evil.example"])
def test_an_address_that_others_can_reach_is_refused(host, tmp_path):
    with pytest.raises(NotLoopback, match="no sign-in"):
        refuse_open_address(host)
    with pytest.raises(NotLoopback):  # before the knowledge is looked for
        serve(tmp_path, host, 8000)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_loopback_is_accepted(host):
    refuse_open_address(host)


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
