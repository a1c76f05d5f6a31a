"""How fast diseases are ranked, and what the compact table costs.

`python -m benchmarks.ranking_speed CASES.jsonl[.gz]` prints one JSON object. Times are of one thread, warm: the least
of several rounds' medians, in milliseconds a case of ten findings. `table_ms` goes from a query to its best 50 diseases
by the table alone, `ranked_ms` to the same 50 with their exact scores, ranks and ties, `exact_ms` to these by scoring
every disease. `batch_per_second` counts whole cases of the file, answered in blocks, each block timed as the fastest of
the rounds. `mrr_exact` and `mrr_table` are of the published cases as released, by the exact score and by the table
alone. `same_50` is the share of cases whose first 50 by table and shortlist equal the exact ones in order, score, rank
and ties.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.cases import Question, findings, question, read_cases
from matching.lm.batch import BLOCK, in_blocks
from matching.lm.model import FOLDER, LanguageModel
from matching.lm.query import Query
from matching.lm.ranker import Ranker
from matching.lm.shortlist import Scored, Shortlist, best_of, score_exactly
from matching.standing import Standing
from ontology.arrays import Bools, Floats
from ontology.errors import KnowledgeMissing
from ontology.knowledge import Knowledge, root_folder

_TEN, _LIMIT = 10, 50
#: Cases that are timed, each kind of answer in turn.
_TIMED = 200


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ranking_speed", description="How fast ranking is.")
    parser.add_argument("cases", type=Path, metavar="CASES.jsonl[.gz]")
    parser.add_argument("--limit", type=int, metavar="N", help="the first N cases alone")
    parser.add_argument("--rounds", type=int, default=5, help="how often each time is taken (default: 5)")
    parser.add_argument("--knowledge", type=Path, help="where compiled releases lie")
    chosen = parser.parse_args(arguments)
    knowledge = Knowledge.open(root_folder(chosen.knowledge))
    ranker = Ranker.open(knowledge)
    if ranker.shortlist is None:
        raise KnowledgeMissing("The release has no compact table.", "Run `phenomap knowledge build`.")
    questions = _questions(knowledge, chosen.cases, chosen.limit)
    bench = Bench(ranker, ranker.shortlist, ranker.universe("all"), knowledge)
    result = {
        "n": len(questions),
        **bench.times([q for q in questions if len(q.present) >= _TEN][:_TIMED], chosen.rounds),
        "batch_per_second": bench.batch(questions, chosen.rounds),
        **bench.accuracy(questions),
        **bench.size(chosen.rounds),
        "release": knowledge.manifest.release,
    }
    print(json.dumps(result))


def _questions(knowledge: Knowledge, path: Path, limit: int | None) -> list[Question]:
    asked = (
        question(case, dict.fromkeys(findings(case.observed, knowledge.terms), 1.0), knowledge.diseases)
        for case in read_cases(path)[:limit]
    )
    return [found for found in asked if found]


class Bench:
    """One ranker over one set of diseases, three ways."""

    def __init__(self, ranker: Ranker, shortlist: Shortlist, considered: Bools, knowledge: Knowledge) -> None:
        self._model = ranker.model
        self._shortlist = shortlist
        self._considered = considered
        self._knowledge = knowledge

    def times(self, questions: Sequence[Question], rounds: int) -> dict[str, float | None]:
        """Milliseconds a case of ten findings; None without such a case."""
        queries = [self._query(dict(list(q.present.items())[:_TEN])) for q in questions]
        ways: dict[str, Callable[[Query], object]] = {
            "table_ms": lambda query: best_of(self._shortlist.quick(query, self._considered), _LIMIT),
            "ranked_ms": lambda query: self._shortlist.score(query, self._considered, _LIMIT).first(_LIMIT),
            "exact_ms": lambda query: self._exact(query).first(_LIMIT),
        }
        taken: dict[str, list[float]] = {name: [] for name in ways}
        for number in range(rounds + 1):  # the first round reads what is not yet in memory
            _say(f"round {number} of {rounds}")
            for name, way in ways.items():
                seconds = [_seconds(partial(way, query)) for query in queries]
                if number and seconds:
                    taken[name].append(1000 * statistics.median(seconds))
        return {name: round(min(found), 4) if found else None for name, found in taken.items()}

    def batch(self, questions: Sequence[Question], rounds: int) -> int | None:
        """Cases a second, in blocks, each block the fastest of several rounds; None without a case."""
        queries = [self._query(q.present) for q in questions]
        if not queries:
            return None
        taken = []
        for _ in range(rounds):
            blocks = in_blocks(self._shortlist, queries, self._considered, _LIMIT)
            taken.append([_seconds(partial(next, blocks)) for _ in range(0, len(queries), BLOCK)])
        return round(len(queries) / float(np.min(taken, axis=0).sum()))

    def accuracy(self, questions: Sequence[Question]) -> dict[str, object]:
        """Mean reciprocal ranks, whether the shortlist's answers are the exact ones, and how far the table is off."""
        exact_ranks, table_ranks, same, apart, listed = [], [], [], [0.0], []
        for number, asked in enumerate(questions):
            query = self._query(asked.present)
            exact, quick = self._exact(query), self._shortlist.quick(query, self._considered)
            scored = self._shortlist.score(query, self._considered, _LIMIT)
            exact_ranks.append(_rank(exact.scores, asked))
            table_ranks.append(_rank(quick, asked))
            same.append(scored.first(_LIMIT) == exact.first(_LIMIT))
            apart.append(float(np.abs(quick[self._considered] - exact.scores[self._considered]).max()))
            listed.append(len(scored.exact))
            if number % 1000 == 999:
                _say(f"{number + 1} of {len(questions)} cases")
        return {
            "mrr_exact": _mean([1 / rank for rank in exact_ranks]),
            "mrr_table": _mean([1 / rank for rank in table_ranks]),
            "same_50": _mean(same),
            "scored_exactly_median": statistics.median(listed) if listed else None,
            "most_nats_apart": round(max(apart), 4),
            "most_nats_apart_a_finding": round(self._shortlist.table.error, 4),
        }

    def size(self, rounds: int) -> dict[str, float]:
        """Megabytes of the table, and milliseconds of opening: the table, and all that is compiled with its checks."""
        folder, terms = self._knowledge.folder, self._knowledge.terms
        files = [*(folder / FOLDER).glob("table_*"), *(folder / FOLDER).glob("holdings_*")]
        model = LanguageModel.open(folder / FOLDER)
        table = min(_seconds(lambda: Shortlist.open(folder / FOLDER, model, terms)) for _ in range(rounds))
        whole = min(_seconds(lambda: Ranker.open(Knowledge.open_release(folder))) for _ in range(rounds))
        return {
            "table_mb": round(sum(path.stat().st_size for path in files) / 1e6, 3),
            "open_table_ms": round(1000 * table, 1),
            "open_all_ms": round(1000 * whole, 1),
        }

    def _query(self, present: dict[int, float]) -> Query:
        return Query.at(present, (), self._knowledge.terms)

    def _exact(self, query: Query) -> Scored:
        return score_exactly(self._model, self._knowledge.terms, query, self._considered)


def _rank(scores: Floats, asked: Question) -> float:
    return min(Standing.of(scores, disease).rank for disease in asked.true)


def _mean(values: Sequence[float]) -> float | None:
    return round(statistics.fmean(values), 4) if values else None


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _say(words: str) -> None:
    print(words, file=sys.stderr)


if __name__ == "__main__":
    main()
