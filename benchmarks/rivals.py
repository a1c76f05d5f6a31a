"""Our ranker beside hpo3, in one run on the same cases: `python -m benchmarks.rivals CASES.jsonl[.gz] [--limit N]`.

hpo3 is an optional extra (`pip install '.[rivals]'`). It reads the release files that our knowledge was compiled from,
and compares the patient with the same features of the same diseases, papers left out alike, so that the measure alone
differs. Prints one JSON object as the last line of stdout: accuracy as `benchmarks.ranking` has it, and the median
milliseconds from a case's terms to its first fifty diseases. hpo3 runs a thread on every core, ours on one.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from benchmarks.cases import Perturbation, Question, drawn, read_cases
from benchmarks.evaluate import Bench, figures, print_figures
from benchmarks.ranking import add_shared_arguments, asked, leaving_out
from benchmarks.rivals_hpo3 import COMBINATIONS, METHODS, Hpo3Measure, load_hpo3
from matching.lm.query import Query
from matching.lm.ranker import Ranker
from matching.lm.shortlist import best_of
from matching.rankers import DEFAULT, NamedRanker
from matching.report import PhenotypicFeature
from matching.standing import first, in_universe
from ontology.features import Assertion
from ontology.knowledge import Knowledge, root_folder

_SHOWN = 50


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark."""
    chosen = parser().parse_args(arguments)
    knowledge = Knowledge.open(root_folder(chosen.knowledge))
    rival = Hpo3Measure.of(knowledge, load_hpo3(knowledge, chosen.downloads), chosen.method, chosen.combination)
    cases = read_cases(chosen.cases)
    leave_out = leaving_out(knowledge, cases) if chosen.leave_publication_out else None
    unchanged = Perturbation(None, knowledge.terms, chosen.seed)
    picked = drawn(cases, chosen.per_disease, chosen.seed)
    np.random.default_rng(chosen.seed).shuffle(picked)  # drawn by disease; a limit must not take the first diseases
    benches = {
        "ours": Bench(knowledge, chosen.ranker, chosen.universe, leave_out),
        "hpo3": Bench(knowledge, rival, chosen.universe, leave_out),
    }
    asking = (q for case in picked if (q := asked(case, unchanged, knowledge)))
    questions = [question for question in asking if benches["ours"].in_universe(question)][: chosen.limit]
    timed = questions[: chosen.timed]
    milliseconds = {
        "ours": _milliseconds(_ours(knowledge, chosen.ranker, chosen.universe), timed, repeat=5),
        "hpo3": _milliseconds(_theirs(knowledge, rival, chosen.universe), timed),
    }
    result: dict[str, object] = {
        name: {**figures(bench.run(questions)[0]), "milliseconds_per_case": round(milliseconds[name], 4)}
        for name, bench in benches.items()
    }
    print_figures(
        {
            **result,
            "ours_is": chosen.ranker,
            "hpo3_is": rival.name,
            "times_faster": round(milliseconds["hpo3"] / milliseconds["ours"]),
            **_by_table(knowledge, chosen, timed, milliseconds["hpo3"]),
            "timed": len(timed),
            "leave_publication_out": chosen.leave_publication_out,
            "release": knowledge.manifest.release,
        }
    )


def parser() -> argparse.ArgumentParser:
    """The arguments."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.rivals", description="Our ranker beside hpo3.")
    add_shared_arguments(parser)
    parser.add_argument("--per-disease", type=int, default=2, metavar="N", help="at most N cases of each disease")
    parser.add_argument("--seed", type=int, default=618)
    parser.add_argument("--timed", type=int, default=20, metavar="N", help="time the first N cases")
    # Of its similarities, Relevance is the one by which hpo3 ranks open cases best (80 cases, leave-publication-out,
    # MRR: rel .208, lin .193, resnik .185, its default graphic .162; BMA instead of funSimAvg .069).
    parser.add_argument("--method", choices=METHODS, default="rel", help="hpo3's similarity of two terms")
    parser.add_argument("--combination", choices=COMBINATIONS, default="funSimAvg", help="hpo3's, for two sets")
    parser.add_argument("--downloads", type=Path, default=Path("downloads"), help="where the pinned wheels lie")
    return parser


def _ours(knowledge: Knowledge, name: str, universe: str) -> Callable[[Question], object]:
    """From a case to its first diseases, as the commands and the service do it."""
    if name != DEFAULT:
        named = NamedRanker.open(knowledge, name)
        return lambda question: named.standings(_features(question, knowledge), _SHOWN, universe)
    ranker = Ranker.open(knowledge)

    def rank(question: Question) -> object:
        scored = ranker.score(_features(question, knowledge), universe, _SHOWN)
        return ranker.standings(scored, _SHOWN)

    return rank


def _by_table(
    knowledge: Knowledge, chosen: argparse.Namespace, timed: Sequence[Question], theirs: float
) -> dict[str, object]:
    """Time of the compact table alone; benchmarks.ranking_speed tells what that costs in accuracy."""
    ranker = Ranker.open(knowledge) if chosen.ranker == DEFAULT else None
    if ranker is None or ranker.shortlist is None:
        return {}
    shortlist, considered = ranker.shortlist, ranker.universe(chosen.universe)

    def rank(question: Question) -> object:
        return best_of(shortlist.quick(Query.at(question.present, (), knowledge.terms), considered), _SHOWN)

    ours = _milliseconds(rank, timed, repeat=5)
    return {"milliseconds_by_table": round(ours, 4), "times_faster_by_table": round(theirs / ours)}


def _theirs(knowledge: Knowledge, rival: Hpo3Measure, universe: str) -> Callable[[Question], object]:
    considered = in_universe(knowledge, rival.considered, universe)

    def rank(question: Question) -> object:
        scores = rival.answer(Query.at(question.present, (), knowledge.terms)).scores
        return first(np.where(considered, scores, np.float32(-np.inf)), considered, _SHOWN)

    return rank


def _features(question: Question, knowledge: Knowledge) -> list[PhenotypicFeature]:
    ids = (knowledge.terms.id(term) for term in question.present)
    return [PhenotypicFeature(id, "", Assertion.OBSERVED, 1.0, ()) for id in ids]


def _milliseconds(rank: Callable[[Question], object], questions: Sequence[Question], repeat: int = 1) -> float:
    """Median over the cases, of the fastest of `repeat` runs of each; the first case warms and is run once more."""
    rank(questions[0])
    return 1000 * statistics.median(min(_seconds(rank, question) for _ in range(repeat)) for question in questions)


def _seconds(rank: Callable[[Question], object], question: Question) -> float:
    started = time.perf_counter()
    rank(question)
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
