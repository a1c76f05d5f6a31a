"""`phenomap extract|rank|suggest IN.jsonl OUT.jsonl`: the answers of the API, a line each.

Inputs are checked by the service's own models, so that a file and a request get the same answer and the same faults. A
file may be more loosely made: fields that are not ours, and ages that are no duration, are passed over and named once
at the end, `null` is as good as absent, and sex may be written in capitals.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from cli.jsonl import LineFaults, answer_lines
from cli.options import Commands, add_knowledge_option, open_knowledge

if TYPE_CHECKING:
    from matching.assess import Assessor
    from matching.report import PhenotypicFeature
    from service.models.inputs import Input, RankInput, SuggestInput
    from service.problems import Fault
    from service.translate import Translator

_MOST_DISEASES = 50
_MOST_TESTS = 3
_I = TypeVar("_I", bound="Input")
#: What Phenopackets v2 calls its sexes, beside our words.
_SEXES = {"UNKNOWN_SEX": "unknown", "OTHER_SEX": "other"}


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
        if name == "rank":
            command.add_argument(
                "--limit", type=_positive, default=_MOST_DISEASES, help="diseases a line (default: 50)"
            )
            command.add_argument("--universe", choices=("all", "omim"), default="all", help="diseases that are ranked")
            command.add_argument("--explain", action="store_true", help="with what each finding contributes, and why")
        command.set_defaults(run=partial(run, name=name, empty=empty))


def run(chosen: argparse.Namespace, name: str, empty: str) -> int:
    """Open what is needed, then answer every line."""
    from matching.assess import Assessor
    from service.translate import Translator

    knowledge = open_knowledge(chosen)
    desk = Desk(Assessor.open(knowledge), Translator.of(knowledge), chosen)
    answer: Callable[[bytes], dict[str, Any]] = getattr(desk, name)
    code = answer_lines(chosen.source, chosen.target, answer, empty={empty: []})
    if desk.passed_over:
        named = ", ".join(sorted(desk.passed_over)[:10])
        sys.stderr.write(f"phenomap: passed over fields that this command does not take: {named}\n")
    return code


@dataclass(slots=True)
class Desk:
    """Answers lines one at a time; `passed_over` gathers the names of fields that are not ours."""

    assessor: Assessor
    translator: Translator
    chosen: argparse.Namespace
    passed_over: set[str] = field(default_factory=set)

    def extract(self, line: bytes) -> dict[str, Any]:
        """Mentions of one note."""
        from matching.case import Note
        from service.models.inputs import ExtractInput

        id, given = self._checked(line, ExtractInput)
        reading = self.assessor.read(Note(id, given.text, given.language))
        if reading.abstention:
            raise LineFaults(id, [_fault("text", reading.abstention.reason, reading.abstention.mend)])
        answer = self.translator.reading(reading, id)
        return answer.model_dump(mode="json", exclude_none=True, include={"id", "language", "features"})

    def rank(self, line: bytes) -> dict[str, Any]:
        """Diseases for one patient."""
        from service.models.inputs import RankInput

        id, given = self._checked(line, RankInput)
        findings = self._findings(id, given)
        if not self.chosen.explain:
            return {"id": id, "diseases": self._standings(findings)}
        ranking = self.assessor.rank(findings, self.chosen.limit, self.chosen.universe)
        explained = (self.translator.disease(disease) for disease in ranking.diseases)
        return {"id": id, "diseases": [disease.model_dump(mode="json", exclude_none=True) for disease in explained]}

    def suggest(self, line: bytes) -> dict[str, Any]:
        """Tests for one patient."""
        from service.models.inputs import SuggestInput

        id, given = self._checked(line, SuggestInput)
        plan = self.assessor.suggest(self._findings(id, given), _MOST_TESTS)
        answer = self.translator.suggestions(plan, (), id)
        return answer.model_dump(mode="json", exclude_none=True, exclude={"knowledge", "notices"})

    def _standings(self, findings: tuple[PhenotypicFeature, ...]) -> list[dict[str, Any]]:
        """The diseases without their reasons."""
        diseases = self.assessor.knowledge.diseases
        scored = self.assessor.ranker.score(findings, self.chosen.universe)
        belief = self.assessor.belief(scored)
        return [
            {
                "id": diseases.id(standing.position),
                "also": list(diseases.ids(standing.position)[1:]),
                "name": diseases.name(standing.position),
                "score": standing.score,
                "rank": standing.rank,
                "probability": float(belief[standing.position]),
            }
            for standing in self.assessor.ranker.standings(scored, self.chosen.limit)
        ]

    def _findings(self, id: str, given: RankInput | SuggestInput) -> tuple[PhenotypicFeature, ...]:
        from service.actors import Actor
        from service.intake import stated
        from service.problems import ProblemError

        try:
            mentions = stated(given, Actor("file", frozenset()), self.assessor.knowledge.terms)
        except ProblemError as error:
            raise LineFaults(id, _faults(error.faults)) from error
        return self.assessor.reconcile(mentions).features

    def _checked(self, line: bytes, model: type[_I]) -> tuple[str, _I]:
        """The line's id and its input; raises LineFaults."""
        from service.checked import checked
        from service.models.inputs import AGE
        from service.problems import ProblemError
        from service.strict_json import parse

        try:
            value = parse(line)
        except ProblemError as error:
            raise LineFaults(None, _faults(error.faults)) from error
        if not isinstance(value, dict):
            raise LineFaults(None, [_fault("", "The line is not a JSON object.", "Send one JSON object a line.")])
        id = value.get("id")
        if not isinstance(id, str | int) or isinstance(id, bool):
            raise LineFaults(None, [_fault("id", "The line has no id.", 'Give it one, as in {"id": "n1", ...}.')])
        ours = set(model.model_fields) - {"id", "limit", "universe"}
        self.passed_over |= set(value) - ours - {"id"}
        tidied = _tidied({name: part for name, part in value.items() if name in ours})
        if "age" in tidied and not re.fullmatch(AGE, str(tidied["age"])):
            self.passed_over.add("age (not an ISO 8601 duration)")
            del tidied["age"]
        try:
            return str(id), checked(model, tidied)
        except ProblemError as error:
            raise LineFaults(str(id), _faults(error.faults)) from error


def _tidied(value: dict[str, Any]) -> dict[str, Any]:
    """Without nulls, and sex in our words."""
    kept = {name: part for name, part in value.items() if part is not None}
    if isinstance(kept.get("sex"), str):
        kept["sex"] = _SEXES.get(kept["sex"], kept["sex"].lower())
    if isinstance(kept.get("features"), list):
        kept["features"] = [
            {k: v for k, v in item.items() if v is not None} if isinstance(item, dict) else item
            for item in kept["features"]
        ]
    return kept


def _fault(where: str, what: str, mend: str) -> dict[str, str]:
    return {"field": where, "what": what, "mend": mend}


def _faults(faults: Iterable[Fault]) -> list[dict[str, str]]:
    return [_fault(fault.field, fault.what, fault.mend) for fault in faults]


def _positive(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 1000:
        raise argparse.ArgumentTypeError("must be from 1 to 1000")
    return number
