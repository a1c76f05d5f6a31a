"""Every resource of generated cases, held to two validators that are not ours.

    python -m benchmarks.fhir_resources CASES.jsonl.gz [--n 2000]

From each published case one is made: a note in English or Chinese, findings stated, excluded, suspected, past and a
relative's, with onsets and severities, tests done, the family, diagnoses; reports in either language, unsigned, signed,
and signed again. Both the resources and the Bundles they are sent in are validated. One JSON object is printed.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.cases import PublishedCase as Published
from benchmarks.cases import read_cases
from benchmarks.fhir_oracles import by_type, npm_faults, pydantic_faults
from matching.assess import Assessor
from matching.case import Case, Note
from matching.genetic_tests.known import TestResult
from ontology.features import Assertion, Mention, PatientSex, Statement
from ontology.knowledge import Knowledge, root_folder
from ontology.terms import UnknownTerm
from service.audit.trail import Action
from service.cases.mentions import Said
from service.fhir.matching import labels_of
from service.fhir.telling.audit_event import audit_event
from service.fhir.telling.bundles import collection, history, match_bundle, searchset
from service.fhir.telling.case import everything
from service.fhir.telling.codes import Json
from service.fhir.telling.report import resources_of_report
from service.fhir.telling.told import CaseTold, NoteTold, PatientTold, ReportTold, Signed, Stated
from service.knowing import Knowing
from service.models.known import DiagnosisInput, FamilyInput, KnownInput, ModalityWord, TestDoneInput
from service.models.stored import Decision
from service.store.tables import new_id
from service.translate import Translator

_BASE = "http://127.0.0.1/fhir"
_ONSETS = ("HP:0003577", "HP:0003593", "HP:0011463", "HP:0003621", None, None)
_SEVERITIES = ("HP:0012825", "HP:0012828", None, None, None)
_ASSERTIONS = (Assertion.UNCERTAIN, Assertion.HISTORICAL, Assertion.FAMILY, Assertion.OBSERVED, Assertion.OBSERVED)


class Maker:
    """Makes cases of a release, the same ones from the same seed."""

    def __init__(self, knowledge: Knowledge, seed: int) -> None:
        self.random = random.Random(seed)
        self.assessor = Assessor.open(knowledge)
        self.knowing = Knowing.open(self.assessor)
        self.translators = {language: Translator.of(knowledge, language) for language in ("en", "zh")}

    def resources(self, published: Published) -> Iterator[Json]:
        """All resources of one case, and Bundles of them."""
        language = self.random.choice(("en", "zh"))
        translator = self.translators[language]
        labels, made = labels_of(translator), datetime.now(UTC) - timedelta(days=self.random.randint(0, 3000))
        told = self._case(published, translator, language, made)
        every = everything(told, labels, language)
        yield from every
        yield collection(every, _BASE, made)
        yield searchset(every[:3], _BASE, len(every), {"self": f"{_BASE}/Observation"})
        for report in told.reports:
            versions = [one for version in range(report.version, 0, -1) if (one := report.at(version))]
            first = [resources_of_report(one, labels)[0] for one in versions]
            yield from first
            yield history(first, _BASE, f"{_BASE}/RiskAssessment/{report.id}/_history")
        yield match_bundle(told.reports[0].shown, labels, made, "somebody")
        yield from (audit_event(link, told.patient.case) for link in self._links(told, made))

    def _case(self, published: Published, translator: Translator, language: str, made: datetime) -> CaseTold:
        id, by = new_id(), new_id()
        note = NoteTold(new_id(), self._words(published, translator, language), made, language, "2026-01-02")
        stated = [Stated(new_id(), Said(each.type, each), by, made) for each in self._stated(published, by)]
        known = self._known(published)
        sex = self.random.choice([*PatientSex])
        age = self.random.choice((None, 0, 400, 4000))
        mentions = tuple(one.said.mention for one in stated if one.said.mention)
        case = Case(id, (Note(note.id, note.text, language),), (), mentions, sex, age)
        report = self.assessor.assess(case, 10, known=self.knowing.known(known), offers=self.knowing.offers)
        shown = translator.report(report).model_dump(mode="json", exclude_none=True)
        name = "王小明" if language == "zh" else "Ada & <Lee>"
        patient = PatientTold(id, 3, made, sex.value, age, made, f"H-{id[:6]}", name, known)
        names = {by: "林医生"}
        before = ReportTold(
            new_id(), id, made, by, shown, self._signed(shown, by, made), {note.id: "2026-01-02"}, names
        )
        after = ReportTold(new_id(), id, made, by, shown, self._signed(shown, by, made), {}, names, before.id)
        return CaseTold(patient, [note], stated, [before, after], names)

    def _signed(self, shown: dict[str, Any], by: str, made: datetime) -> tuple[Signed, ...]:
        one = Signed(self.random.choice([*Decision]).value, None, "As seen <today>.", by, made, True)
        first = shown["diseases"][0]["id"] if shown["diseases"] else None
        agreed = Signed(Decision.AGREE.value, first, "符合。", by, made + timedelta(hours=1), True)
        return self.random.choice(((), (one,), (agreed,), (one, agreed)))

    def _words(self, published: Published, translator: Translator, language: str) -> str:
        labels = [self._label(each, translator) for each in [*published.observed, *published.excluded][:12]]
        if language == "zh":
            return "患者" + "、".join(labels[:6]) + "。无" + "、".join(labels[6:9] or ["发热"]) + "。母亲有近视。"
        return f"Child with {', '.join(labels[:6])}. No {' or '.join(labels[6:9] or ['fever'])}. His mother has myopia."

    def _label(self, id: str, translator: Translator) -> str:
        try:
            return translator.naming.label(id)
        except UnknownTerm:
            return id

    def _stated(self, published: Published, by: str) -> Iterator[Mention]:
        terms = self.assessor.knowledge.terms
        given = [(id, self.random.choice(_ASSERTIONS)) for id in published.observed]
        given += [(id, Assertion.EXCLUDED) for id in published.excluded]
        for id, said in given[:25]:
            try:
                found = terms.resolve(id)
            except UnknownTerm:
                continue
            if terms.is_phenotype[found.position]:
                onset, severity = self.random.choice(_ONSETS), self.random.choice(_SEVERITIES)
                yield Mention(found.id, said, Statement(by), onset, severity)

    def _known(self, published: Published) -> KnownInput:
        modality, result = self.random.choice([*ModalityWord]), self.random.choice([*TestResult])
        genes = self.random.sample(("FBN1", "FMR1", "ACTB"), self.random.randint(0, 3))
        year = self.random.choice((None, 2019))
        tests = [TestDoneInput(modality=modality, result=result, genes=genes, year=year, target="FMR1 CGG")]
        maybe = (None, True, False)
        family = FamilyInput(**{name: self.random.choice(maybe) for name in FamilyInput.model_fields})
        sure, gone = self.random.choice((True, False)), self.random.choice((True, False))
        gene, onset = self.random.choice((None, "FBN1")), self.random.choice(_ONSETS)
        stated = [
            DiagnosisInput(id=id, confirmed=sure, excluded=gone, gene=gene, onset=onset) for id in published.diseases
        ]
        return KnownInput(tests_done=tests, family_history=family, diagnoses=stated, acutely_ill=sure)

    def _links(self, told: CaseTold, made: datetime) -> Iterator[dict[str, Any]]:
        case = told.patient.case
        for at, action in enumerate(self.random.sample([*Action], 4), 1):
            part = self.random.choice((case, told.reports[0].id))
            detail = {"case": case, "features": at, "masked": False} if part != case else {}
            kind = "case" if part == case else "report"
            yield {"seq": at, "at": made, "actor": new_id(), "action": action.value} | {
                "object_kind": kind,
                "object_id": part,
                "detail": detail,
            }


def run(knowledge: Knowledge, cases: list[Published], n: int, seed: int = 618) -> dict[str, Any]:
    """Make `n` cases from `cases`, over again where they are fewer, and validate all that is told of them."""
    started, maker = time.perf_counter(), Maker(knowledge, seed)
    types: dict[str, int] = {}
    faults: list[str] = []
    wrong = {"npm_invalid": 0, "pydantic_invalid": 0}
    waiting: list[Json] = []

    def validate() -> None:
        for name, found in (("npm_invalid", npm_faults(waiting)), ("pydantic_invalid", pydantic_faults(waiting))):
            invalid = [(each, told) for each, told in zip(waiting, found, strict=True) if told]
            wrong[name] += len(invalid)
            faults.extend(f"{name} {each['resourceType']}: {told[0]}" for each, told in invalid[:5])
        for kind, count in by_type(waiting).items():
            types[kind] = types.get(kind, 0) + count
        waiting.clear()

    for at in range(n):
        waiting += json.loads(json.dumps(list(maker.resources(cases[at % len(cases)])), ensure_ascii=False))
        if len(waiting) > 4000:
            validate()
            print(f"{at + 1} cases", file=sys.stderr)
    validate()
    seconds = round(time.perf_counter() - started, 1)
    total = sum(types.values())
    return {"cases": n, "resources": total, **wrong, "faults": faults[:20], "by_type": types, "seconds": seconds}


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", type=Path)
    parser.add_argument("--n", type=int, default=2000)
    given = parser.parse_args()
    print(json.dumps(run(Knowledge.open(root_folder(None)), read_cases(given.cases), given.n)))


if __name__ == "__main__":
    main()
