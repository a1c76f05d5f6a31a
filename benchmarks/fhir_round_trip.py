"""Cases told as FHIR by one site and sent to another: whether the other holds what the first does.

    python -m benchmarks.fhir_round_trip CASES.jsonl.gz [--n 500]

From each published case one is made as benchmarks.fhir_resources makes them, and more: words quoted from a note,
readings struck out, several words about one term, consents given and ended, an ancestry, diagnoses of other systems. It
is kept in one store and assessed, so that its report is told with it; GET /fhir/Patient/{id}/$everything is posted to
/fhir of another site as it is, and what the two stores hold is compared field by field. Where npm's validator is
installed, what was told is held to it, too. One JSON object is printed.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from benchmarks.cases import PublishedCase, read_cases
from benchmarks.fhir_oracles import npm_faults, npm_is_here
from benchmarks.fhir_resources import Maker
from benchmarks.hospital import Hospital, hospital
from facial.norms.ancestry import ANCESTRIES
from matching.assess import Assessor
from ontology.features import Assertion, Mention, PatientSex, Statement, TextSpan
from ontology.knowledge import Knowledge, root_folder
from service.actors import Permission
from service.cases.desk import Desk
from service.cases.features import keep
from service.cases.mentions import Said
from service.cases.opening import keep_case
from service.cases.rules import CaseRules
from service.consent.consent import Giver, Purpose, give, withdraw
from service.fhir.held import case_told
from service.fhir.reading.statements import is_below
from service.fhir.telling.told import Agreement, CaseTold, Stated
from service.intake import ONSET, SEVERITY
from service.models.inputs import Language
from service.models.known import DiagnosisInput
from service.models.stored import CaseInput, PatientInput, StoredNoteInput

_MOMENT = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
_WHO = "clinician north"
_AT_ONCE = 4000
_MODIFIERS = ("HP:0012832", "HP:0012834", "HP:0025303")  # bilateral, right, episodic
_FHIR = {"Content-Type": "application/fhir+json"}
Json = dict[str, Any]


def held(site: Hospital, id: str) -> Json:
    """All that a case holds of what it was given, field by field; ids of its notes are their places."""
    desk = desk_of(site)

    def read(connection: Connection) -> CaseTold:
        return case_told(desk, connection, desk.case(connection, id), reports=False)

    told = desk.read(read)
    places = {note.id: at for at, note in enumerate(told.notes)}
    known = told.patient.known.model_dump(mode="json")
    return {
        "sex": told.patient.sex,
        "age_days": told.patient.age_days,
        "number": told.patient.number,
        "name": told.patient.name,
        "notes": [(note.text, note.language, note.dated) for note in told.notes],
        "features": sorted((_word(each.said, places) for each in told.stated), key=repr),
        "consents": [(one.purpose, one.by, one.ended is not None) for one in told.consents],
        **known,
    }


def differing(one: Json, other: Json) -> list[str]:
    """Names of the fields in which two cases differ."""
    return [name for name in one if one[name] != other[name]]


def desk_of(site: Hospital) -> Desk:
    """The desk of its northern clinician."""
    return Desk(site.actors[_WHO], site.keeping, CaseRules())


def keep_told(site: Hospital, told: CaseTold) -> str:
    """Keep a case as it would have been typed; its id. Notes that words are quoted from are named by their places."""
    desk, patient = desk_of(site), told.patient
    given = CaseInput.model_construct(
        sex=PatientSex(patient.sex),
        age=None if patient.age_days is None else f"P{patient.age_days}D",
        patient=PatientInput(number=patient.number, name=patient.name),
        assigned_to=None,
        notes=[_note(each.text, each.language, each.dated) for each in told.notes],
    )
    terms = site.app.state.services.knowledge.terms

    def work(connection: Connection) -> str:
        opened = keep_case(desk, connection, terms, given, site.departments["north"], (), patient.known)
        row = desk.case(connection, opened.id, Permission.WRITE_CASES)
        for each in told.stated:
            keep(desk, connection, row, _in_notes(each.said, opened.added))
        for one in told.consents:
            by = Giver(one.by)
            consent = give(connection, row["id"], Purpose(one.purpose), by, row["age_days"], desk.actor.id)
            if one.ended is not None:
                withdraw(connection, row["id"], consent, desk.actor.id)
        return opened.id

    return str(desk.write(work))


def sent(first: Hospital, second: Hospital, id: str) -> tuple[str, list[Json], list[Json]]:
    """A case of the first site sent to the second: its id there, what was told, and every issue of the answer."""
    told = first.client(_WHO).get(f"/fhir/Patient/{id}/$everything").json()
    answer = second.client(_WHO).post("/fhir", content=json.dumps(told), headers=_FHIR)
    body = answer.json()
    if answer.status_code != 200:
        raise RuntimeError(f"{answer.status_code}: {body}")
    responses = [entry["response"] for entry in body["entry"]]
    there = next(each["location"] for each in responses if each.get("location", "").startswith("Patient/"))
    issues = [issue for each in responses for issue in each.get("outcome", {}).get("issue", ())]
    return there.split("/")[1], [entry["resource"] for entry in told["entry"]], issues


def _word(said: Said, places: Mapping[str, int]) -> tuple[Any, ...]:
    mention = said.mention
    if mention is None:
        return said.term, None, said.struck
    span = mention.evidence.span if isinstance(mention.evidence, Statement) else None
    words = (places.get(span.note), span.start, span.end, span.text, span.section) if span else None
    told = (mention.onset, mention.severity, mention.modifiers)
    return said.term, mention.assertion.value, said.struck, *told, words


def _note(text: str, language: str | None, dated: str | None) -> StoredNoteInput:
    day = None if dated is None else date.fromisoformat(dated)
    return StoredNoteInput.model_construct(text=text, language=Language(language) if language else None, date=day)


def _in_notes(said: Said, notes: Sequence[str]) -> Said:
    """The word with the note that it quotes by its id in place of its number."""
    mention = said.mention
    evidence = mention.evidence if mention else None
    if mention is None or not isinstance(evidence, Statement) or evidence.span is None:
        return said
    span = replace(evidence.span, note=notes[int(evidence.span.note)])
    return replace(said, mention=replace(mention, evidence=replace(evidence, span=span)))


class RicherMaker(Maker):
    """Makes cases with all that a case may hold."""

    def told(self, published: PublishedCase) -> CaseTold:
        """One case; ids of notes are their places."""
        language = self.random.choice(("en", "zh"))
        made = self._case(published, self.translators[language], language, _MOMENT)
        notes = [replace(made.notes[0], id="0", dated=self.random.choice(("2026-01-02", None)))]
        stated = [*made.stated, *self._quoted(made.stated, notes[0].text), *self._struck(made.stated)]
        known = made.patient.known
        ancestry = self.random.choice((None, *ANCESTRIES))
        known = known.model_copy(update={"ancestry": ancestry, "diagnoses": [*known.diagnoses, *self._others()]})
        patient = replace(made.patient, known=known)
        return replace(made, patient=patient, notes=notes, stated=stated, consents=[*self._consents()])

    def _stated(self, published: PublishedCase, by: str) -> Iterator[Mention]:
        """Findings whose onset and severity are terms of the release, as they must be to be stated."""
        terms = self.assessor.knowledge.terms
        for each in super()._stated(published, by):
            onset = each.onset if each.onset and is_below(terms, each.onset, ONSET) else None
            severity = each.severity if each.severity and is_below(terms, each.severity, SEVERITY) else None
            modifiers = tuple(self.random.sample(_MODIFIERS, self.random.randint(0, 2)))
            yield replace(each, onset=onset, severity=severity, modifiers=modifiers)

    def _quoted(self, stated: Sequence[Stated], text: str) -> Iterator[Stated]:
        """Words that stand beside another about the same term, pointing to the note."""
        for each in stated[:2]:
            start = self.random.randrange(len(text) - 3)
            span = TextSpan("0", start, start + 3, text[start : start + 3], self.random.choice((None, "history")))
            by = Statement(each.by, span)
            yield replace(each, said=Said(each.said.term, Mention(each.said.term, Assertion.HISTORICAL, by)))

    def _struck(self, stated: Sequence[Stated]) -> Iterator[Stated]:
        for each in stated[2:4]:
            mention = self.random.choice((None, Mention(each.said.term, Assertion.FAMILY, Statement(each.by))))
            yield replace(each, said=Said(each.said.term, mention, struck=True))
        for each in stated[4:5]:
            possible = Mention(each.said.term, Assertion.HYPOTHETICAL, Statement(each.by))
            yield replace(each, said=Said(each.said.term, possible))

    def _others(self) -> Iterator[DiagnosisInput]:
        """Diagnoses whose ids no reader of OMIM and Orphanet codes would know."""
        if self.random.random() < 0.5:
            label = self.random.choice(("", "Marfan 综合征", "as <told>"))
            yield DiagnosisInput(id="MONDO:0007947", label=label, confirmed=False, excluded=self.random.random() < 0.5)
            yield DiagnosisInput(id="OMIM:PS154700", gene="FBN1")

    def _consents(self) -> Iterator[Agreement]:
        for purpose in self.random.sample([*Purpose], self.random.randint(0, 3)):
            yield Agreement(purpose.value, Giver.GUARDIAN.value, _MOMENT, self.random.choice((None, _MOMENT)))


def run(knowledge: Knowledge, cases: Sequence[PublishedCase], n: int, seed: int = 618, assess: bool = True) -> Json:
    """Make `n` cases from `cases`, over again where they are fewer, and send each to another site."""
    started, maker = time.perf_counter(), RicherMaker(knowledge, seed)
    losses: Counter[str] = Counter()
    severities: Counter[str] = Counter()
    resources = reports = invalid = 0
    waiting: list[Json] = []
    examples: list[Json] = []
    assessor: Assessor = maker.assessor
    with tempfile.TemporaryDirectory() as folder:
        places = [Path(folder) / name for name in ("first", "second")]
        for place in places:
            place.mkdir()
        with hospital(places[0], assessor) as first, hospital(places[1], assessor) as second:
            for at in range(n):
                id = keep_told(first, maker.told(cases[at % len(cases)]))
                if assess:
                    status = first.client(_WHO).post(f"/api/v1/cases/{id}/assess").status_code
                    reports += status == 201  # 409 where consent to it has ended
                there, told, issues = sent(first, second, id)
                one, other = held(first, id), held(second, there)
                lost = differing(one, other)
                losses.update(lost)
                examples += [{name: (one[name], other[name])} for name in lost]
                severities.update(issue["severity"] for issue in issues)
                resources += len(told)
                waiting += told
                if npm_is_here() and (len(waiting) > _AT_ONCE or at == n - 1):
                    invalid += sum(map(bool, npm_faults(waiting)))
                    waiting.clear()
                if at % 100 == 99:
                    print(f"{at + 1} cases", file=sys.stderr)
    return {
        "n": n,
        "losses": sum(losses.values()),
        "by_field": dict(losses),
        "reports": reports,
        "resources": resources,
        "npm_invalid": invalid if npm_is_here() else None,
        "told": dict(severities),
        "examples": examples[:3],
        "seconds": round(time.perf_counter() - started, 1),
    }


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", type=Path)
    parser.add_argument("--n", type=int, default=500)
    given = parser.parse_args()
    found = run(Knowledge.open(root_folder(None)), read_cases(given.cases), given.n)
    print(json.dumps(found, ensure_ascii=False, default=str))


if __name__ == "__main__":
    main()
