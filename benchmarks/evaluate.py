"""Rank questions and count: the part that `ranking` and `end_to_end` share."""

from __future__ import annotations

import json
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np

from benchmarks.cases import Question
from benchmarks.families import FamilyMembers
from benchmarks.leave_out import LeaveOut
from matching.circumstances import Contradictions
from matching.lm.compile import VERSION
from matching.lm.measure import LanguageModelMeasure
from matching.lm.model import FOLDER
from matching.lm.profile import StatedRows, stated_rows
from matching.lm.query import Query
from matching.lm.settings import SETTINGS, Settings
from matching.lm.told import Told
from matching.lm.workshop import Workshop
from matching.posterior import posterior
from matching.prevalence import Prior, prior_nats
from matching.rankers import RANKERS as NAMED
from matching.rankers import ScoresDiseases, ScoresOne, classical
from matching.standing import in_universe
from ontology.arrays import Bools, Floats
from ontology.knowledge import Knowledge

_NO_DEFINITIONS = {"entry_named_mass": 0.0, "defined_mass": 0.0}
_NO_WORDS = {"named_mass": 0.0, **_NO_DEFINITIONS}
_NO_KIN = {"kin_share": 0.0, "kin_rescue": 0.0}
#: Language models that can be named: the one that ships; what it is without some of its evidence; and, as lm-plain,
#: what it was chosen against: rows alone, without subtree credit.
LANGUAGE_MODELS: dict[str, Settings] = {
    "lm": SETTINGS,
    "lm-no-kin": replace(SETTINGS, **_NO_KIN),
    "lm-no-definitions": replace(SETTINGS, **_NO_DEFINITIONS),
    "lm-no-words": replace(SETTINGS, **_NO_WORDS),
    "lm-rows": replace(SETTINGS, **_NO_WORDS, **_NO_KIN),
    "lm-plain": replace(SETTINGS, **_NO_WORDS, **_NO_KIN, exact=0.6, subtree=0.0, damping=3.0),
}
RANKERS = tuple(dict.fromkeys((*LANGUAGE_MODELS, *NAMED)))


def measure_named(knowledge: Knowledge, name: str, changed: Mapping[str, float] | None = None) -> ScoresDiseases:
    """Any ranker by name, made from the release's rows; raises InputError for a name of none.

    `changed` gives constants of a language model another value.
    """
    if name in LANGUAGE_MODELS:
        settings = replace(LANGUAGE_MODELS[name], **(changed or {}))
        return LanguageModelMeasure(knowledge, Workshop.build(knowledge, settings, _told(knowledge)), name)
    return classical(knowledge, name)


def _told(knowledge: Knowledge) -> Told:
    """What words say, as it was compiled: reading it anew takes half a minute."""
    return Told.read(knowledge.companion(FOLDER, VERSION))


class Scores(Protocol):
    """Scores of every disease for one patient."""

    @property
    def scores(self) -> Floats:
        """float32 (diseases,), the higher the more alike."""


class Measured(Protocol):
    """What a ranker must do to be benchmarked: ScoresDiseases without its explanations."""

    @property
    def considered(self) -> Bools:
        """As in ScoresDiseases."""

    def answer(self, query: Query) -> Scores:
        """As in ScoresDiseases."""

    def anew(self, changed: Mapping[int, StatedRows]) -> Mapping[int, ScoresOne]:
        """As in ScoresDiseases."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where the true disease stood; `ranked` where anything, if only its kin, spoke of it.

    `confidence` is the probability shown for the first disease, `right` if that was a true one. `family_rank` is that
    of the best placed member of its family (benchmarks/families.py), which has `family` members.
    """

    rank: float
    strict_rank: float
    answerable: bool
    ranked: bool
    confidence: float
    right: bool
    family_rank: float
    family: int


class Bench:
    """A ranker over one universe, with or without the cases' own papers."""

    def __init__(
        self,
        knowledge: Knowledge,
        ranker: str | Measured,
        universe: str,
        leave_out: LeaveOut | None,
        prior: str = Prior.NONE,
        circumstances: bool = False,
    ) -> None:
        self.knowledge = knowledge
        self.measure: Measured = measure_named(knowledge, ranker) if isinstance(ranker, str) else ranker
        self._leave_out = leave_out
        self._told = _told(knowledge) if circumstances else None
        self._prior = np.float32(0) if prior == Prior.NONE else prior_nats(knowledge)
        self._considered = in_universe(knowledge, self.measure.considered, universe)
        self._families = FamilyMembers.of(knowledge, self.measure.considered)
        rows = stated_rows(knowledge.annotations, knowledge.terms.is_phenotype)
        self._known = np.bincount(rows.owners[rows.positive()], minlength=len(self._considered)) > 0

    def run(self, questions: Sequence[Question]) -> tuple[list[Outcome], float]:
        """Outcomes in the order of `questions`, and seconds of ranking per case; progress to stderr."""
        outcomes: dict[int, Outcome] = {}
        started = time.perf_counter()
        for done, (at, scores, answerable) in enumerate(self.scored(questions), 1):
            outcomes[at] = self._outcome(questions[at], scores, answerable)
            if done % 500 == 0:
                print(f"{done} of {len(questions)} cases", file=sys.stderr)
        seconds = time.perf_counter() - started
        return [outcomes[at] for at in range(len(questions))], seconds / max(len(questions), 1)

    def scored(self, questions: Sequence[Question]) -> Iterator[tuple[int, Floats, bool]]:
        """Index of each question, in another order; its scores; and whether it is answerable.

        Scores are float32 (diseases,), -inf for what is not ranked: what lies outside the universe, and a disease of
        which nothing is left, neither rows nor words nor kin. A question is answerable where a true disease has an
        annotation row left, its own or lent by its Orphanet entry.
        """
        groups: dict[frozenset[str], list[int]] = defaultdict(list)
        for at, question in enumerate(questions):
            groups[question.pmids].append(at)
        for pmids, members in groups.items():
            changed = self._leave_out.changed(pmids) if self._leave_out else {}
            contradictions = self._contradictions(pmids)
            anew = self.measure.anew(changed)
            ranked, known = self._considered & self._known, self._considered & self._known
            for disease, alone in anew.items():
                ranked[disease] = self._considered[disease] and not alone.empty
            for disease, rows in changed.items():
                known[disease] &= bool(rows.positive().any())
            for at in members:
                query = Query.at(questions[at].present, (), self.knowledge.terms)
                scores = self.measure.answer(query).scores
                for disease, alone in anew.items():
                    scores[disease] = alone.score(query)
                if contradictions and (taken := contradictions.nats(questions[at].patient, query)) is not None:
                    scores = scores + taken
                answerable = bool(known[list(questions[at].true)].any())
                yield at, np.where(ranked, scores + self._prior, np.float32(-np.inf)), answerable

    def _contradictions(self, pmids: frozenset[str]) -> Contradictions | None:
        """What age and sex can contradict, without any row that cites these papers; None where they take no part."""
        if self._told is None:
            return None
        left_out = np.zeros(len(self.knowledge.annotations), np.bool_)
        if self._leave_out:
            left_out[self._leave_out.citing(pmids)] = True
        return Contradictions.of(self.knowledge, self._told, left_out)

    def _outcome(self, question: Question, scores: Floats, answerable: bool) -> Outcome:
        width = int(self._considered.sum())
        belief = posterior(scores, len(question.present))
        first = int(scores.argmax())
        members = self._families.of_any(question.true)
        return Outcome(
            rank=min((_rank(scores, t, width) for t in question.true), default=width),
            strict_rank=min((_rank(scores, t, width) for t in question.strict), default=width),
            answerable=answerable,
            ranked=bool(np.isfinite(scores[list(question.true)]).any()),
            confidence=float(belief[first]),
            right=first in question.true,
            family_rank=min((_rank(scores, m, width) for m in members), default=width),
            family=len(members),
        )

    def only_ranked(self, scores: Floats) -> Floats:
        """Scores, -inf for diseases outside the universe or without any annotation; float32 (diseases,)."""
        return np.where(self._considered & self._known, scores, np.float32(-np.inf))

    def in_universe(self, question: Question) -> bool:
        """Whether any true disease is ranked at all."""
        return bool(self._considered[list(question.true)].any())


def _rank(scores: Floats, disease: int, width: int) -> float:
    """1 + better + half the others that tie; the number of diseases where nothing is known of it."""
    score = scores[disease]
    if not np.isfinite(score):
        return float(width)
    return 1 + int((scores > score).sum()) + (int((scores == score).sum()) - 1) / 2


def figures(outcomes: Sequence[Outcome]) -> dict[str, float | None]:
    """The counts that every run prints; percent, `mrr` and `median` apart; None where there is no case."""
    ranks = np.array([o.rank for o in outcomes])
    strict = np.array([o.strict_rank for o in outcomes])
    family = np.array([o.family_rank for o in outcomes])
    answerable = ranks[[o.answerable for o in outcomes]] if outcomes else ranks
    return {
        "n": len(ranks),
        **{f"top{k}": _percent(ranks, k) for k in (1, 3, 5, 10, 50)},
        "mrr": _mrr(ranks),
        "median": float(np.median(ranks)) if len(ranks) else None,
        "answerable_n": len(answerable),
        "answerable_mrr": _mrr(answerable),
        **{f"answerable_top{k}": _percent(answerable, k) for k in (1, 10)},
        **_by_words_or_kin(outcomes),
        **{f"strict_top{k}": _percent(strict, k) for k in (1, 10)},
        "strict_mrr": _mrr(strict),
        **{f"family_top{k}": _percent(family, k) for k in (1, 10)},
        "family_mrr": _mrr(family),
        "family_median_size": float(np.median([o.family for o in outcomes])) if outcomes else None,
    }


def _by_words_or_kin(outcomes: Sequence[Outcome]) -> dict[str, float | None]:
    """Cases whose disease has no annotation left, and yet is ranked: by its names, its definition, or its kin."""
    ranks = np.array([o.rank for o in outcomes if o.ranked and not o.answerable])
    return {
        "by_words_or_kin_n": len(ranks),
        "by_words_or_kin_mrr": _mrr(ranks),
        "by_words_or_kin_top10": _percent(ranks, 10),
    }


def calibration(outcomes: Sequence[Outcome], bins: int = 10) -> dict[str, float] | None:
    """How far the shown probability of the first disease lies from how often it was right.

    `ece` is the expected calibration error over bins of equal size (Naeini et al. 2015, its abstract), a fraction; None
    without cases.
    """
    if not outcomes:
        return None
    order = sorted(outcomes, key=lambda o: o.confidence)
    error = 0.0
    for part in np.array_split(np.arange(len(order)), bins):
        if len(part):
            claimed = np.mean([order[i].confidence for i in part])
            right = np.mean([order[i].right for i in part])
            error += len(part) / len(order) * abs(float(claimed - right))
    return {
        "ece": round(error, 4),
        "mean_confidence": round(float(np.mean([o.confidence for o in outcomes])), 4),
        "right_first": round(float(np.mean([o.right for o in outcomes])), 4),
    }


def print_figures(result: dict[str, Any]) -> None:
    """The one JSON object, as the last line of stdout."""
    print(json.dumps(result))


def _percent(ranks: np.ndarray, k: int) -> float | None:
    return round(100 * float((ranks <= k).mean()), 1) if len(ranks) else None


def _mrr(ranks: np.ndarray) -> float | None:
    return round(float((1 / ranks).mean()), 4) if len(ranks) else None
