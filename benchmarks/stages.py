"""What the stages of an answer cost: processor time of one thread, medians, in milliseconds.

`python -m benchmarks.stages` prints one JSON object. Ten random findings a case, ten diseases an answer, warm.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import TypeVar

from matching.assess import Assessor
from matching.implied_genes import implied_genes
from matching.lm.query import WEIGHT_OF
from matching.look_for import completed
from matching.next_features import next_features
from matching.report import PhenotypicFeature
from ontology.features import Assertion
from ontology.knowledge import Knowledge, root_folder
from service.serve import settle
from service.translate import Translator

T = TypeVar("T")
_SEED, _CASES, _FINDINGS, _DISEASES = 618, 60, 10, 10


class Stopwatch:
    """Adds up what each stage takes."""

    def __init__(self) -> None:
        self._taken: dict[str, list[float]] = defaultdict(list)

    def time(self, stage: str, work: Callable[[], T]) -> T:
        """Do the work and note its time."""
        started = time.process_time()
        result = work()
        self._taken[stage].append(1000 * (time.process_time() - started))
        return result

    def medians(self) -> dict[str, float]:
        """Milliseconds a stage."""
        return {stage: round(statistics.median(taken), 2) for stage, taken in self._taken.items()}


def measure(rounds: int) -> dict[str, float]:
    """Milliseconds a stage, and of `rank` as a whole; the first round, which reads from disk, is not counted."""
    knowledge = Knowledge.open(root_folder())
    assessor, translator = Assessor.open(knowledge), Translator.of(knowledge)
    cases = _cases(knowledge)
    for features in cases[:10]:
        _answer(Stopwatch(), assessor, translator, features)
    settle(assessor)
    watch = Stopwatch()
    for _ in range(rounds):
        for features in cases:
            _answer(watch, assessor, translator, features)
    return watch.medians()


def _answer(
    watch: Stopwatch, assessor: Assessor, translator: Translator, features: Sequence[PhenotypicFeature]
) -> None:
    knowledge = assessor.knowledge
    scored = watch.time("score", lambda: assessor.ranker.score(features, limit=_DISEASES))
    best = watch.time("reasons", lambda: assessor.ranker.best(scored, _DISEASES))
    watch.time("look_for", lambda: completed(knowledge, best, scored.query))
    belief = watch.time("posterior", lambda: assessor.belief(scored))
    watch.time("next_features", lambda: next_features(knowledge, assessor.questions, belief, scored.query))
    watch.time("genes", lambda: implied_genes(knowledge, assessor.genes, belief))
    watch.time("tests", lambda: assessor.suggest(features))
    ranking = watch.time("rank", lambda: assessor.rank(features, _DISEASES))
    answer = watch.time("words", lambda: translator.ranking(ranking, (), None))
    watch.time("json", lambda: answer.model_dump_json(exclude_none=True))


def _cases(knowledge: Knowledge) -> Sequence[Sequence[PhenotypicFeature]]:
    terms, chance = knowledge.terms, random.Random(_SEED)
    phenotypes = terms.is_phenotype.nonzero()[0].tolist()
    observed = Assertion.OBSERVED
    return [
        [
            PhenotypicFeature(terms.id(at), terms.label(at), observed, WEIGHT_OF[observed], ())
            for at in chance.sample(phenotypes, _FINDINGS)
        ]
        for _ in range(_CASES)
    ]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.stages", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="how often each case is answered (default: 3)")
    print(json.dumps(measure(parser.parse_args(arguments).rounds)))


if __name__ == "__main__":
    main()
