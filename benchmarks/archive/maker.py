"""Makes the archive: `python -m benchmarks.archive.maker DIR [--notes N] [--seed S] [--shared DIR]`.

archive.jsonl holds one note a line in no order of patients, truth.jsonl one patient a line: ordinary, planted (a person
with ordinary complaints whose notes, far apart, also tell findings of one of 200 diseases in wordings that no lexicon
has, and never its name), or report (the words of a published case report, in parts among ordinary notes).
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import numpy as np

from benchmarks.archive.ordinary import Ordinary, Person
from benchmarks.archive.wordings import LANGUAGES, TUNED, planted_wordings
from ontology.annotations import Aspect, Relation
from ontology.knowledge import Knowledge, root_folder

NOTES_A_PATIENT = 4
PLANTED_SHARE = 0.01
DISEASES = 200
#: Findings that a disease must have wordings for, that a planted patient has at least, and has on average.
_FEWEST_WORDED, _FEWEST, _USUAL = 7, 5, 8
_UNSTATED = 0.5  # of a row without a frequency: about the median of those that state one
#: Of ordinary patients, the share with one or two findings that are seldom: an odd ear is no syndrome.
_ODD_SHARE = 0.15
_OF_MEN = frozenset({"HP:0000028", "HP:0000047", "HP:0000054"})
_FIRST, _LAST = date(2012, 1, 1), date(2024, 12, 31)
_SENTENCE = re.compile(r"(?<=[.!?。！？])\s*")

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class PlantedDisease:
    """A disease and how often its patients have each finding that there are wordings for."""

    id: str
    frequencies: Mapping[str, float]


@cache
def planted_diseases(seed: int, table: Path = TUNED) -> tuple[PlantedDisease, ...]:
    """DISEASES drawn from the OMIM diseases with enough worded findings."""
    knowledge = Knowledge.open(root_folder())
    annotations, terms = knowledge.annotations, knowledge.terms
    wordings = planted_wordings(table)
    worded = {terms.position(id): id for id in wordings["en"].keys() & wordings["zh"].keys()}
    found = []
    for disease in range(len(knowledge.diseases)):
        if not knowledge.diseases.id(disease).startswith("OMIM:"):
            continue
        shares: dict[str, float] = {}
        for row in annotations.rows_of(disease):
            id = worded.get(int(annotations.terms[row]))
            own = annotations.relations[row] == Relation.OWN and annotations.aspects[row] == Aspect.PHENOTYPE
            if id is None or not own or annotations.excluded[row]:
                continue
            share = float(annotations.frequency[row])
            shares[id] = max(shares.get(id, 0.0), _UNSTATED if np.isnan(share) else share)
        if sum(share > 0 for share in shares.values()) >= _FEWEST_WORDED:
            found.append(PlantedDisease(knowledge.diseases.id(disease), shares))
    return tuple(random.Random(seed).sample(found, min(DISEASES, len(found))))


def make(
    folder: Path,
    notes: int = 100_000,
    seed: int = 618,
    shared: Path = Path("../shared/data"),
    table: Path = TUNED,
) -> Counter[str]:
    """Write the archive into `folder`, findings worded as in `table`; counts of patients, notes and characters."""
    folder.mkdir(parents=True, exist_ok=True)
    dice = random.Random(seed)
    patients = notes // NOTES_A_PATIENT
    diseases = {each.id: each for each in planted_diseases(seed, table)}
    wordings = planted_wordings(table)
    counts: Counter[str] = Counter()
    rows: list[str] = []
    with (folder / "truth.jsonl").open("w", encoding="utf-8") as truth:
        for number, told in enumerate(_plan(dice, patients, seed, shared, table)):
            patient = f"P{number:07d}"
            language = told.get("language") or LANGUAGES[number % 2]
            disease = diseases[told["disease"]] if told["what"] == "planted" else None
            writer = _Writer(random.Random(f"{seed}/{number}"), Ordinary.read(language), wordings[language])
            for row in writer.notes(patient, told, disease):
                rows.append(json.dumps(row, ensure_ascii=False))
                counts["notes"] += 1
                counts["characters"] += len(row["text"])
            counts[told["what"]] += 1
            kept = {key: told[key] for key in ("what", "disease") if key in told}
            truth.write(json.dumps({"patient": patient, "language": language, **kept}) + "\n")
    dice.shuffle(rows)
    with (folder / "archive.jsonl").open("w", encoding="utf-8") as out:
        out.writelines(f"{row}\n" for row in rows)
    return counts


def _plan(dice: random.Random, patients: int, seed: int, shared: Path, table: Path) -> Iterator[dict[str, str]]:
    """What each patient is, in a drawn order."""
    diseases, planted = planted_diseases(seed, table), round(patients * PLANTED_SHARE)
    told = [{"what": "planted", "disease": diseases[at % len(diseases)].id} for at in range(planted)]
    told += _reports(shared / "ranking" / "case_notes_dev.jsonl.gz")
    told += [{"what": "ordinary"}] * (patients - len(told))
    dice.shuffle(told)
    yield from told


def _reports(file: Path) -> list[dict[str, str]]:
    if not file.is_file():
        return []
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        return [
            {"what": "report", "language": "en", "disease": each["diseases"][0], "text": each["text"]}
            for each in map(json.loads, lines)
        ]


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes the notes of one patient: in the words of ordinary complaints, and the wordings of findings by HPO id."""

    dice: random.Random
    ordinary: Ordinary
    wordings: Mapping[str, tuple[str, ...]]

    def notes(self, patient: str, told: Mapping[str, str], disease: PlantedDisease | None) -> Iterator[Row]:
        """From the first to the last."""
        dice = self.dice
        first = _FIRST + timedelta(days=dice.randrange(3000))
        rare = told["what"] != "ordinary"
        person = self.ordinary.person(dice, first)
        count = dice.choice((2, 3, 4, 5, 6)) if rare else dice.choice((1, 1, 2, 3, 4, 4, 5, 6, 8, 8))
        woven = self._woven(told, count, _of_sex(disease, person.sex))
        before, day = "", first
        for at in range(count):
            text = before = self.ordinary.note(dice, person, day, before, woven[at])
            yield _row(patient, person, day, text)
            day = min(_LAST, day + timedelta(days=dice.randrange(20, 500)))

    def _woven(self, told: Mapping[str, str], count: int, disease: PlantedDisease | None) -> list[list[str]]:
        """For each note the sentences that are put into it."""
        notes: list[list[str]] = [[] for _ in range(count)]
        if disease is not None:
            for at, sentence in enumerate(self._findings(disease)):
                notes[at % count].append(sentence)
        elif told["what"] == "report":
            sentences = [each.replace("{", "(").replace("}", ")") for each in _SENTENCE.split(told["text"]) if each]
            parts = min(count, 3)
            for at in range(parts):
                share = sentences[at * len(sentences) // parts : (at + 1) * len(sentences) // parts]
                notes[at].append(" ".join(share))
        elif self.dice.random() < _ODD_SHARE:
            for id in self.dice.sample(sorted(self.wordings.keys() - _OF_MEN), self.dice.randint(1, 2)):
                notes[self.dice.randrange(count)].append(self._said(id))
        return notes

    def _findings(self, disease: PlantedDisease) -> list[str]:
        drawn = [id for id, share in disease.frequencies.items() if self.dice.random() < share]
        others = [id for id in disease.frequencies if id not in drawn and disease.frequencies[id] > 0]
        self.dice.shuffle(drawn)
        self.dice.shuffle(others)
        most = max(_FEWEST, round(self.dice.gauss(_USUAL, 1.5)))
        chosen = (drawn + others[: max(0, _FEWEST - len(drawn))])[:most]
        return [self._said(id) for id in chosen]

    def _said(self, id: str) -> str:
        carrier: str = self.dice.choice(self.ordinary.common["carriers"])
        return carrier.replace("{w}", self.dice.choice(self.wordings[id]))


def _of_sex(disease: PlantedDisease | None, sex: str) -> PlantedDisease | None:
    """The disease without what a patient of this sex cannot have."""
    if disease is None or sex == "male":
        return disease
    kept = {id: share for id, share in disease.frequencies.items() if id not in _OF_MEN}
    return PlantedDisease(disease.id, kept)


def _row(patient: str, person: Person, day: date, text: str) -> Row:
    return {
        "patient": patient,
        "date": day.isoformat(),
        "type": "note",
        "text": text,
        "sex": person.sex,
        "birth_date": person.birth.isoformat(),
    }


def main() -> int:
    """Make an archive and print what is in it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.archive.maker", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--notes", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=618)
    parser.add_argument("--shared", type=Path, default=Path("../shared/data"))
    parser.add_argument("--wordings", type=Path, default=TUNED, help="table of wordings; that of tuning by default")
    given = parser.parse_args()
    print(json.dumps(make(given.folder, given.notes, given.seed, given.shared, given.wordings)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
