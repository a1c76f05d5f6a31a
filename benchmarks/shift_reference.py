"""The reference of the shift monitor, from the open corpora that accuracy is measured on.

    python -m benchmarks.shift_reference ../shared/data > matching/shift/reference.json

Every text is read as a note of a patient of whom nothing is known. Only counts are written, with the sha256 of each
source, the number of its notes, and the release. Phrases that match no term are counted on every note here, not on a
sample (about a minute). What the corpora are: matching.shift.reference. Left out are repetitions (the same abstracts
with misspellings or other gold) and sets of single English sentences picked for their negations.

`--splits N` prints instead what chance alone does: the corpora are split at random, N times each into 60, 120 and 240
notes and the rest. For each figure: PSI by what sampling is expected to make of it (1 where the reasoning of
matching.shift.stability holds), the percentage of splits beyond chance, and how many were called moved or shifted.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import random
import sys
from collections.abc import Iterator, Sequence
from functools import reduce
from operator import add
from pathlib import Path
from typing import Any

from matching.shift.profile import NOTHING_COUNTED, Profile, Tally
from matching.shift.stability import FigureShift, Level, compare
from nlp.readers import NoteReaders, open_readers
from nlp.suggesters import NoteSuggesters
from ontology.knowledge import Knowledge, root_folder

SOURCES = (
    "nlp/gscplus.jsonl.gz",
    "nlp/zankl.jsonl.gz",
    "nlp/raghpo_csc.jsonl.gz",
    "nlp/phenobert_val.jsonl.gz",
    "nlp/zh_probe.jsonl",
    "ranking/case_notes_dev.jsonl.gz",
    "ranking/case_reports_dev.jsonl.gz",
)
COMMAND = "python -m benchmarks.shift_reference ../shared/data > matching/shift/reference.json"


def main(arguments: Sequence[str] | None = None) -> int:
    """Count all sources and print one JSON object."""
    parser = argparse.ArgumentParser(prog="benchmarks.shift_reference", description=__doc__)
    parser.add_argument("folder", type=Path, help="what holds nlp/ and ranking/")
    parser.add_argument("--splits", type=int, default=0, help="tell what chance alone does, of so many splits")
    parser.add_argument("--knowledge", type=Path, default=None)
    given = parser.parse_args(arguments)
    knowledge = Knowledge.open(root_folder(given.knowledge))
    readers = open_readers(knowledge)
    if given.splits:
        notes = [text for source in SOURCES for text in texts(given.folder / source)]
        print(json.dumps(by_chance([profile_of(text, knowledge, readers) for text in notes], given.splits)))
        return 0
    told = counted([given.folder / source for source in SOURCES], given.folder, knowledge, readers)
    print(json.dumps(told, indent=1))
    return 0


def counted(paths: Sequence[Path], folder: Path, knowledge: Knowledge, readers: NoteReaders) -> dict[str, Any]:
    """The profile of the texts of `paths` as JSON, with what it was made of; paths are told below `folder`."""
    tally = Tally.of(knowledge.terms)
    suggesters = NoteSuggesters.of(knowledge, readers)
    sources = []
    for path in paths:
        before = tally.notes
        for text in texts(path):
            reading = readers.read("note", text)
            tally.add_note(text, reading)
            suggested = suggesters.suggest(text, reading)
            if suggested is not None:
                tally.add_unmatched(len(suggested.suggestions))
        print(f"{path.name}: {tally.notes - before} notes", file=sys.stderr)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        sources.append({"path": path.relative_to(folder).as_posix(), "notes": tally.notes - before, "sha256": digest})
    made = {"command": COMMAND, "release": knowledge.manifest.release, "sources": sources}
    return {**tally.profile().as_json(), "made": made}


def profile_of(text: str, knowledge: Knowledge, readers: NoteReaders) -> Profile:
    """The profile of one note, without phrases that match no term."""
    tally = Tally.of(knowledge.terms)
    tally.add_note(text, readers.read("note", text))
    return tally.profile()


def by_chance(notes: Sequence[Profile], splits: int, sizes: Sequence[int] = (60, 120, 240)) -> dict[str, Any]:
    """For each size and figure, what `splits` random splits of the notes gave (see above)."""
    draw, told = random.Random(11), {}
    for size in sizes:
        found: dict[str, list[FigureShift]] = {}
        for _ in range(splits):
            drawn = draw.sample(notes, len(notes))
            parts = (reduce(add, part, NOTHING_COUNTED) for part in (drawn[:size], drawn[size:]))
            for each in compare(*parts).figures:
                found.setdefault(each.figure.value, []).append(each)
        told[str(size)] = {name: _told(each) for name, each in found.items()}
    return told


def _told(shifts: Sequence[FigureShift]) -> dict[str, float | int]:
    pairs = [(each.psi or 0.0, each.expected or 1.0, each.chance or 0.0) for each in shifts]
    return {
        "by_expected": round(sum(psi / expected for psi, expected, _ in pairs) / len(pairs), 2),
        "beyond_chance": round(100 * sum(psi > chance for psi, _, chance in pairs) / len(pairs), 1),
        **{level.value: sum(each.level is level for each in shifts) for level in (Level.MOVED, Level.SHIFTED)},
    }


def texts(path: Path) -> Iterator[str]:
    """The texts of a file of JSON lines, packed or not."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield str(json.loads(line)["text"])


if __name__ == "__main__":
    sys.exit(main())
