"""Is the belief shown true? `python -m benchmarks.calibration CASES.jsonl[.gz] --leave-publication-out [--fit]`.

Prints one JSON object (fractions) as the last line of stdout: over the answerable cases of each set, how far the belief
in the first disease lies from how often it was right, what sets of diseases that hold .5, .8 and .9 of the belief
really hold, and what "none stands out" is worth. Sets: the cases as published; two of each disease with terms replaced
by parents, with three terms, with half as many random terms added; and each file of `--texts`, read first.

Plain, it judges the numbers in matching/posterior.json. `--crossfit` judges numbers fitted without the case's disease
or paper. `--fit` does so, then fits all cases and writes the file: the one command to repeat when the scores change.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.belief_fit import FOLDS, Beliefs, crossfitted, even_weights, fit
from benchmarks.belief_samples import Samples, collect
from benchmarks.cases import Perturbation, PublishedCase, Question, drawn, findings, question, read_cases
from benchmarks.end_to_end import present_findings
from benchmarks.evaluate import Bench, print_figures
from benchmarks.ranking import add_circumstances, add_shared_arguments, leaving_out
from benchmarks.reliability import BINS, Bin, error_by_chance, expected_error, log_loss, svg, table
from matching.posterior import FITTED, FITTED_FILE, STANDS_OUT, Calibration
from nlp.readers import open_readers
from ontology.knowledge import Knowledge, root_folder
from ontology.manifest import sha256

PUBLISHED = "published"
#: Weight of each set in the fit. The published cases lead; notes are what hospitals have, but only 55 are open.
SHARES = {PUBLISHED: 1.0}
_OTHER_SHARE = 0.5
LEVELS = (0.5, 0.8, 0.9)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark."""
    chosen = parser().parse_args(arguments)
    knowledge = Knowledge.open(root_folder(chosen.knowledge))
    samples = _samples(knowledge, chosen)
    beliefs, numbers = _judged(samples, chosen)
    kinds = list(dict.fromkeys(samples.kinds.tolist()))
    sets = {kind: figures(samples, beliefs, samples.kinds == kind) for kind in kinds}
    result: dict[str, object] = {
        "sets": sets,
        "numbers": numbers,
        "universe": chosen.universe,
        "release": knowledge.manifest.release,
    }
    if chosen.svg:
        chosen.svg.write_text(svg(_curves(samples, beliefs, kinds)), encoding="utf-8")
    if chosen.fit:
        _write(fit(samples, _weights(samples)), sets, chosen, knowledge)
    print_figures(result)


def parser() -> argparse.ArgumentParser:
    """The arguments."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.calibration", description="Judge or fit the belief.")
    add_shared_arguments(parser)
    add_circumstances(parser)
    parser.add_argument("--texts", nargs="*", type=Path, default=[], metavar="FILE", help="notes to be read and ranked")
    parser.add_argument("--crossfit", action="store_true", help="judge numbers fitted without the case's fold")
    parser.add_argument("--fit", action="store_true", help="cross-fit, then fit all and write matching/posterior.json")
    parser.add_argument("--svg", type=Path, metavar="FILE", help="draw the reliability curves")
    parser.add_argument("--seed", type=int, default=618)
    return parser


def figures(samples: Samples, beliefs: Beliefs, of_set: np.ndarray) -> dict[str, Any]:
    """All figures of one set; `of_set` bool (cases,)."""
    part = samples.take(of_set)
    part_beliefs = Beliefs(beliefs.truth[of_set], beliefs.first[of_set], beliefs.held[of_set])
    claims, right = part_beliefs.first, part.right
    before = part_beliefs.before(part)
    flat = claims < STANDS_OUT
    return {
        "n": len(part),
        "right_first": _rounded(right.mean()),
        "mean_confidence": _rounded(claims.mean()),
        "ece": _rounded(expected_error(claims, right)),
        "ece_by_chance": _rounded(error_by_chance(claims)),
        "log_loss": _rounded(log_loss(claims, right)),
        "log_loss_of_a_constant": _rounded(log_loss(np.full(len(part), right.mean()), right)),
        "surprise_at_truth": _rounded(-np.log(part_beliefs.truth).mean()),
        "credible_sets": {
            f"{level:g}": {
                "coverage": _rounded((before < level).mean()),
                "median_size": float(np.median(part_beliefs.sizes(part, level))),
            }
            for level in LEVELS
        },
        "none_stands_out": {
            "share": _rounded(flat.mean()),
            "right_first": _rounded(right[flat].mean()) if flat.any() else None,
            "right_first_elsewhere": _rounded(right[~flat].mean()) if (~flat).any() else None,
            "true_in_first_ten": _rounded((part.rank[flat] <= 10).mean()) if flat.any() else None,
        },
        "reliability": [
            {"n": row.n, "claimed": _rounded(row.claimed), "right": _rounded(row.right)} for row in table(claims, right)
        ],
    }


def _curves(samples: Samples, beliefs: Beliefs, kinds: Sequence[str]) -> dict[str, list[Bin]]:
    """A curve for each set; of few cases, few dots."""
    curves = {}
    for kind in kinds:
        of_set = samples.kinds == kind
        bins = min(BINS, max(2, int(of_set.sum()) // 12))
        curves[kind] = table(beliefs.first[of_set], samples.right[of_set], bins)
    return curves


def _samples(knowledge: Knowledge, chosen: argparse.Namespace) -> Samples:
    cases = read_cases(chosen.cases)
    leave_out = leaving_out(knowledge, cases) if chosen.leave_publication_out else None
    bench = Bench(knowledge, chosen.ranker, chosen.universe, leave_out, chosen.prior, chosen.circumstances)
    parts = []
    for kind, questions in _sets(knowledge, cases, chosen):
        asked = [q for q in questions if bench.in_universe(q)]
        if (part := collect(bench, asked, kind)) is not None:
            parts.append(part)
    if not parts:
        parser().error("no case is answerable")
    return Samples.joined(parts)


def _sets(
    knowledge: Knowledge, cases: Sequence[PublishedCase], chosen: argparse.Namespace
) -> Iterator[tuple[str, list[Question]]]:
    for kind in (None, *Perturbation.KINDS):
        perturbed = Perturbation(kind, knowledge.terms, chosen.seed)
        questions = []
        for case in drawn(cases, 2 if kind else None, chosen.seed)[: chosen.limit]:
            found = findings(case.observed, knowledge.terms)
            ready = question(case, dict.fromkeys(perturbed(found), 1.0) if found else {}, knowledge.diseases)
            questions += [ready] if ready else []
        yield kind or PUBLISHED, questions
    readers = open_readers(knowledge) if chosen.texts else None
    for path in chosen.texts:
        questions = []
        for case in read_cases(path)[: chosen.limit]:
            assert readers is not None
            found_in_text = present_findings(readers, case.id, case.text, knowledge.terms)
            ready = question(case, found_in_text or {0: 0.0}, knowledge.diseases)
            questions += [ready] if ready else []
        yield path.name.split(".")[0], questions


def _judged(samples: Samples, chosen: argparse.Namespace) -> tuple[Beliefs, object]:
    """Beliefs of all samples, and the numbers behind them."""
    if not (chosen.fit or chosen.crossfit):
        return Beliefs.of(samples, FITTED), asdict(FITTED)
    whole = Beliefs.of(samples, FITTED)  # every row of it is replaced by its fold's
    numbers = []
    for fold, fitted in crossfitted(samples, _weights(samples), chosen.seed):
        part = Beliefs.of(samples.take(fold), fitted)
        whole.truth[fold], whole.first[fold], whole.held[fold] = part.truth, part.first, part.held
        numbers.append(_plain(asdict(fitted)))
    return whole, {"crossfitted": numbers}


def _weights(samples: Samples) -> np.ndarray:
    others = dict.fromkeys(np.unique(samples.kinds).tolist(), _OTHER_SHARE)
    return even_weights(samples, others | SHARES)


def _write(fitted: Calibration, sets: dict[str, Any], chosen: argparse.Namespace, knowledge: Knowledge) -> None:
    kept = ("n", "right_first", "mean_confidence", "ece", "ece_by_chance", "log_loss", "log_loss_of_a_constant")
    content = {
        "fitted": _plain(asdict(fitted)),
        "by": "python -m benchmarks.calibration CASES --leave-publication-out --texts NOTES REPORTS --fit",
        "release": knowledge.manifest.release,
        "universe": chosen.universe,
        "ranker": chosen.ranker,
        "prior": str(chosen.prior),
        "seed": chosen.seed,
        "sha256": {path.name: sha256(path) for path in (chosen.cases, *chosen.texts)},
        "crossfitted_in_folds": FOLDS,
        "crossfitted": {kind: {name: found[name] for name in kept} for kind, found in sets.items()},
    }
    FITTED_FILE.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def _plain(numbers: dict[str, float]) -> dict[str, float]:
    return {name: round(number, 4) for name, number in numbers.items()}


def _rounded(share: float | np.floating) -> float:
    return round(float(share), 4)


if __name__ == "__main__":
    main()
