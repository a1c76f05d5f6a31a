"""The figures of the service, on a small run: what they mean, not how high they are."""

import json

from benchmarks import durable_writes, service


def test_both_loops_write_and_share_commits(tmp_path):
    found = durable_writes.measure(tmp_path, clients=8, rounds=1, seconds=0.2)
    assert found.to_bare_loop == found.table["ours"] / found.table["bare_loop"] > 0
    assert found.to_no_callers == found.table["ours"] / found.table["no_callers"] > 0
    assert 1 < found.together <= 8


def test_kills_are_counted_and_printed(capsys):
    assert service.main(["--kill", "2"]) == 0
    found = json.loads(capsys.readouterr().out.splitlines()[-1])
    for kind in ("sqlite", "postgresql"):
        assert found[kind]["kills"] == 2
        assert found[kind]["acknowledged"] > 0
        assert found[kind]["lost"] == 0
        assert found[kind]["trail_equals_changes"] is True
        assert found[kind]["slowest_ready_seconds"] < 5
