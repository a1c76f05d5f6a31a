"""Does the question that is suggested help? `python -m benchmarks.next_features CASES.jsonl[.gz] [--simulated N]`.

A few findings of a case are kept and the rest hidden; then a strategy asks, the hidden findings answer (yes where one
lies at or below the feature, no where it lies at or below an excluded one, else nobody knows), and the case is ranked
again. Published cases are asked leave-publication-out: no row that cites their papers is looked at. `--simulated` draws
patients from the annotations instead: each feature of a random disease by its frequency, all others absent.

Prints one JSON object as the last line of stdout: for each strategy the mean reciprocal rank of the true disease after
the answers, the share of questions that were answered, and the share answered yes; `mrr_before` without any answer.
Cases whose disease has nothing left but what their own papers say are counted as `unanswerable` and not asked.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from benchmarks.cases import PublishedCase, drawn, findings, question, read_cases
from benchmarks.evaluate import measure_named, print_figures
from benchmarks.leave_out import LeaveOut
from benchmarks.ranking import leaving_out
from matching.frequency import Frequencies
from matching.lm.query import Query
from matching.look_for import spoken_of
from matching.next_features import LEAST_NATS, Candidates, Questions, gather, unrelated
from matching.posterior import posterior
from matching.rankers import ScoresOne
from ontology.arrays import Bools, Floats, Ints
from ontology.knowledge import Knowledge, root_folder
from ontology.terms import Terms

Worth = Callable[[Candidates, random.Random], np.ndarray]


def suggested(candidates: Candidates, dice: random.Random) -> np.ndarray:
    """What the product asks: the expected information."""
    worth = candidates.information
    return np.where(worth < LEAST_NATS, -np.inf, worth)


def most_frequent(candidates: Candidates, dice: random.Random) -> np.ndarray:
    """The feature that is likeliest to be there."""
    return candidates.present


def of_the_first(candidates: Candidates, dice: random.Random) -> np.ndarray:
    """The most frequent feature of the first disease of the list."""
    return np.array([candidates.expected(feature)[0] for feature in range(len(candidates.terms))])


def at_random(candidates: Candidates, dice: random.Random) -> np.ndarray:
    """Any feature that a candidate is annotated with."""
    return np.array([dice.random() for _ in candidates.terms])


STRATEGIES: dict[str, Worth] = {
    "suggested": suggested,
    "most_frequent": most_frequent,
    "of_the_first": of_the_first,
    "random": at_random,
}


@dataclass(frozen=True, slots=True)
class Patient:
    """What is known of a patient, what answers, and the true diseases; `closed`: what is not there is absent."""

    known: list[int]
    hidden: frozenset[int]
    absent: frozenset[int]
    true: tuple[int, ...]
    pmids: frozenset[str]
    closed: bool = False

    def answer(self, term: int, terms: Terms) -> bool | None:
        """Whether the patient has the feature; None where nobody knows."""
        if any(terms.is_ancestor(term, finding) for finding in (*self.hidden, *self.known)):
            return True
        if self.closed or self.absent.intersection(terms.ancestors[term].tolist()):
            return False
        return None


@dataclass(slots=True)
class Tally:
    """What one strategy came to."""

    ranks: list[float] = field(default_factory=list)
    asked: int = 0
    answered: int = 0
    yes: int = 0

    def figures(self) -> dict[str, float]:
        """The printed figures."""
        asked = max(self.asked, 1)
        return {
            "mrr": round(float(np.mean([1 / rank for rank in self.ranks])), 4),
            "answered": round(self.answered / asked, 3),
            "yes": round(self.yes / asked, 3),
        }


class Surgery:
    """Ranks, asks, and ranks again."""

    def __init__(self, knowledge: Knowledge, leave_out: LeaveOut | None, number: int, seed: int) -> None:
        self.knowledge = knowledge
        self.measure = measure_named(knowledge, "lm")
        self.questions = Questions.of(knowledge)
        self.leave_out = leave_out
        self.number = number
        self.dice = random.Random(seed)
        self.before = Tally()
        self.tallies = {name: Tally() for name in STRATEGIES}
        self.seconds: list[float] = []
        self.unanswerable = 0

    def see(self, patient: Patient) -> None:
        """Rank a patient before any answer, and after the answers to each strategy's questions."""
        changed = self.leave_out.changed(patient.pmids) if self.leave_out else {}
        anew = self.measure.anew(changed)
        gone = {disease for disease, alone in anew.items() if alone.empty}
        if {disease for disease, rows in changed.items() if not rows.positive().any()}.issuperset(patient.true):
            self.unanswerable += 1
            return
        query, scores = self._ranked(patient.known, [], anew, gone)
        self.before.ranks.append(_rank(scores, patient.true))
        belief = posterior(scores, len(query.present))
        started = time.perf_counter()
        left_out = citing(self.knowledge, patient.pmids) if self.leave_out else None
        candidates = gather(self.knowledge, self.questions, belief, self.questions.bedside, left_out)
        self.seconds.append(time.perf_counter() - started)
        spoken = spoken_of(self.knowledge, candidates.terms, query)
        for name, worth in STRATEGIES.items():
            tally = self.tallies[name]
            value = np.where(spoken, -np.inf, worth(candidates, self.dice))
            asked = unrelated(self.knowledge.terms, candidates.terms, value, self.number)
            answers = {term: patient.answer(term, self.knowledge.terms) for term in candidates.terms[asked].tolist()}
            yes = [term for term, answer in answers.items() if answer]
            no = [term for term, answer in answers.items() if answer is False]
            tally.asked += len(asked)
            tally.answered += len(yes) + len(no)
            tally.yes += len(yes)
            _, after = self._ranked([*patient.known, *yes], no, anew, gone)
            tally.ranks.append(_rank(after, patient.true))

    def _ranked(
        self, present: Sequence[int], absent: Sequence[int], anew: Mapping[int, ScoresOne], gone: set[int]
    ) -> tuple[Query, Floats]:
        query = Query.at(dict.fromkeys(present, 1.0), absent, self.knowledge.terms)
        scores = self.measure.answer(query).scores.copy()
        if anew:  # what is weighed anew takes no excluded findings: none of the others may, then
            scores = self.measure.answer(Query.at(dict.fromkeys(present, 1.0), (), self.knowledge.terms)).scores.copy()
        for disease, alone in anew.items():
            scores[disease] = alone.score(query)
        scores[~self.measure.considered] = -np.inf
        scores[list(gone)] = -np.inf
        return query, scores


def citing(knowledge: Knowledge, pmids: frozenset[str]) -> Bools:
    """Rows that cite any of `pmids`, bool (rows,)."""
    annotations = knowledge.annotations
    wanted = [at for at, id in enumerate(annotations.reference_ids) if id in pmids]
    owner = np.repeat(np.arange(len(annotations)), np.diff(annotations.references.pointers))
    found = np.zeros(len(annotations), np.bool_)
    found[owner[np.isin(annotations.references.values, wanted)]] = True
    return found


def published(cases: Sequence[PublishedCase], knowledge: Knowledge, keep: int, seed: int) -> Iterator[Patient]:
    """Published cases with more than `keep` findings, all but `keep` of them hidden."""
    dice = random.Random(seed)
    for case in cases:
        found = findings(case.observed, knowledge.terms)
        asked = question(case, dict.fromkeys(found, 1.0), knowledge.diseases)
        if asked is None or len(found) <= keep:
            continue
        known = dice.sample(found, keep)
        absent = frozenset(findings(case.excluded, knowledge.terms))
        yield Patient(known, frozenset(found) - frozenset(known), absent, asked.true, asked.pmids)


def simulated(knowledge: Knowledge, considered: Bools, number: int, keep: int, seed: int) -> Iterator[Patient]:
    """Patients drawn from the annotations of random diseases, until there are `number`."""
    dice = np.random.default_rng(seed)
    drawn_of: Ints = np.flatnonzero(considered).astype(np.int32)
    made = 0
    while made < number:
        disease = dice.choice(drawn_of)
        features = Frequencies.of(knowledge, np.array([disease], np.int32))
        has = features.terms[dice.random(len(features)) < features.expected]
        if len(has) <= keep:
            continue
        known = dice.choice(has, keep, replace=False).tolist()
        made += 1
        hidden = frozenset(has.tolist()) - frozenset(known)
        yield Patient(known, hidden, frozenset(), (int(disease),), frozenset(), closed=True)


def _rank(scores: Floats, true: Sequence[int]) -> float:
    def of(disease: int) -> float:
        score = scores[disease]
        if not np.isfinite(score):
            return float(len(scores))
        return 1 + int((scores > score).sum()) + (int((scores == score).sum()) - 1) / 2

    return min(of(disease) for disease in true)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark."""
    chosen = parser().parse_args(arguments)
    knowledge = Knowledge.open(root_folder(chosen.knowledge))
    cases = read_cases(chosen.cases)
    leave_out = None if chosen.simulated else leaving_out(knowledge, cases)
    surgery = Surgery(knowledge, leave_out, chosen.questions, chosen.seed)
    if chosen.simulated:
        patients = simulated(knowledge, surgery.measure.considered, chosen.simulated, chosen.keep, chosen.seed)
    else:
        few = drawn(cases, chosen.per_disease, chosen.seed)
        random.Random(chosen.seed).shuffle(few)
        patients = published(few[: chosen.limit], knowledge, chosen.keep, chosen.seed)
    for done, patient in enumerate(patients, 1):
        surgery.see(patient)
        if done % 100 == 0:
            print(f"{done} patients", file=sys.stderr)
    print_figures(
        {
            "n": len(surgery.before.ranks),
            "unanswerable": surgery.unanswerable,
            "mrr_before": surgery.before.figures()["mrr"],
            **{name: tally.figures() for name, tally in surgery.tallies.items()},
            "ms_per_question": round(1000 * float(np.median(surgery.seconds)), 2),
            "release": knowledge.manifest.release,
        }
    )


def parser() -> argparse.ArgumentParser:
    """The arguments."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.next_features", description="Does asking help?")
    parser.add_argument("cases", type=Path, metavar="CASES.jsonl[.gz]")
    parser.add_argument("--simulated", type=int, metavar="N", help="draw N patients from the annotations instead")
    parser.add_argument("--questions", type=int, default=3, metavar="N", help="questions asked of each patient")
    parser.add_argument("--keep", type=int, default=3, metavar="N", help="findings known before")
    parser.add_argument("--limit", type=int, metavar="N", help="at most N cases")
    parser.add_argument("--per-disease", type=int, default=1, metavar="N", help="at most N cases of each disease")
    parser.add_argument("--seed", type=int, default=618)
    parser.add_argument("--knowledge", type=Path, help="where compiled releases lie")
    return parser


if __name__ == "__main__":
    main()
