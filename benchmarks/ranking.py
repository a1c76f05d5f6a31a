"""Rank published cases by their HPO terms: `python -m benchmarks.ranking CASES.jsonl[.gz]`.

Prints one JSON object (percent; `mrr` a fraction) as the last line of stdout. `--leave-publication-out` is the honest
protocol (see benchmarks/leave_out.py): a disease with nothing left is a miss, and figures over the answerable cases
are printed beside; `family_*` are of the best placed member of the true disease's family (see benchmarks/families.py),
`--by-system` tells the organ systems apart (see benchmarks/organ_systems.py). Excluded findings take no part: in
published cohorts they are mostly the disease's own, and leak it.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

from benchmarks.cases import Perturbation, PublishedCase, Question, drawn, findings, question, read_cases
from benchmarks.evaluate import LANGUAGE_MODELS, RANKERS, Bench, calibration, figures, measure_named, print_figures
from benchmarks.leave_out import LeaveOut, PublicationCounts
from benchmarks.organ_systems import by_system
from matching.lm.profile import stated_rows
from matching.lm.settings import Settings
from matching.prevalence import Prior
from matching.standing import UNIVERSES
from ontology.knowledge import Knowledge, root_folder


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark."""
    chosen = parser().parse_args(arguments)
    if chosen.calibration and chosen.ranker not in LANGUAGE_MODELS:
        parser().error(f"--calibration: {chosen.ranker} gives no probabilities")
    if chosen.set and chosen.ranker not in LANGUAGE_MODELS:
        parser().error(f"--set: {chosen.ranker} has no constants")
    knowledge = Knowledge.open(root_folder(chosen.knowledge))
    cases = read_cases(chosen.cases)
    leave_out = leaving_out(knowledge, cases) if chosen.leave_publication_out else None
    ranker = measure_named(knowledge, chosen.ranker, dict(chosen.set))
    bench = Bench(knowledge, ranker, chosen.universe, leave_out, chosen.prior, chosen.circumstances)
    drawn_cases = drawn(cases, chosen.per_disease, chosen.seed)[: chosen.limit]
    perturbation = Perturbation(chosen.perturb, knowledge.terms, chosen.seed)
    questions = [q for case in drawn_cases if (q := asked(case, perturbation, knowledge)) and bench.in_universe(q)]
    outcomes, seconds = bench.run(questions)
    result: dict[str, object] = {
        **figures(outcomes),
        "seconds_per_case": round(seconds, 5),
        "not_in_release": len(drawn_cases) - len(questions),
        "ranker": chosen.ranker,
        **({"set": dict(chosen.set)} if chosen.set else {}),
        "release": knowledge.manifest.release,
    }
    if chosen.by_system:
        result["by_system"] = by_system(knowledge, questions, outcomes)
    if chosen.calibration:
        result["calibration"] = calibration(outcomes)
        result["answerable_calibration"] = calibration([o for o in outcomes if o.answerable])
    print_figures(result)


def parser() -> argparse.ArgumentParser:
    """The arguments."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ranking", description="Rank published cases.")
    add_shared_arguments(parser)
    add_circumstances(parser)
    parser.add_argument("--perturb", choices=Perturbation.KINDS)
    parser.add_argument("--per-disease", type=int, metavar="N", help="draw at most N cases of each disease")
    parser.add_argument("--seed", type=int, default=618)
    parser.add_argument("--calibration", action="store_true")
    parser.add_argument("--by-system", action="store_true", help="figures by organ system beside")
    parser.add_argument(
        "--set",
        type=_constant,
        action="append",
        default=[],
        metavar="CONSTANT=VALUE",
        help="a language model with another value of a constant of matching/lm/settings.py; can be repeated",
    )
    return parser


def _constant(text: str) -> tuple[str, float]:
    """`damping=9` as ("damping", 9.0); raises ValueError for the name of no constant."""
    name, _, value = text.partition("=")
    if name not in {field.name for field in fields(Settings)}:
        raise ValueError(name)
    return name, float(value)


def add_shared_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments that every ranking benchmark has."""
    parser.add_argument("cases", type=Path, metavar="CASES.jsonl[.gz]")
    parser.add_argument("--leave-publication-out", action="store_true")
    parser.add_argument("--ranker", choices=RANKERS, default="lm")
    parser.add_argument("--universe", choices=UNIVERSES, default="all")
    parser.add_argument("--prior", choices=tuple(Prior), default=Prior.NONE)
    parser.add_argument("--limit", type=int, metavar="N", help="the first N cases alone")
    parser.add_argument("--knowledge", type=Path, help="where compiled releases lie")


def add_circumstances(parser: argparse.ArgumentParser) -> None:
    """Of the benchmarks that can rank with age and sex."""
    parser.add_argument("--circumstances", action="store_true", help="the patients' age and sex take part")


def leaving_out(knowledge: Knowledge, counted: Sequence[PublishedCase]) -> LeaveOut:
    """Leave-publication-out with the patients of `counted`."""
    rows = stated_rows(knowledge.annotations, knowledge.terms.is_phenotype)
    return LeaveOut(knowledge, rows, PublicationCounts.of(counted, knowledge))


def asked(case: PublishedCase, perturbation: Perturbation, knowledge: Knowledge) -> Question | None:
    """The case as a question; None where its disease or all of its findings are not in the release."""
    found = findings(case.observed, knowledge.terms)
    return question(case, dict.fromkeys(perturbation(found), 1.0) if found else {}, knowledge.diseases)


if __name__ == "__main__":
    main()
