"""kill -9 while cases are written: every acknowledged one is there, each with its link of the trail."""

import random

import pytest

from benchmarks.durability import kill_round, prepare


@pytest.mark.timeout(180)
def test_what_was_acknowledged_survives_kill_9(empty_url):
    prepare(empty_url)
    chance = random.Random(618)
    before = 0
    for _ in range(5 if empty_url.startswith("sqlite") else 3):
        done = kill_round(empty_url, chance.uniform(0.02, 0.4))
        assert done.lost == 0
        assert done.changes >= before + done.acknowledged
        assert done.links == done.changes
        assert done.sound
        assert done.ready < 5
        before = done.changes
    assert before > 50
