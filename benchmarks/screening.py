"""Screening: `python -m benchmarks.screening [--notes 100000] [--workers 2] [--kills 20] [--only PART ...]`.

Makes an archive (benchmarks.archive) of another seed and other wordings than the one that was fitted on, and measures
beside each other: the bare recognisers and the engine over all of it, memory, one worker and two, the engine alone, Ray
and processes, who is found, and what kill -9 does. Prints one JSON object; progress goes to stderr.

    notes_per_second        of the screening step, with `workers` workers, from the first note to the last
    bare_notes_per_second   of the recognisers alone in as many processes, before and after in the same run (mean)
    end_to_end_seconds      gather, screen, weigh and tell, the starting of workers included
    peak_rss_mb             of all workers, proportional (PSS), at the worst moment
    overhead_us_per_note    gather, part, hand out and take in, nothing read: median of three
    speedup_2_workers       screening of the first tenth of the archive, without the starting of workers: one worker and
                            two in turn, median of three ratios
    ray_against_processes   seconds with Ray by seconds with processes, likewise
    found                   shares of planted patients and reports among those who score highest, by share flagged;
                            beside ours, the score of the best disease alone, a count of keywords, and chance
    at_threshold            flagged by the usual rule, rare patients found, false positives per 1,000 patients
    kills                   kills that hit, in how many runs, and whether their output was that of a quiet run; lost and
                            doubled patients
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import statistics
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.archive.keywords import keyword_score
from benchmarks.archive.maker import make
from benchmarks.archive.wordings import MEASURED
from benchmarks.screening_fit import truth_of
from benchmarks.screening_kills import Trial, digests, patients_of, quiet
from benchmarks.screening_runs import bare_notes_per_second, overhead_us, timed
from matching.assess import Assessor
from matching.lm.query import Query
from ontology.knowledge import Knowledge, root_folder
from screening.engine.job import Crew
from screening.engine.processes import Processes
from screening.layout import Layout, Pseudonyms
from screening.private import whole_file
from screening.threshold import Rule

_SHARES = (0.005, 0.01, 0.02, 0.05, 0.10)
_BARE_NOTES, _KILLED_NOTES, _TINY_NOTES = 4000, 3000, 40
_SEED, _TURNS = 27, 3
_PARTS = ("found", "engine", "kills")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.screening", description=__doc__)
    parser.add_argument("--notes", type=int, default=100_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--kills", type=int, default=20, help="of the parent, and as many of workers")
    parser.add_argument("--seed", type=int, default=_SEED)
    parser.add_argument("--wordings", type=Path, default=MEASURED, help="of planted findings")
    parser.add_argument("--only", choices=_PARTS, nargs="+", default=list(_PARTS), help="left out: all of it")
    parser.add_argument("--shared", type=Path, default=Path("../shared/data"))
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        told = measured(Path(folder), given)
    print(json.dumps(told))
    return 0


def measured(folder: Path, given: argparse.Namespace) -> dict[str, Any]:
    """Everything, one after the other, so that nothing hinders anything."""
    counts = make(folder / "made", given.notes, given.seed, given.shared, given.wordings)
    archive = folder / "made" / "archive.jsonl"
    _say(f"made {dict(counts)}")
    told: dict[str, Any] = {"notes": counts["notes"], "characters": round(counts["characters"] / counts["notes"])}
    if "found" in given.only:
        told |= _whole(folder, archive, given.workers)
        told |= _found(folder / "whole", folder / "made" / "truth.jsonl", archive)
    if "engine" in given.only:
        told |= _engine(folder, archive, given.notes)
    if given.kills and "kills" in given.only:
        told["kills"] = _killed(folder, given)
    return told


def _whole(folder: Path, archive: Path, workers: int) -> dict[str, Any]:
    tiny = _part(folder / "tiny.jsonl", archive, _TINY_NOTES)
    before = bare_notes_per_second(archive, _BARE_NOTES, workers)
    start = timed(folder / "start", tiny, workers, Rule()).screen
    run = timed(folder / "whole", archive, workers, Rule())
    after = bare_notes_per_second(archive, _BARE_NOTES, workers)
    sustained, bare = run.notes / (run.screen - start), (before + after) / 2
    _say(f"screened {run}; bare {before:.0f} and {after:.0f} notes a second")
    return {
        "patients": run.patients,
        "notes_per_second": round(sustained, 1),
        "bare_notes_per_second": round(bare, 1),
        "share_of_bare": round(sustained / bare, 3),
        "end_to_end_seconds": round(run.gather + run.screen + run.tell, 1),
        "gather_seconds": round(run.gather, 1),
        "weigh_and_tell_seconds": round(run.tell, 1),
        "peak_rss_mb": run.peak_mb,
    }


def _engine(folder: Path, archive: Path, notes: int) -> dict[str, Any]:
    some = _part(folder / "some.jsonl", archive, max(notes // 10, _TINY_NOTES))
    tiny = _part(folder / "tiny.jsonl", archive, _TINY_NOTES)
    overheads = [overhead_us(folder / f"empty{at}", some) for at in range(3)]
    _say(f"overheads {overheads}")
    seconds: dict[str, list[float]] = defaultdict(list)
    crews: Mapping[str, tuple[int, Callable[[], Crew]]] = {
        "one": (1, Processes), "two": (2, Processes), "ray": (2, _ray)
    }  # fmt: skip
    for turn in range(_TURNS):
        for name, (workers, crew) in crews.items():
            start = timed(folder / f"start-{name}-{turn}", tiny, workers, Rule(), crew).screen
            run = timed(folder / f"run-{name}-{turn}", some, workers, Rule(), crew)
            seconds[name].append(run.screen - start)
            _say(f"{name}: {run.screen:.1f} s, of which {start:.1f} s to start")
    return {
        "overhead_us_per_note": round(statistics.median(overheads), 1),
        "speedup_2_workers": round(_ratio(seconds["one"], seconds["two"]), 3),
        "ray_against_processes": round(_ratio(seconds["ray"], seconds["two"]), 3),
    }


def _ratio(seconds: Sequence[float], others: Sequence[float]) -> float:
    """The median of the ratios of each turn: what slows the machine for a while slows both of a turn."""
    return statistics.median(one / other for one, other in zip(seconds, others, strict=True))


def _ray() -> Crew:
    from screening.engine.rays import RayCrew

    return RayCrew.connected("local")


def _found(out: Path, truth_file: Path, archive: Path) -> dict[str, Any]:
    layout = Layout.of(out)
    names = Pseudonyms.kept(layout.key)
    truth = truth_of(truth_file, names)
    scores = dict.fromkeys(truth, -np.inf)
    flagged = {
        json.loads(line)["patient"]
        for file in layout.told.glob("*.gz")
        for line in gzip.decompress(file.read_bytes()).splitlines()
    }
    for file in layout.weighed.glob("*.json"):
        scores |= {name: score for score, name in json.loads(file.read_bytes())}
    texts: dict[str, list[str]] = defaultdict(list)
    with archive.open(encoding="utf-8") as lines:
        for note in map(json.loads, lines):
            texts[names.of(note["patient"])].append(note["text"])
    what = np.array([truth[name]["what"] for name in truth])
    by_keyword = np.array([keyword_score(texts[name]) for name in truth], np.float64)
    by_chance = np.random.default_rng(_SEED).random(len(truth))
    rare = {name for name in truth if truth[name]["what"] != "ordinary"}
    told = {
        "ours": _curve(np.array([scores[name] for name in truth]), what),
        "ranking_alone": _curve(_by_ranking_alone(layout, list(truth)), what),
        "keywords": _curve(by_keyword + 1e-6 * by_chance, what),
        "random": _curve(by_chance, what),
    }
    by_language = {
        language: round(float(np.mean([name in flagged for name in truth if _is(truth[name], "planted", language)])), 3)
        for language in ("en", "zh")
    }
    return {
        "planted_found": told["ours"]["planted"][str(0.02)],
        "reports_found": told["ours"].get("report", {}).get(str(0.02)),
        "found": told,
        "at_threshold": {
            "flagged": len(flagged),
            "rare_found": round(len(flagged & rare) / len(rare), 3),
            "planted_found": by_language,
            "false_positives_per_1000": round(1000 * len(flagged - rare) / len(truth), 2),
        },
    }


def _by_ranking_alone(layout: Layout, names: Sequence[str]) -> NDArray[np.float64]:
    """The score of each patient's best disease with every finding at its full weight, whatever the archive has."""
    assessor = Assessor.open(Knowledge.open(root_folder()))
    terms = assessor.knowledge.terms
    scores = dict.fromkeys(names, -np.inf)
    for file in layout.parts.glob("*.gz"):
        for row in map(json.loads, gzip.decompress(file.read_bytes()).splitlines()):
            if row["why_not"] is None:
                weights = {terms.position(each["id"]): each["weight"] for each in row["features"] if each["weight"] > 0}
                scored = assessor.ranker.score_query(Query.at(weights, (), terms), 1)
                scores[row["patient"]] = assessor.ranker.standings(scored, 1)[0].score
    return np.array([scores[name] for name in names])


def _is(told: Mapping[str, str], what: str, language: str) -> bool:
    return told["what"] == what and told["language"] == language


def _curve(scores: NDArray[np.float64], what: NDArray[np.str_]) -> dict[str, dict[str, float]]:
    """Of each kind of rare patient, the share found by share of patients flagged."""
    order = np.argsort(-scores, kind="stable")
    kinds = [kind for kind in ("planted", "report") if (what == kind).any()]
    return {
        kind: {
            str(share): round(float((what[order[: round(len(what) * share)]] == kind).sum() / (what == kind).sum()), 3)
            for share in _SHARES
        }
        for kind in kinds
    }


def _killed(folder: Path, given: argparse.Namespace) -> dict[str, Any]:
    make(folder / "small", _KILLED_NOTES, given.seed, given.shared, given.wordings)
    archive, key = folder / "small" / "archive.jsonl", folder / "key"
    with whole_file(key) as out:
        out.write(b"ab" * 32)
    seconds = quiet(archive, folder / "quiet", key)
    trial = Trial(archive, folder, key, seconds, digests(folder / "quiet"), patients_of(archive))
    told: dict[str, Any] = {"quiet_seconds": round(seconds, 1)}
    for name, killed in (("parent", trial.parents_killed), ("workers", trial.workers_killed)):
        told[name] = asdict(killed(given.kills, random.Random(given.seed)))
        _say(f"kills of {name}: {told[name]}")
    return told


def _part(target: Path, archive: Path, notes: int) -> Path:
    """The first `notes` rows of an archive."""
    with archive.open("rb") as lines, target.open("wb") as out:
        out.writelines(line for line, _ in zip(lines, range(notes), strict=False))
    return target


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
