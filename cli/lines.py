"""`phenomap extract|rank|suggest IN.jsonl OUT.jsonl`: the answers of the API, a line each.

Inputs are checked by the service's own models, so that a file and a request get the same answer and the same faults.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, TypeVar

from cli.inputs import LineReader, fault_as_json, faults_as_json
from cli.jsonl import LineFaults, answer_lines
from cli.options import Commands, add_knowledge_option, open_knowledge
from ontology.errors import InputError

if TYPE_CHECKING:
    from matching.assess import Assessor
    from matching.circumstances import Circumstances
    from matching.report import PhenotypicFeature
    from matching.standing import Standing
    from ontology.arrays import Floats
    from ontology.knowledge import Knowledge
    from service.knowing import Knowing
    from service.models.inputs import RankInput, SuggestInput
    from service.suggesting import Suggesting
    from service.translate import Translator

T = TypeVar("T")
_MOST_DISEASES = 50
#: matching.rankers.RANKERS, written out so that `--help` loads nothing.
RANKERS = ("lm", "resnik", "lin", "phenodigm")
#: matching.prevalence.Prior, likewise.
PRIORS = ("none", "prevalence")
_MOST_TESTS = 3


def add_commands(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add `extract`, `rank` and `suggest`."""
    for name, words, empty in (
        ("extract", "read notes to HPO terms", "features"),
        ("rank", "rank diseases for stated findings", "diseases"),
        ("suggest", "suggest genetic tests for stated findings", "tests"),
    ):
        command = commands.add_parser(name, help=f"{words}, one JSON object a line")
        command.add_argument("source", metavar="IN.jsonl", help="`-` for standard input")
        command.add_argument("target", metavar="OUT.jsonl", help="`-` for standard output")
        add_knowledge_option(command)
        command.add_argument("--language", choices=("en", "zh"), default="en", help="of names and sentences")
        if name == "extract":
            words = "also the nearest terms to words that match none"
            command.add_argument("--suggest", action="store_true", help=words)
        if name == "rank":
            command.add_argument(
                "--limit", type=_positive, default=_MOST_DISEASES, help="diseases a line (default: 50)"
            )
            command.add_argument("--universe", choices=("all", "omim"), default="all", help="diseases that are ranked")
            command.add_argument("--ranker", choices=RANKERS, default=RANKERS[0], help="only lm gives probabilities")
            command.add_argument("--prior", choices=PRIORS, default=PRIORS[0], help="common diseases a little first")
            command.add_argument("--explain", action="store_true", help="with what each finding contributes, and why")
        command.set_defaults(run=partial(run, name=name, empty=empty))


def run(chosen: argparse.Namespace, name: str, empty: str) -> int:
    """Open what is needed, then answer every line."""
    from matching.assess import Assessor
    from service.suggesting import Suggesting
    from service.translate import Translator

    knowledge = open_knowledge(chosen)
    if name == "rank":
        _refuse_prior(chosen, knowledge)
    reader = LineReader()
    assessor = Assessor.open(knowledge)
    desk = Desk(assessor, Translator.of(knowledge, chosen.language), Suggesting(assessor), chosen, reader)
    answer: Callable[[bytes], dict[str, Any]] = getattr(desk, name)
    code = answer_lines(chosen.source, chosen.target, answer, empty={empty: []})
    reader.tell()
    return code


@dataclass
class Desk:
    """Answers lines one at a time."""

    assessor: Assessor
    translator: Translator
    suggesting: Suggesting
    chosen: argparse.Namespace
    reader: LineReader

    def extract(self, line: bytes) -> dict[str, Any]:
        """Mentions of one note."""
        from matching.case import Note
        from nlp.reading import Patient
        from service.age import days_of
        from service.models.inputs import ExtractInput

        id, given = self.reader.read(line, ExtractInput)
        patient = Patient(given.sex, days_of(given.age))
        reading = self.assessor.read(Note(id, given.text, given.language), patient)
        if reading.abstention:
            raise LineFaults(id, [fault_as_json("text", *self.translator.wording.abstention(reading.abstention))])
        answer = self.translator.reading(reading, id)
        if given.suggestions or self.chosen.suggest:
            answer = self.suggesting.added(answer, self.translator.naming, reading, given.text)
        shown = {"id", "language", "features", "suggestions", "suggestions_end"}
        return answer.model_dump(mode="json", exclude_none=True, include=shown)

    def rank(self, line: bytes) -> dict[str, Any]:
        """Diseases for one patient."""
        from matching.prevalence import Prior
        from service.intake import patient
        from service.models.inputs import RankInput

        id, given = self.reader.read(line, RankInput)
        findings = self._findings(id, given)
        if not self.chosen.explain:
            standings = self._standings(findings, patient(given))
            return {"id": id, "ranker": self.chosen.ranker, "diseases": standings}
        chosen, prior = self.chosen, Prior(self.chosen.prior)
        ranking = self.assessor.rank(findings, chosen.limit, chosen.universe, chosen.ranker, prior, patient(given))
        answer = self.translator.ranking(ranking, (), id)
        return answer.model_dump(mode="json", exclude_none=True, exclude={"knowledge", "notices"})

    def suggest(self, line: bytes) -> dict[str, Any]:
        """Tests for one patient."""
        from service.intake import patient
        from service.models.inputs import SuggestInput

        id, given = self.reader.read(line, SuggestInput)
        findings = self._findings(id, given)
        known = _faulted(id, lambda: self.knowing.known(given))
        plan = self.assessor.suggest(findings, _MOST_TESTS, patient(given), known, self.knowing.offers)
        answer = self.translator.suggestions(plan, (), id)
        return answer.model_dump(mode="json", exclude_none=True, exclude={"knowledge", "notices"})

    def _standings(self, findings: tuple[PhenotypicFeature, ...], patient: Circumstances) -> list[dict[str, Any]]:
        """The diseases without their reasons."""
        diseases, naming = self.assessor.knowledge.diseases, self.translator.naming
        placed, belief, prior, taken = self._placed(findings, patient)
        return [
            {
                "id": diseases.id(standing.position),
                "also": list(diseases.ids(standing.position)[1:]),
                "name": naming.disease(diseases.id(standing.position), diseases.name(standing.position)),
                "score": standing.score,
                "rank": standing.rank,
                "tied_with": standing.tied_with,
                "probability": None if belief is None else float(belief[standing.position]),
            }
            | ({} if prior is None else {"prior": float(prior[standing.position])})
            | ({"circumstances": less} if taken is not None and (less := float(taken[standing.position])) < 0 else {})
            for standing in placed
        ]

    def _placed(
        self, findings: tuple[PhenotypicFeature, ...], patient: Circumstances
    ) -> tuple[tuple[Standing, ...], Floats | None, Floats | None, Floats | None]:
        """Where the first diseases stand; of every disease the belief, the prior, and what age and sex take from it."""
        from matching.prevalence import Prior

        chosen = self.chosen
        if chosen.ranker != RANKERS[0]:
            named = self.assessor.named_ranker(chosen.ranker)
            return named.standings(findings, chosen.limit, chosen.universe), None, None, None
        assessor = self.assessor
        scored, prior = assessor.weighed(
            assessor.ranker.score(findings, chosen.universe, chosen.limit),
            Prior(chosen.prior),
            patient,
            chosen.limit,
        )
        taken = assessor.contradictions.nats(patient, scored.query)
        return assessor.ranker.standings(scored, chosen.limit), assessor.belief(scored), prior, taken

    def _findings(self, id: str, given: RankInput | SuggestInput) -> tuple[PhenotypicFeature, ...]:
        from service.actors import Actor
        from service.intake import stated

        terms = self.assessor.knowledge.terms
        mentions = _faulted(id, lambda: stated(given, Actor("file", frozenset()), terms))
        return self.assessor.reconcile(mentions).features

    @cached_property
    def knowing(self) -> Knowing:
        """Reads what is known beside findings; opened for the first line that asks for tests."""
        from service.knowing import Knowing

        return Knowing.open(self.assessor)


def _faulted(id: str, work: Callable[[], T]) -> T:
    """The result of `work`; its faults as those of the line `id`."""
    from service.problems import ProblemError

    try:
        return work()
    except ProblemError as error:
        raise LineFaults(id, faults_as_json(error.faults)) from error


def _refuse_prior(chosen: argparse.Namespace, knowledge: Knowledge) -> None:
    """Raise InputError, once for the whole file, where the prior asked for cannot be given."""
    from matching.prevalence import prior_nats

    if chosen.prior != PRIORS[0]:
        if chosen.ranker != RANKERS[0]:
            raise InputError("prior", "Similarities take no prior.", "Leave it out, or rank by lm.")
        prior_nats(knowledge)


def _positive(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 1000:
        raise argparse.ArgumentTypeError("must be from 1 to 1000")
    return number
