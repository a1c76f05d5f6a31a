"""When should a card speak? `python -m benchmarks.cds_thresholds CASES.jsonl[.gz] --leave-publication-out`.

Prints one JSON object (fractions) as the last line of stdout: for each threshold, of how many published patients a card
is shown, and how often it is right: by the belief in the first disease alone, and by that in the first disease and the
others of its numbered series together (`Noonan syndrome 6`, `Noonan syndrome 4`, …), where any of them is right. Cases
of which nothing is annotated once their own paper is left out count as wrong. `--perturb` and `--per-disease` are those
of benchmarks.ranking.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.cases import Perturbation, Question, drawn, read_cases
from benchmarks.evaluate import Bench, measure_named, print_figures
from benchmarks.ranking import asked, leaving_out, parser
from matching.lm.family import series_of
from matching.posterior import posterior
from ontology.arrays import Floats
from ontology.knowledge import Knowledge, root_folder

THRESHOLDS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
#: A report lists so many diseases; what a series has beyond is not counted.
_LISTED = 10


@dataclass(frozen=True, slots=True)
class Claim:
    """The belief of a card about one patient, and whether it is right: in the first disease, and in its series."""

    alone: float
    alone_right: bool
    series: float
    series_right: bool


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark."""
    chosen = parser().parse_args(arguments)
    knowledge = Knowledge.open(root_folder(chosen.knowledge))
    cases = read_cases(chosen.cases)
    leave_out = leaving_out(knowledge, cases) if chosen.leave_publication_out else None
    ranker = measure_named(knowledge, chosen.ranker, {})
    bench = Bench(knowledge, ranker, chosen.universe, leave_out, chosen.prior, chosen.circumstances)
    drawn_cases = drawn(cases, chosen.per_disease, chosen.seed)[: chosen.limit]
    perturbation = Perturbation(chosen.perturb, knowledge.terms, chosen.seed)
    questions = [q for case in drawn_cases if (q := asked(case, perturbation, knowledge)) and bench.in_universe(q)]
    stems = [series_of(knowledge.diseases.name(at)) for at in range(len(knowledge.diseases))]
    claims = []
    for done, (at, scores, _) in enumerate(bench.scored(questions), 1):
        claims.append(claimed(questions[at], scores, stems))
        if done % 1000 == 0:
            print(f"{done} of {len(questions)} cases", file=sys.stderr)
    print_figures({"n": len(claims), "alone": table(claims, "alone"), "series": table(claims, "series")})


def claimed(question: Question, scores: Floats, stems: Sequence[str]) -> Claim:
    """The claim for one patient; `stems` tell the series of each disease."""
    belief = posterior(scores, len(question.present))
    listed = np.argsort(-belief, kind="stable")[:_LISTED]
    first = int(listed[0])
    members = [int(d) for d in listed if d == first or (stems[d] and stems[d] == stems[first])]
    true = set(question.true)
    right = bool(true & set(members)) or stems[first] in {stems[d] for d in true if stems[d]}
    return Claim(float(belief[first]), first in true, float(belief[members].sum()), right)


def table(claims: Sequence[Claim], which: str) -> list[dict[str, float | None]]:
    """For each threshold: the share of patients of whom a card speaks, and the share of cards that are right."""
    made = np.array([getattr(claim, which) for claim in claims])
    right = np.array([getattr(claim, f"{which}_right") for claim in claims])
    rows: list[dict[str, float | None]] = []
    for at in THRESHOLDS:
        spoken = made >= at
        share = float(right[spoken].mean()) if spoken.any() else None
        rows.append(
            {
                "threshold": at,
                "speaks": round(float(spoken.mean()), 4),
                "right": None if share is None else round(share, 4),
            }
        )
    return rows


if __name__ == "__main__":
    main()
