"""What the service sustains: `python -m benchmarks.service` (durable writes and ranks) or `--kill 50` (kill -9).

Prints one JSON object; progress goes to stderr. Writes through `Database.write` are compared with two bare group
commits measured in turn, with the same callers and with none (benchmarks.durable_writes says why). `--kill N` kills a
writer N times on SQLite and N times on a PostgreSQL of its own, there every other time the server with it, and counts
acknowledged writes lost.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.durability import Round, kill_round, prepare

_SEED = 618
_RANK, _ASSESS = "/api/v1/rank", "/api/v1/assess"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.service", description=__doc__)
    parser.add_argument("--clients", type=int, default=32, help="callers that write at once (default: 32)")
    parser.add_argument("--rounds", type=int, default=15, help="turns of each kind of write (default: 15)")
    parser.add_argument("--seconds", type=float, default=0.5, help="length of a turn (default: 0.5)")
    parser.add_argument("--requests", type=int, default=400, help="ranks over HTTP (default: 400)")
    parser.add_argument("--folder", type=Path, help="where the databases are made (default: the temporary folder)")
    parser.add_argument("--kill", type=int, metavar="N", help="kill -9 N times on each database instead")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        found = _kills(Path(folder), given.kill) if given.kill else _speeds(Path(folder), given)
    print(json.dumps(found))
    return 0


def _speeds(folder: Path, given: argparse.Namespace) -> dict[str, Any]:
    from benchmarks import durable_writes, serving, stages

    _say("durable writes")
    writes = durable_writes.measure(folder, given.clients, given.rounds, given.seconds)
    _say("answers over HTTP")
    ranks = serving.measure(_RANK, serving.rank_bodies(given.requests, findings=8), clients=4)
    alone = serving.measure(_RANK, serving.rank_bodies(given.requests // 2, findings=10), clients=1)
    assessed = serving.measure(_ASSESS, serving.assess_bodies(given.requests // 2), clients=1)
    _say("stages of an answer")
    return {
        "durable_writes_per_second": {name: round(value) for name, value in writes.table.items()},
        "ratio_to_bare_loop_with_the_same_callers": round(writes.to_bare_loop, 3),
        "ratio_to_one_thread_without_callers": round(writes.to_no_callers, 3),
        "changes_per_commit": round(writes.together, 1),
        **ranks.figures("rank"),
        **alone.figures("rank_alone"),
        **assessed.figures("assess_alone"),
        "cpu_ms_by_stage": stages.measure(rounds=2),
    }


def _kills(folder: Path, times: int) -> dict[str, Any]:
    from benchmarks.own_postgres import own_postgres

    found = {"sqlite": _killed(f"sqlite:///{folder / 'phenomap.db'}", times, [lambda: None])}
    with own_postgres(folder / "postgres") as (url, crash):
        found["postgresql"] = _killed(url, times, [lambda: None, crash])
    return found


def _killed(url: str, times: int, kills: Sequence[Callable[[], None]]) -> dict[str, Any]:
    prepare(url)
    chance = random.Random(_SEED)
    rounds: list[Round] = []
    for number in range(times):
        rounds.append(kill_round(url, chance.uniform(0.02, 0.5), kills[number % len(kills)]))
        _say(f"{url.partition(':')[0]} {number + 1}/{times}: {rounds[-1]}")
    return {
        "kills": times,
        "acknowledged": sum(done.acknowledged for done in rounds),
        "lost": sum(done.lost for done in rounds),
        "trail_equals_changes": all(done.sound and done.links == done.changes for done in rounds),
        "slowest_ready_seconds": round(max(done.ready for done in rounds), 2),
    }


def _say(words: str) -> None:
    print(words, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
