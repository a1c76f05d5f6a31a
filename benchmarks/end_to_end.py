"""From text to disease: `python -m benchmarks.end_to_end CASES.jsonl[.gz]`, a line `{"id","text","diseases","pmid"}`.

Notes are read, their mentions reconciled, and the present findings ranked; figures as `benchmarks.ranking` prints them,
among them those of the true disease's family (see benchmarks/families.py): the best placed of the diseases of its
numbered series and of its gene, and itself.
With `--leave-publication-out`, `--publication-counts` names the case file that tells each paper's own patients.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np

from benchmarks.cases import question, read_cases
from benchmarks.evaluate import Bench, calibration, figures, print_figures
from benchmarks.organ_systems import by_system
from benchmarks.ranking import add_circumstances, add_shared_arguments, leaving_out
from matching.lm.query import Query
from matching.reconcile import reconcile
from nlp.readers import NoteReaders, open_readers
from ontology.features import Assertion, Channel, Mention
from ontology.knowledge import Knowledge, root_folder
from ontology.terms import Terms


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark."""
    chosen = parser().parse_args(arguments)
    knowledge = Knowledge.open(root_folder(chosen.knowledge))
    cases = read_cases(chosen.cases)[: chosen.limit]
    counted = read_cases(chosen.publication_counts) if chosen.publication_counts else []
    leave_out = leaving_out(knowledge, counted) if chosen.leave_publication_out else None
    bench = Bench(knowledge, chosen.ranker, chosen.universe, leave_out, chosen.prior, chosen.circumstances)
    readers = open_readers(knowledge)
    started = time.perf_counter()
    read = [(case, present_findings(readers, case.id, case.text, knowledge.terms, chosen.without)) for case in cases]
    reading = time.perf_counter() - started
    # A note in which nothing is found is a miss, not a case to leave out: ask about it with nothing.
    asked = [(q, bool(found)) for case, found in read if (q := question(case, found or {0: 0.0}, knowledge.diseases))]
    questions = [q for q, _ in asked if bench.in_universe(q)]
    outcomes, seconds = bench.run(questions)
    print_figures(
        {
            **figures(outcomes),
            "seconds_per_case": round(seconds, 5),
            "reading_seconds_per_case": round(reading / max(len(cases), 1), 5),
            "median_findings": float(np.median([len(found) for _, found in read])),
            "not_in_release": len(cases) - len(questions),
            "release": knowledge.manifest.release,
            **({"by_system": by_system(knowledge, questions, outcomes)} if chosen.by_system else {}),
            **({"calibration": calibration(outcomes)} if chosen.calibration else {}),
        }
    )


def parser() -> argparse.ArgumentParser:
    """The arguments."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.end_to_end", description="From text to disease.")
    add_shared_arguments(parser)
    add_circumstances(parser)
    parser.add_argument("--publication-counts", type=Path, metavar="FILE", help="cases that count papers' patients")
    parser.add_argument("--calibration", action="store_true")
    told = [channel.value for channel in Channel if channel is not Channel.WORDS]
    parser.add_argument(
        "--without", nargs="+", default=(), choices=[*told, Assertion.HISTORICAL.value], help="leave out these mentions"
    )
    parser.add_argument("--by-system", action="store_true", help="figures by organ system beside")
    return parser


def present_findings(
    readers: NoteReaders, id: str, text: str, terms: Terms, without: Collection[str] = ()
) -> dict[int, float]:
    """Term positions and weights of what a note says the patient has, `without` some channels (see the arguments)."""
    mentions = [m for m in readers.read(id, text).mentions if not _left_out(m, without)]
    query = Query.of(reconcile(mentions, terms, [id]).features, terms)
    return dict(zip(query.present.tolist(), query.weights.tolist(), strict=True))


def _left_out(mention: Mention, without: Collection[str]) -> bool:
    return mention.channel in without or (mention.assertion is Assertion.HISTORICAL and mention.assertion in without)


if __name__ == "__main__":
    main()
