"""Fits how patients are weighed: `python -m benchmarks.screening_fit [--notes 48000] [--seed 618] [--write]`.

An archive is made, read once, and weighed with several values of MIX and OF_BEST (screening.evidence); of each is told
which share of the planted patients, and of the published reports, is within the 2 % that score highest. Then the yields
of the values in use are fitted (screening.threshold): a logistic regression of what a patient is on the score; with
--write they are put into screening/yields.json. Prints one JSON object.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.archive.maker import make
from benchmarks.screening_runs import run_in
from matching.assess import Assessor
from ontology.knowledge import Knowledge, root_folder
from screening.evidence import MIX, OF_BEST, Evidence, Rates
from screening.layout import Pseudonyms
from screening.sources.source import SourceOptions, open_source
from screening.threshold import FITTED_FILE
from screening.weighing import Weigher

_FLAGGED = 0.02
_MIXES, _SHARES = (0.05, 0.1, 0.2, 0.35), (0.0, 0.1, 0.3, 1.0)


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.screening_fit", description=__doc__)
    parser.add_argument("--notes", type=int, default=48_000)
    parser.add_argument("--seed", type=int, default=618)
    parser.add_argument("--shared", type=Path, default=Path("../shared/data"))
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        rows, rates, what = read(Path(folder), given.notes, given.seed, given.shared, given.workers)
    assessor = Assessor.open(Knowledge.open(root_folder()))
    tried = []
    chosen: NDArray[np.float64] | None = None
    for mix in _MIXES:
        nats, best = _parts_of_scores(Weigher(assessor, Evidence.of(assessor.knowledge, rates, mix)), rows)
        for share in _SHARES:
            scores = nats + share * best
            tried.append({"mix": mix, "of_best": share, **found(scores, what)})
            if (mix, share) == (MIX, OF_BEST):
                chosen = scores
        print(f"mix {mix} done", file=sys.stderr)
    assert chosen is not None, "the values in use are not among those tried"
    intercept, slope = fitted(chosen, what)
    told = {
        "fitted": {"intercept": round(intercept, 4), "slope": round(slope, 4)},
        "command": f"python -m benchmarks.screening_fit --notes {given.notes} --seed {given.seed} --write",
        "on": {name: int(sum(each == name for each in what)) for name in ("ordinary", "planted", "report")},
    }
    if given.write:
        FITTED_FILE.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    print(json.dumps({**told, "in_use": {"mix": MIX, "of_best": OF_BEST}, "tried": tried}))
    return 0


def read(
    folder: Path, notes: int, seed: int, shared: Path, workers: int
) -> tuple[list[dict[str, Any]], Rates, list[str]]:
    """Rows of the ranked patients of a made archive, its rates, and what each patient is."""
    make(folder / "archive", notes, seed, shared)
    archive = folder / "archive" / "archive.jsonl"
    with run_in(folder / "out", archive, workers) as run:
        run.screen(run.gather(lambda: open_source(str(archive), SourceOptions())))
        run.weigh()
        rates = Rates(**json.loads(run.layout.rates.read_bytes()))
        files = sorted(run.layout.parts.glob("*.jsonl.gz"))
        rows = [json.loads(line) for file in files for line in gzip.decompress(file.read_bytes()).splitlines()]
        truth = truth_of(folder / "archive" / "truth.jsonl", Pseudonyms.kept(run.layout.key))
    return rows, rates, [truth[row["patient"]]["what"] for row in rows]


def truth_of(file: Path, names: Pseudonyms) -> dict[str, dict[str, str]]:
    """What each patient of a made archive is, by the name in the results."""
    with file.open(encoding="utf-8") as lines:
        return {names.of(each["patient"]): each for each in map(json.loads, lines)}


def _parts_of_scores(
    weigher: Weigher, rows: Sequence[Mapping[str, Any]]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Nats of findings and of the best disease, each float64 (patients,); -inf and 0 where a patient is not ranked."""
    nats, best = np.full(len(rows), -np.inf), np.zeros(len(rows))
    for at, row in enumerate(rows):
        weighed = weigher.weighed(row)
        if weighed["score"] is not None:
            nats[at] = sum(feature["nats"] or 0.0 for feature in weighed["features"])
            best[at] = (weighed["score"] - nats[at]) / weigher.of_best
    return nats, best


def found(scores: NDArray[np.float64], what: Sequence[str]) -> dict[str, float]:
    """Shares of the planted patients and of the reports within the _FLAGGED that score highest."""
    least = np.sort(scores)[::-1][int(len(scores) * _FLAGGED) - 1]
    kinds = np.array(what)
    return {
        name: round(float(np.mean(scores[kinds == name] >= least)), 3) if (kinds == name).any() else float("nan")
        for name in ("planted", "report")
    }


def fitted(scores: NDArray[np.float64], what: Sequence[str]) -> tuple[float, float]:
    """Intercept and slope of the log likelihood ratio, by Newton's method; a little ridge keeps the slope finite."""
    ranked = np.isfinite(scores)
    rare = np.array([each != "ordinary" for each in what], np.float64)[ranked]
    design = np.column_stack([np.ones(ranked.sum()), scores[ranked]])
    found = np.zeros(2)
    for _ in range(50):
        chance = 1 / (1 + np.exp(-design @ found))
        slope = design.T @ (rare - chance) - np.array([0.0, 1.0]) * found[1]
        curve = (design * (chance * (1 - chance))[:, None]).T @ design + np.diag([0.0, 1.0])
        found += np.linalg.solve(curve, slope)
    share = rare.sum() / len(what)
    return float(found[0] - np.log(share / (1 - share))), float(found[1])


if __name__ == "__main__":
    sys.exit(main())
